"""An engine with a pack: what comes in, what is folded, what is given, what ends."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packs.strangers import PACE, START, RunningApp, pace

from penchant import Action, Engine, Limits, Moment, Outcome, Refused, Signal
from penchant.adapters.packs.reading import read_pack
from penchant.adapters.store import open_store
from penchant.contract.installed import Installed
from penchant.contract.parts import View
from penchant.contract.values import encoded
from penchant.errors import BadInput, LimitReached
from penchant.journal import Consented, Decided, Observed, Provided
from penchant.runtime.packs.removing import remove_pack

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def app() -> RunningApp:
    """Give an engine with the stranger's pack."""
    return RunningApp()


def test_a_signal_of_a_pack_needs_no_purpose(app: RunningApp) -> None:
    """It is kept for the purpose that its pack says, and for no other."""
    assert app.ran()
    (fact,) = [fact for fact in app.store.read("ada") if isinstance(fact, Observed)]
    assert fact.purpose == "pace.training"

    answer = app.engine.observe(Signal("pace.ran", "ada", data={"km": 1.0}), purpose="shop")
    assert "is kept for `pace.training`, not for `shop`" in answer.sentence  # type: ignore[union-attr]  # refused


@pytest.mark.parametrize(
    ("signal", "purpose", "words"),
    [
        (Signal("pace.felt", "ada"), None, "declares no signal `pace.felt`"),
        (Signal("pace.ran", "ada", data={"mood": 1.0}), None, "has no field `mood`"),
        (Signal("pace.ran", "ada", data={"km": "far"}), None, "`km` of signal `pace.ran` must be"),
        (Signal("pace.ran", "ada", data={"km": True}), None, "must be a number"),
        (Signal("pace.ran", "ada", START - 200 * DAY, {"km": 1.0}), None, "older than that"),
        (Signal("shop.bought", "ada"), "pace.training", "signals of its own kinds only"),
        (Signal("trait.stated", "ada", data={"weight": 70}), "pace.training", "no trait `weight`"),
        (Signal("pace.pulse_measured", "ada", data={"bpm": 60.0}), None, "was not asked"),
    ],
    ids=["kind", "field", "type", "yes", "old", "foreign", "trait", "special"],
)
def test_what_no_purpose_needs_is_refused(
    app: RunningApp, signal: Signal, purpose: str | None, words: str
) -> None:
    """Kinds, fields and traits that the pack does not declare, other types, what is too old."""
    answer = app.engine.observe(signal, purpose=purpose)

    assert isinstance(answer, Refused)
    assert words in answer.sentence
    assert not any(isinstance(fact, Observed) for fact in app.store.read("ada"))


def test_what_the_engine_itself_reads_may_be_stated(app: RunningApp) -> None:
    """The time zone and goals belong to no pack."""
    said = [
        Signal("trait.stated", "ada", data={"time_zone": "Europe/Berlin", "longest": 9}),
        Signal("goal.stated", "ada", data={"name": "ten", "text": "run ten"}),
    ]
    assert all(app.engine.observe(said, purpose="pace.training"))

    view = app.engine.packs.view("pace", "ada", "pace.training")
    assert dict(view.traits) == {"longest": 9}
    assert [goal.name for goal in view.goals] == ["ten"]


def test_a_view_holds_what_one_purpose_may_show(app: RunningApp) -> None:
    """The latest signals without the person's id, states, and nothing without consent."""
    for n in range(8):
        app.clock.forward(days=1)
        app.ran(km=float(n))
    view = app.engine.packs.view("pace", "ada", "pace.training")

    assert [one.data["km"] for one in view.signals] == [3.0, 4.0, 5.0, 6.0, 7.0]
    assert {one.person for one in view.signals} == {""}
    assert list(view.states) == ["form"]
    assert app.engine.packs.view("pace", "ada", "pace.body") == View("pace.body", app.clock.now)
    app.engine.observe(Signal("person.restricted", "ada"))
    assert not app.engine.packs.view("pace", "ada", "pace.training").signals
    app.engine.observe(Signal("person.unrestricted", "ada"))
    app.engine.consent("ada", "pace.training", until=app.clock.now + DAY)
    assert app.engine.packs.view("pace", "ada", "pace.training").signals
    app.clock.forward(days=2)
    assert not app.engine.packs.view("pace", "ada", "pace.training").signals


