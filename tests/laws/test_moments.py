"""Laws of moments that open themselves: a restart changes nothing, no cool-down is broken."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.lengths import tried
from runners import CARE, TRAINING, App

from penchant import (
    Action,
    AtTime,
    Limits,
    Moment,
    OnLevel,
    OnSignal,
    Outcome,
    QuietHours,
    Refused,
    Signal,
)
from penchant.deliver.letter import Letter
from penchant.journal import Claimed, Learned, Settled

pytestmark = pytest.mark.proof

NEW_SHOES = "shoes.replaced"
PEOPLE = ("ada", "ben", "anon-7")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")
OFFER = (Action("offer", burden=0.2),)
MOMENTS = (
    Moment("walked", CARE, OFFER, outcome=Outcome("taken", "2d"), opens=[OnSignal("run.finished")]),
    Moment(
        "worn",
        CARE,
        OFFER,
        guardrails=[QuietHours("22:00", "07:00")],
        opens=[
            OnLevel("run.finished", 50, field="km", since="shoes.replaced", again_at=20),
            OnLevel("run.finished", 3, "count", half_life="2d", again_at=1.5, cool_down="6h"),
            OnLevel("run.finished", 1.5, "unusual", "km", again_at=1, cool_down="12h"),
        ],
    ),
    Moment("woken", CARE, OFFER, opens=[AtTime("09:00"), AtTime("18:30", ["sat", "sun"])]),
    Moment("both", TRAINING, OFFER, opens=[AtTime("07:00", late="3h"), OnSignal("shoes.replaced")]),
)
COOL_DOWNS = {
    "walked": timedelta(days=1),
    "worn": timedelta(hours=6),
    "woken": timedelta(hours=20),
    "both": timedelta(hours=20),
}

Script = Sequence[tuple[Any, ...]]
people = st.sampled_from(PEOPLE)
steps: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("pass"), st.integers(1, 60 * 40)),
    st.tuples(st.just("tick")),
    st.tuples(st.just("run"), people, st.integers(1, 30), st.integers(0, 60 * 30)),
    st.tuples(st.just("shoes"), people, st.integers(0, 60 * 30)),
    st.tuples(
        st.just("answer"), people, st.sampled_from((CARE, TRAINING)), st.sampled_from((0, 0.1, 1))
    ),
    st.tuples(st.just("live"), people, st.sampled_from(ZONES)),
    st.tuples(st.just("merge")),
    st.tuples(st.just("part")),
    st.tuples(st.just("claim"), st.sampled_from(("sent", "returned", "failed", "unknown"))),
    st.tuples(st.just("ask"), people),
)
scripts = st.lists(steps, min_size=5, max_size=25)


def play(script: Script, *, restarts: object, most: int = 256) -> App:
    """Play a script; with restarts, start anew before each step."""
    app = App(*MOMENTS, limits=Limits(openings_per_call=most))
    app.agree(*PEOPLE, zone="Europe/Berlin")
    for step in script:
        app.clock.forward(seconds=1)  # no process starts at the instant another one ended
        if restarts:
            app.restart()
        _do(app, *step)
        app.engine.tick()
    return app


def _do(app: App, what: str, *given: Any) -> None:
    if what == "pass":
        app.clock.forward(minutes=given[0])
    elif what in {"run", "shoes", "live", "merge", "part"}:
        signal, purpose = _signal(app, what, *given)
        app.engine.observe(signal, purpose=purpose)
    elif what == "answer":
        app.engine.consent(given[0], given[1], granted=given[2] > 0, dial=given[2])
    elif what == "claim":
        waiting = app.engine.outbox.waiting()
        for letter in sorted(waiting, key=lambda one: (one.moment, one.person, one.at))[:1]:
            if app.engine.outbox.claim(letter.id):
                app.engine.outbox.settle(letter.id, given[0])
    elif what == "ask":
        app.engine.decide("walked", person=given[0])


def _signal(app: App, what: str, *given: Any) -> tuple[Signal, str]:
    if what in {"run", "shoes"}:
        at = app.clock.now - timedelta(minutes=given[-1])
        kind, data = ("run.finished", {"km": given[1]}) if what == "run" else (NEW_SHOES, {})
        return Signal(kind, given[0], at, data), TRAINING
    if what == "live":
        return Signal("trait.stated", given[0], data={"time_zone": given[1]}), TRAINING
    kind = "person.merged" if what == "merge" else "person.unmerged"
    return Signal(kind, "ada", data={"from": "anon-7"}), ""


def told(app: App) -> list[tuple[object, ...]]:
    """Give what was opened, for whom, when, why, and what was decided."""
    return [
        (one.at, one.person, one.moment, one.opened_by, one.action.name) for one in app.opened()
    ]


@given(scripts)
@tried(0.3)
def test_a_restart_changes_nothing(script: Script) -> None:
    """Started anew before each step, an engine opens the same, and the same letters wait."""
    straight, anew = play(script, restarts=False), play(script, restarts=True)

    assert sorted(told(straight), key=str) == sorted(told(anew), key=str)
    assert sorted(one.moment for one in straight.letters()) == sorted(
        one.moment for one in anew.letters()
    )


@given(scripts, st.integers(1, 3))
@tried(0.3)
def test_no_cool_down_is_broken(script: Script, most: int) -> None:
    """Between two openings of a moment for one id lies its shortest cool-down at least."""
    app = play(script, restarts=False, most=most)
    last: dict[tuple[object, str], Any] = {}
    for one in app.opened():
        before = last.get((one.person, one.moment))
        assert before is None or one.at - before >= COOL_DOWNS[one.moment]
        last[one.person, one.moment] = one.at


@given(scripts, st.integers(0, 1))
@tried(0.3)
def test_a_letter_is_sent_once_and_never_without_consent(script: Script, restarts: int) -> None:
    """However often it is tried; and what reached nobody is not learned from."""
    app = play(script, restarts=restarts)
    outbox = app.engine.outbox
    for letter in outbox.waiting():
        answer = outbox.claim(letter.id)
        assert isinstance(answer, Letter | Refused)
        consents = {one.purpose: one for one in app.engine.profile(letter.person).consents}
        purpose = CARE if letter.moment != "both" else TRAINING
        if isinstance(answer, Letter):
            assert consents[purpose].state == "granted"
            assert consents[purpose].dial >= letter.action.burden
    app.clock.forward(days=30)
    app.engine.tick()
    sent = Counter(
        fact.decision
        for fact in app.store.read()
        if isinstance(fact, Settled) and fact.how == "sent"
    )
    claims = Counter(fact.decision for fact in app.store.read() if isinstance(fact, Claimed))
    offered = {one.id for one in app.opened() if one.action.name == "offer"}
    learned = {fact.decision for fact in app.store.read() if isinstance(fact, Learned)}

    assert set(sent.values()) <= {1}
    assert set(sent) <= set(claims) <= offered
    assert learned & offered <= set(sent)
