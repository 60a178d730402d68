"""Bad input through the public surface: a clear error or a refusal, and the rest goes on.

One test for each bound and each fault. A sentence names the thing and the bound; what a person
said or did (here: SECRET) is in none of them.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adapters.replay.logs import MAP, log_of, map_of, rows_of
from engines import NOW, PURPOSE, SHOP, Clock, agreed, engine_on, shop

from penchant import Action, Decision, Engine, Limits, Moment, Outcome, Refused, Signal
from penchant.adapters.replay.map_file import BadLog
from penchant.adapters.replay.replaying import replay
from penchant.errors import (
    BadInput,
    BadName,
    BadNumber,
    BadTime,
    FeatureTypeChanged,
    LimitReached,
    UnknownAction,
    UnknownDecision,
    UnknownMoment,
)

SECRET = "what ada would tell nobody"  # noqa: S105 - no password
YEAR = timedelta(days=365.25)


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands still."""
    return Clock()


@pytest.fixture
def engine(clock: Clock) -> Engine:
    """Give an engine with a shop that ada and bea agreed to."""
    engine = engine_on(clock=clock)
    engine.declare(shop())
    agreed(engine, "ada", "bea")
    return engine


def told(kind: type[BadInput], call: Callable[[], object], *words: str) -> None:
    """See that a call raises that error, in a sentence with those words and no secret."""
    with pytest.raises(kind) as caught:
        call()
    is_sentence(str(caught.value), *words)


def refused(answer: object, *words: str) -> None:
    """See that an answer is a refusal, in a sentence with those words and no secret."""
    assert isinstance(answer, Refused)
    assert not answer
    is_sentence(answer.sentence, *words)


def is_sentence(sentence: str, *words: str) -> None:
    """See that it reads as a sentence, says what it must and keeps what it must."""
    assert sentence[0].isupper() or sentence[0] == "`"
    assert sentence.endswith((".", "?"))
    assert [word for word in words if word not in sentence] == [], sentence
    assert len(sentence) < 400  # whatever was sent, it is not read out at length
    assert SECRET not in sentence


def decide(engine: Engine, **more: Any) -> Decision:
    """Decide the shop for ada."""
    return engine.decide("home.hero", **{"person": "ada", **more})


def still_works(engine: Engine) -> None:
    """See that the next call is answered as if nothing had happened."""
    decision = decide(engine, context={"hour": 9})

    assert sum(decision.weights) == pytest.approx(1)
    assert engine.learn(decision.id, reward=1.0)


# Limits of the design, section 7


def test_a_moment_has_at_most_1000_actions(engine: Engine) -> None:
    """1,000 are declared, 1,001 are not."""
    actions = [Action(f"a{i}") for i in range(1_001)]
    engine.declare(shop(actions[:1_000]))

    told(LimitReached, lambda: engine.declare(shop(actions)), "home.hero", "1,000", "1,001")


def test_a_call_has_at_most_10000_candidates(engine: Engine) -> None:
    """10,000 are decided over, 10,001 are not."""
    actions = [Action(f"a{i}", {"price": i}) for i in range(10_001)]
    assert len(decide(engine, actions=actions[:10_000]).names) == 10_001

    told(LimitReached, lambda: decide(engine, actions=actions), "10,000", "10,001")
    still_works(engine)


def test_a_context_has_at_most_256_features(engine: Engine) -> None:
    """One more is told with both numbers."""
    context = {f"f{i}": i for i in range(257)}

    told(LimitReached, lambda: decide(engine, context=context), "context", "256", "257")
    assert decide(engine, context=dict(list(context.items())[:256])).executed


def test_an_action_has_at_most_256_features(engine: Engine) -> None:
    """In a declaration and with a call."""
    action = Action("much", {f"f{i}": i for i in range(257)})

    told(LimitReached, lambda: engine.declare(shop([action])), "256", "257")
    told(LimitReached, lambda: decide(engine, actions=[action]), "256", "257")
    still_works(engine)


def test_a_text_has_at_most_1_kib(engine: Engine) -> None:
    """Bytes count, not characters."""
    told(
        LimitReached,
        lambda: decide(engine, context={"town": SECRET + "ü" * 512}),
        "`town`",
        "1,024",
    )
    assert decide(engine, context={"town": "ü" * 512}).executed


