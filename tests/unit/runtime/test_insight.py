"""Insight: what can be seen of a running engine, by hand."""

from datetime import date, timedelta

import pytest
from engines import NOW, PURPOSE, Clock, agreed, engine_on, lived, shop

from penchant import Action, Engine, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import BadInput, UnknownDecision, UnknownMoment

HERO = "home.hero"
PEOPLE = ("ada", "ben", "cy")


def lively(
    rounds: int = 60, *, clock: Clock | None = None, store: MemoryStore | None = None
) -> Engine:
    """Give an engine three people lived with for a while."""
    engine = engine_on(store, clock=clock)
    engine.declare(shop(neutral_share=0.2))
    agreed(engine, *PEOPLE)
    lived(engine, PEOPLE, rounds)
    return engine


def test_an_empty_engine_has_an_overview() -> None:
    """Nothing declared, nothing decided: every number is there and says so."""
    seen = engine_on().insight.overview()

    assert (seen.n, seen.n_people, seen.moments, seen.health) == (0, 0, (), ())
    assert seen.latest is None
    assert seen.compared is None
    assert sum(seen.minutes) == 0


def test_an_overview_counts_what_happened() -> None:
    """Decisions, people, minutes, days and outcomes are those that were."""
    engine = lively()
    engine.decide(HERO)
    engine.decide(HERO, person="eve")
    seen = engine.insight.overview(days=7)

    assert seen.n == 182
    assert seen.n_people == 4
    assert seen.minutes[-1] == 182
    assert [(one.on, one.total, one.others) for one in seen.days] == [(NOW.date(), 182, 2)]
    assert seen.days[0].personal + seen.days[0].neutral == 180
    assert seen.compared is not None
    assert seen.compared.moment == HERO
    assert seen.compared.comparison.n == 180
    assert seen.running[-1].difference == seen.compared.comparison.difference
    assert seen.health[0].declared == 0.2
    assert seen.health[0].n == 180
    assert seen.health[0].odds < 100


def test_a_stretch_of_days_leaves_out_what_was_before() -> None:
    """What was decided nine days ago is not in the last week, and is in all time."""
    clock = Clock()
    engine = lively(20, clock=clock)
    clock.forward(days=9)
    engine.decide(HERO, person="ada")

    assert engine.insight.overview(days=7).n == 1
    assert engine.insight.overview(days=7).n_people == 1
    assert engine.insight.overview().n == 61
    assert engine.insight.overview().since is None
    assert engine.insight.overview(days=7).since == date(2026, 11, 25)


def test_draws_that_are_not_by_chance_are_found() -> None:
    """Whoever settles the draws by hand spoils the comparison, and it is said."""
    engine = engine_on()
    engine.declare(shop(neutral_share=0.2))
    agreed(engine, "ada")
    for _ in range(200):
        engine.decide(HERO, person="ada", draw=0.999)

    assert engine.insight.overview().health[0].odds > 1_000


def test_a_moment_says_what_is_chosen_for_whom() -> None:
    """Shares of actions add up, and circumstances that came often enough are told apart."""
    engine = lively()
    seen = engine.insight.moment(HERO)

    assert seen.n == seen.n_outcomes == 180
    assert sum(one.personal for one in seen.actions) == seen.n_personal
    assert sum(one.share.value for one in seen.actions) == pytest.approx(1.0)
    assert sum(one.expected or 0.0 for one in seen.actions) == pytest.approx(1.0)
    assert {(one.feature, one.value) for one in seen.around} == {
        ("device", "phone"),
        ("device", "desk"),
    }
    assert sum(one.n for one in seen.around) == seen.n_latest == 180
    assert 0 < seen.tries < 180


