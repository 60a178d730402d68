"""A simulated world: people in many zones, who agree, forbid, travel and merge, while clocks jump.

Every fact an engine keeps passes the oracle in its order. What people say is told to the oracle by
them, not read from the engine: a statement that the engine dropped would show.
Rule: simulated throughout; a seed gives the same world.
"""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from proofs.oracle import Answer, Oracle, Rule

from penchant import Accepted, Action, Decision, Engine, Moment, Outcome, Refused, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.deliver.letter import Letter
from penchant.journal import (
    Block,
    Claimed,
    Consented,
    Decided,
    Fact,
    Learned,
    Observed,
    Settled,
)
from penchant.words import AtTime, Cap, GuardrailRule, OnLevel, OnSignal, QuietHours

__all__ = ["World"]

START = datetime(2025, 1, 1, tzinfo=UTC)
SKEW = 300.0  # seconds a sender's clock, or ours, may be off
ZONES = (
    *("Europe/Berlin", "America/New_York", "America/St_Johns", "America/Santiago"),
    *("Australia/Lord_Howe", "Australia/Sydney", "Asia/Kolkata", "Asia/Kathmandu"),
    *("Pacific/Chatham", "Africa/Casablanca", "Antarctica/Troll", "Pacific/Kiritimati", "UTC"),
)
PURPOSES = ("coaching", "shop", "media")
CHANNELS = ("push", "phone", "page")
TIMES = ("00:00", "01:30", "02:00", "02:30", "03:00", "06:45", "12:00", "21:59", "22:00", "23:30")
NUDGE, HERO, NEXT, NIGHT, PAGE = "walk.nudge", "shop.hero", "media.next", "night.owl", "shop.page"

ACTIONS = (
    Action("tip", {"effort": "easy"}, channel="push", burden=0.1),
    Action("walk", {"effort": "hard"}, channel="push", burden=0.4),
    Action("call", {"effort": "hard"}, channel="phone", burden=0.9),
    Action("banner", {"effort": "easy"}, channel="page", burden=0.0),
    Action("refer", {"effort": "hard"}, channel="phone", burden=0.2, risk="human"),
)
DURATIONS = ("90m", "6h", "1d", "3d")
SOON = Outcome("followed", window="2h")


class Said(NamedTuple):
    """A statement that was sent: whose, what, and the signal; a consent has a kind of its own."""

    person: str
    what: str
    given: Any
    signal: Signal


class Witness(MemoryStore):
    """A store that lets every fact be looked at, in the order in which they are kept."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.seen: deque[Fact] = deque()

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep facts and show them."""
        super().append(facts)
        self.seen.extend(facts)