def test_a_list_has_at_most_4096_numbers(engine: Engine) -> None:
    """One more is told with both numbers."""
    told(LimitReached, lambda: decide(engine, context={"taste": [0.5] * 4_097}), "4,096", "4,097")
    assert decide(engine, context={"taste": [0.5] * 4_096}).executed


def test_a_moment_has_a_bound_on_distinct_features() -> None:
    """A text that is new each time is told to be coarser; known values go on."""
    engine = engine_on(limits=Limits(distinct_features=50))
    engine.declare(shop())
    for i in range(50):
        engine.decide("home.hero", context={"session": f"{SECRET} {i}"})

    told(
        LimitReached,
        lambda: engine.decide("home.hero", context={"session": SECRET}),
        "50",
        "coarser",
    )
    assert engine.decide("home.hero", context={"session": f"{SECRET} 7"}).executed
    assert Limits().distinct_features == 2**18


@pytest.mark.parametrize("person", ["", "a" * 257, "tab\there", 7, ["ada"], None])
def test_an_id_has_1_to_256_printable_characters(engine: Engine, person: Any) -> None:
    """Wherever a person is named; nobody (None) may be decided for, but nothing else."""
    words = ("person id", "256 printable")
    if person is not None:
        told(BadName, lambda: decide(engine, person=person), *words)
    told(BadName, lambda: engine.consent(person, PURPOSE), *words)
    told(BadName, lambda: engine.profile(person), *words)
    told(BadName, lambda: engine.export(person), *words)
    told(BadName, lambda: engine.forget(person), *words)
    assert engine.consent("é" * 256, PURPOSE)


@pytest.mark.parametrize("name", ["", "a" * 257, "tab\there"])
def test_names_of_declared_things_are_ids(engine: Engine, name: str) -> None:
    """Moments, purposes, outcomes and actions, declared or given; features of both sides."""
    words = ("256 printable",)
    told(BadName, lambda: engine.declare(Moment(name, purpose=PURPOSE)), "moment", *words)
    told(BadName, lambda: engine.declare(Moment("m", purpose=name)), "purpose", *words)
    told(BadName, lambda: engine.declare(shop(outcome=Outcome(name))), "outcome", *words)
    told(BadName, lambda: engine.declare(shop([Action(name)])), "action", *words)
    told(BadName, lambda: engine.consent("ada", name), "purpose", *words)
    told(BadName, lambda: decide(engine, actions=[Action(name)]), "action", *words)
    told(BadName, lambda: decide(engine, context={name: 1}), "feature name", *words)
    told(BadName, lambda: decide(engine, actions=[Action("a", {name: 1})]), "feature name", *words)
    still_works(engine)


def test_64_decisions_of_a_person_and_moment_stay_open(engine: Engine) -> None:
    """Of 65 the oldest is let go; its outcome is refused, the others' are learned."""
    decisions = [decide(engine) for _ in range(65)]
    others = engine.decide("home.hero", person="bea")

    refused(engine.learn(decisions[0].id, reward=1.0), "too late", "64")
    assert all(engine.learn(decision.id, reward=1.0) for decision in decisions[1:])
    assert engine.learn(others.id, reward=1.0)


def test_a_batch_has_at_most_2500_items(engine: Engine) -> None:
    """Decisions and outcomes alike."""
    items = [{"moment": "home.hero", "person": "ada"}] * 2_501
    outcomes = [{"decision": "d", "reward": 1.0}] * 2_501

    told(LimitReached, lambda: engine.decide_many(items), "2,500", "2,501")
    told(LimitReached, lambda: engine.learn_many(outcomes), "2,500", "2,501")
    assert len(engine.decide_many(items[:2_500])) == 2_500


