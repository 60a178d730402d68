"""The dial: burdens below, at and above it."""

from math import nan

import pytest
from unit.guard.asking import ACTIONS, ask

from penchant.guard.dial import Dial
from penchant.guard.verdict import PASSED
from penchant.words import Action


@pytest.mark.parametrize(
    ("dial", "refused"),
    [
        (1.0, set()),
        (0.9, set()),
        (0.89, {3}),
        (0.5, {3}),
        (0.2, {2, 3}),
        (0.1, {1, 2, 3}),
        (0.0, {1, 2, 3}),
        (nan, {0, 1, 2, 3}),
    ],
)
def test_burden_is_held_against_the_dial(dial: float, refused: set[int]) -> None:
    """What is above the dial is refused, what is at it passes; no number refuses all."""
    assert set(Dial().check(ACTIONS, ask(dial=dial))) == refused


def test_a_burden_that_is_no_number_is_above_any_dial() -> None:
    """A burden of NaN does not slip through a comparison."""
    assert set(Dial().check((Action("odd", burden=nan),), ask(dial=1.0))) == {0}


def test_the_sentence_names_both_numbers() -> None:
    """The person reads what the action would have cost them and what they allow."""
    verdicts = Dial().check(ACTIONS, ask(dial=0.5))

    assert verdicts[3].sentence == (
        "Its burden of 0.9 is above the dial for `coaching`, which stands at 0.5."
    )


def test_no_objection_is_no_work() -> None:
    """Where all pass, the shared empty answer is given."""
    assert Dial().check(ACTIONS, ask()) is PASSED