def test_what_has_no_view_is_told(app: RunningApp) -> None:
    """A pack, a purpose or a moment that is not there."""
    with pytest.raises(BadInput, match="Pack `shop` was not opened"):
        app.engine.packs.view("shop", "ada", "pace.training")
    with pytest.raises(BadInput, match="declares no purpose `shop`"):
        app.engine.packs.view("pace", "ada", "shop")
    with pytest.raises(BadInput, match=r"Moment `home\.hero` is of no pack"):
        app.engine.packs.plan("home.hero", "ada")
    with pytest.raises(BadInput, match="has no importer `gpx`; there is `routes`, `runs`"):
        app.engine.packs.bring("pace", "gpx", b"")
    with pytest.raises(LimitReached, match="Bytes of what is brought"):
        RunningApp(limits=Limits(content_bytes=3)).bring_routes()


runs = st.lists(
    st.tuples(st.integers(-1_700_000, 0), st.floats(0.125, 60.0, width=32)), min_size=1, max_size=12
)


@given(runs=runs, looks=st.lists(st.booleans(), min_size=12, max_size=12))
@settings(max_examples=60, deadline=None)
def test_states_are_a_fold_in_the_order_of_times(
    runs: list[tuple[int, float]], looks: list[bool]
) -> None:
    """In whichever order signals arrive, looked at meanwhile or not, before and after a restart."""
    app = RunningApp()
    app.engine.consent("ada", "pace.training", at=START - 30 * DAY)
    for (ago, km), look in zip(runs, looks, strict=False):
        assert app.ran(km, at=START + timedelta(seconds=ago))
        if look:
            app.states()
    lived = encoded(app.states()["form"])
    expert = pace().parts["penchant_pace.parts:form"]({})
    facts = [fact for fact in app.store.read("ada") if isinstance(fact, Observed)]
    folded = expert.initial()
    for fact in sorted(facts, key=lambda one: one.at):
        folded = expert.fold(folded, fact.signal)

    assert lived == encoded(folded)
    app.restart()
    assert encoded(app.states()["form"]) == lived


@given(runs=runs, share=st.lists(st.booleans(), min_size=12, max_size=12))
@settings(max_examples=30, deadline=None)
def test_two_ids_that_are_one_person_fold_together(
    runs: list[tuple[int, float]], share: list[bool]
) -> None:
    """Merged, unmerged and after a restart, a state is that of what each is known to have done."""
    app = RunningApp()
    for person in ("ada", "phone"):
        app.engine.consent(person, "pace.training", at=START - 30 * DAY)
    for (ago, km), at_phone in zip(runs, share, strict=False):
        app.ran(km, "phone" if at_phone else "ada", at=START + timedelta(seconds=ago))
    alone = encoded(app.states("ada"))
    assert app.engine.observe(Signal("person.merged", "ada", data={"from": "phone"}))
    together = encoded(app.states("ada"))
    app.restart()

    assert encoded(app.states("phone")) == together
    assert app.engine.observe(Signal("person.unmerged", "ada", data={"from": "phone"}))
    assert encoded(app.states("ada")) == alone


def test_features_go_to_decisions_of_the_packs_moments_only(app: RunningApp) -> None:
    """They stand in the context of a decision there, and in no other, whoever asks how."""
    other = Moment(
        "home.hero", purpose="pace.training", actions=[Action("a")], outcome=Outcome(window="1d")
    )
    app.engine.declare(other)
    app.ran()
    app.clock.forward(days=1)
    ours = app.engine.decide("pace.next_run", person="ada", actions=["x"])
    theirs = app.engine.decide("home.hero", person="ada")
    plan_b = app.engine.decide("pace.plan_b", person="ada")

    assert set(ours.context) == {"pace.form", "pace.days_off"}
    assert ours.context["pace.days_off"] == pytest.approx(1.0)
    assert not theirs.context
    assert not plan_b.context  # it asks for none
    assert not app.engine.decide("pace.next_run", actions=["x"]).context
    many = app.engine.decide_many([{"moment": "pace.next_run", "person": "ada"}] * 6)
    assert all(set(one.context) == set(ours.context) for one in many)  # type: ignore[union-attr]  # all decided
    table = app.engine.decide_many("pace.next_run", people=["ada"] * 6)
    assert all(set(one.context) >= set(ours.context) for one in table)  # type: ignore[union-attr]  # as above