def test_a_batch_of_signals_has_the_same_bound(engine: Engine) -> None:
    """2,501 signals are one too many; 2,500 are answered one by one."""
    signals = [Signal("shop.viewed", "ada", data={"n": 1})] * 2_501

    told(LimitReached, lambda: engine.observe(signals, purpose=PURPOSE), "2,500", "2,501")
    assert all(engine.observe(signals[:2_500], purpose=PURPOSE))


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW + timedelta(minutes=5, seconds=1), ("future", "300 s")),
        (NOW - 10 * YEAR - timedelta(seconds=1), ("10 years", "past")),
        (NOW.replace(tzinfo=None), ("time zone", "2026-11-22T12:00Z")),
        ("2026-11-22T12:00Z", ("datetime",)),
    ],
)
def test_a_time_lies_within_the_clock_skew_and_has_a_zone(
    engine: Engine, at: Any, words: tuple[str, ...]
) -> None:
    """For every call that takes one, and for signals, where it is a refusal."""
    decision = decide(engine)
    told(BadTime, lambda: decide(engine, at=at), *words)
    told(BadTime, lambda: engine.learn(decision.id, reward=1.0, at=at), *words)
    told(BadTime, lambda: engine.consent("ada", PURPOSE, at=at), *words)
    told(BadTime, lambda: engine.tick(at=at), *words)
    told(BadTime, lambda: engine.decide_many([{"moment": "home.hero"}], at=at), *words)
    refused(engine.observe(Signal("shop.viewed", "ada", at=at), purpose=PURPOSE), *words)
    assert engine.learn(decision.id, reward=1.0)
    assert decide(engine, at=NOW + timedelta(minutes=5)).at == NOW + timedelta(minutes=5)
    assert decide(engine, at=NOW - 10 * YEAR).at == NOW - 10 * YEAR


@pytest.mark.parametrize("half_life", ["59s", "11y", "0d", "forever", "1 month", "-1d", "1e3d"])
def test_a_half_life_lies_between_a_minute_and_ten_years(engine: Engine, half_life: str) -> None:
    """Both ends are allowed, on moments that are new."""
    told(BadNumber, lambda: engine.declare(shop(half_life=half_life)), "half-life", "home.hero")
    engine.declare(Moment("short", purpose=PURPOSE, half_life="60s"))
    engine.declare(Moment("long", purpose=PURPOSE, half_life="10y"))


def test_every_limit_can_be_set() -> None:
    """A deployment takes another bound without touching code."""
    engine = engine_on(limits=Limits(id_characters=8, candidates_per_call=1, batch_items=1))
    engine.declare(Moment("m", purpose="p"))

    told(BadName, lambda: engine.consent("somebody else", "p"), "8 printable")
    told(LimitReached, lambda: engine.decide("m", actions=[Action("a"), Action("b")]), "at most 1")
    told(LimitReached, lambda: engine.decide_many([{"moment": "m"}] * 2), "at most 1")


# Signals


def observed(engine: Engine, **given: Any) -> object:
    """Observe one signal of ada, and see that a good one beside it is kept."""
    fields = {"kind": "shop.viewed", "person": "ada", "data": {"item": SECRET}, **given}
    good = Signal("shop.viewed", "bea", data={"item": "hat"})
    first, answer, last = engine.observe([good, Signal(**fields), good], purpose=PURPOSE)

    assert first
    assert last
    assert SECRET not in engine.export("ada")
    return answer


def test_a_signal_without_a_person(engine: Engine) -> None:
    """It is refused; those around it are kept."""
    refused(observed(engine, person=""), "person", "shop.viewed")


@pytest.mark.parametrize("kind", ["", "viewed", "Shop.Viewed", None, 7])
def test_a_signal_without_a_kind(engine: Engine, kind: Any) -> None:
    """It is refused with what a kind looks like."""
    refused(observed(engine, kind=kind), "kind", "shop.viewed")


def test_a_signal_without_a_time_zone(engine: Engine) -> None:
    """It is refused with the time as it should have been sent."""
    at = datetime(2026, 11, 22, 10, 0)  # noqa: DTZ001 - what is wrong with it
    refused(observed(engine, at=at), "time zone", "2026-11-22T10:00Z")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [1.0, math.nan], 10**400])
def test_a_signal_with_a_number_that_is_none(engine: Engine, value: Any) -> None:
    """NaN, infinity and numbers beyond a float are refused by the name of their field."""
    refused(observed(engine, data={"n": value, "item": SECRET}), "`n`")


def test_a_signal_without_a_purpose_or_consent(engine: Engine) -> None:
    """Nothing is kept that nobody agreed to."""
    signal = Signal("shop.viewed", "ada", data={"item": SECRET})

    refused(engine.observe(signal), "without a purpose")
    refused(engine.observe(signal, purpose="research"), "`research` was not asked")
    assert engine.consent("ada", PURPOSE, granted=False)
    refused(engine.observe(signal, purpose=PURPOSE), f"`{PURPOSE}` was withdrawn")
    assert engine.consent("cleo", PURPOSE, granted=False)
    refused(
        engine.observe(Signal("shop.viewed", "cleo"), purpose=PURPOSE), f"`{PURPOSE}` was denied"
    )


