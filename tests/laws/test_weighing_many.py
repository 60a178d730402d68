"""Laws: deciding for many at once is deciding for each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.decide.choices import Choices
from penchant.decide.weighing import Expectation, weigh
from penchant.decide.weighing_many import Expectations, weigh_many
from penchant.model.people import Posterior
from penchant.words import Action

RANK = 2
SHARES = st.sampled_from([0.0, 0.01, 0.3, 1.0])


def choices(seen: np.ndarray) -> Choices:
    """Give choices of actions seen so."""
    count = len(seen)
    actions = tuple(Action(f"a{place}") for place in range(count))
    names = tuple(action.name for action in actions)
    pairs = (seen[:, :, None] * seen[:, None, :]).reshape(count, RANK**2)
    none = np.zeros((count, 0))
    return Choices(actions, names, none, none, seen, pairs, np.zeros(count))


@pytest.mark.proof
@given(
    seed=st.integers(0, 2**32 - 1),
    n_actions=st.integers(1, 6),
    n_people=st.integers(1, 9),
    coarse=st.sampled_from([1, 3, 1_000]),
    is_sure=st.booleans(),
    explore=SHARES,
    neutral_share=SHARES,
)
def test_many_are_weighed_as_each(
    *,
    seed: int,
    n_actions: int,
    n_people: int,
    coarse: int,
    is_sure: bool,
    explore: float,
    neutral_share: float,
) -> None:
    """Whatever is expected, tied or not, each person has the propensities they would have alone."""
    dice = np.random.default_rng(seed)
    reward = np.round(dice.random((n_people, n_actions)) * coarse) / coarse
    variance = None if is_sure else np.round(dice.random((n_people, n_actions)) * coarse) / coarse
    actions = choices(np.round(dice.normal(size=(n_actions, RANK)) * coarse) / coarse)
    root = dice.normal(size=(n_people, RANK, RANK)) / 3
    posterior = Posterior(dice.normal(size=(n_people, RANK)) / 3, root @ root.transpose(0, 2, 1))
    expectations = Expectations(reward.T.copy(), None, None)
    if variance is not None:
        known = variance.T
        expectations = Expectations(
            reward.T.copy(), np.sqrt(known), lambda actions, people: known[actions, people]
        )
    together = weigh_many(
        expectations,
        actions,
        posterior,
        explore=explore,
        neutral_share=neutral_share,
    )

    for place in range(n_people):
        alone = weigh(
            Expectation(reward[place], None if variance is None else variance[place]),
            actions,
            Posterior(posterior.mean[place], posterior.covariance[place]),
            explore=explore,
            neutral_share=neutral_share,
        )
        for many, one in zip(together, alone, strict=True):
            assert many[place] == pytest.approx(one, abs=1e-9)
