"""Batches: items as they come in, and columns over a declaration that changes."""

import numpy as np
import pytest
from engines import NAMED, SHOP, agreed, engine_on, shop

from penchant import Action, Decision, Engine, Refused


@pytest.fixture
def engine() -> Engine:
    """Give an engine with the shop, that ada and bea agreed to."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada", "bea")
    return engine


def test_actions_of_an_item_come_as_mappings_or_actions(engine: Engine) -> None:
    """Both say the same."""
    given = {"name": "x", "features": {"sport": "run"}, "burden": 0.2}
    items = [
        {"moment": "home.hero", "person": "ada", "actions": [given], "draw": 0.1},
        {
            "moment": "home.hero",
            "person": "ada",
            "actions": [Action("x", {"sport": "run"}, burden=0.2)],
            "draw": 0.1,
        },
    ]
    one, other = engine.decide_many(items)

    assert isinstance(one, Decision)
    assert isinstance(other, Decision)
    assert one.action == other.action == Action("x", {"sport": "run"}, burden=0.2)


@pytest.mark.parametrize("actions", [SHOP[::-1], NAMED])
def test_outcomes_in_columns_outlive_a_new_declaration(
    engine: Engine, actions: tuple[Action, ...]
) -> None:
    """What was chosen keeps the features it had, whatever its name means now."""
    for _ in range(10):
        answers = engine.decide_many("home.hero", people=["ada", "bea"], contexts=np.ones((2, 1)))
        engine.learn_many(answers, rewards=[1.0, 0.0])
    waiting = engine.decide_many("home.hero", people=["ada", "bea"], contexts=np.ones((2, 1)))
    engine.declare(shop(actions))

    assert all(engine.learn_many(waiting, rewards=[1.0, 1.0]))
    beliefs = {belief.name: belief for belief in engine.profile("ada").beliefs}
    assert beliefs["taste at home.hero"].data["outcomes"] == 11
    assert sum(engine.decide("home.hero", person="ada").weights) == pytest.approx(1)


def test_no_people_are_no_decisions(engine: Engine) -> None:
    """An empty batch is answered as one."""
    answers = engine.decide_many("home.hero", people=[])

    assert list(answers) == []
    assert engine.learn_many(answers, rewards=[]) == []
    assert engine.decide_many([]) == engine.learn_many([]) == []


def test_an_outcome_of_a_batch_that_is_none_says_so(engine: Engine) -> None:
    """A field that is not known is told, as it is for a decision; the rest of the batch goes on."""
    decision = engine.decide("home.hero")
    given = [7, {"reward": 1.0}, {"decision": decision.id, "rewrad": 1.0}]
    no_mapping, no_name, unknown, kept = engine.learn_many(
        [*given, {"decision": decision.id, "reward": 1.0}]
    )

    assert isinstance(no_mapping, Refused)
    assert "An outcome is a mapping" in no_mapping.sentence
    assert no_name == no_mapping
    assert unknown == Refused("An outcome has no field `rewrad`.")
    assert kept