def test_what_is_no_signal(engine: Engine) -> None:
    """A mapping or nothing at all is refused; the signals beside it are kept."""
    given: list[Any] = [{"kind": "shop.viewed", "who": SECRET}, None, Signal("shop.viewed", "ada")]
    *bad, good = engine.observe(given, purpose=PURPOSE)

    assert good
    for answer in bad:
        refused(answer, "Signal")


def test_a_signal_that_comes_twice(engine: Engine) -> None:
    """One id is one signal, in one batch and in two; it is accepted and kept once."""
    signal = Signal("shop.viewed", "ada", id="s-1")
    others = Signal("shop.viewed", "bea", id="s-1")

    assert all(engine.observe([signal, signal, others], purpose=PURPOSE))
    assert engine.observe(signal, purpose=PURPOSE)
    assert engine.export("ada").count('"s-1"') == 1
    assert engine.export("bea").count('"s-1"') == 1


def test_a_signal_that_comes_twice_by_two_ids_of_one_person(engine: Engine) -> None:
    """Who turned out to be ada has sent it before."""
    agreed(engine, "anon-7")
    assert engine.observe(Signal("shop.viewed", "anon-7", id="s-1"), purpose=PURPOSE)
    assert engine.observe(Signal("person.merged", "ada", data={"from": "anon-7"}))
    assert engine.observe(Signal("shop.viewed", "ada", id="s-1"), purpose=PURPOSE)

    assert engine.export("ada").count('"s-1"') == 1


def test_a_person_merged_into_themself(engine: Engine) -> None:
    """By one name, or by two that are one person already."""
    merge = Signal("person.merged", "ada", data={"from": "anon-7"})

    refused(engine.observe(Signal("person.merged", "ada", data={"from": "ada"})), "themself")
    assert engine.observe(merge)
    refused(engine.observe(merge), "one person already")
    back = Signal("person.merged", "anon-7", data={"from": "ada"})
    refused(engine.observe(back), "one person already")
    still_works(engine)


def test_a_merge_that_never_was_cannot_be_undone(engine: Engine) -> None:
    """There is nothing to part."""
    parting = Signal("person.unmerged", "ada", data={"from": "bea"})

    refused(engine.observe(parting), "Not kept")
    still_works(engine)


# Contexts and actions


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 10**400, 1e39, 2**63])
def test_a_feature_that_is_no_number_within_bounds(engine: Engine, number: float) -> None:
    """Alone, beside others, in a list, on a context, on an action, in a declaration."""
    words = ("`n`", "finite")
    told(BadNumber, lambda: decide(engine, context={"hour": 9, "n": number}), *words)
    told(BadNumber, lambda: decide(engine, context={"n": [1.0, number]}), *words)
    told(BadNumber, lambda: decide(engine, actions=[Action("a", {"n": number})]), *words)
    told(BadNumber, lambda: engine.declare(shop([Action("a", {"n": number})])), *words)
    still_works(engine)


@pytest.mark.parametrize(
    "value", [None, object(), {"a": 1}, b"bytes", {1, 2}, ["text"], [[1.0]], [None], "\ud800"]
)
def test_a_feature_of_no_known_type(engine: Engine, value: Any) -> None:
    """Named, with what a feature may be; what stood beside it leaves no trace."""
    told(BadInput, lambda: decide(engine, context={"n": value}))
    told(BadInput, lambda: decide(engine, context={"fresh": 1, "n": value}))
    told(BadInput, lambda: decide(engine, actions=[Action("a", {"n": value})]))
    told(BadInput, lambda: engine.declare(shop([Action("a", {"n": value})])))
    assert decide(engine, context={"fresh": "now a text", "n": 1}).executed
    still_works(engine)


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        (9, "nine", ("a number before", "a text now")),
        ("nine", 9, ("a text before", "a number now")),
        (True, 1, ("a yes/no before", "a number now")),
        (1.0, [1.0], ("a number before", "a list now")),
    ],
)
def test_a_feature_that_changes_its_type(
    engine: Engine, first: Any, then: Any, words: tuple[str, ...]
) -> None:
    """On a context, on actions, and in a later declaration; the first type stays."""
    decide(engine, context={"f": first}, actions=[Action("a", {"f": first})])

    told(FeatureTypeChanged, lambda: decide(engine, context={"f": then}), "`f`", *words)
    told(
        FeatureTypeChanged,
        lambda: decide(engine, actions=[Action("b", {"f": then})]),
        "`f`",
        *words,
    )
    told(
        FeatureTypeChanged,
        lambda: engine.declare(shop([*SHOP, Action("b", {"f": then})])),
        "`f`",
        *words,
    )
    assert decide(engine, context={"f": first}).executed
    still_works(engine)


