"""An engine on a file: closed and opened again it is the same; what it forgot is gone."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import NAMED, PURPOSE, SHOP, Clock, agreed, engine_on, facts_in, lived, shop

from penchant import Action, Decision, Engine, Outcome, Refused, Signal
from penchant.adapters.store import open_store
from penchant.errors import UnknownDecision

CLOSE = 1e-9
PEOPLE = tuple(f"p{i}" for i in range(12))
MARKER = "Xylophonist-from-Kyrgyzstan"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the file of a journal."""
    return tmp_path / "people.db"


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands still."""
    return Clock()


def opened(path: Path, clock: Clock, *, seed: int = 7) -> Engine:
    """Open an engine on a file."""
    return engine_on(open_store(str(path)), clock=clock, seed=seed)


def asked(engine: Engine, person: str | None) -> Decision:
    """Ask the same question as always."""
    context = {"hour": 9, "device": "phone"}
    return engine.decide("home.hero", person=person, context=context, draw=0.5)


def numbers(decision: Decision) -> list[float]:
    """Give every number a decision rests on."""
    columns = (decision.weights, decision.neutral, decision.expected, decision.personal)
    return [one for column in (*columns, decision.belief) for one in column]


@pytest.mark.parametrize("actions", [SHOP, NAMED], ids=["features", "names"])
def test_opened_again_it_believes_and_decides_the_same(
    path: Path, clock: Clock, actions: tuple[Action, ...]
) -> None:
    """Propensities and what they rest on agree within 1e-9, beliefs to the word."""
    with opened(path, clock) as engine:
        engine.declare(shop(actions))
        agreed(engine, *PEOPLE)
        lived(engine, PEOPLE, 12)
        engine.observe(Signal("trait.stated", "p1", data={"shoe": 38}), purpose=PURPOSE)
        engine.observe(Signal("person.merged", "p2", data={"from": "p3"}))
        before = [asked(engine, person) for person in (*PEOPLE, None)]
        profiles = [engine.profile(person) for person in PEOPLE]
        exported = facts_in(engine.export("p1"))

    with opened(path, clock, seed=8) as engine:
        after = [asked(engine, person) for person in (*PEOPLE, None)]
        for old, new in zip(before, after, strict=True):
            assert (new.names, new.action, new.version) == (old.names, old.action, old.version)
            assert numbers(new) == pytest.approx(numbers(old), rel=CLOSE, abs=CLOSE)
        for profile, person in zip(profiles, PEOPLE, strict=True):
            again = engine.profile(person)
            assert [b.says for b in again.beliefs] == [b.says for b in profile.beliefs]
            assert (again.traits, again.known_as) == (profile.traits, profile.known_as)
        assert facts_in(engine.export("p1"))[: len(exported)] == exported


def test_what_waited_can_still_be_learned_once(path: Path, clock: Clock) -> None:
    """An open decision outlives the process; its outcome counts the first time, in its window."""
    with opened(path, clock) as engine:
        engine.declare(shop())
        agreed(engine, "ada")
        waiting, answered, late = (asked(engine, "ada") for _ in range(3))
        assert engine.learn(answered.id, reward=1.0)

    clock.forward(minutes=5)
    with opened(path, clock) as engine:
        assert engine.learn(waiting.id, outcome="clicked")
        assert "first one counts" in str(engine.learn(waiting.id, reward=0.0))
        assert "first one counts" in str(engine.learn(answered.id, reward=0.0))

    clock.forward(hours=5)
    with opened(path, clock) as engine:
        assert "window" in str(engine.learn(late.id, reward=1.0))


def test_a_window_that_ended_while_it_was_closed_counts_as_the_default(
    path: Path, clock: Clock
) -> None:
    """What nobody answered becomes the outcome's default on the next tick, marked as missing."""
    with opened(path, clock) as engine:
        engine.declare(shop(outcome=Outcome("clicked", window="30m", default=0.25)))
        agreed(engine, "ada")
        asked(engine, "ada")

    clock.forward(hours=1)
    with opened(path, clock) as engine:
        assert engine.tick() == 1
        assert engine.tick() == 0
        assert '"origin":"missing"' in engine.export("ada")
        assert '"reward":0.25' in engine.export("ada")


