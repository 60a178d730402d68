"""The draw: which action a number in [0, 1) picks, and which part of the mixture picked it."""

import pytest

from penchant.decide.drawing import Drawn, draw_from


@pytest.mark.parametrize(
    ("draw", "place"), [(0.0, 0), (0.19, 0), (0.2, 1), (0.69, 1), (0.7, 2), (0.9999999, 2)]
)
def test_each_action_has_a_stretch_as_long_as_its_propensity(draw: float, place: int) -> None:
    """Stretches stand in the order of the actions and hold their start."""
    assert draw_from([0.2, 0.5, 0.3], [0.2, 0.5, 0.3], draw, 0.0).place == place


def test_the_start_of_a_stretch_is_neutral() -> None:
    """Of each action's stretch the first part, share x neutral propensity long, is neutral."""
    weights, neutral = [0.65, 0.35], [0.5, 0.5]
    drawn = [draw_from(weights, neutral, draw, 0.3) for draw in (0.0, 0.149, 0.151, 0.65, 0.81)]

    assert drawn == [
        Drawn(0, is_neutral=True),
        Drawn(0, is_neutral=True),
        Drawn(0, is_neutral=False),
        Drawn(1, is_neutral=True),
        Drawn(1, is_neutral=False),
    ]


def test_everything_or_nothing_is_neutral_at_the_ends() -> None:
    """A share of 0 is never neutral; a share of 1 always."""
    weights = [0.25, 0.75]
    draws = [i / 50 for i in range(50)]

    assert not any(draw_from(weights, weights, draw, 0.0).is_neutral for draw in draws)
    assert all(draw_from(weights, weights, draw, 1.0).is_neutral for draw in draws)


def test_weights_that_sum_to_a_little_less_are_drawn_from_whole() -> None:
    """Rounding in a sum leaves no gap at the end."""
    weights = [0.1] * 10

    assert draw_from(weights, weights, 1.0 - 2.0**-53, 0.0).place == 9
