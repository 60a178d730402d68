"""Visitors: callers that each live with people of their own, and take down what was acknowledged.

A visitor asks one thing after another until the service dies under it. What was asked last and not
answered is in doubt: it may be kept or not, but never half.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from typing import Any, NamedTuple
from urllib.parse import quote

from proofs.serving import GONE, HERO, PURPOSE, Caller, Up

__all__ = ["Eraser", "Visitor"]

BIG = 5_000  # entries of a person, more than are emptied before the receipt
AT_ONCE = 2_500
ENOUGH = 20  # decisions of one person: more would be let go unanswered
KINDS: Mapping[str, Callable[[Any], str]] = {
    "observed": lambda fact: fact["signal"]["id"],
    "decided": lambda fact: fact["decision"]["id"],
    "learned": lambda fact: fact["decision"],
}


class Told:
    """What was acknowledged of one person."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.kept: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.answers: dict[str, tuple[bool, float]] = {}
        self.is_gone = self.is_merged = False


class Doubt(NamedTuple):
    """What was asked last: of which kind, how much of it, and about whom."""

    kind: str
    size: int
    people: tuple[str, ...] = ()
    purpose: str = ""
    answer: tuple[bool, float] = (False, 0.0)


NO_DOUBT = Doubt("", 0)


class Visitor:
    """One caller, its people, and what it was told."""

    def __init__(self, name: str, seed: str) -> None:
        """Know nobody yet."""
        self.name, self.dice = name, random.Random(seed)  # noqa: S311 - a test
        self.people: dict[str, Told] = {}
        self.repeats: list[tuple[str, dict[str, Any], Any]] = []
        self.counted: Counter[str] = Counter()
        self.n_answered = 0
        self._doubt = NO_DOUBT
        self._number = 0

    def live(self, service: Up) -> None:
        """Ask one thing after another until the service is gone."""
        caller = service.caller()
        try:
            while True:
                self._live_on(caller)
        except GONE:
            self.counted["in doubt"] += self._doubt != NO_DOUBT
        finally:
            caller.close()

    def _live_on(self, caller: Caller) -> None:
        """Ask the next thing, about people who did not have too much of it yet."""
        here = [
            person
            for person, told in self.people.items()
            if not told.is_gone and len(told.kept["decided"]) < ENOUGH
        ]
        if len(here) < 4:
            self._meet(caller, f"{self.name}/{self._next()} ü")
            return
        some = self.dice.sample(here, 3)
        step = self.dice.choices(
            (self._observe, self._decide, self._learn, self._answer, self._forget),
            weights=(6, 5, 5, 2, 1),
        )[0]
        step(caller, some)

    def _meet(self, caller: Caller, person: str) -> None:
        self.people[person] = Told()
        self._give(caller, person, PURPOSE, granted=True)

    def _answer(self, caller: Caller, some: list[str]) -> None:
        self._give(caller, some[0], "ads", granted=self.dice.random() < 0.5)

    def _give(self, caller: Caller, person: str, purpose: str, *, granted: bool) -> None:
        """Answer for a purpose."""
        dial = round(self.dice.uniform(0.3, 1.0), 3)
        given = (granted, dial if granted else 0.0)
        path = f"/v1/people/{quote(person, safe='')}/consent/{purpose}"
        with self._doubting(Doubt("consented", 1, (person,), purpose, given)):
            told = caller.told("PUT", path, {"granted": granted, "dial": dial})
        assert told["kept"], told
        self.people[person].answers[purpose] = given
        self.counted["answers"] += 1

    def _observe(self, caller: Caller, some: list[str]) -> None:
        whose = self.dice.choice([some[:1], some, some * 3])
        signals = [("shop.viewed", person, {"n": n}) for n, person in enumerate(whose)]
        self._send(caller, signals)

    def _send(self, caller: Caller, signals: list[tuple[str, str, dict[str, Any]]]) -> None:
        """Send signals, one alone or a batch."""
        items = [
            {"kind": kind, "person": person, "id": self._next(), "data": data}
            for kind, person, data in signals
        ]
        body = {"purpose": PURPOSE, "items": items}
        with self._doubting(Doubt("observed", len(items))):
            told = caller.told(
                "POST", "/v1/signals", body if len(items) > 1 else {**items[0], "purpose": PURPOSE}
            )
        assert all(one["kept"] for one in told.get("items", [told])), told
        for one in items:
            self.people[str(one["person"])].kept["observed"].add(str(one["id"]))
        self.counted["signals"] += len(items)

    def _decide(self, caller: Caller, some: list[str]) -> None:
        items = [{"moment": HERO, "person": person, "context": {"hour": 9}} for person in some]
        body: dict[str, Any] = {"items": items} if self.dice.random() < 0.5 else items[0]
        key = self._next()
        with self._doubting(Doubt("decided", len(body.get("items", [body])))):
            told = caller.told("POST", "/v1/decisions", body, more={"Idempotency-Key": key})
        self.repeats = [*self.repeats[-2:], (key, body, told)]
        for one in told.get("items", [told]):
            self.people[one["person"]].kept["decided"].add(one["id"])
            self.counted["decisions"] += 1

    def _learn(self, caller: Caller, some: list[str]) -> None:
        waiting = [
            (person, decision)
            for person in some
            for kept in [self.people[person].kept]
            for decision in sorted(kept["decided"] - kept["learned"])[:2]
        ]
        if not waiting:
            self._decide(caller, some)
            return
        items = [{"decision": decision, "reward": 1.0} for _, decision in waiting]
        with self._doubting(Doubt("learned", len(items))):
            told = caller.told("POST", "/v1/outcomes", {"items": items})
        assert all(one["kept"] for one in told["items"]), told
        for person, decision in waiting:
            self.people[person].kept["learned"].add(decision)
        self.counted["outcomes"] += len(items)

    def _forget(self, caller: Caller, some: list[str]) -> None:
        """Forget somebody, half of the time under two ids that are one person."""
        gone = some[: self.dice.randint(1, 2)]
        for other in gone[1:]:
            for person in gone:
                self.people[person].is_merged = True  # from here on they share their answers
            self._send(caller, [("person.merged", gone[0], {"from": other})])
        self.repeats.clear()  # a repeat for somebody forgotten would be new
        with self._doubting(Doubt("forgotten", 1, tuple(gone))):
            caller.told("DELETE", f"/v1/people/{quote(gone[0], safe='')}")
        for person in gone:
            self.people[person].is_gone = True
        self.counted["forgotten"] += 1

    def _next(self) -> str:
        self._number += 1
        return f"{self.name}-{self._number}"

    @contextmanager
    def _doubting(self, doubt: Doubt) -> Iterator[None]:
        """Leave in doubt what is asked until it was answered."""
        self._doubt = doubt
        yield
        self._doubt = NO_DOUBT
        self.n_answered += 1

    # After the service is back.

    def check(self, caller: Caller) -> None:
        """See that all that was acknowledged is there, nothing half, and nobody forgotten.

        What was in doubt and is kept counts as acknowledged from here on.
        """
        more: Counter[str] = Counter()
        doubt, self._doubt = self._doubt, NO_DOUBT
        there = {person: self._check_one(caller, person, doubt, more) for person in self.people}
        for kind, count in more.items():
            whole = doubt.size if kind == doubt.kind else 0
            assert count in {0, whole}, f"{kind}: {count} of {whole} in doubt are kept"
        if doubt.kind == "forgotten":
            assert len({there[person] for person in doubt.people}) == 1, "half forgotten"
            self.counted["kills within a forgetting"] += 1
            self.counted["of them finished"] += not there[doubt.people[0]]
        self._check_repeats(caller)

    def _check_one(self, caller: Caller, person: str, doubt: Doubt, more: Counter[str]) -> bool:
        """Check one person; say whether anything is kept of them."""
        told, facts = self.people[person], caller.facts(person)
        if told.is_gone:
            assert facts == [], f"{person} was forgotten, and is back"
            return False
        if not facts and doubt.kind == "forgotten" and person in doubt.people:
            told.is_gone = True
            return False
        kept = _kept(person, facts)
        for kind, ids in told.kept.items():
            assert ids <= kept[kind], f"{person}: some of {kind} was lost"
            more[kind] += len(kept[kind] - ids)
        told.kept = kept
        answers = caller.told("GET", f"/v1/people/{quote(person, safe='')}/consent")
        found = {one["purpose"]: (one["state"] == "granted", one["dial"]) for one in answers}
        if doubt.kind == "consented" and person in doubt.people:
            assert found.get(doubt.purpose) in {told.answers.get(doubt.purpose), doubt.answer}
            told.answers |= {doubt.purpose: found[doubt.purpose]} if doubt.purpose in found else {}
        assert told.is_merged or found == told.answers, f"{person}: an answer was lost"
        return True

    def _check_repeats(self, caller: Caller) -> None:
        """See that the same request has the same answer, and the same outcome no second effect."""
        for key, body, told in self.repeats:
            again = caller.told("POST", "/v1/decisions", body, more={"Idempotency-Key": key})
            assert _named(again) == _named(told), "a repeat was decided anew"
            self.counted["repeats"] += 1
        learned = [
            {"decision": decision, "reward": 0.0}
            for told in self.people.values()
            if not told.is_gone
            for decision in sorted(told.kept["learned"])
        ][-200:]
        if learned:
            for one in caller.told("POST", "/v1/outcomes", {"items": learned})["items"]:
                assert not one["kept"], "an outcome was learned twice"
                assert "learned before" in one["sentence"], one
                self.counted["repeats"] += 1