@pytest.mark.parametrize("context", [7, "hour", [("hour", 9)], None])
def test_a_context_that_is_no_mapping(engine: Engine, context: Any) -> None:
    """It is told by the name of its moment."""
    told(BadInput, lambda: decide(engine, context=context), "home.hero", "mapping")


def test_features_whose_names_are_no_texts(engine: Engine) -> None:
    """A number as a name is none."""
    told(BadName, lambda: decide(engine, context={9: "hour"}), "feature name")


@pytest.mark.parametrize("name", ["home.zero", "", "x" * 5_000, None, ["home.hero"]])
def test_an_unknown_moment(engine: Engine, name: Any) -> None:
    """The sentence says how to declare one, and is short whatever was sent."""
    told(UnknownMoment, lambda: engine.decide(name, person="ada"), "declare")
    with pytest.raises(UnknownMoment) as caught:
        engine.decide(name)
    assert len(str(caught.value)) < 200


def test_an_unknown_action(engine: Engine) -> None:
    """A default that is not among the actions of its moment."""
    told(UnknownAction, lambda: engine.declare(shop(default="hats")), "`hats`", "home.hero")


@pytest.mark.parametrize("decision", ["d-0", "", "x" * 5_000])
def test_an_unknown_decision(engine: Engine, decision: Any) -> None:
    """Its outcome is refused, its explanation an error; neither repeats a long id."""
    refused(engine.learn(decision, reward=1.0), "No decision of that id")
    told(UnknownDecision, lambda: engine.explain(decision), "forgotten")
    with pytest.raises(UnknownDecision) as caught:
        engine.explain(decision)
    assert len(str(caught.value)) < 200


def test_an_empty_list_of_actions(engine: Engine) -> None:
    """It is not the same as leaving it out."""
    told(BadInput, lambda: decide(engine, actions=[]), "empty list of actions", "home.hero")
    assert decide(engine, actions=None).executed


def test_actions_that_are_none(engine: Engine) -> None:
    """A mapping is no `Action` of the Python surface, nor is nothing at all."""
    for given in ([{"name": SECRET}], [None]):
        told(BadInput, lambda given=given: decide(engine, actions=given), "`Action`")  # type: ignore[misc]  # bound


def test_a_name_alone_means_the_declared_action(engine: Engine) -> None:
    """With its features; one that was not declared is known by its name only."""
    decision = engine.decide("home.hero", actions=["sneakers", "unheard"], draw=0.0)

    assert set(decision.names) >= {"sneakers", "unheard"}
    assert [one.features for one in decision.candidates if one.name == "sneakers"] == [
        next(one.features for one in shop().actions if one.name == "sneakers")
    ]


def test_two_actions_of_one_name(engine: Engine) -> None:
    """In a declaration and with a call."""
    twice = [Action("a"), Action("b"), Action("a")]

    told(BadInput, lambda: engine.declare(shop(twice)), "same name", "home.hero")
    told(BadInput, lambda: decide(engine, actions=twice), "same name", "home.hero")
    still_works(engine)


@pytest.mark.parametrize("draw", [-0.1, 1.0, 1.5, math.nan, "half"])
def test_a_draw_outside_its_range(engine: Engine, draw: Any) -> None:
    """A draw is in [0, 1)."""
    told(BadNumber, lambda: decide(engine, draw=draw), "draw")
    assert decide(engine, draw=0.0).executed
    assert decide(engine, draw=1.0 - 2.0**-53).executed


