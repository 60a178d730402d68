"""Outbox: the letters that moments which opened themselves have for people, until they are brought.

Loop: Deliver. Who brings letters claims one, sends it, and settles what became of it.
Rule 1: a claim is durable before anything is sent, and given once: a letter reaches its person at
most once. What was claimed when the process died is `unknown`, and never sent again.
Rule 2: consent, dial, nevers and quiet hours are asked again with each claim; what no longer holds
is settled as refused, with the sentence.
Rule 3: what reached nobody teaches nothing.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from msgspec.structs import replace

from penchant.deliver.letter import Letter
from penchant.errors import StoreError
from penchant.journal import Claimed, Fact, Settled
from penchant.loop import Question, objection, quiet_until
from penchant.runtime.bell import Woken
from penchant.runtime.memory import Memory
from penchant.runtime.outbox.letters import NOT_SENT, State, Way
from penchant.words import Accepted, FrozenMap, Refused

__all__ = ["Outbox", "close_letters"]

How = Literal["sent", "returned", "refused", "failed", "unknown"]
_NO_SAY = ("caps", "quiet_hours")
"""Guardrails that have no say in what lies in a list: nobody is disturbed by looking."""
_HOWS = ("sent", "returned", "refused", "failed", "unknown")


class Outbox:
    """The letters of one engine; `engine.outbox`. Safe to use from several threads."""

    def __init__(self, memory: Memory) -> None:
        """Work on what an engine keeps."""
        self._memory = memory

    def waiting(self, person: str | None = None, channel: str | None = None) -> tuple[Letter, ...]:
        """Give the letters that nobody has claimed yet, oldest first.

        Args:
            person: Only theirs, under any of their ids.
            channel: Only those it brings.
        """
        return self._in_state("waiting", person, channel)

    def lying(self, person: str, channel: str) -> tuple[Letter, ...]:
        """Give the letters of a person that a channel brought and that may still be shown.

        They are asked about again: what a person no longer agrees to is not shown any more. In
        quiet hours it is: who looks is awake.
        """
        memory = self._memory
        with memory.gate, memory.lock:
            now = memory.now()
            sent = [one for one in self._of("sent", person, channel) if now < one.until]
            asked = [(one, _question(memory, one, now)) for one in sent]
            return tuple(one for one, it in asked if not objection(it, one.action, _NO_SAY))

    def claim(self, decision_id: str) -> Letter | Refused:
        """Take a letter to send it; nobody else gets it.

        Returns:
            The letter, or Refused: it is no letter that waits, or it may not be sent (any more).

        Raises:
            StoreError: When the claim could not be made durable; then it is not claimed.
        """
        memory = self._memory
        with memory.gate:
            with memory.lock:
                now = memory.now()
                way = memory.letters.find(str(decision_id))
                if way is None or way.state != "waiting":
                    return Refused(_gone(way))
                if now >= way.letter.until:
                    return Refused("Its window has closed, so it is not sent any more.")
                sentence, later = _why_not(memory, way.letter, now)
                if later is not None:
                    memory.letters.resting.put(way.letter.id, later.timestamp())
                    memory.bell.ring()
                    return Refused(sentence)
                way.state = "claimed"
            fact = _refusal(way, now, sentence) if sentence else _claim(way, now)
            self._write(way, fact, "waiting")
            if sentence:
                return Refused(sentence)
            return _letter(way)

    def settle(self, decision_id: str, how: How, sentence: str = "") -> Accepted | Refused:
        """Say what became of a claimed letter.

        Args:
            decision_id: `Letter.id`.
            how: `sent`; `returned`: surely not sent, and it waits again; `refused` or `failed`: not
                sent, for good; `unknown`: perhaps sent, so not sent again.
            sentence: Why, where it was not sent.

        Returns:
            Refused when it is not claimed.

        Raises:
            StoreError: When it could not be made durable; the letter stays claimed.
        """
        memory = self._memory
        if how not in _HOWS:
            return Refused(f"A letter is settled as one of {', '.join(_HOWS)}.")
        with memory.gate:
            with memory.lock:
                way = memory.letters.find(str(decision_id))
                if way is None or way.state != "claimed" or way.is_lost:
                    return Refused("No letter of that id is claimed, so it cannot be settled.")
                letter, now = way.letter, memory.now()
                way.state = "unknown"  # until that is durable; nobody else settles it meanwhile
            fact = Settled(letter.person, now, letter.id, how, sentence, letter.channel)
            self._write(way, fact, "claimed")
        if how == "returned":
            memory.bell.ring([_letter(way)])
        return Accepted()

    def ids(self, person: str) -> tuple[str, ...]:
        """Give every id of a person, the one they go by first."""
        with self._memory.lock:
            return self._memory.people.ids(person)

    def due_at(self) -> datetime | None:
        """Say when `engine.tick` has something to do next; None while nothing waits."""
        memory = self._memory
        with memory.lock:
            known = [memory.openings.due_at, memory.letters.due_at, memory.pending.due_at()]
            refit_at = memory.refit_at
        times = [one for one in (*known, refit_at) if one is not None and one < math.inf]
        return datetime.fromtimestamp(min(times), UTC) if times else None

    def listen(self, call: Woken) -> Callable[[], None]:
        """Have `call` called with letters that wait from now on, or none when something is due.

        It is called in whichever thread that happens, and may only wake somebody: it must not call
        the engine.

        Returns:
            What ends it.
        """
        return self._memory.bell.listen(call)

    def _in_state(self, state: str, person: str | None, channel: str | None) -> tuple[Letter, ...]:
        memory = self._memory
        with memory.gate, memory.lock:
            now = memory.now()
            return tuple(one for one in self._of(state, person, channel) if now < one.until)

    def _of(self, state: str, person: str | None, channel: str | None) -> list[Letter]:
        memory = self._memory
        ids = None if person is None else memory.people.ids(person)
        return [
            _letter(way)
            for way in memory.letters.of(ids)
            if way.state == state and channel in {None, way.letter.channel}
        ]

    def _write(self, way: Way, fact: Claimed | Settled, before: State) -> None:
        """Make a step durable, or take it back."""
        try:
            self._memory.write([fact])
        except StoreError:
            with self._memory.lock:
                way.state = before
            raise
        _take(self._memory, fact)


def close_letters(memory: Memory, now: datetime) -> int:
    """Settle the letters whose window closed, and those of which nobody knows; give how many."""
    due_at = memory.letters.due_at
    with memory.lock:
        lost = memory.letters.lost
        for way in lost:
            way.state = "unknown"
        is_due = due_at is not None and due_at <= now.timestamp()
        ways = [memory.letters.find(one) for one in memory.letters.resting.take(now.timestamp())]
        rested = [_letter(way) for way in ways if way is not None and way.state == "waiting"]
        closed = memory.letters.closed(now.timestamp()) if is_due else []
    if rested:
        memory.bell.ring(rested)
    facts: list[Fact] = [_unknown(way, now) for way in lost]
    told = {way.letter.id for way in lost}
    facts += [
        _unknown(way, now) if way.state == "claimed" else _expiry(way, now)
        for way in closed
        if way.state in {"waiting", "claimed"} and way.letter.id not in told
    ]
    try:
        if facts:
            memory.write(facts)
    except StoreError:
        with memory.lock:
            for way in lost:
                way.state = "claimed"
            memory.letters.put_back(closed)
        raise
    for fact in facts:
        if isinstance(fact, Settled):
            _take(memory, fact)
    for way in closed:
        if way.state != "sent":
            _let_go(memory, way.letter.id, _UNKNOWN)
    return len(facts)


_UNKNOWN = (
    "Whether it was sent is not known: it was claimed, and nobody said what became of it. So it "
    "is not sent again."
)


def _letter(way: Way) -> Letter:
    """Give a letter as it is now."""
    return replace(way.letter, tries=way.returned) if way.returned else way.letter


def _gone(way: Way | None) -> str:
    if way is None:
        return "No letter of that id waits: it was settled, its window closed, or it never was one."
    return _UNKNOWN if way.state == "unknown" or way.is_lost else "Somebody claimed it before."


def _why_not(memory: Memory, letter: Letter, now: datetime) -> tuple[str, datetime | None]:
    """Say why a letter may not be sent now, and from when on it may; None for never."""
    question = _question(memory, letter, now)
    sentence = objection(question, letter.action)
    ends = quiet_until(question) if sentence else None
    if ends is None or ends >= letter.until:
        return sentence, None
    then = objection(question._replace(at=ends), letter.action)
    return (then, None) if then else (sentence, ends)


def _question(memory: Memory, letter: Letter, now: datetime) -> Question:
    """Ask about a letter as things stand now."""
    live = memory.moment(letter.moment)
    standing = memory.people.person(letter.person).standing(letter.person, live.moment)
    return Question(letter.id, live.moment, now, 0.0, FrozenMap({}), standing)


def _claim(way: Way, now: datetime) -> Claimed:
    letter = way.letter
    return Claimed(letter.person, now, letter.id, letter.channel)


def _refusal(way: Way, now: datetime, sentence: str) -> Settled:
    letter = way.letter
    return Settled(letter.person, now, letter.id, "refused", sentence, letter.channel)


def _expiry(way: Way, now: datetime) -> Settled:
    letter = way.letter
    sentence = "Its window closed before it was sent."
    return Settled(letter.person, now, letter.id, "expired", sentence, letter.channel)


def _unknown(way: Way, now: datetime) -> Settled:
    letter = way.letter
    return Settled(letter.person, now, letter.id, "unknown", _UNKNOWN, letter.channel)


def _take(memory: Memory, fact: Claimed | Settled) -> None:
    """Let a step that is durable show its effect."""
    with memory.lock:
        memory.letters.see(fact)
        if isinstance(fact, Settled) and fact.how in NOT_SENT:
            _let_go(memory, fact.decision, f"It was not sent. {fact.sentence}".strip())


def _let_go(memory: Memory, decision: str, sentence: str) -> None:
    """Wait for no outcome of what reached nobody, or perhaps nobody."""
    memory.pending.let_go(decision, sentence)
