"""Weighing: propensities from what is expected and how unsure that is."""

import numpy as np
import pytest

from penchant.decide.choices import Choices
from penchant.decide.weighing import Expectation, floored, shares, weigh
from penchant.model.people import Posterior
from penchant.words import Action

REWARD = np.array([0.5, 0.4, 0.1])


def choices(*seen: tuple[float, float]) -> Choices:
    """Give actions that are nothing but their place in the basis."""
    rows = np.array(seen)
    actions = tuple(Action(f"a{i}") for i in range(len(rows)))
    pairs = (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)
    names = tuple(action.name for action in actions)
    return Choices(actions, names, rows, rows, rows, pairs, np.zeros(len(rows)))


SEEN = choices((1.0, 0.0), (0.0, 1.0), (1.0, 1.0))


def test_a_stranger_gets_the_best_for_people_in_general() -> None:
    """Without a person there is one answer, and it is neutral."""
    weighing = weigh(Expectation(REWARD, None), SEEN, None, explore=0.03, neutral_share=0.5)

    assert max(weighing.weights) == weighing.weights[0]
    assert weighing.weights == weighing.neutral
    assert weighing.weights[1] == pytest.approx(0.01, rel=0.05)
    assert weighing.personal == (0.0, 0.0, 0.0)
    assert weighing.expected == tuple(REWARD.tolist())


def test_a_person_tips_the_balance() -> None:
    """What this person adds is counted on top; the neutral answer stays the stranger's."""
    posterior = Posterior(np.array([-0.2, 0.1]), 1e-12 * np.eye(2))
    weighing = weigh(Expectation(REWARD, None), SEEN, posterior, explore=0.0, neutral_share=0.1)

    assert weighing.personal == pytest.approx([-0.2, 0.1, -0.1])
    assert weighing.neutral == (1.0, 0.0, 0.0)
    assert weighing.weights == pytest.approx([0.1, 0.9, 0.0])


def test_doubt_about_a_person_is_tried_out() -> None:
    """Of two actions that look alike, the one less is known of gets the larger share."""
    posterior = Posterior(np.zeros(2), np.diag([4.0, 0.0]))
    reward = np.array([0.45, 0.5, -5.0])
    weighing = weigh(Expectation(reward, None), SEEN, posterior, explore=0.0, neutral_share=0.0)

    assert 0.5 < weighing.weights[0] < 0.9
    assert weighing.weights[2] == 0.0


def test_doubt_about_people_in_general_is_tried_out() -> None:
    """A spread of the expectation works for strangers, too."""
    doubtful = Expectation(np.array([0.5, 0.4]), np.array([0.0, 0.09]))
    weighing = weigh(doubtful, SEEN.kept([0, 1]), None, explore=0.0, neutral_share=0.0)

    assert 0.3 < weighing.weights[1] < 0.7


def test_ties_are_shared_evenly() -> None:
    """With nothing known all actions are alike."""
    posterior = Posterior(np.zeros(2), np.zeros((2, 2)))
    alike = Expectation(np.full(3, 0.5), None)
    weighing = weigh(alike, SEEN, posterior, explore=0.01, neutral_share=0.01)

    assert weighing.weights == pytest.approx((1 / 3,) * 3)


def test_shares_may_be_counted_in_two_halves() -> None:
    """The first points make one answer, the rest another."""
    scores = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 3.0]])
    counts = np.array([[0.5, 0.0], [0.5, 0.0], [0.0, 1.0]])

    assert shares(scores, counts).tolist() == [[0.75, 0.25], [0.0, 1.0]]


@pytest.mark.parametrize(("explore", "least"), [(0.0, 0.0), (0.5, 0.25), (1.0, 0.5)])
def test_the_floor_is_explore_over_k(explore: float, least: float) -> None:
    """From no floor at all to nothing but the floor."""
    raised = floored(np.array([[1.0, 0.0], [0.5, 0.5]]), explore)

    assert raised[0, 1] >= least
    assert raised[1].tolist() == [0.5, 0.5]
    assert raised.sum(axis=1) == pytest.approx([1.0, 1.0])