# Declarations


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"explore": -0.1}, ("explore",)),
        ({"explore": 1.1}, ("explore",)),
        ({"explore": math.nan}, ("explore",)),
        ({"neutral_share": 2.0}, ("neutral_share",)),
        ({"reward_range": (1.0, 0.0)}, ("reward range", "lower to a higher")),
        ({"reward_range": (0.0, 0.0)}, ("reward range", "lower to a higher")),
        ({"reward_range": (0.0, math.inf)}, ("reward range", "finite")),
        ({"reward_range": (0.0, 1e308)}, ("reward range", "3e+38")),
        ({"reward_range": (-1.7e308, 1.7e308)}, ("reward range", "3e+38")),
        ({"reward_range": (0, 10**400)}, ("number", "64 bits")),
        ({"explore": 10**400}, ("number", "64 bits")),
        ({"outcome": Outcome("clicked", default=10**400)}, ("number", "64 bits")),
        ({"outcome": Outcome("clicked", default=2.0)}, ("default reward", "between 0 and 1")),
        ({"outcome": Outcome("clicked", window="soon")}, ("window", "30m")),
        ({"half_life": "x" * 100_000}, ("half-life", "30m")),
        ({"actions": [Action("a", burden=1.1)]}, ("burden", "`a`")),
        ({"actions": [Action("a", burden=math.nan)]}, ("burden", "`a`")),
        ({"actions": [Action("nothing", burden=0.5)]}, ("nothing", "burden")),
    ],
)
def test_a_setting_outside_its_range(
    engine: Engine, settings: dict[str, Any], words: tuple[str, ...]
) -> None:
    """Told with its moment; the declaration before it stays."""
    told(BadNumber, lambda: engine.declare(shop(**settings)), "home.hero", *words)
    assert decide(engine).names[:4] == ("sneakers", "fins", "bike", "ball")


def test_a_declaration_that_does_not_fit_what_was_learned(engine: Engine) -> None:
    """The scale of rewards and of time stays once an outcome was learned."""
    still_works(engine)

    told(BadInput, lambda: engine.declare(shop(reward_range=(0.0, 5.0))), "`reward_range`")
    told(BadInput, lambda: engine.declare(shop(half_life="7d")), "`half_life`")
    still_works(engine)


def test_a_pack_that_is_not_installed() -> None:
    """Its name is told."""
    told(BadInput, lambda: Engine.open(packs=["no_such_pack"]), "`no_such_pack`")


@pytest.mark.parametrize("dial", [-0.1, 1.1, math.nan, "high"])
def test_a_dial_outside_its_range(engine: Engine, dial: Any) -> None:
    """The dial goes from 0 to 1."""
    told(BadNumber, lambda: engine.consent("ada", PURPOSE, dial=dial), "dial", "0")


def test_an_answer_that_ends_in_no_zone(engine: Engine) -> None:
    """An end without a zone could be any of a day's hours."""
    until = datetime(2027, 1, 1)  # noqa: DTZ001 - what is wrong with it
    told(BadTime, lambda: engine.consent("ada", PURPOSE, until=until), "until", "time zone")


# Outcomes


@pytest.mark.parametrize("reward", [-0.1, 1.1, math.nan, math.inf, "much", True])
def test_a_reward_outside_its_range(engine: Engine, reward: Any) -> None:
    """The decision stays open: a right reward is still learned."""
    decision = decide(engine)

    told(BadNumber, lambda: engine.learn(decision.id, reward=reward), "reward", "home.hero")
    assert engine.learn(decision.id, reward=1.0)


def test_an_outcome_of_another_name(engine: Engine) -> None:
    """The right name is told."""
    decision = decide(engine)

    told(BadNumber, lambda: engine.learn(decision.id, outcome="bought"), "`clicked`")
    assert engine.learn(decision.id, outcome="clicked")


def test_an_outcome_with_both_or_neither(engine: Engine) -> None:
    """A forgotten argument is not taken for the default."""
    decision = decide(engine)

    told(BadNumber, lambda: engine.learn(decision.id), "either a reward or an outcome")
    told(
        BadNumber,
        lambda: engine.learn(decision.id, reward=0.0, outcome="clicked"),
        "either a reward or an outcome",
    )
    assert engine.learn(decision.id, reward=0.0)


def test_an_outcome_that_comes_twice(engine: Engine) -> None:
    """The first one counts, in one batch as in two calls."""
    one, other = decide(engine), decide(engine)
    first, second = engine.learn_many([{"decision": one.id, "reward": 1.0}] * 2)

    assert first
    refused(second, "first one counts")
    assert engine.learn(other.id, reward=0.0)
    refused(engine.learn(other.id, reward=1.0), "first one counts")


