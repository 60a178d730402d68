"""Caps and consent while an engine runs: no road of asking leads past them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from engines import NAMED, Clock, agreed, engine_on, shop

from penchant import Decision, Engine, Moment, Refused, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import StoreFailed
from penchant.journal import Block, Fact
from penchant.words import Cap

ONCE = (Cap(1, "1d"),)
HERO = "home.hero"


def eager(**settings: object) -> Moment:
    """Give a moment that acts as often as it may."""
    return shop(NAMED, explore=1.0, **settings)


def acted(engine: Engine, person: str, times: int) -> list[str]:
    """Ask for decisions and give the actions that were not nothing."""
    asked = [engine.decide(HERO, person=person) for _ in range(times)]
    return [one.action.name for one in asked if one.action.name != "nothing"]


def test_one_batch_acts_no_more_often_than_a_cap_allows() -> None:
    """The same person six times in a batch: what one item does, the next counts."""
    engine = engine_on()
    engine.declare(eager(guardrails=ONCE))
    agreed(engine, "ada")

    answers = engine.decide_many([{"moment": HERO, "person": "ada"}] * 20)

    done = [one for one in answers if isinstance(one, Decision) and one.action.name != "nothing"]
    assert len(done) == 1
    assert not any(isinstance(one, Refused) for one in answers)


class SlowStore(MemoryStore):
    """A store whose disk takes its time, or fails."""

    def __init__(self) -> None:
        """Start quick and whole."""
        super().__init__()
        self.meeting: threading.Barrier | None = None
        self.fails = False

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Wait until as many callers as expected are here, then keep."""
        if self.meeting is not None:
            self.meeting.wait(timeout=10)
        if self.fails:
            raise StoreFailed("The disk is full.")
        super().append(facts)


def test_callers_at_the_same_time_share_a_cap() -> None:
    """All eight are decided before any of them is written; one of them acts."""
    store = SlowStore()
    engine = engine_on(store)
    engine.declare(eager(guardrails=ONCE))
    agreed(engine, "ada")
    store.meeting = threading.Barrier(8)

    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(lambda _: engine.decide(HERO, person="ada"), range(8)))

    assert sum(one.action.name != "nothing" for one in done) == 1


ASKING: dict[str, Callable[[Engine], object]] = {
    "one": lambda engine: engine.decide(HERO, person="ada"),
    "batch": lambda engine: engine.decide_many([{"moment": HERO, "person": "ada"}] * 3),
}


@pytest.mark.parametrize("how", ASKING)
def test_what_could_not_be_written_counts_for_nothing(how: str) -> None:
    """A full disk uses up no cap: nobody was reached."""
    store = SlowStore()
    engine = engine_on(store)
    engine.declare(eager(guardrails=ONCE))
    agreed(engine, "ada")
    store.fails = True
    for _ in range(20):
        with pytest.raises(StoreFailed):
            ASKING[how](engine)
    store.fails = False

    assert len(acted(engine, "ada", 20)) == 1


def test_two_ids_of_one_person_share_a_cap() -> None:
    """What was done under one id counts under the other, asked for in turns."""
    engine = engine_on()
    engine.declare(eager(guardrails=[Cap(2, "1d")]))
    agreed(engine, "ada", "anon-7")
    engine.observe(Signal("person.merged", "ada", data={"from": "anon-7"}))

    done = [one for _ in range(10) for who in ("ada", "anon-7") for one in acted(engine, who, 1)]

    assert len(done) == 2


def test_a_cap_counts_what_was_done_before_it_was_declared() -> None:
    """Nobody is reached once more because a rule came later."""
    engine = engine_on()
    engine.declare(eager())
    agreed(engine, "ada")
    assert acted(engine, "ada", 10)
    engine.declare(eager(guardrails=ONCE))

    assert acted(engine, "ada", 10) == []


def test_a_long_silence_uses_up_no_memory_of_what_was_done() -> None:
    """However often nothing was chosen since, an action within the stretch is remembered."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(eager(guardrails=[Cap(1, "30d")]))
    agreed(engine, "ada")
    assert len(acted(engine, "ada", 20)) == 1
    for _ in range(3):
        engine.decide_many([{"moment": HERO, "person": "ada"}] * 500)

    assert acted(engine, "ada", 20) == []
    clock.forward(days=30)
    assert len(acted(engine, "ada", 20)) == 1


def test_another_purpose_asks_for_another_consent() -> None:
    """Declared again under another purpose, a moment does not go on under the old answer."""
    engine = engine_on()
    engine.declare(eager())
    agreed(engine, "ada")
    assert engine.decide(HERO, person="ada").mode
    engine.declare(Moment(HERO, purpose="ads", actions=NAMED, outcome=shop().outcome, explore=1.0))

    decision = engine.decide(HERO, person="ada")

    assert decision.action.name == "nothing"
    assert "`ads` was not asked" in decision.note


def test_another_default_is_what_counts_for_nothing() -> None:
    """Declared again with a default, doing that is nothing done, from now on and before."""
    engine = engine_on()
    engine.declare(eager(guardrails=[Cap(1, "1d")]))
    agreed(engine, "ada")
    (name,) = acted(engine, "ada", 20)
    engine.declare(eager(guardrails=[Cap(1, "1d")], default=name))

    done = [engine.decide(HERO, person="ada").action.name for _ in range(20)]

    assert sum(one != name for one in done) <= 1
