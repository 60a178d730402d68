"""Moving, end to end: an export says everything, and another instance goes on from it alike."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from engines import NAMED, PURPOSE, Clock, agreed, engine_on, lived, shop

from penchant import (
    Action,
    Cap,
    Decision,
    Engine,
    Imported,
    Moment,
    OnSignal,
    Outcome,
    Refused,
    Signal,
)
from penchant.adapters.store import open_store
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import UnknownDecision, UnknownMoment
from penchant.journal import Store

CLOSE = 1e-9
PEOPLE = tuple(f"p{i}" for i in range(40))
RUN = "taste at home.hero: sport=run"
TIP = Moment("home.tip", purpose=PURPOSE, actions=NAMED, outcome=Outcome("followed", window="1h"))

Make = Callable[[str], Store]


@pytest.fixture(params=["memory", "sqlite"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Give what opens a store of a name."""
    opened: list[Store] = []

    def make_one(name: str) -> Store:
        path = str(tmp_path / f"{name}.db")
        opened.append(MemoryStore() if request.param == "memory" else open_store(path))
        return opened[-1]

    yield make_one
    for store in opened:
        store.close()


def origin(store: Store, clock: Clock, **settings: Any) -> Engine:
    """Give an engine in which Ada left something of every kind, under two ids, among others."""
    engine = engine_on(store, clock=clock)
    engine.declare(shop(**settings))
    engine.declare(TIP)
    agreed(engine, "ada", "phone", *PEOPLE)
    lived(engine, PEOPLE, 8)
    said = Signal("trait.stated", "ada", data={"time_zone": "Europe/Berlin", "shoe": 38})
    assert engine.observe(said, purpose=PURPOSE)
    stated = {
        "name": "n",
        "text": "no balls at night",
        "action": "ball",
        "start": "22:00",
        "end": "07:00",
    }
    assert engine.observe(Signal("never.stated", "ada", data=stated))
    seen = Signal("shop.viewed", "phone", data={"item": "fins", "at": [1, 2]}, id="s-1")
    assert engine.observe(seen, purpose=PURPOSE)
    assert engine.observe(Signal("person.merged", "ada", data={"from": "phone"}))
    dice = random.Random(5)  # noqa: S311 - dice, not secrets
    for turn in range(60):
        person = "ada" if turn % 3 else "phone"
        context = {"hour": turn % 24, "device": dice.choice(["phone", "desk"]), "near": [1, turn]}
        for moment in ("home.hero", "home.tip"):
            decision = engine.decide(moment, person=person, context=context)
            if turn % 10:
                engine.learn(decision.id, reward=float(decision.action.name == "sneakers"))
        clock.forward(minutes=7)
    assert engine.observe(Signal("belief.corrected", "ada", data={"belief": RUN, "is": 0.2}))
    return engine


def asked(engine: Engine, person: str | None, moment: str = "home.hero") -> Decision:
    """Ask the same question as always."""
    context = {"hour": 9, "device": "phone"}
    return engine.decide(moment, person=person, context=context, draw=0.5)


def numbers(decision: Decision) -> list[float]:
    """Give every number a decision rests on."""
    columns = (decision.weights, decision.neutral, decision.expected, decision.personal)
    return [one for column in (*columns, decision.belief) for one in column]


def same(one: Engine, other: Engine, *people: str | None) -> None:
    """Hold what two engines decide against each other, at both moments."""
    for moment in ("home.hero", "home.tip"):
        for person in people:
            mine, its = asked(one, person, moment), asked(other, person, moment)
            assert mine.names == its.names
            assert mine.context == its.context
            assert numbers(mine) == pytest.approx(numbers(its), rel=CLOSE, abs=CLOSE)


def lines_of(text: str) -> list[dict[str, Any]]:
    """Read an export."""
    return [json.loads(line) for line in text.splitlines()]


def imported(engine: Engine, text: str, **how: bool) -> Imported:
    """Import what must be accepted."""
    answer = engine.import_(text, **how)
    assert isinstance(answer, Imported), answer
    return answer


def refused(engine: Engine, text: str) -> str:
    """Import what must be refused; give the sentence."""
    answer = engine.import_(text)
    assert isinstance(answer, Refused), answer
    return answer.sentence


