"""Arguments of the public surface that are of another kind than they should be.

What a caller meant cannot be guessed, so each is told in a sentence: never with an error of
Python's own, never taken for something else. What a person said (here: SECRET) is in no sentence.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from engines import PURPOSE, SHOP, agreed, engine_on, shop
from msgspec.structs import replace

from penchant import Action, Decision, Engine, Moment, Refused, Signal
from penchant.errors import (
    BadInput,
    BadName,
    BadNumber,
    LimitReached,
    PenchantError,
    UnknownDecision,
)

SECRET = "what ada would tell nobody"  # noqa: S105 - no password


@pytest.fixture
def engine() -> Engine:
    """Give an engine with a shop that ada agreed to."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada")
    return engine


def told(kind: type[PenchantError], call: Callable[[], object], *words: str) -> None:
    """See that a call raises that error, in a sentence with those words and no secret."""
    with pytest.raises(kind) as caught:
        call()
    sentence = str(caught.value)
    assert [word for word in words if word not in sentence] == [], sentence
    assert SECRET not in sentence


def decide(engine: Engine, **more: Any) -> Decision:
    """Decide the shop for ada."""
    return engine.decide("home.hero", **{"person": "ada", **more})


@pytest.mark.parametrize(("person", "kind"), [(3, "int"), (b"ada", "bytes"), (["ada"], "list")])
def test_a_person_who_is_no_text(engine: Engine, person: Any, kind: str) -> None:
    """The sentence says what was given, not that nothing was."""
    told(BadName, lambda: decide(engine, person=person), "person id", f"a `{kind}` was given")


@pytest.mark.parametrize("draw", [1, 1.0, True, -0.5, math.nan, "x", np.float32(0.5)])
def test_a_draw_that_is_none(engine: Engine, draw: Any) -> None:
    """1 is outside [0, 1), and the sentence says so."""
    told(BadNumber, lambda: decide(engine, draw=draw), "at least 0 and below 1")


@pytest.mark.parametrize("signals", [5, None, SECRET, {"kind": "shop.viewed"}, b"x"])
def test_signals_that_are_no_list(engine: Engine, signals: Any) -> None:
    """Neither a text, letter by letter, nor a mapping, name by name, is a list of signals."""
    told(BadInput, lambda: engine.observe(signals, purpose=PURPOSE), "Signals must be a list")


@pytest.mark.parametrize("purpose", [5, ["x"], "x" * 3_000, "tab\there"])
@pytest.mark.parametrize("kind", ["shop.viewed", "never.stated"])
def test_a_purpose_that_is_none(engine: Engine, purpose: Any, kind: str) -> None:
    """It is refused whatever the signal says: nothing is kept that could not be read again."""
    data = {"name": "n", "text": SECRET, "action": "fins"}
    answer = engine.observe(Signal(kind, "ada", data=data), purpose=purpose)

    assert isinstance(answer, Refused)
    assert "A purpose" in answer.sentence
    assert len(answer.sentence) < 200
    assert SECRET not in engine.export("ada")


@pytest.mark.parametrize("actions", [5, "sneakers", SHOP[0], {"name": "a"}])
def test_actions_of_a_call_that_are_no_list(engine: Engine, actions: Any) -> None:
    """One action alone is no list of one."""
    told(BadInput, lambda: decide(engine, actions=actions), "home.hero", "must be a list")


@pytest.mark.parametrize("burden", [-1.0, 1.5, math.nan, math.inf])
def test_a_burden_of_a_call_outside_its_range(engine: Engine, burden: float) -> None:
    """A burden below 0 would pass every dial; it is told as in a declaration."""
    action = Action("call", burden=burden)

    told(BadNumber, lambda: decide(engine, actions=[action]), "burden", "`call`")
    told(BadNumber, lambda: engine.declare(shop([action])), "burden", "`call`")
    told(BadNumber, lambda: decide(engine, actions=[Action("nothing", burden=0.5)]), "nothing")


@pytest.mark.parametrize("field", ["content", "channel"])
def test_a_text_of_an_action_has_a_bound(engine: Engine, field: str) -> None:
    """1 KiB, as every text: each decision keeps what it was given."""
    fits = replace(Action("a"), **{field: "ü" * 512})
    long = replace(Action("a"), **{field: "ü" * 512 + "x"})

    assert decide(engine, actions=[fits]).executed
    told(LimitReached, lambda: decide(engine, actions=[long]), "1,024", "1,025")
    told(LimitReached, lambda: engine.declare(shop([long])), "1,024", "1,025")


