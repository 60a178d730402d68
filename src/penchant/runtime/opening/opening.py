"""Opening: moments that open themselves, when what opens them is due.

What is due is folded from the journal (`openings.py`); here it is decided, written, and becomes a
letter.
Rule 1: what is due is taken out under the lock before it is decided, and put back if it could not
be written: two threads open nothing twice, and a full disk loses nothing.
Rule 2: a call opens at most `Limits.openings_per_call` moments; the rest stays due.
Rule 3: in quiet hours that end in time it waits for their end; what is too late is not opened.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

from penchant.deliver.letter import Letter
from penchant.errors import PenchantError, StoreError
from penchant.journal import Decided, Fact, Skipped
from penchant.learn.pending import Open
from penchant.loop import Question, quiet_until, refusal
from penchant.runtime.calls import Call
from penchant.runtime.deciding import decided, take_back, wait_for
from penchant.runtime.learning import close_windows
from penchant.runtime.memory import Memory
from penchant.runtime.opening.timetable import Missed, Timed
from penchant.runtime.opening.watching import Due
from penchant.runtime.outbox.outbox import close_letters
from penchant.runtime.packs.keeping import end_what_is_over
from penchant.words import FrozenMap

__all__ = ["open_after", "open_due", "tick"]


AT_ONCE = 32
"""How many are decided while the lock is held, so that callers wait for some milliseconds only."""


class _Chosen(NamedTuple):
    """A decision that is to be written, and what to put back if it cannot be."""

    home: str
    due: Due
    one: Open
    last: float | None


class _Look(NamedTuple):
    """Where something may be due: at a moment for a person, by signals, or by a time that came."""

    home: str
    moment: str
    timed: Timed | None = None
    zone: str = ""
    at: float = 0.0


def tick(memory: Memory, now: datetime) -> int:
    """Close what has ended and open what is due; give how many decisions that concerned.

    What packs keep no longer is emptied, too.

    Raises:
        StoreError: When something could not be written; it is as if nothing had been due yet.
        PenchantError: When a moment could not be opened for somebody; it is not tried again, and
            all others were.
    """
    end_what_is_over(memory, now)
    count = close_letters(memory, now) + close_windows(memory, now) + open_due(memory, now)
    if memory.openings.failed:
        raise memory.openings.failed.popleft()
    return count


def open_after(memory: Memory, now: datetime) -> None:
    """Open what signals made due, once they are kept.

    A disk that fails now does not undo that they are kept. What is due stays so, and the next
    `tick` opens it or raises.
    """
    try:
        open_due(memory, now)
    except StoreError:
        memory.bell.ring()


def open_due(memory: Memory, now: datetime) -> int:
    """Open the moments that are due; give how many.

    Raises:
        StoreError: When the decisions could not be written; what is due stays so.
    """
    opened, left = 0, memory.limits.openings_per_call
    while left > 0:
        due_at = memory.openings.due_at
        if due_at is None or due_at > now.timestamp():
            break
        opened += _open_some(memory, now, min(left, AT_ONCE))
        left -= AT_ONCE
    return opened


def _open_some(memory: Memory, now: datetime, most: int) -> int:
    """Open what one hold of the lock and one write take; give how many."""
    openings = memory.openings
    with memory.lock:
        chosen = list(_chosen(memory, now, most))
        missed, openings.missed = openings.missed, []
    facts: list[Fact] = [Decided(one.home, now, one.one.decision, one.due.key) for one in chosen]
    facts += [_skipped(one, now) for one in missed]
    try:
        if facts:
            memory.write(facts)
    except StoreError:
        with memory.lock:
            openings.missed = [*missed, *openings.missed]
            for one in chosen:
                _put_back(memory, one)
        raise
    with memory.lock:
        posted = [_let_wait(memory, one, now) for one in chosen]
    memory.bell.ring([letter for letter in posted if letter is not None])
    return len(chosen)


def _chosen(memory: Memory, now: datetime, most: int) -> Iterator[_Chosen]:
    """Decide what is due, as much as a call may; one that fails keeps no other back."""
    for one in _looks(memory, now, most):
        try:
            due = _due(memory, one, now)
            chosen = _decide(memory, one.home, one.moment, due, now) if due else None
        except PenchantError as error:
            memory.openings.failed.append(error)
            continue
        if chosen is not None:
            yield chosen


def _looks(memory: Memory, now: datetime, most: int) -> Iterator[_Look]:
    """Give where to look: at signals and levels first, as those are few, then at times."""
    then, looks = now.timestamp(), 0
    for home, moment in memory.openings.ready(then, most):
        looks += 1
        yield _Look(home, moment)
    timed = memory.openings.timetable.due(then, memory.openings.missed)
    for home, one, zone, at in islice(timed, most - looks):
        yield _Look(home, one.moment, one, zone, at)


def _due(memory: Memory, look: _Look, now: datetime) -> Due | None:
    """Give what is due where somebody looks, if anything is."""
    one = look.timed
    if one is None:
        return memory.openings.take(look.home, look.moment, now.timestamp())
    home = memory.people.home(look.home)
    if home != look.home or not _may_be_woken(memory, home, one, look.zone, now):
        return None
    words = one.words(look.zone)
    return Due(look.at, look.at + one.late, one.key, one.cool_down, words)


def _may_be_woken(memory: Memory, person: str, one: Timed, zone: str, now: datetime) -> bool:
    """Tell whether a time means anything to a person: they agree, and their clock shows it."""
    someone = memory.people.person(person)
    live = memory.moment(one.moment)
    standing = someone.standing(person, live.moment)
    question = Question("", live.moment, now, 0.0, FrozenMap({}), standing)
    return standing.time_zone == zone and not refusal(question)


def _let_wait(memory: Memory, one: _Chosen, now: datetime) -> Letter | None:
    """Let a decision that is durable wait for its outcome, and be brought if there is anything."""
    decision = one.one.decision
    memory.openings.deciding.pop((one.home, decision.moment), None)
    wait_for(memory, one.one)
    memory.openings.timetable.opened(one.home, decision.moment, now.timestamp())
    return memory.letters.post(decision, memory.moments[decision.moment])


def _skipped(missed: Missed, now: datetime) -> Skipped:
    """Put what was missed into a fact that concerns nobody by name."""
    timed = missed.timed
    sentence = (
        f"`{timed.moment}` was not opened: nobody looked until it was more than "
        f"`{timed.opening.late}` too late."
    )
    due = datetime.fromtimestamp(missed.due, UTC)
    return Skipped(now, timed.moment, due, missed.people, sentence)


def _decide(memory: Memory, home: str, moment: str, due: Due, now: datetime) -> _Chosen | None:
    """Decide a moment for a person, or let it wait until it may be opened; None for not now."""
    watch = memory.openings.watch(home)
    last = memory.openings.deciding.get((home, moment), watch.last.get(moment))
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
    watch.last[moment] = memory.openings.deciding[home, moment] = now.timestamp()
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
    take_back(memory, chosen.one)
    moment = chosen.one.decision.moment
    memory.openings.deciding.pop((chosen.home, moment), None)
    watch = memory.openings.watch(chosen.home)
    if chosen.last is None:
        watch.last.pop(moment, None)
    else:
        watch.last[moment] = chosen.last
    watch.dues.setdefault(moment, chosen.due)
    memory.openings.later(chosen.home, moment, chosen.due.at)