def test_an_export_says_everything(make: Make) -> None:
    """A header, facts, decisions with reasons, what is kept for what, and what is believed."""
    engine = origin(make("a"), Clock())
    lines = lines_of(engine.export("phone"))
    kinds = Counter(line["type"] for line in lines)
    header, believed = lines[0], lines[-1]

    assert (header["type"], header["schema"], header["version"]) == ("header", "penchant.person", 1)
    assert (header["person"], header["ids"]) == ("ada", ["ada", "phone"])
    assert kinds["decided"] == kinds["explained"] == 120
    assert (kinds["declared"], kinds["population"], kinds["kept"]) == (2, 2, 1)
    reasons = [line["explanation"]["reasons"] for line in lines if line["type"] == "explained"]
    assert all(reasons)
    kept = next(line for line in lines if line["type"] == "kept")
    (purpose,) = kept["purposes"]
    assert (purpose["purpose"], purpose["state"], purpose["signals"]) == (PURPOSE, "granted", 2)
    assert purpose["moments"] == ["home.hero", "home.tip"]
    assert kept["facts"]["decided"] == 120
    assert "forgotten" in kept["retention"]
    assert believed["type"] == "believed"
    profile = json.loads(json.dumps(believed["profile"]))
    assert profile["person"] == "ada"
    assert {one["name"]: one["says"] for one in profile["beliefs"]}[RUN] == "you said: +0.2 reward"
    assert not [name for name in PEOPLE if f'"{name}"' in engine.export("ada")]


def test_without_the_population_nothing_learned_from_others_goes_along(make: Make) -> None:
    """Whoever does not want to give numbers away that many people taught leaves them out."""
    clock = Clock()
    engine = origin(make("a"), clock)
    text = "".join(engine.export_lines("ada", population=False))

    assert "population" not in {line["type"] for line in lines_of(text)}
    other = engine_on(make("b"), clock=clock)
    assert imported(other, text).given == ()


@pytest.mark.parametrize("reopens", [False, True], ids=["running", "opened again"])
def test_a_new_instance_decides_alike(make: Make, *, reopens: bool) -> None:
    """All that an engine needs comes along: facts, declarations, and what many people taught."""
    clock = Clock()
    engine = origin(make("a"), clock)
    store = make("b")
    other = engine_on(store, clock=clock, seed=8)
    answer = imported(other, engine.export("ada"))
    if reopens:
        if not isinstance(store, MemoryStore):
            other.close()
            store = make("b")
        other = engine_on(store, clock=clock, seed=8)

    assert set(answer.declared) == set(answer.given) == {"home.hero", "home.tip"}
    assert (answer.own, answer.sentence, answer.known) == ((), "", 0)
    same(engine, other, "ada", "phone", None)
    mine, its = engine.profile("ada"), other.profile("ada")
    assert [one.says for one in its.beliefs] == [one.says for one in mine.beliefs]
    for one, same_one in zip(its.beliefs, mine.beliefs, strict=True):
        assert dict(one.data) == pytest.approx(dict(same_one.data), rel=CLOSE, abs=CLOSE)
    assert (its.known_as, its.traits, its.nevers) == (mine.known_as, mine.traits, mine.nevers)
    assert its.corrections == mine.corrections


def test_what_waited_waits_on_and_learning_goes_on_alike(make: Make) -> None:
    """An open decision takes its outcome there, and the version that came along stays in force."""
    clock = Clock()
    engine = origin(make("a"), clock)
    waiting = asked(engine, "ada")
    other = engine_on(make("b"), clock=clock)
    imported(other, engine.export("ada"))

    assert engine.learn(waiting.id, reward=1.0)
    assert other.learn(waiting.id, reward=1.0)
    assert not other.learn(waiting.id, reward=1.0)
    before, after = asked(engine, "ada").belief, asked(other, "ada").belief
    assert after == pytest.approx(before, abs=0.05)  # one goes on with everybody, one without
    version = asked(other, "ada").version
    for _ in range(80):
        other.learn(asked(other, "ada").id, reward=1.0)
    assert asked(other, "ada").version == version  # learned from more than is known here
    with pytest.raises(UnknownDecision, match="another instance"):
        other.explain(
            next(line for line in lines_of(other.export("ada")) if line["type"] == "decided")[
                "decision"
            ]["id"]
        )


