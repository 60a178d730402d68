"""Opening: moments that open themselves, when what opens them is due.

What is due is folded from the journal (`openings.py`); here it is decided, written, and becomes a
letter.
Rule 1: what is due is taken out under the lock before it is decided, and put back if it could not
be written: two threads open nothing twice, and a full disk loses nothing.
Rule 2: a call opens at most `Limits.openings_per_call` moments; the rest stays due.
Rule 3: in quiet hours that end in time it waits for their end; what is too late is not opened.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from penchant.errors import PenchantError, StoreError
from penchant.journal import Decided, Fact
from penchant.learn.pending import Open
from penchant.loop import Question, quiet_until
from penchant.runtime.calls import Call
from penchant.runtime.deciding import decided, wait_for
from penchant.runtime.learning import close_windows
from penchant.runtime.memory import Memory
from penchant.runtime.outbox import close_letters
from penchant.runtime.watching import Due
from penchant.words import FrozenMap

__all__ = ["open_after", "open_due", "tick"]


class _Chosen(NamedTuple):
    """A decision that is to be written, and what to put back if it cannot be."""

    home: str
    due: Due
    one: Open
    last: float | None


def tick(memory: Memory, now: datetime) -> int:
    """Close what has ended and open what is due; give how many decisions that concerned."""
    letters = close_letters(memory, now)
    return letters + close_windows(memory, now) + open_due(memory, now)


def open_after(memory: Memory, now: datetime) -> None:
    """Open what signals made due, once they are kept.

    A disk that fails now does not undo that they are kept. What is due stays so, and the next
    `tick` opens it or raises.
    """
    with suppress(StoreError):
        open_due(memory, now)


def open_due(memory: Memory, now: datetime) -> int:
    """Open the moments that are due; give how many.

    Raises:
        StoreError: When the decisions could not be written; what is due stays so.
    """
    due_at = memory.openings.due_at()
    if due_at is None or due_at > now.timestamp():
        return 0
    failed: list[PenchantError] = []
    with memory.lock:
        chosen = list(_chosen(memory, now, failed))
    facts: list[Fact] = [Decided(one.home, now, one.one.decision, one.due.key) for one in chosen]
    if facts:
        try:
            memory.write(facts)
        except StoreError:
            with memory.lock:
                for one in chosen:
                    _put_back(memory, one)
            raise
        with memory.lock:
            for one in chosen:
                wait_for(memory, one.one)
                decision = one.one.decision
                memory.letters.post(decision, memory.moments[decision.moment])
        memory.bell.ring()
    if failed:
        raise failed[0]
    return len(facts)


def _chosen(memory: Memory, now: datetime, failed: list[PenchantError]) -> Iterator[_Chosen]:
    """Decide what is due, as much as a call may; one that fails keeps no other back."""
    count = 0
    for home, moment, due in memory.openings.ready(now.timestamp()):
        try:
            chosen = _decide(memory, home, moment, due, now)
        except PenchantError as error:
            failed.append(error)
            continue
        if chosen is not None:
            yield chosen
            count += 1
        if count == memory.limits.openings_per_call:
            return


def _decide(memory: Memory, home: str, moment: str, due: Due, now: datetime) -> _Chosen | None:
    """Decide a moment for a person, or let it wait until it may be opened; None for not now."""
    watch = memory.openings.watch(home)
    last = watch.last.get(moment)
    when = _not_before(memory, home, moment, due, now)
    if last is not None:
        when = max(when, last + due.cool_down)
    if when > now.timestamp():
        if when <= due.until:
            watch.dues[moment] = due
            memory.openings.later(home, moment, when)
            return None
        if last is not None and now.timestamp() < last + due.cool_down:
            return None
    call = Call(moment, home, {}, None, None, opened_by=due.opened_by)
    one = decided(memory, call, now)
    watch.last[moment] = now.timestamp()
    return _Chosen(home, due, one, last)


def _not_before(memory: Memory, home: str, moment: str, due: Due, now: datetime) -> float:
    """Say when quiet hours that hold now end, in time to open then; else now.

    Where they end too late, the moment is decided now, and the decision says that it was quiet.
    """
    live = memory.moment(moment)
    standing = memory.people.person(home).standing(home, live.moment)
    question = Question("", live.moment, now, 0.0, FrozenMap({}), standing)
    ends = quiet_until(question)
    if ends is None or ends.timestamp() > due.until:
        return now.timestamp()
    return ends.timestamp()


def _put_back(memory: Memory, chosen: _Chosen) -> None:
    """Undo what was noted of a decision that could not be written."""
    moment = chosen.one.decision.moment
    watch = memory.openings.watch(chosen.home)
    if chosen.last is None:
        watch.last.pop(moment, None)
    else:
        watch.last[moment] = chosen.last
    watch.dues.setdefault(moment, chosen.due)
    memory.openings.wait(chosen.home, watch)