def test_a_decision_without_actions_gets_what_the_pack_proposes(app: RunningApp) -> None:
    """Of what fits the day, each with its reason; with actions given, these count."""
    app.bring_routes()
    app.ran(km=5.0)
    decision = app.engine.decide("pace.next_run", person="ada", context={"km": 12.0})
    plan = app.engine.packs.plan("pace.next_run", "ada", {"km": 12.0})

    assert set(decision.names) == {"wood", "ridge", "nothing"}
    assert [one.action.name for one in plan] == ["wood", "ridge"]
    assert plan[0].reason == "wood has 5 km, about your usual."
    assert set(app.engine.decide("pace.next_run", person="ada", actions=["x"]).names) == {
        "x",
        "nothing",
    }


def test_the_reason_in_words_can_be_said_again(app: RunningApp) -> None:
    """From the record, also after a restart."""
    app.bring_routes("name,km\nwood,5\n")
    app.ran(km=5.0)
    decision = app.engine.decide("pace.next_run", person="ada", draw=0.3)
    words = "wood has 5 km, about your usual."
    assert decision.action.name == "wood"
    assert decision.reasons[0].sentence == words
    app.restart()

    assert app.engine.explain(decision.id).reasons[0].sentence == words


def test_somebody_who_did_not_agree_is_proposed_nothing(app: RunningApp) -> None:
    """The answer is the default, and nothing of the pack is asked."""
    app.bring_routes()
    decision = app.engine.decide("pace.next_run", person="ben")

    assert decision.action.name == "nothing"
    assert "was not asked" in decision.note


def broken(**parts: Any) -> Installed:
    """Give the stranger's pack with parts that do something else."""
    installed = pace()
    changed = {f"penchant_pace.parts:{name}": part for name, part in parts.items()}
    return Installed(installed.pack, {**installed.parts, **changed})


class Raising:
    """A part of every sort that raises whatever it is asked."""

    def __init__(self, contents: object) -> None:
        """Be made of anything."""
        del contents

    def initial(self) -> tuple[float, ...]:
        """Begin well."""
        return ()

    def __getattr__(self, name: str) -> Any:
        """Raise when called."""

        def raising(*given: object) -> object:
            raise RuntimeError(f"{name}: ada ran {given}")

        return raising


def test_a_part_that_raises_costs_nobody_their_decision() -> None:
    """What it did not give is left out, and the fault is told without what it was about."""
    app = RunningApp(packs=[broken(form=Raising, routes=Raising)])
    assert app.ran()
    decision = app.engine.decide("pace.next_run", person="ada")

    assert decision.action.name == "nothing"
    assert not decision.context
    assert app.engine.packs.faults == {
        "Part `form` of pack `pace` raised a `RuntimeError`.": 2,
        "Part `pace.next_run` of pack `pace` raised a `RuntimeError`.": 1,
    }


def test_a_part_that_cannot_be_made_is_told() -> None:
    """The engine opens without it."""

    def never(contents: object) -> object:
        raise KeyError(str(contents))

    app = RunningApp(packs=[broken(form=never, by_length=never)])
    app.ran()

    assert not app.states()
    assert sum(app.engine.packs.faults.values()) == 2


@pytest.mark.parametrize(
    ("proposed", "names", "note"),
    [
        ([Action("wood", {"why": "usual", "km": 1.0})], ["wood", "nothing"], ""),
        (
            [Action("wood", {"why": "odd"})],
            ["nothing"],
            "1 that pack `pace` proposed had no reason",
        ),
        ([Action("wood", {"why": "longer"})], ["nothing"], "had no reason in words"),
        ([Action("a"), Action("a")], ["nothing"], "2 that pack `pace` proposed"),
        ([], ["nothing"], ""),
    ],
    ids=["well", "no words", "words of what is missing", "twice", "none"],
)
def test_what_cannot_be_told_is_not_done(
    proposed: list[Action], names: list[str], note: str
) -> None:
    """A candidate without words, or with words about what it does not say, is left out."""

    class Proposing:
        def __init__(self, contents: object) -> None:
            del contents

        def propose(self, view: View, context: object) -> list[Action]:
            del view, context
            return proposed

    class Planning:
        def __init__(self, contents: object) -> None:
            del contents

        def plan(self, view: View, candidates: Any, budget: float | None) -> Any:
            del view, budget
            return [*candidates, Action("slipped in")]

    app = RunningApp(packs=[broken(routes=Proposing, by_length=Planning)])
    decision = app.engine.decide("pace.next_run", person="ada")

    assert sorted(decision.names) == sorted(names)
    assert note in decision.note