def test_an_instance_of_its_own_keeps_what_it_learned_and_says_so(make: Make) -> None:
    """Where people taught it already it goes by them; the person's outcomes count from now on."""
    clock = Clock()
    engine = origin(make("a"), clock)
    other = engine_on(make("b"), clock=clock)
    other.declare(shop())
    agreed(other, *PEOPLE)
    lived(other, PEOPLE, 6, seed=9)
    before = asked(other, "p1")
    answer = imported(other, engine.export("ada"))

    assert answer.own == ("home.hero",)
    assert answer.given == ("home.tip",)
    assert "`home.hero` this instance goes by its own" in answer.sentence
    assert asked(other, "p1").version == before.version
    assert asked(other, "ada").personal != asked(other, "new").personal
    decided = [line for line in lines_of(other.export("ada")) if line["type"] == "decided"]
    hero = next(line for line in decided if line["decision"]["moment"] == "home.hero")
    assert hero["decision"]["version"] <= 0
    receipt = other.forget("ada")
    assert receipt.outcomes > 80
    assert asked(other, "p1").version > before.version


def test_imported_twice_nothing_changes(make: Make) -> None:
    """Also after they went on living there, and from an export of there."""
    clock = Clock()
    engine = origin(make("a"), clock)
    text = engine.export("ada")
    other = engine_on(make("b"), clock=clock)
    n_facts = imported(other, text).facts
    kept = other.export("ada")
    again = imported(other, text)

    assert (again.facts, again.known) == (0, n_facts)
    assert other.export("ada") == kept
    other.learn(asked(other, "ada").id, reward=1.0)
    assert imported(other, text).facts == 0
    assert imported(engine_on(make("c"), clock=clock), other.export("ada")).facts == n_facts + 2


def test_a_later_export_brings_what_is_new(make: Make) -> None:
    """As long as nothing was kept here that it does not hold; else nothing is mixed."""
    clock = Clock()
    engine = origin(make("a"), clock)
    other = engine_on(make("b"), clock=clock)
    first = imported(other, engine.export("ada"))
    engine.observe(Signal("shop.viewed", "ada"), purpose=PURPOSE)
    later = imported(other, engine.export("ada"))

    assert (later.facts, later.known) == (1, first.facts)
    other.observe(Signal("shop.viewed", "ada", data={"n": 1}), purpose=PURPOSE)
    engine.observe(Signal("shop.viewed", "ada", data={"n": 2}), purpose=PURPOSE)
    kept = other.export("ada")
    assert "does not hold" in refused(other, engine.export("ada"))
    assert other.export("ada") == kept


def test_who_was_forgotten_comes_back_by_their_own_wish_only(make: Make) -> None:
    """An old export does not undo a forgetting; the person may."""
    clock = Clock()
    engine = origin(make("a"), clock)
    text = engine.export("ada")
    engine.forget("ada")

    assert "was forgotten here on 2026-11-22" in refused(engine, text)
    assert engine.export("ada") == ""
    assert imported(engine, text, returning=True).facts > 200
    assert engine.profile("ada").known_as == ("phone",)
    assert imported(engine, text).facts == 0


def test_a_restriction_moves_along_and_stands_against_what_is_here(make: Make) -> None:
    """Restricted there, restricted here; restricted here, what comes is not mixed in."""
    clock = Clock()
    engine = origin(make("a"), clock)
    before = engine.export("ada")
    clock.forward(seconds=1)
    assert engine.observe(Signal("person.restricted", "ada"))
    other = engine_on(make("b"), clock=clock)
    imported(other, engine.export("ada"))

    assert "restricted" in asked(other, "phone").note
    assert imported(other, before).facts == 0
    assert other.profile("ada").restricted is not None
    clock.forward(seconds=1)
    for one in (engine, other):
        assert one.observe(Signal("person.unrestricted", "ada"))
        assert asked(one, "phone").note == ""
        assert any(asked(one, "phone").personal)


