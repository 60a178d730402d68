"""Tallies: what is counted of decisions, the same live, in columns and after opening again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from engines import NAMED, NOW, PURPOSE, Clock, agreed, engine_on, lived, shop

from penchant import Action, Cap, Decision, Engine, Outcome, QuietHours, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.runtime.insight.counting import CANDIDATES
from penchant.runtime.insight.tallies import ACTION_DAYS, DAYS, SENTENCES, MomentTally, Tallies

HERO = "home.hero"


def tallies_of(engine: Engine) -> Tallies:
    """Give the tallies of an engine."""
    return engine._memory.tallies  # noqa: SLF001 - what is under test has no other door


def hero(engine: Engine) -> MomentTally:
    """Give the tally of the shop's moment."""
    return tallies_of(engine).moment(HERO)


@dataclass
class Seen:
    """Everything a tally holds, as plain values that compare."""

    days: dict[int, Any]
    minutes: dict[int, int]
    ratios: dict[float, list[int]]


def seen(engine: Engine) -> Seen:
    """Give what an engine has counted of the shop."""
    tally = hero(engine)
    days = {
        number: (dict(day.counts), dict(day.actions), np.round(day.outcomes, 9).tolist())
        for number, day in tally.days.items()
    }
    return Seen(days, dict(tally.minutes), tally.ratios)


