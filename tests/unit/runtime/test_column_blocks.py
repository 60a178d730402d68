"""Decisions in columns belong to the journal: nobody writes into them, and the dropped are gone."""

import numpy as np
import pytest
from engines import agreed, engine_on, shop
from numpy.typing import NDArray

from penchant import Decision, Engine
from penchant.runtime.columns import Answers

PEOPLE = ["ada", "bo"]


def asked(engine: Engine, contexts: NDArray[np.float64]) -> Answers:
    """Decide for both in columns."""
    engine.declare(shop())
    agreed(engine, *PEOPLE)
    answers = engine.decide_many("home.hero", people=PEOPLE, contexts=contexts)
    assert isinstance(answers, Answers)
    return answers


def test_what_was_given_is_kept_as_it_was() -> None:
    """Using the table of contexts again for the next batch does not change the last one."""
    engine, contexts = engine_on(), np.array([[1.0, 2.0], [3.0, 4.0]])
    answers = asked(engine, contexts)
    contexts[:] = 9.0

    assert [dict(one.context) for one in answers if isinstance(one, Decision)] == [
        {"context": (1.0, 2.0)},
        {"context": (3.0, 4.0)},
    ]


def test_the_context_of_the_forgotten_is_blanked() -> None:
    """Of a forgotten person no number stays in the block, of the others all do."""
    engine = engine_on()
    columns = asked(engine, np.array([[1.0, 2.0], [3.0, 4.0]])).columns
    engine.forget("ada")

    assert columns.made.given.tolist() == [[0.0, 0.0], [3.0, 4.0]]
    assert not columns.made.context[0].any()
    assert list(columns.people) == ["", "bo"]


@pytest.mark.parametrize("place", ["00", "01", "+1", "-1", "٣", "2", "9" * 5_000, "", " 0"])
def test_only_the_id_itself_finds_a_decision(place: str) -> None:
    """What merely reads as the same number is another id, as in a store on disk."""
    engine = engine_on()
    columns = asked(engine, np.zeros((2, 1))).columns

    assert columns.find(f"{columns.made.id}.1") is not None
    assert columns.find(f"{columns.made.id}.{place}") is None
