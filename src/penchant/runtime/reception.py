"""From a signal that arrives to the facts that are kept of it, or the sentence why none is.

Loop: the first arrow. Shape, statement, consent and room are asked in this order.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeGuard

from msgspec.structs import replace

from penchant.errors import BadInput, BadName
from penchant.guard.consent import keeping_refusal
from penchant.journal import Consented, Fact, Linked, Observed
from penchant.limits import Limits, check_end, check_id, check_number
from penchant.profile.registers import RESTRICTION_KINDS, Registers, no_room
from penchant.runtime.directory import Directory
from penchant.runtime.memory import Memory
from penchant.runtime.opening.opening import open_after
from penchant.runtime.packs.keeping import purpose_for, signal_problem
from penchant.runtime.packs.outcomes import learn_from
from penchant.runtime.rights.corrections import correction_problem
from penchant.signals import CONTROL_KINDS, STATEMENT_KINDS, check_signal
from penchant.words import Accepted, Consent, Refused, Signal

__all__ = ["consent_of", "keep_consent", "observe_all"]

_LINKS = frozenset({"person.merged", "person.unmerged"})
_SETTLING = _LINKS | RESTRICTION_KINDS
_KEPT = Accepted()
_ONE_TIME = timedelta(seconds=1)


def consent_of(
    purpose: str, granted: object, dial: float, until: datetime | None, limits: Limits
) -> Consent:
    """Give what a person answered as a noun.

    Raises:
        BadInput: For a purpose, an answer, a dial or an end that makes no sense.
    """
    check_id(purpose, "A purpose", limits)
    check_end(until)
    if not isinstance(granted, bool):
        raise BadInput("`granted` must be True or False: a text such as `no` would count as yes.")
    dial = check_number(dial, "The dial", 0.0, 1.0) if granted else 0.0
    return Consent(purpose, "granted" if granted else "denied", dial, until=until)


def keep_consent(
    memory: Memory, person: str, given: Consent, at: datetime | None
) -> Accepted | Refused:
    """Keep a person's answer for a purpose; a no after a yes is a withdrawal.

    An answer given now comes after the one before, even where the clock stands still between them.
    """
    with memory.lock:
        registers, now = memory.people.person(person).registers, memory.now(at)
        before = registers.answer(given.purpose)
        if at is None and before.at is not None and now <= before.at:
            now = before.at + timedelta(microseconds=1)
        if given.state == "denied" and before.state == "granted":
            given = replace(given, state="withdrawn")
        fact = Consented(person, now, replace(given, at=now))
        if full := no_room(registers, fact):
            return Refused(full)
    memory.write([fact])
    with memory.lock:
        memory.fold(fact)
    return _KEPT


def observe_all(
    memory: Memory, signals: Iterable[Signal], purpose: str, now: datetime
) -> list[Accepted | Refused]:
    """Keep what may be kept of some signals, written at once, and let it show its effect."""
    told: list[Accepted | Refused] = []
    for run in _runs(signals):
        answers = _taken(run, purpose, now, memory)
        if memory.unwritten and any(_settles(signal) for signal in run):
            memory.write([])  # the version that is without somebody, or with them again
        told += [_KEPT if isinstance(answer, list) else answer for answer in answers]
        if memory.packs.outcomes:
            kept = [fact for answer in answers if isinstance(answer, list) for fact in answer]
            learn_from(memory, kept, now)
    with memory.lock:
        memory.tallies.refuse(one.sentence for one in told if isinstance(one, Refused))
    open_after(memory, now)
    return told


def _taken(
    run: Sequence[object], purpose: str, now: datetime, memory: Memory
) -> list[Refused | list[Fact]]:
    """Judge signals, write what is to be kept of them, and fold it.

    A repeat of one that somebody else brings at the same time waits for what becomes of that.
    """
    with memory.lock:
        memory.arriving.wait([_identity(one, memory) for one in run if _has_id(one)])
        answers = _received(run, purpose, now, memory)
        facts = [fact for answer in answers if isinstance(answer, list) for fact in answer]
        mine = [
            _identity(one.signal, memory)
            for one in facts
            if isinstance(one, Observed) and _has_id(one.signal)
        ]
        memory.arriving.add(mine)
    try:
        if facts:
            memory.write(facts)
        with memory.lock:
            for fact in facts:
                memory.fold(fact)
    finally:
        with memory.lock:
            memory.arriving.remove(mine)
    return answers


def _has_id(signal: object) -> TypeGuard[Signal]:
    """Tell whether a signal can be known again."""
    if not isinstance(signal, Signal):
        return False
    texts: tuple[object, object] = (signal.id, signal.person)
    return all(isinstance(text, str) and text for text in texts)


def _identity(signal: Signal, memory: Memory) -> tuple[str, str]:
    return memory.people.home(signal.person), signal.id


def _runs(signals: Iterable[object]) -> Iterator[list[object]]:
    """Part signals so that none is judged before what settles who, and whether at all, holds."""
    run: list[object] = []
    for signal in signals:
        run.append(signal)
        if _settles(signal):
            yield run
            run = []
    if run:
        yield run


def _settles(signal: object) -> bool:
    """Tell whether a signal settles who somebody is, or whether what is kept may be used."""
    return isinstance(signal, Signal) and signal.kind in _SETTLING


def _received(
    signals: Iterable[object], purpose: str, now: datetime, memory: Memory
) -> list[Refused | list[Fact]]:
    """Give the facts to keep of each signal; none where it repeats one that is kept."""
    answers: list[Refused | list[Fact]] = []
    met: set[tuple[str, str]] = set()
    for signal in signals:
        checked = _checked(signal, now, memory)
        if isinstance(checked, Refused):
            answers.append(checked)
            continue
        identity = _identity(checked, memory)
        answer = [] if checked.id and identity in met else _kept(checked, purpose, now, memory)
        if not isinstance(answer, Refused):
            met.add(identity)
        answers.append(answer)
    return answers


def _checked(signal: object, now: datetime, memory: Memory) -> Signal | Refused:
    if not isinstance(signal, Signal):
        return Refused("Not kept: what was given is no `Signal`. Give its kind, person and data.")
    kind: object = signal.kind
    if signal.at is None and isinstance(kind, str) and kind in STATEMENT_KINDS:
        now = memory.said_at()
    return check_signal(signal, now=now, limits=memory.limits)


def _kept(checked: Signal, purpose: str, now: datetime, memory: Memory) -> Refused | list[Fact]:
    people = memory.people
    live = people.person(checked.person)
    purpose = purpose_for(memory.packs, checked, purpose)
    if sentence := _purpose_problem(purpose, memory.limits):
        return Refused(sentence)
    if checked.id and checked.id in live.signal_ids:
        return []
    if checked.kind not in CONTROL_KINDS:
        sentence = signal_problem(memory.packs, checked, purpose, now)
        if sentence := sentence or _unasked(checked.kind, live.registers, purpose, now):
            return Refused(sentence)
    fact = Observed(checked.person, checked.at or now, checked, purpose)
    if sentence := no_room(live.registers, fact) or _objection(checked, memory):
        return Refused(sentence)
    return _linked(fact, people) if checked.kind in _LINKS else [fact]


def _unasked(kind: str, registers: Registers, purpose: str, now: datetime) -> str:
    """Say why a signal may not be kept under a purpose, as its person answered."""
    if not purpose:
        return (
            f"Not kept: signal `{kind}` came without a purpose. Give one, and ask the person for "
            "it first."
        )
    return keeping_refusal(registers.consent(purpose), now)


def _objection(checked: Signal, memory: Memory) -> str:
    """Say why a belief cannot be set right as somebody wants; "" for every other signal."""
    if checked.kind != "belief.corrected":
        return ""
    known = [(live.moment, live.model.action) for live in memory.moments.values()]
    for moment, encoder in known:
        encoder.encode_actions(moment.actions)  # names of columns are not all at hand at a start
    return correction_problem(checked, known)


def _purpose_problem(purpose: str, limits: Limits) -> str:
    """Say what is wrong with a purpose; "" where there is none, or nothing wrong with it."""
    try:
        if purpose != "":
            check_id(purpose, "A purpose", limits)
    except BadName as wrong:
        return str(wrong)
    return ""


def _linked(fact: Observed, people: Directory) -> Refused | list[Fact]:
    """Add what a merge, or its undoing, means for the other id.

    What is said of an id goes forward in time, so that registers, where the latest wins, and links,
    where the last wins, agree on who is who. Within a second the order of arrival counts.
    """
    other, at = str(fact.signal.data["from"]), fact.at
    last = people.last_link(other)
    if last is not None and last.at > at + _ONE_TIME:
        return Refused("Not kept: who the id in `from` is was settled at a later time.")
    if last is not None and last.at >= at:
        at = last.at + timedelta(microseconds=1)
        fact = Observed(fact.person, at, replace(fact.signal, at=at), fact.purpose)
    signal = fact.signal
    if signal.kind == "person.merged":
        sentence = _why_not_merged(people.home(other), other, people.home(signal.person))
        return Refused(sentence) if sentence else [fact, Linked(other, at, signal.person)]
    if people.linked_to(other) != signal.person:
        return Refused(
            "Not kept: no merge of these two ids stands. Name them as the merge did, the other "
            "id in `from`."
        )
    return [fact, Linked(other, at)]


def _why_not_merged(whose: str, other: str, home: str) -> str:
    """Say why an id, which is `whose`, cannot become another of the person who goes by `home`."""
    if whose == home:
        return "Not kept: the two ids are known to be one person already."
    if whose != other:
        return (
            "Not kept: the id in `from` is known to be somebody else's. Undo that first with "
            "`person.unmerged`, or merge the id that they go by."
        )
    return ""