def test_what_a_person_stated_is_no_circumstance() -> None:
    """What is chosen when is told by the call's context, not by who somebody is."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada")
    engine.observe(
        Signal("trait.stated", "ada", data={"town": "Rye"}, nature="explicit"), purpose=PURPOSE
    )
    for _ in range(20):
        engine.decide(HERO, person="ada", context={"device": "phone"})

    assert [one.feature for one in engine.insight.moment(HERO).around] == ["device"]


def test_a_person_has_facts_decisions_and_leanings() -> None:
    """A person's reading holds the latest facts and decisions, and each declared action."""
    engine = lively(120)
    seen = engine.insight.person("ada", facts=5, decisions=2)

    assert seen is not None
    assert (seen.n_decisions, seen.n_outcomes) == (120, 120)
    assert (len(seen.facts), len(seen.decisions)) == (5, 2)
    assert seen.decisions[0][1] is not None
    assert seen.decisions[0][2]
    assert {one.moment for one in seen.leanings} == {HERO}
    assert all(one.sd <= one.people_sd + 1e-9 for one in seen.leanings)
    assert seen.purposes == (PURPOSE,)


def test_who_is_not_known_has_no_reading() -> None:
    """An id nothing is kept of gives nothing; one that is no id is told."""
    insight = lively(1).insight

    assert insight.person("nobody") is None
    with pytest.raises(BadInput):
        insight.person("")


def test_a_decision_is_read_with_its_outcome_and_its_way() -> None:
    """The way from the neutral answer adds up to what the chosen one was expected to bring."""
    engine = lively(120)
    for decision in engine.insight.recent(40):
        seen = engine.insight.decision(decision.id)
        way = seen.waterfall

        assert seen.outcome is not None
        assert seen.explanation is not None
        assert way is not None
        assert way.start + sum(step.amount for step in way.steps) == pytest.approx(way.end)
        assert len(way.steps) <= 8
        assert way.chosen == decision.action.name != way.other


def test_a_decision_waits_until_its_window_closes() -> None:
    """Without an outcome a decision is open until its window has closed."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(shop())
    agreed(engine, "ada")
    decision = engine.decide(HERO, person="ada")

    assert engine.insight.decision(decision.id).is_open
    clock.forward(hours=1)
    assert not engine.insight.decision(decision.id).is_open


def test_one_action_leaves_nothing_between() -> None:
    """Where nothing was to be chosen there is no way from one to another."""
    engine = engine_on()
    engine.declare(shop((Action("nothing"),)))
    decision = engine.decide(HERO)

    assert engine.insight.decision(decision.id).waterfall is None


def test_what_is_not_there_is_said() -> None:
    """Unknown ids and names raise what the engine raises for them."""
    insight = lively(1).insight

    with pytest.raises(UnknownDecision):
        insight.decision("none")
    with pytest.raises(UnknownMoment):
        insight.moment("none")


def test_the_latest_come_first_and_can_be_skipped() -> None:
    """Pages of decisions follow each other without a gap, also after opening again."""
    store = MemoryStore()
    clock = Clock()
    engine = lively(1, clock=clock, store=store)
    for _ in range(5):
        clock.forward(minutes=1)
        engine.decide(HERO, person="ada")
    first, second = engine.insight.recent(3), engine.insight.recent(3, skip=3)
    again = engine_on(store, clock=clock).insight

    assert [one.at for one in (*first, *second)] == sorted(
        (one.at for one in (*first, *second)), reverse=True
    )
    assert not {one.id for one in first} & {one.id for one in second}
    assert [one.id for one in again.recent(3)] == [one.id for one in first]
    assert again.people()[0][0] == "ada"
    assert again.now - timedelta(minutes=1) < first[0].at <= again.now


def test_a_long_line_is_drawn_by_some_of_its_days() -> None:
    """Of many days the line has few points, the last day among them, and misses no outcome."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(shop())
    agreed(engine, "ada")
    for _ in range(250):
        clock.forward(days=1)
        decision = engine.decide(HERO, person="ada")
        engine.learn(decision.id, reward=1.0)
    running = engine.insight.overview().running

    assert len(running) < 130
    assert running[-1].n == 250
    assert running[-1].on == clock.now.date()