def test_a_decision_in_place_of_its_id(engine: Engine) -> None:
    """It is told what an id is, and what the decision holds is not repeated."""
    decision: Any = decide(engine, context={"mood": SECRET})
    answer = engine.learn(decision, reward=1.0)

    assert isinstance(answer, Refused)
    assert "`decision.id`" in answer.sentence
    told(UnknownDecision, lambda: engine.explain(decision), "its `id`", "a `Decision`")
    assert engine.learn(decision.id, reward=1.0)


@pytest.mark.parametrize("given", [None, 7, "\ud800", "tab\there"])
def test_an_id_of_a_decision_that_is_none(engine: Engine, given: Any) -> None:
    """Its outcome is refused, its explanation an error."""
    assert "No decision of that id" in str(engine.learn(given, reward=1.0))
    told(UnknownDecision, lambda: engine.explain(given), "printable")


@pytest.mark.parametrize("reward", [np.float32(1), np.int64(1), np.float64(1)])
def test_a_reward_out_of_an_array(engine: Engine, reward: Any) -> None:
    """A number of numpy is a number."""
    assert engine.learn(decide(engine).id, reward=reward)
    assert '"reward":1.0' in engine.export("ada")


@pytest.mark.parametrize("items", [5, None, {"moment": "home.hero"}, b"x"])
def test_items_of_a_batch_that_are_no_list(engine: Engine, items: Any) -> None:
    """One item alone is no batch of one."""
    told(BadInput, lambda: engine.decide_many(items), "must be a list")
    told(BadInput, lambda: engine.learn_many(items), "must be a list")


def test_items_of_a_batch_may_come_one_by_one(engine: Engine) -> None:
    """What is no list and can be gone through is as good as one."""
    decided = engine.decide_many(item for item in [{"moment": "home.hero"}])  # type: ignore[arg-type]  # wider than said

    assert isinstance(decided[0], Decision)


@pytest.mark.parametrize("people", [5, None, "ada", {"ada": 1}])
def test_people_in_columns_who_are_no_list(engine: Engine, people: Any) -> None:
    """A text is one person, not one a letter."""
    told(BadInput, lambda: engine.decide_many("home.hero", people=people), "`people`", "list")


def test_columns_beside_items(engine: Engine) -> None:
    """What would be passed over in silence is told."""
    items = [{"moment": "home.hero", "person": "ada"}]
    table = np.ones((1, 2))

    told(BadInput, lambda: engine.decide_many(items, people=["ada"]), "`people`")
    told(BadInput, lambda: engine.decide_many(items, contexts=table), "`contexts`")
    answers = engine.decide_many("home.hero", people=["ada", "ada"])
    told(BadInput, lambda: engine.learn_many(answers[:1], rewards=[1.0]), "`rewards`")
    assert all(engine.learn_many(answers, rewards=[1.0, 0.0]))


@pytest.mark.parametrize("given", [None, 5, SECRET, [("a", 1)], {"a"}])
def test_features_and_data_that_are_no_mapping(given: Any) -> None:
    """The noun is not built; in a batch of the wire, its item is refused."""
    told(
        BadInput, lambda: Signal("shop.viewed", "ada", data=given), "mapping", type(given).__name__
    )
    told(BadInput, lambda: Action("a", features=given), "mapping", type(given).__name__)


@pytest.mark.parametrize("field", ["actions", "guardrails", "reward_range"])
@pytest.mark.parametrize("given", [None, 5, SECRET, {"a": 1}])
def test_lists_of_a_moment_that_are_none(field: str, given: Any) -> None:
    """The sentence names the field."""
    told(BadInput, lambda: Moment("m", **{field: given}), f"`{field}`", type(given).__name__)


def test_a_file_or_a_seed_of_another_type() -> None:
    """A path is a text or a path, a seed a whole number, packs a list."""
    path: Any = 5
    seed: Any = [1]

    told(BadInput, lambda: Engine.open(path), "path", "`int`")
    told(BadInput, lambda: Engine.open(seed=seed), "seed", "`list`")
    told(BadInput, lambda: Engine.open(packs="school"), "packs", "must be a list")