def test_rewards_come_from_signals(app: RunningApp) -> None:
    """The first that fits counts, once, inside the window."""
    app.bring_routes()
    app.ran()
    decision = app.engine.decide("pace.next_run", person="ada", context={"km": 5.0}, draw=0.2)
    assert decision.action.name == "wood"
    rated = Signal("pace.rated", "ada", data={"route": "wood", "good": True})
    app.clock.forward(minutes=30)
    assert app.engine.observe(rated)  # too early to say
    app.clock.forward(hours=1)
    assert app.engine.observe([rated, rated])

    assert '"reward":1.0' in app.engine.export("ada")
    assert isinstance(app.engine.learn(decision.id, reward=0.0), Refused)


def test_guards_count_what_must_not_get_worse(app: RunningApp) -> None:
    """Signals a decision over the window, with an interval; broken where even its low end is."""
    app.bring_routes()
    app.ran()
    for n in range(40):
        app.clock.forward(hours=1)
        app.engine.decide("pace.next_run", person="ada", context={"n": n})
        if n < 35:
            app.engine.observe(Signal("pace.turned_down", "ada"))
    before = app.engine.packs.guards()[0]
    app.restart()
    after = app.engine.packs.guards()[0]

    assert (before.decisions, before.signals) == (40, 35)
    assert before.low < before.value < before.high
    assert before.is_broken
    assert after == before
    assert not app.engine.packs.guards(app.clock.now + 5 * timedelta(minutes=1))[1].is_broken
    app.clock.forward(days=60)
    assert app.engine.packs.guards()[0].decisions == 0


def test_what_ends_is_not_seen_and_then_gone(app: RunningApp) -> None:
    """Past its retention a signal is in no view at once, and in no journal after a tick."""
    app.ran(km=30.0)
    app.clock.forward(days=50)
    app.ran(km=5.0)
    app.clock.forward(days=41)
    seen = app.engine.packs.view("pace", "ada", "pace.training")
    assert [one.data["km"] for one in seen.signals] == [5.0]

    app.engine.tick()
    left = [fact for fact in app.store.read("ada") if isinstance(fact, Observed)]
    assert [fact.signal.data["km"] for fact in left] == [5.0]
    assert app.states()["form"].km == 5.0
    app.restart()
    assert app.states()["form"].km == 5.0
    app.clock.forward(days=60)
    app.engine.tick()
    assert not app.states()


def test_a_person_who_is_forgotten_leaves_no_state(app: RunningApp) -> None:
    """And begins anew when they come back."""
    app.ran()
    app.engine.forget("ada")
    assert not app.engine.packs.view("pace", "ada", "pace.training").states
    app.engine.consent("ada", "pace.training")
    app.ran(km=2.0)

    assert app.states()["form"].km == 2.0


def test_an_export_shows_states_and_how_long_things_are_kept(app: RunningApp) -> None:
    """What is inferred is shown; elsewhere it is folded again from the signals."""
    app.ran()
    app.engine.decide("pace.next_run", person="ada")
    text = app.engine.export("ada")
    lines = [json.loads(line) for line in text.splitlines()]
    (folded,) = [line for line in lines if line["type"] == "folded"]
    (kept,) = [line for line in lines if line["type"] == "kept"]

    assert (folded["pack"], folded["expert"], folded["state"]["km"]) == ("pace", "form", 5.0)
    assert "`pace.ran` for 90d" in kept["retention"]
    elsewhere = RunningApp()
    elsewhere.engine.forget("ada")
    assert elsewhere.engine.import_(text, returning=True)
    assert elsewhere.states() == app.states()


def test_nothing_comes_in_by_an_import_that_would_be_refused(app: RunningApp) -> None:
    """What was kept elsewhere is held to the same declarations; how old it is does not matter."""
    app.ran()
    text = app.engine.export("ada")
    here = RunningApp()
    here.engine.forget("ada")
    answer = here.engine.import_(text.replace('"km":5.0', '"joy":5.0'), returning=True)
    assert isinstance(answer, Refused)
    assert "has no field `joy`" in answer.sentence
    here.clock.forward(days=300)
    assert here.engine.import_(text, returning=True)
    here.engine.tick()

    assert not here.states()