class Eraser(Visitor):
    """A visitor that forgets somebody of whom there is much, and says when it begins."""

    def __init__(self, name: str, seed: str) -> None:
        """Know nobody yet."""
        super().__init__(name, seed)
        self.begins = Event()

    def _live_on(self, caller: Caller) -> None:
        """Meet somebody under two ids, hear a lot, forget them."""
        big, other = f"{self.name}/{self._next()}", f"{self.name}/{self._next()}"
        for person in (big, other):
            self._meet(caller, person)
        for _ in range(0, BIG, AT_ONCE):
            self._send(caller, [("shop.viewed", big, {})] * AT_ONCE)
        self._send(caller, [("shop.viewed", other, {})])
        self.begins.set()
        self._forget(caller, [big, other])


def _kept(person: str, facts: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Give the ids of what is kept under one id, by kind; nothing may be there twice."""
    kept = {}
    for kind, id_of in KINDS.items():
        ids = [id_of(one) for one in facts if one["type"] == kind and one["person"] == person]
        kept[kind] = set(ids)
        assert len(kept[kind]) == len(ids), f"{person}: some of {kind} is kept twice"
    return kept


def _named(told: Any) -> list[tuple[str, str, float]]:
    items = told.get("items", [told])
    return [(one["id"], one["action"]["name"], one["propensity"]) for one in items]
