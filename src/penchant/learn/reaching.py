"""How far a moment's personal part should reach: what the evidence asks for, and nothing more.

Loop: Learn, in rounds. Looked at is what a panel of people left unexplained, with each person's own
taste taken as the random part it is: liked things are shown more, so a plain regression finds no
tiring (model notes, trap 3).
Rule 1: what was shown lately comes in when its common effect is worth more than chance would give
it; squares when it is by the Bayesian information criterion; a number of the context when tastes
move with it beyond doubt.
Rule 2: pure; where the evidence is gone the reach is plain again.
Source: score test of a variance component: Lin 1997, Biometrika 84(2); BIC: Schwarz 1978.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.evidence import Rows
from penchant.model.exposure import CLOCKS, MOST, PAST
from penchant.model.folding import recent_of
from penchant.model.reach import Around, Reach
from penchant.model.scaling import Scaling, squared
from penchant.model.version import Prior

__all__ = ["Sample", "bends", "blocks", "pasts", "reach_for", "sample_of", "widened_prior"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PEOPLE: Final = 300
"""People whose outcomes are looked at."""
OUTCOMES: Final = 64
"""Latest outcomes of each that are looked at."""
FEWEST: Final = 256
"""Outcomes of all before which it is too early to tell."""
MOST_AROUND: Final = 2
_NEW_COST: Final = 5.0
"""What a recency column must be worth: by chance four are once in two thousand looks (χ² of 20)."""
_KEPT_COST: Final = 2.0
"""What a column costs that is in force (Akaike's criterion): what pays a little stays."""
_BEYOND_DOUBT: Final = 3.0
"""Standard deviations by which a score must exceed what chance gives."""
_STILL: Final = 1.0
"""The same for what is in force: what pays a little stays."""
_BEHIND: Final = 256
"""Earlier outcomes of a person that are gone through for what they had been shown."""
_LITTLE: Final = 1e-6
"""Taste along a column where people seem alike, so that what moves can still be looked for."""
_CROSSED_SHARE: Final = 0.5
_RECENT: Final = 0.02


class Sample(NamedTuple):
    """The latest outcomes of some people, padded: n people, k outcomes each.

    `actions` (n, k, 1 + da) scaled; `residual`, `predicted` for people in general and `hoped` with
    the person's own part, (n, k) each; `there` (n, k) is 1 where there is an outcome, else 0.
    """

    places: Ints
    actions: Floats
    residual: Floats
    predicted: Floats
    hoped: Floats
    there: Floats


def pasts(rows: Rows, is_kind: NDArray[np.bool_], nothing: int) -> NDArray[np.float32]:
    """Give what each person had been shown before each outcome, (n, 4) in hundredths.

    What was counted at the time stays; the rest is worked out from the outcomes before it, of which
    the last 256 of each person are gone through.

    Args:
        rows: n outcomes in the order in which they were learned.
        is_kind: (da,) which columns say of what kind an action is.
        nothing: The place of the name that means that nothing was shown, -1 for none.
    """
    past = np.full((len(rows.at), PAST), np.nan, dtype=np.float32)
    past[:, : rows.past.shape[1]] = rows.past
    blank = np.isnan(past).any(axis=1) & (rows.person >= 0)
    has = np.nan_to_num(rows.actions[:, : len(is_kind)]) != 0.0
    has = (has & is_kind[: has.shape[1]]).astype(np.float64)
    share = has / np.maximum(has.sum(axis=1, keepdims=True), 1.0)
    order = np.argsort(rows.person, kind="stable")
    whose = rows.person[order]
    starts = np.flatnonzero(np.diff(whose, prepend=-2))
    for mine in np.split(order, starts[1:]):
        if blank[mine].any():
            some = _worked_out(rows, mine, (has, share), nothing)
            past[mine] = np.where(blank[mine, None], some, past[mine])
    return past


def _worked_out(rows: Rows, mine: Ints, kinds: tuple[Floats, Floats], nothing: int) -> Floats:
    """Work out what one person had been shown before each of their outcomes, (k, 4)."""
    has, share = kinds
    found = np.zeros((len(mine), PAST))
    for start in range(0, len(mine), _BEHIND):
        now = np.arange(start, min(start + _BEHIND, len(mine)))
        then = np.arange(max(start - _BEHIND, 0), now[-1])
        if not len(then):
            continue
        late, early = mine[now], mine[then]
        counted = (now[:, None] > then) & (rows.name[early] != nothing)
        same = counted & (rows.name[late][:, None] == rows.name[early])
        alike = counted * (share[rows.shown[late]] @ has[rows.shown[early]].T)
        steps = (now[:, None] - then - 1).astype(np.float64)
        ages = np.maximum(rows.at[late][:, None] - rows.at[early], 0.0)
        for clock, half_life in enumerate(CLOCKS):
            left = 2.0 ** (-(steps if clock == 0 else ages) / half_life)
            found[now, clock] = (left * same).sum(axis=1)
            found[now, len(CLOCKS) + clock] = (left * alike).sum(axis=1)
        found[now[rows.name[late] == nothing]] = 0.0
    return np.minimum(np.rint(found * 100.0), MOST)


def sample_of(rows: Rows, homes: Ints, actions: Floats) -> Sample:
    """Give the latest outcomes of a panel of people; `actions` (m, 1 + da) are scaled."""
    known = np.flatnonzero(homes >= 0)
    order = known[np.argsort(homes[known], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(homes[order])) + 1) if len(order) else []
    groups = groups[:: max(1, -(-len(groups) // PEOPLE))]
    longest = min(max((len(group) for group in groups), default=0), OUTCOMES)
    places = np.zeros((len(groups), longest), dtype=np.int64)
    there = np.zeros(places.shape)
    for row, group in enumerate(groups):
        latest = group[-longest:]
        places[row, : len(latest)] = latest
        there[row, : len(latest)] = 1.0
    residual, predicted = (rows.reward - rows.predicted)[places] * there, rows.predicted[places]
    features = actions[rows.shown[places]] * there[:, :, None]
    hoped = (rows.reward - rows.rest - rows.carried)[places] * there
    return Sample(places, features, residual, predicted, hoped, there)


def reach_for(
    rows: Rows,
    sample: Sample,
    prior: Prior,
    context: Scaling,
    asked: tuple[Reach, Sequence[Around]],
) -> Reach:
    """Give the reach that the evidence asks for.

    Args:
        rows: n outcomes, with what was shown before each.
        sample: Of those.
        prior: How people differ, along the columns of an action at least.
        context: The scaling of the context in force.
        asked: The reach in force, and the numbers of a context that may be crossed.
    """
    before, candidates = asked
    width = sample.actions.shape[2]
    taste = prior.covariance[:width, :width]
    tastes, factor = _unexplained(sample, prior)
    flat, there = sample.places.reshape(-1), sample.there.reshape(-1)
    recent = recent_of(rows.past[flat], PAST) * there[:, None]
    recent = recent.reshape(*sample.places.shape, PAST)
    cost = _KEPT_COST if before.asks_for_past else _NEW_COST
    mean = np.zeros(PAST if _pays(factor, recent, sample, cost) else 0)
    left = sample.residual
    if len(mean):
        left = left - recent @ _common(factor, recent, sample)[0]
    if not candidates:
        return Reach((), mean)
    raw = rows.context[flat].astype(np.float64)
    numbers = Reach(tuple(candidates)).numbers(raw, context.apply(raw)) * there[:, None]
    numbers = numbers.reshape(*sample.places.shape, len(candidates))
    kernel = tastes + _floor(sample, taste)
    known = _known(_inverse(factor), kernel, sample, left)
    scores = [_score(known, kernel, numbers[:, :, j]) for j in range(len(candidates))]
    best = sorted(range(len(scores)), key=lambda j: -scores[j])[:MOST_AROUND]
    wanted = [_STILL if one in before.around else _BEYOND_DOUBT for one in candidates]
    kept = sorted(j for j in best if scores[j] > wanted[j])
    return Reach(tuple(candidates[j] for j in kept), mean)


def bends(sample: Sample, prior: Prior, action: Scaling, numbers: Ints, explained: Floats) -> bool:
    """Say whether people in general like some columns of actions best where they are middling.

    Args:
        sample: Of outcomes.
        prior: How people differ.
        action: The scaling of actions.
        numbers: (q,) the columns asked about.
        explained: (q,) the weights of their squares in the version in force; empty for none.
    """
    columns = squared(sample.actions[:, :, 1 + numbers], action.steps[numbers])
    columns *= sample.there[:, :, None]
    factor = _unexplained(sample, prior)[1]
    if len(explained) != len(numbers):
        return _pays(factor, columns, sample)
    rate = np.clip(sample.predicted, 0.02, 0.98)
    back = (columns @ explained) * rate * (1.0 - rate)  # what they add to a reward, to first order
    return _pays(factor, columns, sample._replace(residual=sample.residual + back), _KEPT_COST)


def _unexplained(sample: Sample, prior: Prior) -> tuple[Floats, Floats]:
    """Give how alike outcomes are by taste alone, and L of V = LLᵀ of them, (n, k, k) each."""
    width = sample.actions.shape[2]
    tastes = sample.actions @ prior.covariance[:width, :width]
    tastes = tastes @ sample.actions.transpose(0, 2, 1)
    one = np.eye(tastes.shape[1])
    apart = one * (1.0 - sample.there)[:, :, None]
    return tastes, np.asarray(np.linalg.cholesky(tastes + prior.noise * one + apart), np.float64)


def _common(factor: Floats, columns: Floats, sample: Sample) -> tuple[Floats, float]:
    """Give the common effect of columns, and by how much it raises twice the log likelihood.

    Let explain what it can first is what else goes with what was shown. An action of which people
    in general were thought to think too much is shown often; and what a person's own luck led to
    expect is shown again, so that a taste that is believed too much of would pass for tiring.

    Args:
        factor: (n, k, k), L of V = LLᵀ.
        columns: (n, k, p).
        sample: Of n people, k outcomes each, in the order in which they were learned.
    """
    news = np.linalg.solve(factor, sample.residual[:, :, None])
    lean = sample.residual[:, :, None] / np.einsum("nii->ni", factor)[:, :, None] - news
    looked = np.linalg.solve(factor, np.stack([sample.there, sample.predicted * sample.there], 2))
    asked = np.concatenate([looked, lean, np.linalg.solve(factor, columns)], axis=2)
    width, asked = looked.shape[2] + 1, asked.reshape(-1, asked.shape[2])
    weight = asked.T @ asked + 1e-6 * np.eye(asked.shape[1])
    pull = asked.T @ news.reshape(-1)
    effect = np.linalg.solve(weight, pull)
    without = np.linalg.solve(weight[:width, :width], pull[:width])
    return effect[width:], float(effect @ pull - without @ pull[:width])


def _pays(factor: Floats, columns: Floats, sample: Sample, cost: float | None = None) -> bool:
    """Say whether columns (n, k, p) explain more of the rewards than they cost, each."""
    each = np.log(max(float(sample.there.sum()), 1.0)) if cost is None else cost
    return bool(_common(factor, columns, sample)[1] > columns.shape[2] * each)


def _floor(sample: Sample, taste: Floats) -> Floats:
    """Give a little taste along every column, so that one that is nowhere steady can be found."""
    width = len(taste)
    little = np.eye(width) * max(np.trace(taste) / width, _LITTLE)
    return np.asarray(sample.actions @ little @ sample.actions.transpose(0, 2, 1))


def _inverse(factor: Floats) -> Floats:
    """Give V⁻¹ of V = LLᵀ."""
    back = np.linalg.inv(factor)
    return np.asarray(back.transpose(0, 2, 1) @ back)


class _Known(NamedTuple):
    """What a score is freed of: V⁻¹ (n, k, k), v = V⁻¹ρ (n, k), and how tastes and noise stand.

    `products` are V⁻¹K (n, k, k) of the kernels K of tastes and of noise, `score` (2,) and
    `information` (2, 2) theirs.
    """

    inverse: Floats
    unexplained: Floats
    products: tuple[Floats, ...]
    score: Floats
    information: Floats


def _known(inverse: Floats, kernel: Floats, sample: Sample, left: Floats) -> _Known:
    """See how well the sizes of tastes and of noise fit."""
    unexplained = (inverse @ left[:, :, None])[:, :, 0]
    kernels = (kernel, np.eye(kernel.shape[1]) * sample.there[:, :, None])
    products = tuple(inverse @ one for one in kernels)
    score = np.array([_pull(unexplained, *both) for both in zip(kernels, products, strict=True)])
    information = np.array([[_shared(one, two) for two in products] for one in products])
    return _Known(inverse, unexplained, products, score, information)


def _score(known: _Known, kernel: Floats, number: Floats) -> float:
    """Give by how many standard deviations tastes move with a number of the context.

    Freed of what the sizes of tastes and of noise would explain: the efficient score.
    """
    moving = kernel * number[:, :, None] * number[:, None, :]
    product = known.inverse @ moving
    shared = np.array([_shared(product, one) for one in known.products])
    taken = np.linalg.lstsq(known.information, shared)[0]  # with an outcome each they are one
    score = _pull(known.unexplained, moving, product) - float(taken @ known.score)
    information = _shared(product, product) - float(taken @ shared)
    return score / np.sqrt(information) if information > 0.0 else 0.0


def _pull(unexplained: Floats, kernel: Floats, product: Floats) -> float:
    """Give the score of a kernel K: (vᵀKv - tr V⁻¹K) / 2."""
    explained = ((kernel @ unexplained[:, :, None])[:, :, 0] * unexplained).sum()
    return 0.5 * float(explained - np.trace(product, axis1=1, axis2=2).sum())


def _shared(one: Floats, two: Floats) -> float:
    """Give the information that two kernels K and L share: tr V⁻¹KV⁻¹L / 2."""
    return 0.5 * float((one * two.transpose(0, 2, 1)).sum())


def widened_prior(prior: Prior, before: Reach, after: Reach, n_action: int) -> Prior:
    """Give a prior for another reach: what both have stays, what is new starts small."""
    old, new = blocks(before, n_action), blocks(after, n_action)
    covariance = np.zeros((after.width(n_action),) * 2)
    taste = prior.covariance[:n_action, :n_action]
    shared = [(old[key], new[key]) for key in new if key in old]
    for was, is_ in shared:
        for was_too, is_too in shared:
            covariance[is_, is_too] = prior.covariance[was, was_too]
    for key, place in new.items():
        if key not in old:
            recent = key == "recent"
            covariance[place, place] = _RECENT * np.eye(PAST) if recent else _CROSSED_SHARE * taste
    mean = prior.mean if len(prior.mean) == len(after.mean) else after.mean
    return Prior(covariance, prior.noise, mean, prior.doubt)


def blocks(reach: Reach, n_action: int) -> dict[object, slice]:
    """Give where each part of φ stands."""
    keys: list[object] = ["action", *reach.around]
    blocks = {key: slice(n * n_action, (n + 1) * n_action) for n, key in enumerate(keys)}
    if len(reach.mean):
        end = n_action * len(keys)
        blocks["recent"] = slice(end, end + PAST)
    return blocks