def test_content_is_kept_as_it_came_and_read_again(app: RunningApp) -> None:
    """A file of the same name takes the place of the one before, and nothing is left of that."""
    app.ran()
    received = app.bring_routes("name,km\nwood,5\nlake,far\n")
    assert received.content == ("routes",)
    assert [one.line for one in received.findings] == [3]
    app.bring_routes("name,km\nridge,6\n")
    assert [fact.content for fact in app.store.read("") if isinstance(fact, Provided)] == [
        b"name,km\nridge,6\n"
    ]
    app.restart()

    assert list(app.engine.packs.content("pace")["routes"]) == ["ridge"]
    assert [one.action.name for one in app.engine.packs.plan("pace.next_run", "ada")] == ["ridge"]


def test_signals_of_a_file_come_in_like_any(app: RunningApp) -> None:
    """Under consent, one by one; who did not agree is refused."""
    app = RunningApp(limits=Limits(batch_items=2))
    at = START.isoformat()
    rows = [f"ada,{at},5,wood", f"ben,{at},5,wood", f"ada,{at},6,ridge", "cut off"]
    text = "person,at,km,route\n" + "\n".join(rows)
    received = app.engine.packs.bring("pace", "runs", text.encode())

    assert received.kept == 2
    assert len(received.refused) == 1
    assert [one.line for one in received.findings] == [5]
    written = (
        pace()
        .parts["penchant_pace.parts:runs_file"]({})
        .write(app.engine.packs.view("pace", "ada", "pace.training").signals)
    )
    assert written.decode().splitlines() == ["at,km,route", f"{at},5.0,wood", f"{at},6.0,ridge"]


def test_a_pack_that_is_gone_leaves_its_data_to_read(app: RunningApp) -> None:
    """Opened without it, everything is there and nothing is folded or given."""
    app.ran()
    app.packs = []
    app.restart()
    decision = app.engine.decide("pace.next_run", person="ada", actions=["x"])

    assert not decision.context
    assert app.engine.packs.faults == {}
    assert "pace.ran" in app.engine.export("ada")


def lived(path: Path) -> None:
    """Live with two packs' worth of data in a file, one of them nobody's."""
    store = open_store(str(path))
    app = RunningApp(store)
    app.engine.declare(
        Moment("home.hero", purpose="shop", actions=[Action("a")], outcome=Outcome(window="1d"))
    )
    app.bring_routes()
    for person in ("ada", "ben"):
        app.engine.consent(person, "pace.training")
        app.engine.consent(person, "shop")
        app.ran(person=person)
        app.engine.observe(Signal("shop.viewed", person, data={"item": "fins"}), purpose="shop")
        app.engine.observe(
            Signal("goal.stated", person, data={"name": "g", "text": "t"}), purpose="pace.training"
        )
        for moment in ("pace.next_run", "home.hero"):
            app.engine.learn(app.engine.decide(moment, person=person).id, reward=1.0)
    app.engine.close()


def test_removing_a_pack_takes_all_of_its_namespace(tmp_path: Path) -> None:
    """Signals, decisions, what was learned, content; what people answered stays, and all others."""
    path = tmp_path / "people.db"
    lived(path)
    store = open_store(str(path))
    before = list(store.read())
    cleared = remove_pack(store, "pace")
    left = list(store.read())
    store.close()

    assert cleared.people == 2
    assert cleared.facts == len(before) - len(left)
    texts = [str(fact) for fact in left if not isinstance(fact, Consented)]
    assert texts
    assert not [text for text in texts if "pace." in text]
    assert sum(isinstance(fact, Decided) for fact in left) == 2
    assert sum(isinstance(fact, Consented) for fact in left) == 4 + 1  # ada agreed twice
    store = open_store(str(path))
    assert remove_pack(store, "pace").facts == 0
    with Engine(store) as engine:
        assert [one.name for one in engine.many.moments()] == ["home.hero"]
        assert engine.decide("home.hero", person="ada").names


def test_a_pack_comes_back_to_an_empty_house(tmp_path: Path) -> None:
    """After a removal it begins anew, in the same file."""
    path = tmp_path / "people.db"
    lived(path)
    store = open_store(str(path))
    remove_pack(store, "pace")
    app = RunningApp(store)

    assert not app.states()
    app.ran(km=3.0)
    assert app.states()["form"].km == 3.0
    app.engine.close()


def test_the_declarations_are_shown(app: RunningApp) -> None:
    """What an engine was opened with can be read."""
    assert app.engine.packs["pace"] == read_pack(PACE)
    assert [one.name for one in app.engine.packs] == ["pace"]
