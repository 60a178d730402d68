"""Every population model passes every check of the kit; broken ones do not."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from penchant.algebra import zero
from penchant.model.population import (
    PRODUCTS,
    Blocks,
    Contributions,
    Products,
    SharedBlocks,
)
from penchant.testing import populations
from penchant.testing.populations import POPULATION_CHECKS, Make

Check = Callable[[Make, int], None]
Floats = NDArray[np.float64]
HALF_LIFE = 86_400.0
SMALL: dict[str, Make] = {
    "products": lambda: Products(3, 4, HALF_LIFE, 1.0),
    "blocks": lambda: Blocks(3, 4, HALF_LIFE, 1.0),
    "bent blocks": lambda: Blocks(6, 4, HALF_LIFE, 1.0, n_linear=3),
    "shared blocks": lambda: SharedBlocks(3, 4, HALF_LIFE, 1.0),
}


@pytest.mark.parametrize("make", SMALL.values(), ids=SMALL.keys())
@pytest.mark.parametrize("check", POPULATION_CHECKS, ids=lambda check: check.__name__[6:])
@given(seed=st.integers(0, 2**32 - 1))
def test_the_population_keeps_its_contract(check: Check, make: Make, seed: int) -> None:
    """The model does what the check says, whatever the outcomes."""
    check(make, seed)


@pytest.mark.parametrize("check", POPULATION_CHECKS, ids=lambda check: check.__name__[6:])
@settings(max_examples=4)  # a check tries several shares and ages; each solves 512 columns
@given(seed=st.integers(0, 2**32 - 1))
def test_products_that_share_columns_keep_the_contract(check: Check, seed: int) -> None:
    """The same holds where there are more products than columns."""
    assert PRODUCTS < 30 * 20
    check(lambda: Products(30, 20, HALF_LIFE, 1.0), seed)


class _Knowing(Blocks):
    """Knows something before any outcome."""

    def solve(self, noise: float) -> tuple[Floats, Floats | None]:
        """Add to what was learned."""
        weights, spread = super().solve(noise)
        return weights + 1.0, spread


class _Unsure(Blocks):
    """Gets less sure with every outcome."""

    def solve(self, noise: float) -> tuple[Floats, Floats | None]:
        """Turn the spread around."""
        weights, spread = super().solve(noise)
        return weights, None if spread is None else np.asarray(np.linalg.inv(spread), np.float64)


class _Last(Blocks):
    """Keeps the outcomes added last."""

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Forget those before."""
        self._gram, self._moment = zero(*self._gram.total.shape), zero(*self._moment.total.shape)
        super().add(rows, sign)


class _Punctual(Blocks):
    """Takes every outcome for one of now."""

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Add what comes late at the time of what is there."""
        super().add(rows._replace(at=max(rows.at, self._gram.at)), sign)


class _Keeping(Blocks):
    """Takes nothing out again."""

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Pass over what is to be taken out."""
        if sign > 0:
            super().add(rows, sign)


class _Even(Blocks):
    """Weighs every outcome alike."""

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Forget the weights."""
        super().add(rows._replace(weight=np.ones(len(rows.weight))), sign)


class _Spent(Blocks):
    """Forgets what it was asked for."""

    def solve(self, noise: float) -> tuple[Floats, Floats | None]:
        """Start again from nothing once it has answered."""
        solved = super().solve(noise)
        self._gram, self._moment = zero(*self._gram.total.shape), zero(*self._moment.total.shape)
        return solved


class _Scaling(Blocks):
    """Writes into the rows it is given."""

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Scale the contexts in place."""
        rows.context[:, 1:] *= 0.5
        super().add(rows, sign)


class _Backwards(Blocks):
    """Learns that what pays does not."""

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Turn the rewards around."""
        super().add(rows._replace(reward=1.0 - rows.reward), sign)


BROKEN: tuple[tuple[type[Blocks], Check], ...] = (
    (_Knowing, populations.check_of_nothing_it_knows_nothing),
    (_Unsure, populations.check_weights_and_spread_fit),
    (_Last, populations.check_outcomes_add_up_in_any_grouping),
    (_Punctual, populations.check_late_outcomes_are_no_worse),
    (_Keeping, populations.check_taking_out_is_never_having_had),
    (_Even, populations.check_weights_weigh),
    (_Spent, populations.check_solving_changes_nothing),
    (_Scaling, populations.check_rows_stay_as_they_were),
    (_Backwards, populations.check_it_learns_what_pays),
)


@pytest.mark.parametrize(("broken", "check"), BROKEN)
def test_a_broken_population_fails_its_check(broken: type[Blocks], check: Check) -> None:
    """What the check is for makes it fail."""
    with pytest.raises(AssertionError):
        check(lambda: broken(3, 4, HALF_LIFE, 1.0), 7)


def test_every_check_of_populations_is_seen_to_fail() -> None:
    """The broken models above leave out no check of the kit."""
    assert {check for _, check in BROKEN} == set(POPULATION_CHECKS)