def test_an_outcome_after_its_window(engine: Engine, clock: Clock) -> None:
    """It has become the default by then."""
    decision = decide(engine)
    clock.forward(minutes=31)

    refused(engine.learn(decision.id, reward=1.0), "window")


def test_an_outcome_of_somebody_forgotten(engine: Engine) -> None:
    """Nothing of them may come back."""
    decision = decide(engine)
    engine.forget("ada")

    refused(engine.learn(decision.id, reward=1.0), "No decision of that id")
    assert engine.export("ada") == ""


def test_an_outcome_after_consent_was_withdrawn(engine: Engine) -> None:
    """What was decided under consent is not learned from without it."""
    decision = decide(engine)
    engine.consent("ada", PURPOSE, granted=False)

    refused(engine.learn(decision.id, reward=1.0), "withdrawn")
    assert '"type":"learned"' not in engine.export("ada")


# The clock


def test_a_clock_that_goes_backwards(engine: Engine, clock: Clock) -> None:
    """The engine's own time does not: windows stay open or closed, nothing breaks."""
    first = decide(engine)
    clock.forward(minutes=20)
    second = decide(engine)
    clock.forward(hours=-2)
    third = decide(engine)

    assert first.at < second.at == third.at
    assert all(engine.learn(one.id, reward=1.0) for one in (first, second, third))
    assert engine.consent("ada", PURPOSE, granted=False)
    assert decide(engine).action.name == "nothing"


# Batches


def test_a_bad_item_keeps_no_other_back(engine: Engine) -> None:
    """Each fault is answered in its place; the good ones before and after are decided."""
    good = {"moment": "home.hero", "person": "ada", "context": {"hour": 9}}
    bad: list[Any] = [
        {"moment": "home.zero"},
        {"person": "ada"},
        {**good, "person": ""},
        {**good, "person": ["ada"]},
        {**good, "context": {"hour": SECRET}},
        {**good, "context": {"n": math.nan}},
        {**good, "context": SECRET},
        {**good, "actions": []},
        {**good, "actions": 7},
        {**good, "actions": [{"features": {"a": 1}}]},
        {**good, "actions": [{"name": "a", "burden": SECRET}]},
        {**good, "actions": [{"name": "a", "features": SECRET}]},
        {**good, "actions": [{"name": "a"}, {"name": "a"}]},
        {**good, "draw": 1.0},
        {**good, "colour": SECRET},
        {**good, "moment": ["home.hero"]},
        SECRET,
        None,
    ]
    items = [good, *[one for item in bad for one in (item, good)]]
    answers = engine.decide_many(items)

    assert all(isinstance(answer, Decision) for answer in answers[::2])
    for answer in answers[1::2]:
        refused(answer)
    assert len({answer.id for answer in answers[::2] if isinstance(answer, Decision)}) == 19


def test_a_bad_outcome_keeps_no_other_back(engine: Engine) -> None:
    """Each fault is answered in its place; the others are learned."""
    decisions = [decide(engine) for _ in range(8)]
    ids = iter(decision.id for decision in decisions)
    items: list[Any] = [
        {"decision": next(ids), "reward": 1.0},
        {"decision": next(ids), "reward": SECRET},
        {"decision": next(ids), "reward": math.nan},
        {"decision": next(ids)},
        {"decision": next(ids), "outcome": SECRET},
        {"decision": "d-0", "reward": 1.0},
        {"reward": 1.0},
        None,
        {"decision": next(ids), "outcome": "clicked"},
    ]
    answers = engine.learn_many(items)

    assert [bool(answer) for answer in answers] == [True, *[False] * 7, True]
    for answer in answers[1:-1]:
        refused(answer)
    assert engine.export("ada").count('"type":"learned"') == 2


def test_a_bad_person_in_columns_keeps_no_other_back(engine: Engine) -> None:
    """An id that is none is refused in its place; who did not agree gets the fallback."""
    people: list[Any] = ["ada", "", "bea", ["ada"], "stranger", "a\tb", "ada"]
    answers = engine.decide_many("home.hero", people=people, contexts=np.ones((7, 2)))

    for place in (1, 3, 5):
        refused(answers[place], "256 printable")
    for place in (0, 2, 4, 6):
        assert isinstance(answers[place], Decision)
    assert answers[4].action.name == "nothing"  # type: ignore[union-attr]  # a Decision, as seen above
    learned = engine.learn_many(answers, rewards=[1.0, 1.0, 2.0, 1.0, 1.0, 1.0, math.nan])
    assert [bool(one) for one in learned] == [True, *[False] * 6]
    again = engine.learn_many(answers, rewards=np.ones(7))
    assert [bool(one) for one in again] == [False, False, True, False, False, False, True]


