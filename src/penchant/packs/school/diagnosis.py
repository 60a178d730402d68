"""Diagnosis: what a student can do, skill by skill, from as few questions as possible.

Place: Decide and Profile of the school pack. A paper is made once from bank and skills; a diagnosis
is the value of one student's sitting: a Gaussian belief over all skills, with the answers so far.
Rule 1: an answer tells of its skills, and through the graph of what comes before and after them.
Rule 2: it weighs, the caller draws: propensities are exact, exposure and balance come before them.
Rule 3: nothing is asked that tells too little; a test that is closed takes no more answers.
Source: EAP by quadrature over 41 abilities; many skills by expectation propagation (Minka 2001);
items by expected posterior variance (van der Linden 1998).
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.pack import ABILITIES, BadInput, Bank, chances
from penchant.packs.school.course import Item
from penchant.packs.school.skill_graph import Skills

__all__ = [
    "NOBODY_YET",
    "USUAL",
    "Ability",
    "Diagnosis",
    "Exposure",
    "Paper",
    "Rules",
    "Weighing",
    "abilities",
    "answered",
    "begun",
    "closed",
    "drawn",
    "exposed",
    "paper_of",
    "weigh",
]

Floats = NDArray[np.float64]

NEGLIGIBLE = 1e-3  # of the best propensity; what lies below is never drawn, and is not kept


class Rules(Struct, frozen=True):
    """How a test is held.

    It ends when each skill is `sure` (standard deviation), when no item lowers the sum of the
    skills' variances by `least_gain`, or after `most` items; never before `fewest`. An item is
    drawn with a chance proportional to gain^(1/`spread`): 0.02 means that one that tells 2 % less
    than the best is drawn 0.36 times as often; 0 draws the best. No item is put before more than
    a share `exposure` of students. `shares` bounds the items of a skill, as parts of `most`.
    """

    sure: float = 0.3
    least_gain: float = 0.0
    fewest: int = 1
    most: int = 25
    spread: float = 0.02
    exposure: float = 0.25
    shares: Mapping[str, tuple[float, float]] = {}


USUAL = Rules()


class Exposure(NamedTuple):
    """How many students sat, and how often each item was put before one: sums, so they add."""

    students: int
    counts: Mapping[str, int]


class Paper(Struct, frozen=True, dict=True):
    """What a diagnosis asks from: a bank, which skills its items load on, and the rules."""

    bank: Bank
    skills: Skills
    loads: Floats
    rules: Rules = USUAL

    @cached_property
    def chance(self) -> Floats:
        """Chance of a right answer, ``(41, n_items)``."""
        return np.clip(chances(self.bank), 1e-9, 1 - 1e-9)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Number of each item."""
        return {name: number for number, name in enumerate(self.bank.names)}

    @cached_property
    def alike(self) -> Sequence[tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]], Floats]]:
        """Give the items that load alike: the load, their numbers, and their chances."""
        rows, group = np.unique(self.loads, axis=0, return_inverse=True)
        found = [np.flatnonzero(group.ravel() == one) for one in range(len(rows))]
        return [(rows[n], here, self.chance[:, here]) for n, here in enumerate(found)]

    @cached_property
    def area(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Number of the skill each item counts for in the balance: the one it loads on most."""
        return np.asarray(self.loads.argmax(axis=1))


class Diagnosis(NamedTuple):
    """What is known in one sitting.

    Attributes:
        mean: ``(n_skills,)``, expected ability.
        covariance: ``(n_skills, n_skills)``.
        items: What was answered, in order.
        right: Whether it was right.
        precision: Of each answer, what it adds to the precision along its skills.
        shift: The same for precision times mean.
        ended: Why it was closed; "" while it is open.
    """

    mean: Floats
    covariance: Floats
    items: tuple[str, ...] = ()
    right: tuple[bool, ...] = ()
    precision: tuple[float, ...] = ()
    shift: tuple[float, ...] = ()
    ended: str = ""


class Weighing(NamedTuple):
    """What may come next: items with their propensities (sum 1) and gains; or why nothing does."""

    items: tuple[str, ...]
    propensities: tuple[float, ...]
    gains: tuple[float, ...]
    ended: str = ""


class Ability(NamedTuple):
    """What is believed of one skill, and how many answers exercised it."""

    mean: float
    sd: float
    answers: int


NOBODY_YET = Exposure(0, {})


def paper_of(bank: Bank, items: Sequence[Item], skills: Skills, rules: Rules = USUAL) -> Paper:
    """Make the paper of a test: the items of a bank, and which skills they exercise.

    Raises:
        BadInput: When an item of the bank is not given, or exercises none of the skills.
    """
    exercised = {item.name: item.skills for item in items}
    loads = np.zeros((len(bank.names), len(skills.names)))
    for number, name in enumerate(bank.names):
        places = [skills.names.index(s) for s in exercised.get(name, ()) if s in skills.names]
        if not places:
            msg = f"Item `{name}` of the bank exercises none of the skills. Name one of them."
            raise BadInput(msg)
        loads[number, places] = 1 / len(places)  # an item of several skills asks for all a little
    return Paper(bank, skills, loads, rules)


def begun(paper: Paper) -> Diagnosis:
    """Open a sitting: nothing is known but what students in general can do."""
    return Diagnosis(paper.skills.mean, paper.skills.covariance)


def weigh(paper: Paper, diagnosis: Diagnosis, exposure: Exposure = NOBODY_YET) -> Weighing:
    """Say what may be asked next, with which propensity; or why the test ends here.

    Returns:
        Items, the best first; none when the test ends.
    """
    rules, n = paper.rules, len(diagnosis.items)
    if diagnosis.ended:
        return _ended(diagnosis.ended)
    if n >= rules.most:
        return _ended(f"{n} items were answered, the most a test may have.")
    sd = float(np.sqrt(np.diag(diagnosis.covariance).max()))
    if n >= rules.fewest and sd <= rules.sure:
        return _ended(f"Every skill is known to within {sd:.2f}.")
    gains = np.where(_may_be_asked(paper, diagnosis, exposure), _gains(paper, diagnosis), -1.0)
    best = float(gains.max(initial=-1.0))
    if best < 0:
        return _ended("No item is left to ask.")
    if n >= rules.fewest and best < rules.least_gain:
        return _ended("No item is left that would tell enough.")
    order = np.argsort(-gains, kind="stable")
    weights = _sharpened(gains[order] / max(best, 1e-300), rules.spread)
    kept = order[weights >= NEGLIGIBLE]
    weights = weights[weights >= NEGLIGIBLE]
    return Weighing(
        tuple(paper.bank.names[number] for number in kept),
        tuple((weights / weights.sum()).tolist()),
        tuple(gains[kept].tolist()),
    )


def drawn(weighing: Weighing, draw: float) -> str:
    """Give the item a draw falls on, `draw` being uniform in [0, 1).

    Example:
        >>> drawn(Weighing(("a", "b"), (0.6, 0.4), (1.0, 1.0)), draw=0.7)
        'b'
    """
    place = int(np.searchsorted(np.cumsum(weighing.propensities), draw, side="right"))
    return weighing.items[min(place, len(weighing.items) - 1)]


def answered(paper: Paper, diagnosis: Diagnosis, item: str, *, correct: bool) -> Diagnosis:
    """Give what is known after one more answer.

    Raises:
        BadInput: When the test was closed, or the item is not in the bank or was answered before.
    """
    if diagnosis.ended:
        msg = f"The answer to `{item}` came after the test was closed and does not count. Open one."
        raise BadInput(msg)
    if item not in paper.place or item in diagnosis.items:
        why = "was answered before" if item in diagnosis.items else "is not in the bank"
        msg = f"Item `{item}` {why}. Answer an item that `weigh` gave."
        raise BadInput(msg)
    state = diagnosis._replace(
        items=(*diagnosis.items, item),
        right=(*diagnosis.right, correct),
        precision=(*diagnosis.precision, 0.0),
        shift=(*diagnosis.shift, 0.0),
    )
    return _settled(paper, state)


def closed(diagnosis: Diagnosis, why: str) -> Diagnosis:
    """Close a sitting: what comes later does not count."""
    return diagnosis._replace(ended=why or "It was closed.")


def exposed(exposure: Exposure, diagnosis: Diagnosis) -> Exposure:
    """Add one sitting to the exposure of items.

    Example:
        >>> from penchant.experts.item_bank import given_by
        >>> one = Diagnosis(np.zeros(1), np.eye(1), items=("2+2",))
        >>> exposed(NOBODY_YET, one)
        Exposure(students=1, counts={'2+2': 1})
    """
    counts = dict(exposure.counts)
    for item in diagnosis.items:
        counts[item] = counts.get(item, 0) + 1
    return Exposure(exposure.students + 1, counts)


def abilities(paper: Paper, diagnosis: Diagnosis) -> dict[str, Ability]:
    """Give what is believed of each skill, with its uncertainty and its direct answers."""
    rows = [paper.loads[paper.place[item]] > 0 for item in diagnosis.items]
    counts = np.sum(rows, axis=0) if rows else np.zeros(len(paper.skills.names))
    spread = np.sqrt(np.diag(diagnosis.covariance))
    return {
        name: Ability(float(diagnosis.mean[n]), float(spread[n]), int(counts[n]))
        for n, name in enumerate(paper.skills.names)
    }


def _ended(why: str) -> Weighing:
    return Weighing((), (), (), why)


def _sharpened(shares: Floats, spread: float) -> Floats:
    """Give shares^(1/spread); with spread 0 the first alone."""
    if spread <= 0:
        return np.asarray(np.arange(len(shares)) == 0, np.float64)
    return np.asarray(np.clip(shares, 0.0, None) ** (1 / spread))


def _may_be_asked(
    paper: Paper, diagnosis: Diagnosis, exposure: Exposure
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Leave out what was answered, what too many have seen, and what the balance holds back."""
    fresh = np.ones(len(paper.bank.names), bool)
    asked = [paper.place[item] for item in diagnosis.items]
    fresh[asked] = False
    most = max(1.0, paper.rules.exposure * (exposure.students + 1))
    shown = [paper.place[item] for item, n in exposure.counts.items() if n + 1 > most]
    seldom = fresh.copy()
    seldom[shown] = False
    fresh = seldom if seldom.any() else fresh  # a used-up bank asks what it has
    if not paper.rules.shares:
        return fresh
    left = paper.rules.most - len(asked)
    counts = np.bincount(paper.area[asked], minlength=len(paper.skills.names))
    bounds = [paper.rules.shares.get(name, (0.0, 1.0)) for name in paper.skills.names]
    least, highest = np.array(bounds).T * paper.rules.most
    lacking = np.ceil(np.maximum(least - counts, 0) - 1e-9)
    open_areas = counts + 1 <= highest + 1e-9
    if lacking.sum() >= left:
        open_areas &= lacking > 0
    balanced = fresh & open_areas[paper.area]
    return balanced if balanced.any() else fresh


def _spread(mean: float, variance: float) -> Floats:
    """Give a Gaussian on the grid of abilities, sum 1."""
    density = np.exp(-((ABILITIES - mean) ** 2) / (2 * variance))
    return np.asarray(density / density.sum())


def _gains(paper: Paper, diagnosis: Diagnosis) -> Floats:
    """Give by how much each item is expected to lower the sum of the skills' variances."""
    gains = np.empty(len(paper.bank.names))
    for load, here, chance in paper.alike:
        along = diagnosis.covariance @ load
        variance, mean = float(load @ along), float(load @ diagnosis.mean)
        spread = _spread(mean, variance)
        away = ABILITIES - mean
        right, first, second = np.stack([spread, spread * away, spread * away**2]) @ chance
        total = float(spread @ away**2)
        centre = float(spread @ away)
        # Of the variance after a right and after a wrong answer, in expectation.
        after = second - first**2 / right
        after += (total - second) - (centre - first) ** 2 / (1 - right)
        gains[here] = (total - centre**2 - after) * float(along @ along) / variance**2
    return np.maximum(gains, 0.0)


def _settled(paper: Paper, state: Diagnosis) -> Diagnosis:
    """Bring all answers to agree with the belief they make together: the newest, then each once.

    One round after each answer is enough: the answers before it had settled already.
    """
    mean, covariance = state.mean, state.covariance
    precision, shift = list(state.precision), list(state.shift)
    newest = len(state.items) - 1
    for n in (newest, *range(newest + 1)):
        number = paper.place[state.items[n]]
        load = paper.loads[number]
        along = covariance @ load
        variance, expected = float(load @ along), float(load @ mean)
        outer = 1 / (1 / variance - precision[n])  # the belief without this answer
        start = outer * (expected / variance - shift[n])
        chance = paper.chance[:, number]
        spread = _spread(start, outer) * (chance if state.right[n] else 1 - chance)
        spread /= spread.sum()
        centre = float(spread @ ABILITIES)
        inner = float(spread @ (ABILITIES - centre) ** 2)
        more = max(1 / inner - 1 / outer, 0.0) - precision[n]
        moved = centre / inner - start / outer - shift[n]
        precision[n] += more
        shift[n] += moved
        mean = mean + along * (moved - more * expected) / (1 + more * variance)
        covariance = covariance - np.outer(along, along) * (more / (1 + more * variance))
    return state._replace(
        mean=mean, covariance=covariance, precision=tuple(precision), shift=tuple(shift)
    )