def test_ids_and_decisions_of_somebody_else_are_refused(make: Make) -> None:
    """Neither an id that is another person's here, nor a decision that was taken for one."""
    clock = Clock()
    engine = origin(make("a"), clock)
    text = engine.export("ada")
    other = engine_on(make("b"), clock=clock)
    other.declare(shop())
    agreed(other, "bea")
    other.observe(Signal("person.merged", "bea", data={"from": "phone"}))
    assert "another person's" in refused(other, text)
    renamed = text.replace('"ada"', '"eve"').replace('"phone"', '"tablet"')
    third = engine_on(make("c"), clock=clock)
    imported(third, text)

    assert "for somebody else" in refused(third, renamed)
    assert third.export("eve") == ""


def test_another_range_of_rewards_is_refused(make: Make) -> None:
    """Outcomes that were measured otherwise do not become those of here."""
    clock = Clock()
    engine = origin(make("a"), clock)
    other = engine_on(make("b"), clock=clock)
    other.declare(shop(reward_range=(0.0, 100.0)))

    assert "`home.hero` have another range" in refused(other, engine.export("ada"))
    assert other.export("ada") == ""


def test_what_was_done_counts_towards_caps_in_the_new_instance(make: Make) -> None:
    """Who was shown something a minute ago is not shown it again for having moved."""
    clock = Clock()
    engine = origin(make("a"), clock, guardrails=[Cap(100, per="1d")])
    other = engine_on(make("b"), clock=clock)
    imported(other, engine.export("ada"))
    left = [len(asked(other, "ada").names) for _ in range(60)]

    assert left[0] > 1
    assert left[-1] == 1
    assert len(asked(engine, "ada").names) > 1


LINES: tuple[tuple[int | str, dict[str, Any], str | None], ...] = (
    (0, {"schema": "other.thing"}, "must be the header"),
    (0, {"version": 2}, "Update Penchant"),
    (0, {"version": "x"}, "must be the header"),
    (0, {"ids": ["ada", "ada"]}, "each once"),
    (0, {"ids": ["phone"]}, "all of the person's"),
    (0, {"ids": ["ada", ""]}, "an id of the header"),
    ("consented", {"person": "bea"}, "none of the ids of the header"),
    ("consented", {"at": "2027-11-22T10:00:00Z"}, "in the future"),
    ("consented", {"at": "2026-11-22T10:00:00"}, "no time zone"),
    ("consented", {"consent": {"purpose": "x", "state": "granted", "dial": 7}}, "`dial`"),
    ("consented", {"consent": {"purpose": "x", "state": "perhaps"}}, "at `$.consent.state`"),
    ("consented", {"consent": {"purpose": "x", "state": "restricted"}}, "no answer of a person"),
    ("observed", {"signal": {"kind": "viewed", "person": "ada"}}, "`shop.viewed`"),
    (
        "observed",
        {"signal": {"kind": "a.b", "person": "bea", "at": "2026-11-22T10:00:00Z"}},
        "signal",
    ),
    ("decided", {"decision.weights": [1.0]}, "must be as many"),
    ("decided", {"decision.weights": [0.4] * 5}, "sum to 1"),
    ("decided", {"decision.expected": [1.0]}, "as many as its `names`"),
    ("decided", {"decision.propensity": 0.0}, "`propensity`"),
    ("decided", {"decision.draw": 1.0}, "`draw`"),
    ("decided", {"decision.person": "phone"}, "another one"),
    ("decided", {"decision.moment": "no.where"}, "declares the decision's `moment`"),
    ("decided", {"decision.action.name": "boat"}, "among the `names`"),
    ("decided", {"decision.context": {"hour": {"deep": 1}}}, ""),
    ("decided", {"decision.said": [[1, 1e400]]}, ""),
    ("learned", {"decision": "d-9"}, "must follow the line of its decision"),
    ("learned", {"reward": 3.0}, "`reward`"),
    ("learned", {"scaled": 0.123}, "another range"),
    ("learned", {"predicted": "much"}, "at `$.predicted`"),
    ("declared", {"moment.explore": 7}, "`explore`"),
    ("population", {"numbers.noise": -1.0}, "none can have"),
    ("population", {"numbers.weights": [[1.0]]}, "`weights` of a population"),
    ("kept", {}, None),
    ("explained", {"explanation": "lost"}, None),
)


@cache
def an_export() -> tuple[str, Clock]:
    """Give an export, and the clock of the engine that made it."""
    clock = Clock()
    return origin(MemoryStore(), clock).export("ada"), clock


