"""The check kit of population models: sums over everybody, and what is solved from them.

Whatever a model solves, it keeps sums: outcomes come in any order and grouping, and what somebody
added can be taken out again as if it had never been there.
Each check takes `make`, which gives a new model of nothing, and a seed for the outcomes it is
tried on; the shape of the outcomes is that of the weights the model gives.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import TOLERANCE
from penchant.model.population import Contributions, Population
from penchant.testing.expecting import checks_of, expect

__all__ = ["POPULATION_CHECKS", "Make", "close", "part_of", "some_outcomes"]

Make = Callable[[], Population]
Floats = NDArray[np.float64]

NOW = 1.8e9
NOISE = 0.2
_NAMES = 9
_AGES = (0.0, 86_400.0, 30 * 86_400.0)  # seconds; what they leave depends on the half-life


def some_outcomes(make: Make, seed: int, count: int = 0, *, by_name: bool = False) -> Contributions:
    """Give outcomes of random people, of the shape a model wants.

    Args:
        make: Gives the model.
        seed: What the outcomes are drawn from.
        count: How many; 0 draws from 1 to 300.
        by_name: Each action has one column, as where it is known by its name alone.
    """
    dice = np.random.default_rng(seed)
    n_context, n_action = make().solve(NOISE)[0].shape
    n = count or int(dice.integers(1, 301))
    action = dice.normal(size=(n, n_action)) * 0.5
    if by_name:
        action = np.eye(n_action)[dice.integers(1, n_action, n)]
    context = dice.normal(size=(n, n_context)) * 0.5
    action[:, 0] = context[:, 0] = 1.0
    predicted = dice.uniform(-0.1, 1.1, n)
    weight = dice.uniform(0.5, 1.0, n)
    return Contributions(
        context,
        action,
        dice.uniform(0, 1, n),
        predicted,
        weight,
        NOW,
        name=dice.integers(0, _NAMES, n),
        rest=dice.uniform(-1.0, 1.0, n),
    )


def check_of_nothing_it_knows_nothing(make: Make, seed: int = 0) -> None:
    """Without outcomes the weights are 0, and with none added they stay so."""
    model = make()
    expect(not model.solve(NOISE)[0].any(), "It knows something before any outcome.")
    model.add(part_of(some_outcomes(make, seed), slice(0)))
    expect(not model.solve(NOISE)[0].any(), "No outcomes taught it something.")


def check_weights_and_spread_fit(make: Make, seed: int = 0) -> None:
    """Weights are finite; a spread is one covariance an action column, and grows with the noise."""
    model = make()
    rows = some_outcomes(make, seed)
    model.add(rows)
    weights, spread = model.solve(NOISE)
    expect(weights.shape == (rows.context.shape[1], rows.action.shape[1]), "A shape changed.")
    expect(np.isfinite(weights).all(), "A weight is no number.")
    before, double = make().solve(NOISE)[1], model.solve(2 * NOISE)[1]
    if spread is None or before is None or double is None:
        expect(spread is before is double is None, "A spread comes and goes.")
        return
    n_context, n_action = weights.shape
    if model.axes is not None:
        expect(spread.shape == (n_action - 1, n_context), "The spread has another shape.")
        expect((spread >= 0).all(), "A variance is negative.")
        expect(np.allclose(double, 2 * spread), "The spread does not go with the noise.")
        return
    expect(spread.shape == (n_action - 1, n_context, n_context), "The spread has another shape.")
    expect(np.allclose(spread, spread.swapaxes(1, 2)), "A covariance is not symmetric.")
    expect(np.linalg.eigvalsh(spread).min() >= -TOLERANCE, "A covariance is negative.")
    if make().bends:  # what each of two nested models counts depends on outcomes and noise
        return
    expect(np.linalg.eigvalsh(before - spread).min() > -TOLERANCE, "Outcomes made it less sure.")
    expect(np.allclose(double, 2 * spread), "The spread does not go with the noise.")


def check_outcomes_add_up_in_any_grouping(make: Make, seed: int = 0) -> None:
    """All at once, the first one by one, or in two parts the later first: the same."""
    for by_name in (False, True):
        rows = some_outcomes(make, seed, seed % 40 + 1, by_name=by_name)
        late = np.random.default_rng(seed).random(len(rows.weight)) < 0.5  # noqa: PLR2004 - half
        at_once, parts, singly = make(), make(), make()
        at_once.add(rows)
        parts.add(part_of(rows, late))
        parts.add(part_of(rows, ~late))
        for part in (slice(0, 1), slice(1, 2), slice(2, 3), slice(3, None)):
            singly.add(part_of(rows, part))
        close(parts, at_once, "In two parts")
        close(singly, at_once, "One by one")


def check_late_outcomes_are_no_worse(make: Make, seed: int = 0) -> None:
    """Outcomes of three times, told in order or the last first, teach the same."""
    rows = some_outcomes(make, seed, 30)
    thirds = [part_of(rows, slice(n, None, 3), NOW - age) for n, age in enumerate(_AGES)]
    forth, back = make(), make()
    for third in thirds:
        forth.add(third)
    for third in reversed(thirds):
        back.add(third)
    close(forth, back, "Told in another order")


def check_taking_out_is_never_having_had(make: Make, seed: int = 0) -> None:
    """Subtracting what somebody added leaves what the others added, also when more came since."""
    for by_name, age in ((False, _AGES[0]), (False, _AGES[1]), (True, _AGES[1])):
        rows = some_outcomes(make, seed, by_name=by_name)
        mine = np.random.default_rng(seed + 1).random(len(rows.weight)) < 0.4  # noqa: PLR2004 - some
        with_me, without = make(), make()
        with_me.add(rows)
        with_me.add(part_of(rows, ~mine, NOW + age))
        with_me.add(part_of(rows, mine), sign=-1.0)
        without.add(part_of(rows, ~mine))
        without.add(part_of(rows, ~mine, NOW + age))
        close(with_me, without, "After one person was taken out")


def check_weights_weigh(make: Make, seed: int = 0) -> None:
    """An outcome of weight 2 is two outcomes of weight 1; one of weight 0 is none."""
    rows = some_outcomes(make, seed, 20)
    twice, heavy = make(), make()
    twice.add(rows)
    twice.add(rows)
    heavy.add(rows._replace(weight=2 * rows.weight))
    heavy.add(some_outcomes(make, seed + 1, 20)._replace(weight=np.zeros(20)))
    close(heavy, twice, "Of double weight")


def check_solving_changes_nothing(make: Make, seed: int = 0) -> None:
    """Solved twice it gives the same bits, and what comes later adds to what there was."""
    rows = some_outcomes(make, seed)
    asked, silent = make(), make()
    for model in (asked, silent):
        model.add(rows)
    first, again = asked.solve(NOISE), asked.solve(NOISE)
    expect((first[0] == again[0]).all(), "Solved twice, it gives two answers.")
    for model in (asked, silent):
        model.add(rows)
    close(asked, silent, "After it was asked")


def check_rows_stay_as_they_were(make: Make, seed: int = 0) -> None:
    """No array that was handed in is changed, and changing one later teaches nothing."""
    rows, fresh = some_outcomes(make, seed), some_outcomes(make, seed)
    model, other = make(), make()
    model.add(rows)
    model.add(rows, sign=-1.0)
    model.add(rows)
    pairs = zip(columns_of(rows), columns_of(fresh), strict=True)
    expect(all(np.array_equal(mine, its) for mine, its in pairs), "It changed what it was given.")
    other.add(fresh)
    for column in columns_of(rows):
        column[:] = 0
    close(model, other, "After its rows were changed by others")


def check_it_learns_what_pays(make: Make, seed: int = 0) -> None:
    """Of actions known by name it predicts most for the one that pays most in the context."""
    rows = some_outcomes(make, seed, 600, by_name=True)
    first = rows.action[:, 1] == 1.0
    good = rows.context[:, 1] > 0 if rows.context.shape[1] > 1 else np.ones(len(first), bool)
    model = make()
    even = np.full(len(first), 0.5)
    model.add(rows._replace(reward=np.where(first & good, 0.9, 0.1), predicted=even))
    actions = np.eye(rows.action.shape[1])[1:]
    actions[:, 0] = 1.0
    scores = rows.context @ model.solve(NOISE)[0] @ actions.T
    lead = scores[:, 0] - scores[:, 1:].mean(axis=1)
    expect(lead[good].mean() > 0, "It did not learn which action pays.")
    expect(good.all() or lead[good].mean() > lead[~good].mean(), "It did not learn when.")


def part_of(
    rows: Contributions, where: NDArray[np.bool_] | slice, at: float = NOW
) -> Contributions:
    """Give some of the outcomes, as they weigh at a time."""
    return Contributions(
        context=rows.context[where],
        action=rows.action[where],
        reward=rows.reward[where],
        predicted=rows.predicted[where],
        weight=rows.weight[where],
        at=at,
        name=rows.name[where],
        rest=rows.rest[where],
    )


def columns_of(rows: Contributions) -> tuple[NDArray[Any], ...]:
    """Give every array of some outcomes that has a row for each."""
    return (*rows[:5], rows.name, rows.rest)


def close(one: Population, other: Population, what: str) -> None:
    """Hold what two models solve to against each other, within `algebra.TOLERANCE`."""
    for mine, its in zip(one.solve(NOISE), other.solve(NOISE), strict=True):
        if mine is None or its is None:
            expect(mine is its, f"{what}, a spread is there or not.")
        else:
            near = np.allclose(mine, its, rtol=TOLERANCE, atol=TOLERANCE)
            expect(near, f"{what}, it differs by {np.abs(mine - its).max():g}.")
    for known, told in zip(one.own, other.own, strict=True):
        both = min(len(known), len(told))  # one may have met a name of which nothing is left
        near = np.allclose(known[:both], told[:both], rtol=TOLERANCE, atol=TOLERANCE)
        expect(near, f"{what}, what actions are beyond their features differs.")


POPULATION_CHECKS: tuple[Callable[..., None], ...] = checks_of(globals())
"""Every check, found by its name; each takes `make`, and a seed for other outcomes."""