def test_old_decisions_keep_their_explanations(path: Path, clock: Clock) -> None:
    """Each is explained by the version that took it, to the word, whatever was learned since."""
    with opened(path, clock) as engine:
        engine.declare(shop())
        agreed(engine, *PEOPLE)
        told: dict[str, str] = {}
        for turn in range(6):
            decision = asked(engine, "p1")
            told[decision.id] = str(engine.explain(decision.id))
            lived(engine, PEOPLE, 3, seed=turn)
        versions = {decision.version for decision in (asked(engine, "p1"),)}

    with opened(path, clock) as engine:
        assert max(versions) > 3
        assert len(set(told.values())) > 2
        for decision_id, sentences in told.items():
            assert str(engine.explain(decision_id)) == sentences


def test_learning_goes_on_where_it_was(path: Path, clock: Clock) -> None:
    """A life with the file closed in between keeps every outcome, and goes on to new versions."""
    with opened(path, clock) as engine:
        engine.declare(shop())
        agreed(engine, *PEOPLE)
        lived(engine, PEOPLE, 5)
    for turn in range(4):
        with opened(path, clock, seed=turn) as engine:
            lived(engine, PEOPLE, 5, seed=turn)

    with opened(path, clock) as engine:
        decision = asked(engine, "p1")
        known = [b for b in engine.profile("p1").beliefs if b.name == "taste at home.hero"]

        assert decision.version > 10
        assert known[0].data["outcomes"] == 25
        assert max(decision.weights) > 0.5


def life_of_the_marked(engine: Engine, person: str) -> list[str]:
    """Let a person leave the marker everywhere they can; give their decisions' ids."""
    agreed(engine, person)
    engine.observe(
        [
            Signal("trait.stated", person, data={"job": MARKER}),
            Signal("goal.stated", person, data={"name": MARKER, "text": f"be a {MARKER}"}),
            Signal("shop.viewed", person, data={"item": MARKER}, source=MARKER, id=MARKER),
        ],
        purpose=PURPOSE,
    )
    engine.observe(
        Signal("never.stated", person, data={"name": "n", "text": MARKER, "action": MARKER})
    )
    made = []
    for turn in range(12):
        candidates = [*SHOP, Action(MARKER, {"maker": MARKER, "from": [1.0 * turn]}, MARKER)]
        decision = engine.decide(
            "home.hero",
            person=person,
            context={"hour": turn, "town": MARKER, MARKER: True},
            actions=candidates,
        )
        made.append(decision.id)
        engine.learn(decision.id, reward=float(turn % 2))
    return made


def every_byte(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every live file beside the journal, and each as SQLite's own pages say it."""
    for file in sorted(folder.iterdir()):
        yield file.name, file.read_bytes()


@pytest.mark.parametrize("is_open", [True, False], ids=["while open", "after closing"])
def test_forgetting_leaves_no_byte(path: Path, clock: Clock, *, is_open: bool) -> None:
    """Not in the journal, the WAL, the shared memory, the keys, nor in a derived version."""
    engine = opened(path, clock)
    engine.declare(shop())
    agreed(engine, *PEOPLE)
    lived(engine, PEOPLE, 4)
    made = life_of_the_marked(engine, "marked-person")
    engine.observe(Signal("person.merged", "marked-person", data={"from": f"anon-{MARKER}"}))
    lived(engine, PEOPLE, 4)
    assert MARKER in engine.export("marked-person")

    receipt = engine.forget("marked-person")
    lived(engine, PEOPLE, 4)
    if not is_open:
        engine.close()

    needles = [
        MARKER.encode(),
        b"marked-person",
        MARKER.encode("utf-16-le"),
        *map(str.encode, made),
    ]
    for name, content in every_byte(path.parent):
        for needle in needles:
            assert needle not in content, f"{needle!r} is still in {name}"
    assert receipt.outcomes == 12
    assert receipt.entries > 24
    if is_open:
        assert isinstance(engine.learn(made[0], reward=1.0), Refused)
        with pytest.raises(UnknownDecision, match="forgotten"):
            engine.explain(made[0])
        engine.close()


def test_nothing_a_person_said_lies_readable_before_either(path: Path, clock: Clock) -> None:
    """Sealed from the first byte: the marker is not on disk while the person is still known."""
    engine = opened(path, clock)
    engine.declare(shop())
    life_of_the_marked(engine, "ada")

    for name, content in every_byte(path.parent):
        assert MARKER.encode() not in content, f"the marker is readable in {name}"
    engine.close()


def test_the_others_stay_as_they_were_after_a_forgetting_and_a_restart(
    path: Path, clock: Clock
) -> None:
    """The first to bring a feature is forgotten: the columns of everybody else stay in place."""
    with opened(path, clock) as engine:
        engine.declare(shop())
        life_of_the_marked(engine, "ada")
        agreed(engine, *PEOPLE)
        lived(engine, PEOPLE, 8)
        engine.forget("ada")
        before = [asked(engine, person) for person in PEOPLE]

    with opened(path, clock) as engine:
        for old, new in zip(before, [asked(engine, person) for person in PEOPLE], strict=True):
            assert numbers(new) == pytest.approx(numbers(old), rel=CLOSE, abs=CLOSE)
        lived(engine, PEOPLE, 2)
        assert asked(engine, "p1").version > before[0].version


def together(count: int, work: object) -> list[BaseException]:
    """Run work in that many threads at once; give what went wrong."""
    wrong: list[BaseException] = []
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)  # type: ignore[operator]  # a function of one number
        except BaseException as error:  # noqa: BLE001 - told by the test
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