def changed(line: dict[str, Any], how: dict[str, Any]) -> dict[str, Any]:
    """Give a line with some fields set, those inside others by dots."""
    line = json.loads(json.dumps(line))
    for name, value in how.items():
        *outer, last = name.split(".")
        place = line
        for one in outer:
            place = place[one]
        place[last] = value
    return line


@pytest.mark.parametrize(("which", "how", "says"), LINES)
def test_a_wrong_line_is_named_and_nothing_is_kept(
    which: int | str, how: dict[str, Any], says: str | None
) -> None:
    """Each with its number and what is wrong; lines that are for readers are not read."""
    text, clock = an_export()
    lines = lines_of(text)
    place = next(n for n, line in enumerate(lines) if n == which or line["type"] == which)
    lines[place] = changed(lines[place], how)
    other = engine_on(clock=clock)
    answer = other.import_(json.dumps(line, separators=(",", ":")) for line in lines)

    if says is None:
        assert isinstance(answer, Imported)
        return
    assert isinstance(answer, Refused)
    assert answer.sentence.startswith("Not imported: ")
    assert says in answer.sentence
    if place and lines[place]["type"] in {"consented", "observed", "decided", "learned"}:
        assert f"line {place + 1}: " in answer.sentence
    assert other.export("ada") == ""
    with pytest.raises(UnknownMoment):
        asked(other, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "not json",
        "[]",
        '{"type":"header"}',
        b"\xff\xfe",
        "{" * 100_000,
        '{"type":"consented"}',
    ],
)
def test_what_is_no_export_is_refused(text: str | bytes) -> None:
    """An empty file, another format, bytes that are no text, endless nesting."""
    answer = engine_on().import_(text)

    assert isinstance(answer, Refused)
    assert "the first line must be the header" in answer.sentence


def test_many_wrong_lines_are_counted(make: Make) -> None:
    """The first five are named."""
    clock = Clock()
    lines = origin(make("a"), clock).export("ada").splitlines()
    sentence = refused(engine_on(make("b"), clock=clock), "\n".join([lines[0], *["{}"] * 9]))

    assert sentence.count("line ") == 5
    assert sentence.endswith("And 4 more.")


def test_an_import_that_cannot_be_written_keeps_nothing(make: Make) -> None:
    """Where the disk fails, neither facts nor moments are there, and it can be tried again."""
    clock = Clock()
    text = origin(make("a"), clock).export("ada")

    class FullOnce(MemoryStore):
        is_full = True

        def append(self, facts: Any) -> None:
            if self.is_full and facts:
                raise OSError
            super().append(facts)

    store = FullOnce()
    other = engine_on(store, clock=clock)
    with pytest.raises(OSError):  # noqa: PT011 - a disk that fails
        other.import_(text)
    assert other.export("ada") == ""
    with pytest.raises(UnknownMoment):
        asked(other, None)
    store.is_full = False
    assert imported(other, text).facts > 200


def test_a_letter_that_waited_is_not_brought_twice(make: Make) -> None:
    """It stays with the instance it came from; the new one says so."""
    clock = Clock()
    engine = engine_on(make("a"), clock=clock)
    tip = Action("tip", channel="inbox")
    engine.declare(
        Moment("home.greet", purpose=PURPOSE, actions=[tip], explore=1.0,
               opens=[OnSignal("shop.viewed", cool_down="1m")], outcome=Outcome(window="1d"))
    )  # fmt: skip
    agreed(engine, "ada")
    for _ in range(8):
        engine.observe(Signal("shop.viewed", "ada"), purpose=PURPOSE)
        clock.forward(minutes=2)
    assert engine.outbox.waiting("ada")
    other = engine_on(make("b"), clock=clock)
    imported(other, engine.export("ada"))

    assert other.outbox.waiting("ada") == ()
    assert "left to the instance" in other.export("ada")
    assert imported(other, engine.export("ada")).facts == 0


def test_times_before_now_only_are_taken_in(make: Make) -> None:
    """An export from an engine whose clock runs ahead is refused, as its signals would be."""
    clock = Clock()
    engine = origin(make("a"), clock)
    text = engine.export("ada")
    behind = Clock(clock.now - timedelta(days=1))

    assert "in the future" in refused(engine_on(make("b"), clock=behind), text)
