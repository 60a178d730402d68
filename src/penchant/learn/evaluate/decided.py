"""Decided: the decisions of one moment as columns that can be judged, and what to ask about them.

Loop: Learn. Takes facts of a journal in their order, gives arrays and the policies that make sense.
Rule 1: rows that tell nothing of a choice are left out and counted: forced ones, those with one
action only, those whose reward is not known.
Rule 2: rows stand in the order of their times, so that the anytime interval may hold at every look.
Rule 3: memory is bounded by the latest decisions, whatever the journal holds.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.errors import BadInput, UnknownMoment
from penchant.guard.apprentice import is_apprentice
from penchant.journal import Decided, Declared, Fact, Learned
from penchant.learn.evaluate.matching import Match, match_of
from penchant.words import Decision, Moment, Value

__all__ = ["EVEN", "NEUTRAL", "Columns", "always", "journal_columns", "numbers_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LATEST = 100_000  # decisions of a moment that are judged: some 200 MB while they are read
MOST_ACTIONS = 1_000
MOST_CELLS = 20_000_000  # decisions times actions: a policy has a number for each, 160 MB
MOST_ASKED = 20  # actions of which "always" is asked: each is a question of a second or more
MOST_WORDS = 20  # of one feature that get a column of their own; the others share none
NEUTRAL = "the neutral answer"
EVEN = "even chance"


class Columns(Struct, frozen=True):
    """A log as columns, n rows; `policies` by name, (n, K) propensities each.

    `match` is how an apprentice's choices match the host's, where there is one.
    """

    title: str
    unit: str
    names: tuple[str, ...]
    actions: Ints
    rewards: Floats
    propensities: Floats
    contexts: Floats
    people: tuple[str, ...]
    policies: Mapping[str, Floats]
    left_out: Mapping[str, int]
    match: Match | None = None


class _Kept:
    """The latest decisions of one moment, with what followed them, while facts go by."""

    def __init__(self, moment: str, rests: Callable[[str], bool]) -> None:
        self._name, self._rests = moment, rests
        self.moment: Moment | None = None
        self.decided: dict[str, Decision] = {}
        self.rewards: dict[str, float] = {}
        self.older = 0
        self.resting = 0

    def see(self, fact: Fact) -> None:
        """Take a fact in; those of other moments are passed over."""
        if isinstance(fact, Declared):
            if fact.moment.name == self._name:
                self.moment = fact.moment
        elif isinstance(fact, Decided):
            if fact.decision.moment == self._name:
                self._add(fact.decision)
        elif isinstance(fact, Learned) and fact.decision in self.decided:
            self.rewards[fact.decision] = fact.reward

    def _add(self, decision: Decision) -> None:
        if decision.person is not None and self._rests(decision.person):
            self.resting += 1
            return
        self.decided[decision.id] = decision
        if len(self.decided) > LATEST:
            oldest = next(iter(self.decided))
            del self.decided[oldest]
            self.rewards.pop(oldest, None)
            self.older += 1


def journal_columns(
    facts: Iterable[Fact], moment: str, *, rests: Callable[[str], bool] = lambda _: False
) -> Columns:
    """Read the decisions of one moment from a journal.

    Asked about are the neutral answer (the population alone, as each decision has it), an even
    chance for every permitted action, and each action always.

    Args:
        facts: Of everybody, in their order.
        moment: Its name.
        rests: Tells of a person's id whether its use is restricted; then it is left out.

    Raises:
        UnknownMoment: When no moment of that name was declared.
        BadInput: When it chose among more actions than can be judged one by one.
    """
    found = _Kept(moment, rests)
    for fact in facts:
        found.see(fact)
    if found.moment is None:
        raise UnknownMoment(f"No moment `{moment}` was declared in this database.")
    left_out: Counter[str] = Counter(
        {"older than those judged": found.older, "use is restricted": found.resting}
    )
    kept = [one for one in found.decided.values() if _tells(one, found.rewards, left_out)]
    names = tuple(sorted({name for one in kept for name in one.names}))
    if len(names) > MOST_ACTIONS:
        raise BadInput(
            f"The decisions of `{moment}` chose among {len(names)} actions; at most "
            f"{MOST_ACTIONS} can be judged one by one."
        )
    most = MOST_CELLS // max(len(names), 1)
    left_out["older than those judged"] += max(len(kept) - most, 0)
    kept = kept[-most:]
    place = {name: number for number, name in enumerate(names)}
    chosen = _chosen(kept, place)
    return Columns(
        title=f"Decisions of {moment}",
        unit="reward",
        names=names,
        actions=chosen.actions,
        rewards=np.array([found.rewards[one.id] for one in kept]),
        propensities=np.array([one.propensity for one in kept]),
        contexts=numbers_of([one.context for one in kept]),
        people=tuple(one.person or f"nobody {row}" for row, one in enumerate(kept)),
        policies=_Asked(chosen, place, found.moment.fallback),
        left_out={why: n for why, n in left_out.items() if n},
        match=_match(found.decided.values()),
    )


def _match(decided: Iterable[Decision]) -> Match | None:
    """Measure the match of an apprentice; None where there is none."""
    seen = [one for one in decided if is_apprentice(one)]
    if not seen:
        return None
    chances = [one.weights[one.names.index(one.action.name)] for one in seen]
    return match_of(chances, [one.person or f"nobody {row}" for row, one in enumerate(seen)])


def always(action: str) -> str:
    """Give the name of the policy that always takes one action, wherever it is permitted."""
    return f"always {action}"


def _tells(one: Decision, rewards: Mapping[str, float], left_out: Counter[str]) -> bool:
    """Tell whether a decision says anything of a choice; count why not."""
    if is_apprentice(one):
        why = "an apprentice looked on"
    elif not one.executed:
        why = "forced"
    elif len(one.names) == 1:
        why = "one action only"
    elif one.id not in rewards:
        why = "reward not known"
    else:
        return True
    left_out[why] += 1
    return False


class _Chosen(NamedTuple):
    """Places taken (n,), neutral propensities (n, K), and which actions were permitted (n, K)."""

    actions: Ints
    neutral: Floats
    may: NDArray[np.bool_]


class _Asked(Mapping[str, Floats]):
    """The policies that can be asked about without running one, (n, K) each.

    Each is made when it is looked at, since twenty of them for a thousand actions are large.
    """

    def __init__(self, columns: _Chosen, place: Mapping[str, int], fallback: str) -> None:
        actions, self._neutral, self._may = columns
        # Where an action is not permitted what stands for nothing is done, which always is.
        rest = np.zeros(self._may.shape)
        if fallback in place:
            rest[:, place[fallback]] = 1.0
        rest = np.where(self._may & (rest > 0), rest, 0.0)
        self._rest = np.where(rest.any(axis=1, keepdims=True), rest, self._neutral)
        often = np.argsort(-np.bincount(actions, minlength=len(place)), kind="stable")[:MOST_ASKED]
        known = sorted(name for name, column in place.items() if column in often)
        self._place = {always(name): place[name] for name in known}

    def __getitem__(self, name: str) -> Floats:
        if name == NEUTRAL:
            return self._neutral
        if name == EVEN:
            return np.asarray(self._may / np.maximum(self._may.sum(axis=1, keepdims=True), 1))
        column = self._place[name]
        whole = np.eye(self._may.shape[1])[column]
        return np.where(self._may[:, [column]], whole, self._rest)

    def __contains__(self, name: object) -> bool:
        return name in {NEUTRAL, EVEN, *self._place}

    def __iter__(self) -> Iterator[str]:
        return iter((NEUTRAL, EVEN, *self._place))

    def __len__(self) -> int:
        return 2 + len(self._place)


def _chosen(kept: Sequence[Decision], place: Mapping[str, int]) -> _Chosen:
    """Put decisions into columns."""
    shape = (len(kept), len(place))
    neutral, may = np.zeros(shape), np.zeros(shape, dtype=bool)
    for row, one in enumerate(kept):
        columns = [place[name] for name in one.names]
        neutral[row, columns], may[row, columns] = one.neutral, True
    actions = np.array([place[one.action.name] for one in kept], dtype=np.int64)
    return _Chosen(actions, neutral, may)


def numbers_of(contexts: Sequence[Mapping[str, Value]]) -> Floats:
    """Give contexts as numbers: texts by their commonest words, what is missing as a mark.

    Example:
        >>> numbers_of([{"hour": 9, "at": "home"}, {"hour": 10}]).tolist()
        [[1.0, 0.0, 9.0], [0.0, 1.0, 10.0]]
    """
    names = sorted({name for one in contexts for name in one})
    columns = [column for name in names for column in _column([one.get(name) for one in contexts])]
    return np.array(columns, dtype=np.float64).T if columns else np.zeros((len(contexts), 0))


def _column(values: Sequence[Value | None]) -> Iterator[list[float]]:
    """Give the columns of one feature."""
    if any(isinstance(value, str) for value in values):
        told = [value if isinstance(value, str | bool | int | float) else None for value in values]
        common = Counter(value for value in told if value is not None).most_common(MOST_WORDS)
        for word, _ in common:
            yield [float(value == word) for value in told]
    else:
        plain = [value for value in values if isinstance(value, bool | int | float)]
        if plain:
            usual = math.fsum(value / len(plain) for value in plain)  # huge ones have a mean, too
            yield [float(v) if isinstance(v, bool | int | float) else usual for v in values]
    missing = sum(value is None for value in values)
    if 0 < missing < len(values):
        yield [float(value is None) for value in values]
