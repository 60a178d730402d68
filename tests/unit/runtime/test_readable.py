"""What is written can be read again: what could not is refused before, with a sentence."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from engines import facts_in

from penchant import Action, Cap, Engine, Moment, Outcome, QuietHours, Refused, Signal
from penchant.errors import BadInput
from penchant.frozen_map import FrozenMap
from penchant.journal import as_plain

ACTIONS = (Action("run"), Action("swim"))
ANY = cast("Any", None)


class Purpose(StrEnum):
    """A text of a class of its own, as programs have them."""

    SHOP = "shop"


@pytest.mark.parametrize(
    "moment",
    [
        Moment("m", "shop", ACTIONS, default=ANY),
        Moment("m", "shop", ACTIONS, non_profiling=cast("Any", "yes")),
        Moment("m", "shop", ACTIONS, outcome=Outcome(window=cast("Any", 30))),
        Moment("m", "shop", ACTIONS, guardrails=[QuietHours(zone=ANY)]),
        Moment("m", "shop", ACTIONS, guardrails=[Cap(cast("Any", 2.5))]),
        Moment("m", "shop", ACTIONS, guardrails=[cast("Any", "night")]),
        Moment("m", "shop", [cast("Any", "run")]),
        Moment("m", "shop", [Action("run", content=ANY)]),
        Moment("m", "shop", [Action("run", content="\ud800")]),
        Moment("m", "shop", ACTIONS, default="\ud800"),
        Moment("m", "shop", [Action("run", channel=ANY)]),
        Moment("m", "shop", [Action("run", burden=cast("Any", "low"))]),
        Moment("m", "shop", [Action("run", risk=cast("Any", "ask"))]),
        cast("Any", "m"),
    ],
)
def test_a_moment_of_wrong_types_is_refused_and_the_file_still_opens(
    moment: Moment, tmp_path: Path
) -> None:
    """One mistyped declaration must not be a journal that never opens again."""
    path = str(tmp_path / "people.db")
    with Engine.open(path) as engine, pytest.raises(BadInput):
        engine.declare(moment)
    with Engine.open(path) as engine:
        assert engine.export("ada") == ""


@pytest.mark.parametrize("field", ["content", "channel", "burden", "risk"])
def test_a_candidate_of_wrong_types_is_refused(field: str) -> None:
    """What comes with a call is held to the same types, and the message names the fields."""
    action = Action("tip", **{field: ANY})
    with Engine.open() as engine:
        engine.declare(Moment("m", "shop", ACTIONS))
        with pytest.raises(BadInput, match=f"`{field}`"):
            engine.decide("m", actions=[action])


@pytest.mark.parametrize(
    "ask",
    [
        lambda engine: engine.consent(np.str_("ada"), "shop"),
        lambda engine: engine.consent("ada", Purpose.SHOP),
        lambda engine: engine.decide("m", person=np.str_("ada")),
        lambda engine: engine.decide("m", person="ada", draw=np.float64(0.3)),
        lambda engine: engine.decide_many("m", people=np.array(["ada", "ben"])),
        lambda engine: engine.observe(Signal("shop.viewed", np.str_("ada")), purpose=Purpose.SHOP),
    ],
)
def test_texts_and_numbers_of_other_classes_are_kept_as_plain_ones(
    ask: Callable[[Engine], object], tmp_path: Path
) -> None:
    """An enumeration or a numpy scalar reads back as the text or number it is."""
    path = str(tmp_path / "people.db")
    with Engine.open(path) as engine:
        engine.declare(Moment("m", "shop", ACTIONS))
        engine.consent("ada", "shop")
        ask(engine)
        kept = facts_in(engine.export("ada"))
    with Engine.open(path) as engine:
        assert facts_in(engine.export("ada")) == kept
        assert engine.profile("ada").consents[0].purpose == "shop"


def test_nothing_else_becomes_a_fact() -> None:
    """What msgspec cannot write is an error, never silently nothing."""
    assert as_plain(FrozenMap({"hour": 9})) == {"hour": 9}
    with pytest.raises(BadInput, match="`object` cannot be kept"):
        as_plain(object())


@pytest.mark.parametrize("granted", ["no", "false", 0, None])
def test_an_answer_that_is_no_yes_or_no_is_refused(granted: object) -> None:
    """The text `no` must not count as a yes."""
    with Engine.open() as engine:
        with pytest.raises(BadInput, match="`granted` must be True or False"):
            engine.consent("ada", "shop", granted=cast("bool", granted))
        assert engine.profile("ada").consents == ()


def test_an_outcome_not_kept_may_come_again() -> None:
    """An outcome refused for want of consent was not learned, and nobody says that it was."""
    with Engine.open(seed=1) as engine:
        engine.declare(Moment("m", "shop", ACTIONS))
        engine.consent("ada", "shop")
        decision = engine.decide("m", person="ada")
        engine.consent("ada", "shop", granted=False)
        for _ in range(2):
            answer = engine.learn(decision.id, reward=1.0)
            assert isinstance(answer, Refused)
            assert "was withdrawn" in answer.sentence
        engine.consent("ada", "shop")
        assert engine.learn(decision.id, reward=1.0)


@pytest.mark.parametrize("contexts", [None, "rows"])
@pytest.mark.parametrize("people", [[], ["stranger"], ["stranger", "nobody"]])
def test_columns_for_nobody_who_fits_in_columns(people: list[str], contexts: str | None) -> None:
    """Where everybody goes one by one, or there is nobody, each still gets an answer."""
    with Engine.open(seed=1) as engine:
        engine.declare(Moment("m", "shop", ACTIONS, guardrails=[Cap(3)]))
        rows = None if contexts is None else np.zeros((len(people), 2))

        answers = engine.decide_many("m", people=people, contexts=rows)
        told = engine.learn_many(answers, rewards=[1.0] * len(people))

        assert [type(answer).__name__ for answer in answers] == ["Decision"] * len(people)
        assert [bool(answer) for answer in told] == [False] * len(people)