def counts(engine: Engine) -> dict[str, int]:
    """Give the counts of today."""
    return dict(hero(engine).days[int(NOW.timestamp()) // 86_400].counts)


def test_live_and_opened_again_count_the_same() -> None:
    """What was counted while it happened is what is counted from the journal."""
    store = MemoryStore()
    engine = engine_on(store)
    engine.declare(shop(neutral_share=0.2))
    agreed(engine, "ada", "ben", "cy")
    lived(engine, ["ada", "ben", "cy"], 30)
    engine.declare(shop(neutral_share=0.5))
    lived(engine, ["ada"], 10)
    engine.decide(HERO)
    engine.decide(HERO, person="dee")
    live = seen(engine)

    assert seen(engine_on(store)) == live
    assert set(live.ratios) == {0.2, 0.5}


def test_columns_count_as_one_by_one() -> None:
    """The same decisions and outcomes in columns and one by one give the same counts."""
    people = [f"p{i}" for i in range(40)]
    rewards = np.arange(40.0) % 2
    columns, singles = engine_on(seed=3), engine_on(seed=3)
    for engine in (columns, singles):
        engine.declare(shop(neutral_share=0.3))
        agreed(engine, *people)
    answers = columns.decide_many(HERO, people=people, contexts=np.ones((40, 2)))
    columns.learn_many(answers, rewards=rewards)
    again = [
        singles.decide(
            HERO,
            person=one.person,
            context={"context": [1.0, 1.0]},
            draw=one.draw,
        )
        for one in answers
        if isinstance(one, Decision)
    ]
    for one, reward in zip(again, rewards.tolist(), strict=True):
        singles.learn(one.id, reward=reward)

    assert seen(columns).days == seen(singles).days
    assert seen(columns).ratios == seen(singles).ratios


def test_how_each_was_taken_is_counted() -> None:
    """Nobody, no consent in each of its ways, personal and neutral stand apart."""
    engine = engine_on()
    engine.declare(shop(neutral_share=1.0))
    agreed(engine, "ada")
    engine.consent("ben", PURPOSE, granted=False)
    agreed(engine, "cy")
    engine.consent("cy", PURPOSE, granted=False)
    engine.consent("dee", PURPOSE, granted=True, dial=0.0)
    for person in (None, "ada", "ben", "cy", "dee", "eve"):
        engine.decide(HERO, person=person)

    assert counts(engine) == {
        "nobody": 1,
        "neutral": 1,
        "no consent: denied": 1,
        "no consent: withdrawn": 1,
        "no consent: dial": 1,
        "no consent: not_asked": 1,
    }


def test_an_expired_consent_is_counted_as_such() -> None:
    """A yes that has ended is neither a yes nor a no."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(shop())
    engine.consent("ada", PURPOSE, granted=True, until=NOW.replace(hour=13))
    clock.forward(hours=2)
    engine.decide(HERO, person="ada")

    assert counts(engine) == {"no consent: expired": 1}


def never(engine: Engine) -> None:
    """State that ada never wants fins."""
    data = {"name": "fins", "text": "no fins", "action": "fins"}
    engine.observe(Signal("never.stated", "ada", data=data))


@pytest.mark.parametrize(
    ("settings", "prepare", "rule"),
    [
        ({"actions": (Action("sneakers", burden=0.9), Action("fins"))}, None, "dial"),
        ({}, never, "nevers"),
        ({"guardrails": [Cap(0, "1d")]}, None, "caps"),
        ({"guardrails": [QuietHours("11:00", "13:00", zone="UTC")]}, None, "quiet_hours"),
    ],
)
def test_what_a_guardrail_takes_is_counted_by_rule_and_action(
    settings: dict[str, Any], prepare: Callable[[Engine], None] | None, rule: str
) -> None:
    """A decision that lost an action counts once for its rule, and each action for its own."""
    engine = engine_on()
    engine.declare(shop(**settings))
    engine.consent("ada", PURPOSE, granted=True, dial=0.5)
    if prepare:
        prepare(engine)
    decision = engine.decide(HERO, person="ada")
    told = counts(engine)
    actions = hero(engine).days[int(NOW.timestamp()) // 86_400].actions

    assert decision.removed
    assert told["removed"] == told[f"rule: {rule}"] == 1
    assert {one.action for one in decision.removed} == {
        name for name, how in actions if how == f"rule: {rule}"
    }


def test_what_was_drawn_but_not_done_is_counted_as_drawn() -> None:
    """A held action counts as chosen and as forced, and its outcome compares nothing."""
    engine = engine_on()
    engine.declare(shop((Action("call", risk="human"),), explore=0.0))
    agreed(engine, "ada")
    decision = engine.decide(HERO, person="ada", draw=0.0)
    engine.learn(decision.id, reward=1.0)
    day = hero(engine).days[int(NOW.timestamp()) // 86_400]

    assert decision.forced
    assert day.counts["forced"] == 1
    assert sum(day.actions.values()) == 1
    assert (decision.drawn, "personal") in day.actions or (decision.drawn, "neutral") in day.actions
    assert day.outcomes.n == 0


def test_candidates_are_counted_together() -> None:
    """Names given with a call may say something of a person: they are not kept apart."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada")
    secret = Action("a gift for her mother")
    engine.decide(HERO, person="ada", actions=[secret, Action("another")], draw=0.0)
    day = hero(engine).days[int(NOW.timestamp()) // 86_400]

    assert {name for name, _ in day.actions} <= {CANDIDATES, "nothing"}
    assert secret.name not in repr(dict(day.actions))


def test_outcomes_count_on_the_day_of_their_decision() -> None:
    """What came two days later belongs to the day on which it was decided."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(shop(outcome=Outcome("clicked", window="7d")))
    agreed(engine, "ada")
    decision = engine.decide(HERO, person="ada")
    clock.forward(days=2)
    engine.learn(decision.id, reward=1.0)
    first = int(NOW.timestamp()) // 86_400

    assert hero(engine).days[first].outcomes.n == 1
    assert first + 2 not in hero(engine).days


def test_without_exploration_the_neutral_answer_may_have_no_chance() -> None:
    """Where nothing is ever explored an outcome may say nothing of the neutral answer."""
    engine = engine_on()
    engine.declare(shop(NAMED, explore=0.0, neutral_share=0.0))
    agreed(engine, "ada")
    for turn in range(60):
        decision = engine.decide(HERO, person="ada", context={"hour": turn})
        engine.learn(decision.id, reward=float(decision.action.name == "ball"))
    outcomes = hero(engine).days[int(NOW.timestamp()) // 86_400].outcomes

    assert outcomes.n == 60
    assert not np.isnan(outcomes).any()


def test_old_days_go_into_one_sum() -> None:
    """Of long ago the sums are kept, not the days; of some weeks ago not each action."""
    tally = MomentTally()
    for number in range(DAYS + 5):
        day = tally.day(number)
        day.counts["personal"] += 1
        day.actions["tip", "personal"] += 1

    assert len(tally.days) == DAYS
    assert tally.before.counts["personal"] == 5
    assert sum(bool(day.actions) for day in tally.days.values()) == ACTION_DAYS


def test_sentences_of_refusals_are_counted_and_bounded() -> None:
    """Each sentence counts; beyond so many different ones the rest count as one."""
    engine = engine_on()
    engine.declare(shop())
    engine.observe([Signal("shop.viewed", "ada")] * 3, purpose=PURPOSE)
    engine.learn("unknown", reward=1.0)
    tallies = tallies_of(engine)

    assert sorted(tallies.refused.values()) == [1, 3]

    tallies.refuse(f"sentence {i}" for i in range(2 * SENTENCES))

    assert len(tallies.refused) == SENTENCES + 1
    assert tallies.refused.total() == 4 + 2 * SENTENCES


def test_who_is_forgotten_is_not_listed() -> None:
    """After forgetting, nobody finds the person or their decisions in a list."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada", "ben")
    lived(engine, ["ada", "ben"], 3)
    engine.decide_many(HERO, people=["ada", "ben"])
    engine.forget("ada")
    people = [person for person, _ in engine.insight.people()]

    assert people == ["ben"]
    assert {one.person for one in engine.insight.recent(50)} == {"ben"}