@pytest.mark.parametrize(
    "contexts",
    [
        np.ones(3),
        np.ones((2, 2)),
        np.array([[1.0], [math.nan], [1.0]]),
        [[1.0], [math.inf], [1.0]],
        [["a"], ["b"], ["c"]],
        [[1.0], [1.0, 2.0], [1.0]],
        np.full((3, 1), 1e200),
    ],
)
def test_contexts_in_columns_that_are_no_table(engine: Engine, contexts: Any) -> None:
    """A table has a row a person, of finite numbers."""
    told(
        BadInput,
        lambda: engine.decide_many("home.hero", people=["ada"] * 3, contexts=contexts),
        "columns",
    )
    still_works(engine)


@pytest.mark.parametrize("rewards", [[1.0], [[1.0, 1.0]], ["a", "b"], None])
def test_rewards_in_columns_that_do_not_fit(engine: Engine, rewards: Any) -> None:
    """As many rewards as answers; then the decisions still wait."""
    answers = engine.decide_many("home.hero", people=["ada", "bea"], contexts=None)

    told(BadInput, lambda: engine.learn_many(answers, rewards=rewards), "home.hero")
    assert all(engine.learn_many(answers, rewards=[1.0, 0.0]))


# Logs and their maps


def test_a_map_that_names_absent_columns(tmp_path: Path) -> None:
    """Each is told, with the columns there are."""
    text = MAP.replace('"where"', '"weather"').replace('"gain"', '"profit"')
    log = log_of(tmp_path, rows_of(4))

    told(BadLog, lambda: replay(log, map_of(tmp_path, text)), "`weather`", "`profit`", "`where`")


@pytest.mark.parametrize("propensity", ["0", "1.5", "-0.5"])
def test_a_declared_propensity_that_is_none(tmp_path: Path, propensity: str) -> None:
    """Above 0 and at most 1."""
    text = MAP.replace("propensity = 0.5", f"propensity = {propensity}", 1)
    log = log_of(tmp_path, rows_of(4))

    told(BadLog, lambda: replay(log, map_of(tmp_path, text)), "above 0 and at most 1")


def test_a_propensity_that_is_missing(tmp_path: Path) -> None:
    """All of them are declared, or none."""
    text = MAP.replace("propensity = 0.5\n", "", 1)
    log = log_of(tmp_path, rows_of(4))

    told(BadLog, lambda: replay(log, map_of(tmp_path, text)), "`nothing`", "propensity")


@pytest.mark.parametrize(
    ("cell", "said"), [("0", "above 0"), ("1.5", "at most 1"), ("", "no propensity")]
)
def test_a_logged_propensity_that_is_none(tmp_path: Path, cell: str, said: str) -> None:
    """Its line is left out and told; the others are replayed."""
    columns = MAP.replace('reward = "gain"', 'reward = "gain"\npropensity = "p"')
    text = columns.replace("propensity = 0.5\n", "")
    rows = [row | {"p": "0.5"} for row in rows_of(30)]
    rows[4]["p"] = cell
    report = replay(log_of(tmp_path, rows), map_of(tmp_path, text), people=0)

    assert [one.line for one in report.bad_rows] == [6]
    assert said in report.bad_rows[0].sentence
    assert report.counts.available == 29


def test_propensities_that_do_not_match_the_logged_frequencies(tmp_path: Path) -> None:
    """What rests on them is not claimed, and the report says which do not fit."""
    rows = [row | {"did": "yes" if i % 5 else "no"} for i, row in enumerate(rows_of(100))]
    report = replay(log_of(tmp_path, rows), map_of(tmp_path), people=0)

    assert any("`nothing` was logged in 20.0 %" in warning for warning in report.warnings)
    assert not report.comparisons


def test_no_default_engine_has_a_clock_without_zone() -> None:
    """The engine's own clock gives UTC."""
    with Engine.open(seed=1) as engine:
        engine.declare(shop())
        assert engine.decide("home.hero").at.tzinfo is UTC