@pytest.mark.parametrize("actions", [SHOP, NAMED], ids=["features", "names"])
def test_sixteen_threads_lose_nothing(
    path: Path, clock: Clock, actions: tuple[Action, ...]
) -> None:
    """Every decision and outcome is kept, learned once, and there after a restart."""
    rounds, threads = 25, 16
    engine = opened(path, clock)
    engine.declare(shop(actions))
    agreed(engine, *PEOPLE)

    def live(number: int) -> None:
        for turn in range(rounds):
            context = {"hour": turn, f"seen by {number}": True, "device": f"d{turn % 5}"}
            person = PEOPLE[(number + turn) % len(PEOPLE)]
            decision = engine.decide("home.hero", person=person, context=context)
            assert engine.learn(decision.id, reward=float(decision.action.name == "fins"))
            engine.observe(Signal("shop.viewed", person, data={"n": turn}), purpose=PURPOSE)
            if turn % 9 == 0:
                engine.consent(f"new-{number}-{turn}", PURPOSE)
                engine.profile(person)

    assert together(threads, live) == []
    last = asked(engine, "p1")
    engine.close()

    with opened(path, clock) as engine:
        facts = "".join(engine.export(person) for person in PEOPLE)
        outcomes = sum(
            belief.data["outcomes"]
            for person in PEOPLE
            for belief in engine.profile(person).beliefs
            if belief.name == "taste at home.hero"
        )

        assert facts.count('"type":"learned"') == rounds * threads
        assert facts.count('"type":"observed"') == rounds * threads
        assert outcomes == rounds * threads
        assert asked(engine, "p1").expected == pytest.approx(last.expected, abs=1e-9)
        assert asked(engine, "p1").action.name == "fins"


def test_of_many_outcomes_at_once_one_counts(path: Path, clock: Clock) -> None:
    """Sixteen threads answer the same decision: one is accepted, fifteen are told why not."""
    with opened(path, clock) as engine:
        engine.declare(shop())
        agreed(engine, "ada")
        decision = asked(engine, "ada")
        answers: list[object] = []

        wrong = together(16, lambda _: answers.append(engine.learn(decision.id, reward=1.0)))

        assert wrong == []
        assert sum(map(bool, answers)) == 1
        assert engine.export("ada").count('"type":"learned"') == 1


def test_the_file_stays_a_sound_database(path: Path, clock: Clock) -> None:
    """After a life with a forgetting, SQLite finds nothing wrong with it."""
    with opened(path, clock) as engine:
        engine.declare(shop())
        agreed(engine, *PEOPLE)
        lived(engine, PEOPLE, 3)
        engine.forget("p1")

    connection = sqlite3.connect(path)
    found = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()

    assert found == [("ok",)]