class World:
    """People, a clock, an engine, and the oracle that watches."""

    def __init__(self, seed: int, n_people: int = 48) -> None:
        """Make a world of a seed."""
        self.dice = random.Random(seed)  # noqa: S311 - a simulation
        self.oracle, self.store = Oracle(), Witness()
        self.now = START + timedelta(days=self.dice.uniform(0, 365))
        self.people = [f"p{number}" for number in range(n_people)]
        self.wrong: list[str] = []
        self.repeats = self.opened = self.brought = self.near_turns = 0
        self._said: deque[Said] = deque()
        self._sent: deque[Said] = deque(maxlen=64)
        self._kept: set[str] = set()
        self._open: list[str] = []
        self._letters: dict[str, Decision] = {}
        self._learned: set[str] = set()
        self._turns = deque(sorted(_turns(self.now)))
        self.engine = self._engine()
        for moment in (self._nudge(), self._hero(), self._next(), self._night(), PLAIN):
            self._declare(moment)
        for person in self.people:
            for _ in range(6):
                self._say(person)

    def run(self, n_decisions: int) -> None:
        """Let the world live until so many decisions were judged."""
        while self.oracle.judged < n_decisions:
            self._wait()
            for _ in range(self.dice.randrange(5)):
                self._say(self.dice.choice(self.people))
            self._bring()
            for _ in range(3):
                self._decide()
            self._learn()
            if self.dice.random() < 0.5:
                self.engine.tick()
                self._look()
            if self.dice.random() < 0.1:
                self._turn_of_fate()

    def _engine(self) -> Engine:
        dice = random.Random(self.dice.random())  # noqa: S311 - a simulation
        return Engine(self.store, clock=lambda: self.now, dice=dice)

    def _wait(self) -> None:
        """Let time pass; stay around the hours in which clocks change; now and then step back."""
        dice = self.dice
        while self._turns[0] < self.now - timedelta(hours=3):
            self._turns.popleft()
        turn = self._turns[0]
        ahead = timedelta(hours=dice.expovariate(1 / 16))
        if abs(turn - self.now) < timedelta(hours=3):
            ahead = timedelta(minutes=dice.choice([1, 10, 30, 30]))
        elif self.now + ahead > turn - timedelta(hours=2):
            ahead = turn - timedelta(hours=dice.uniform(0, 2)) - self.now
        self.now += ahead
        if dice.random() < 0.2:
            self.now += timedelta(seconds=dice.uniform(-SKEW, SKEW))
        self.now = self.now.replace(microsecond=dice.randrange(1_000_000))

    def _declare(self, moment: Moment) -> None:
        self.engine.declare(moment)
        self._look()
        self.oracle.moments[moment.name] = moment

    # What people say.

    def _say(self, person: str) -> None:
        """Let a person say something, or send again what was sent."""
        self.now += timedelta(microseconds=1)  # no two things are said at one instant
        what = self.dice.random()
        if what < 0.45:
            self._consent(person)
        elif what < 0.6:
            zone = self.dice.choice(ZONES)
            self._send(person, "zone", zone, "trait.stated", {"time_zone": zone})
        elif what < 0.8:
            self._forbid(person)
        elif what < 0.92:
            self._send(person, "run", None, "run.finished", {"km": self.dice.uniform(1, 30)})
        elif self._sent:
            self.repeats += 1
            self._observe(self.dice.choice(self._sent))

    def _consent(self, person: str) -> None:
        dice = self.dice
        granted, dial = dice.random() < 0.8, dice.choice([0.0, 0.1, 0.3, 0.5, 1.0, dice.random()])
        until = None
        if dice.random() < 0.25:
            until = self.now + timedelta(hours=dice.uniform(-1, 400))
        given = Answer(granted, dial if granted else 0.0, until)
        purpose, at = dice.choice(PURPOSES), self._when()
        self._said.append(Said(person, "answer", (purpose, given), Signal("consent", person, at)))
        answer = self.engine.consent(
            person, purpose, granted=granted, dial=dial, until=until, at=at
        )
        self._heard(answer)

    def _forbid(self, person: str) -> None:
        dice, name = self.dice, self.dice.choice(["a", "b", "c"])
        if dice.random() < 0.5:
            self._send(person, "rule", (name, None), "never.lifted", {"name": name})
            return
        rule = Rule(
            action=dice.choice(["", "", "tip", "walk", "call"]),
            channel=dice.choice(["", "", *CHANNELS]),
            feature=dice.choice(["", "", "effort"]),
            equals="hard",
        )
        if dice.random() < 0.6 or rule[:3] == ("", "", ""):
            rule = rule._replace(start=dice.choice(TIMES), end=dice.choice(TIMES))
        rule = rule if rule.feature else rule._replace(equals=True)
        data = {key: value for key, value in rule._asdict().items() if value not in {"", True}}
        self._send(
            person, "rule", (name, rule), "never.stated", {"name": name, "text": "x", **data}
        )

    def _send(self, person: str, what: str, given: Any, kind: str, data: dict[str, Any]) -> None:
        """Send a new signal."""
        dice = self.dice
        name = f"s{dice.getrandbits(64):x}" if dice.random() < 0.7 else ""
        signal = Signal(kind, person, self._when(), data, id=name)
        said = Said(person, what, given, signal)
        self._observe(said)
        if name:
            self._sent.append(said)

    def _observe(self, said: Said) -> None:
        """Send a signal; of one that is kept already, nothing more may be."""
        purpose = self.dice.choice(PURPOSES) if said.what in {"zone", "run"} else None
        if said.signal.id not in self._kept:
            self._said.append(said)
        (answer,) = self.engine.observe([said.signal], purpose=purpose)
        self._heard(answer)
        if said.signal.id and isinstance(answer, Accepted):
            self._kept.add(said.signal.id)

    def _heard(self, answer: Accepted | Refused) -> None:
        """Look at what became of a statement: told that it is kept, it is; else it is not."""
        waiting = bool(self._said)
        self._look()
        if isinstance(answer, Accepted) and self._said:
            self.wrong.append(f"kept, it was said, and was not: {self._said[0].what}")
        if isinstance(answer, Refused) and waiting and not self._said:
            self.wrong.append(f"refused, it was said, and was kept: {answer.sentence}")
        self._said.clear()

    def _when(self) -> datetime | None:
        """Give when somebody says it was: now, off by the skew, or delivered late."""
        dice = self.dice
        if dice.random() < 0.4:
            return None
        seconds = dice.uniform(-SKEW, SKEW * 0.9)
        late = timedelta(hours=dice.expovariate(1 / 5)) if dice.random() < 0.3 else timedelta()
        return self.now + timedelta(seconds=seconds) - late

    # What is asked of the engine.

    def _decide(self) -> None:
        """Ask for a batch of decisions, one by one or in columns, for some twice."""
        dice, at = self.dice, self._when()
        if at is not None and dice.random() < 0.5:
            at = self.now + timedelta(minutes=dice.uniform(-90, 4))
        who: list[str | None] = [dice.choice(self.people) for _ in range(10)]
        if dice.random() < 0.1:
            self.engine.decide_many(PAGE, people=who, contexts=[[dice.random()]] * 10, at=at)  # type: ignore[arg-type]  # nobody is None here
            self._look()
            return
        who += [who[0], None]
        names = (NUDGE, HERO, NEXT, NIGHT)
        items = [self._item(dice.choice(names), person) for person in who]
        for answer in self.engine.decide_many(items, at=at):
            if isinstance(answer, Refused):
                self.wrong.append(f"not decided: {answer.sentence}")
            else:
                self._open.append(answer.id)
        self._look()

    def _item(self, moment: str, person: str | None) -> dict[str, Any]:
        dice = self.dice
        item: dict[str, Any] = {"moment": moment, "person": person, "context": {"x": dice.random()}}
        if dice.random() < 0.2:
            item["actions"] = [
                Action(
                    f"c{number}",
                    {"effort": dice.choice(["easy", "hard"])},
                    channel=channel,
                    burden=round(dice.random(), 3),
                )
                for number, channel in enumerate(dice.choices(CHANNELS, k=dice.randint(1, 3)))
            ]
            if moment == HERO:
                item["actions"].append("banner")
        return item

    def _learn(self) -> None:
        """Say what followed, some of it twice."""
        dice, waiting = self.dice, self._open
        dice.shuffle(waiting)
        some, self._open = waiting[:16], waiting[16:48]
        items = [{"decision": one, "reward": float(dice.random() < 0.4)} for one in some]
        items += items[:4]
        self.repeats += len(items[:4])
        for item, answer in zip(items, self.engine.learn_many(items), strict=True):
            self._look()
            if isinstance(answer, Accepted) and item["decision"] not in self._learned:
                self.wrong.append("an outcome was said to be kept, and was not")

    def _bring(self) -> None:
        """Send what waits to be sent, some of it late, and some of it in vain."""
        for letter in self.engine.outbox.waiting():
            if self.dice.random() < 0.4 and isinstance(self.engine.outbox.claim(letter.id), Letter):
                how: Any = self.dice.choice(["sent", "sent", "returned", "failed"])
                self.engine.outbox.settle(letter.id, how)
        self._look()

    def _turn_of_fate(self) -> None:
        """Merge, part, forget, declare anew, or start the engine again."""
        dice = self.dice
        one, other = dice.sample(self.people, 2)
        what = dice.random()
        if what < 0.35:
            self._send(one, "link", (other, one), "person.merged", {"from": other})
        elif what < 0.55:
            self._send(one, "link", (other, ""), "person.unmerged", {"from": other})
        elif what < 0.65:
            self.engine.forget(one)
            gone = set(self.oracle.ids(one))
            self._sent = deque((each for each in self._sent if each.person not in gone), 64)
            self.oracle.forget(one)
        elif what < 0.9:
            self._declare(dice.choice([self._nudge, self._hero, self._next, self._night])())
        else:
            self.engine = self._engine()

    # What the engine keeps.

    def _look(self) -> None:
        """Let the oracle see what was kept, in order."""
        seen = self.store.seen
        while seen:
            fact = seen.popleft()
            if isinstance(fact, Decided):
                if fact.decision.opened_by:
                    self.opened += 1
                    self._letters[fact.decision.id] = fact.decision
                self.near_turns += abs(fact.decision.at - self._turns[0]) < timedelta(hours=2)
                self.oracle.judge(fact.decision)
            elif isinstance(fact, Claimed):
                self.brought += 1
                self.oracle.bring(self._letters[fact.decision], fact.at)
            elif isinstance(fact, Settled) and fact.how == "sent":
                if self._letters.pop(fact.decision, None) is None:
                    self.wrong.append("a letter was sent twice")
            elif isinstance(fact, Learned):
                self._see_learned(fact)
            elif isinstance(fact, Consented | Observed):
                self._see_said(fact)

    def _see_learned(self, fact: Learned) -> None:
        purpose = self.oracle.moments[fact.moment].purpose
        if fact.person and not self.oracle.agrees(fact.person, purpose, fact.at):
            self.oracle.breaches.append(f"consent: an outcome of {fact.moment} was learned")
        if fact.decision in self._learned:
            self.wrong.append("an outcome was learned twice")
        self._learned.add(fact.decision)

    def _see_said(self, fact: Consented | Observed) -> None:
        """Let the oracle hear what a person said, from that person; the engine says only that."""
        if not self._said:
            self.wrong.append(f"kept, and nobody said it: {fact}")
            return
        said = self._said.popleft()
        kept_at = fact.consent.at if isinstance(fact, Consented) else fact.signal.at
        said_at = said.signal.at or self.now
        near = timedelta(seconds=2 * SKEW if said.signal.at is None else 0)
        if said.what == "link":  # of who is who, the order of arrival settles what is of one second
            near += timedelta(seconds=2)
        if fact.person != said.person or kept_at is None or abs(kept_at - said_at) > near:
            self.wrong.append(f"kept otherwise than said: {said.what}")
        else:
            self._hear(said, kept_at, fact)

    def _hear(self, said: Said, at: datetime, fact: Consented | Observed) -> None:
        purpose = fact.purpose if isinstance(fact, Observed) else ""
        needs_consent = said.what in {"zone", "run"}
        if needs_consent and not self.oracle.agrees(said.person, purpose, self.now):
            self.oracle.breaches.append(f"consent: a signal was kept under {purpose}")
        if said.what == "answer":
            purpose, given = said.given
            self.oracle.answer(said.person, purpose, at, given)
        elif said.what == "zone":
            self.oracle.zone(said.person, at, said.given)
        elif said.what == "rule":
            name, rule = said.given
            self.oracle.rule(said.person, name, at, rule)
        elif said.what == "link":
            self.oracle.link(*said.given)

    # Moments, declared anew with other rules now and then.

    def _nudge(self) -> Moment:
        dice = self.dice
        return Moment(
            NUDGE,
            purpose=dice.choice(["coaching", "coaching", "media"]),
            actions=ACTIONS,
            outcome=Outcome("followed", window="3d"),  # so what it says may be brought days later
            explore=1.0,
            guardrails=[Cap(dice.randint(1, 3), dice.choice(DURATIONS)), QuietHours()],
            opens=[
                OnSignal("run.finished", cool_down="1h"),
                AtTime(dice.choice(["02:30", "07:00", "21:55"]), late="3h"),
                OnLevel("run.finished", 100.0, field="km", again_at=0.0, half_life="30d"),
            ],
        )

    def _hero(self) -> Moment:
        dice = self.dice
        rules = [Cap(dice.randint(1, 4), dice.choice(DURATIONS)), Cap(6, "7d")]
        rules = rules[: dice.randrange(3)]
        return Moment(
            HERO, "shop", ACTIONS[:4], outcome=SOON, default="banner", explore=0.5, guardrails=rules
        )

    def _next(self) -> Moment:
        dice = self.dice
        quiet = QuietHours(dice.choice(TIMES), dice.choice(TIMES), zone=dice.choice(["", *ZONES]))
        return Moment(
            NEXT,
            "media",
            ACTIONS,
            outcome=SOON,
            explore=1.0,
            guardrails=[quiet],
            non_profiling=True,
        )

    def _night(self) -> Moment:
        dice = self.dice
        rules: list[GuardrailRule] = [
            QuietHours("06:00", "21:30", zone="Asia/Kathmandu"),
            QuietHours(dice.choice(TIMES), "00:45", zone="Asia/Kathmandu"),
            Cap(dice.randint(1, 2), "23h"),
        ]
        return Moment(NIGHT, "coaching", ACTIONS, outcome=SOON, explore=1.0, guardrails=rules)


PLAIN = Moment(PAGE, "shop", ACTIONS[:4], outcome=SOON, explore=1.0)


def _turns(start: datetime) -> Iterator[datetime]:
    """Give when a clock of one of the zones changes, for five years."""
    for name in ZONES:
        zone = ZoneInfo(name)
        before = start.astimezone(zone).utcoffset()
        for hour in range(24 * 366 * 5):
            at = start + timedelta(hours=hour)
            if (after := at.astimezone(zone).utcoffset()) != before:
                yield at
                before = after
