"""Importing: a person who brings along what another instance kept about them.

Loop: beside it. All lines are read and checked before anything is written, and everything is
written at once: half a person would be worse than none.
Rule 1: where nothing was learned at a moment here, what many people taught there comes into force,
so that the same is decided; else this instance goes by its own, and says so.
Rule 2: nothing here is overwritten. Facts that are there already are left alone; a person who has
others than the export holds is not mixed with it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from penchant.errors import BadInput
from penchant.journal import Decided, Declared, Derived, Fact, Settled
from penchant.limits import Limits, check_id
from penchant.model.numbers import version_of
from penchant.model.version import pack
from penchant.runtime.declaring import check_moment, open_by
from penchant.runtime.live_moment import LiveMoment
from penchant.runtime.memory import Memory
from penchant.runtime.packs.keeping import undeclared
from penchant.runtime.rights.portable import (
    SCHEMA,
    VERSION,
    Header,
    Imported,
    Line,
    PersonFact,
    Population,
    line_of,
    read_line,
)
from penchant.runtime.rights.vetting import Vetting
from penchant.words import Moment, Refused

__all__ = ["import_person"]

_TOLD = 5
"""Lines named in one refusal."""

_FOR_READERS = re.compile(rb'\s*\{"type":"(explained|kept|folded|believed)"')
_LEFT = "It was left to the instance that its person came from."
_SETTLED = frozenset({"sent", "refused", "failed", "expired", "unknown"})

Texts = str | bytes | Iterable[str | bytes]


class _Read(NamedTuple):
    """What an export says: each fact with the number of its line."""

    header: Header
    facts: list[tuple[int, PersonFact]]
    declared: dict[str, Moment]
    populations: dict[str, Population]


class _Brought(NamedTuple):
    """What an export brings for its moments: those to put in place, declarations, versions.

    `own` are those that go by their own declaration, or by what was learned here.
    """

    moments: dict[str, LiveMoment]
    declared: list[Declared]
    given: dict[str, Derived]
    own: list[str]


class _Plan(NamedTuple):
    """What an import will write and take in."""

    facts: Sequence[Fact]
    moments: dict[str, LiveMoment]
    told: Imported


def import_person(memory: Memory, lines: Texts, *, returning: bool) -> Imported | Refused:
    """Take in an export.

    Args:
        memory: Of the engine.
        lines: Of an export, as `export` gave them.
        returning: Whether somebody who was forgotten here comes back by their own wish.

    Returns:
        What was kept, or why nothing was.
    """
    try:
        read = _read(lines, memory.limits)
        with memory.gate.alone(), memory.lock:
            plan = _planned(memory, read, memory.now(), returning=returning)
            if plan.facts:
                memory.write([])  # versions derived so far follow from what was there so far
                memory.take_in(plan.facts, plan.moments, read.header.person)
                open_by(memory, memory.now())
    except BadInput as wrong:
        return Refused(f"Not imported: {wrong}")
    memory.bell.ring()
    return plan.told


def _read(lines: Texts, limits: Limits) -> _Read:
    """Read every line.

    Raises:
        BadInput: For the first lines that are none, or a header that is none or a later one's.
    """
    texts = lines.splitlines() if isinstance(lines, str | bytes) else lines
    numbered = ((number, text) for number, text in enumerate(texts, start=1) if text.strip())
    first = next(numbered, None)
    header = None if first is None else _line(first[1])
    if not isinstance(header, Header) or header.schema != SCHEMA:
        raise BadInput(f"the first line must be the header of a `{SCHEMA}` export.")
    if header.version > VERSION:
        raise BadInput(
            f"the export has version {header.version} of its schema, and this Penchant knows up to "
            f"{VERSION}. Update Penchant, then import it again."
        )
    _check_header(header, limits)
    read, wrong = _Read(header, [], {}, {}), []
    for number, text in numbered:
        if isinstance(text, str):
            text = text.encode()  # noqa: PLW2901 - lines come as either
        if not _FOR_READERS.match(text) and (problem := _sorted(read, number, _line(text))):
            wrong.append((number, problem))
    _raise_first(wrong)
    return read


def _line(text: str | bytes) -> Line | str:
    """Give a line, or what is wrong with it; where, but never what stands there."""
    try:
        return read_line(text)
    except msgspec.ValidationError as wrong:
        where = re.search(r"`(\$[^`]*)`$", str(wrong))
        return f"it is not as the schema has it{f' at `{where[1]}`' if where else ''}."
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadInput):
        return "it is no JSON."


def _check_header(header: Header, limits: Limits) -> None:
    """See that the ids of a header are some."""
    for one in header.ids:
        check_id(one, "an id of the header", limits)
    if header.person not in header.ids or len({*header.ids}) < len(header.ids):
        raise BadInput("the `ids` of the header must be all of the person's, each once.")


def _sorted(read: _Read, number: int, line: Line | str) -> str:
    """Put a line where it belongs; say what is wrong with it."""
    if isinstance(line, str):
        return line
    if isinstance(line, PersonFact):
        read.facts.append((number, line))
    elif isinstance(line, Declared):
        read.declared[line.moment.name] = line.moment
    elif isinstance(line, Population):
        read.populations[line.moment] = line
    elif isinstance(line, Header):
        return "a header stands on the first line alone."
    return ""


def _raise_first(wrong: Sequence[tuple[int, str]]) -> None:
    """Raise BadInput that names the first lines that are wrong, if any is."""
    if wrong:
        told = " ".join(f"line {number:,}: {problem}" for number, problem in wrong[:_TOLD])
        rest = len(wrong) - _TOLD
        raise BadInput(f"{told} And {rest:,} more." if rest > 0 else told)


def _check_conflicts(memory: Memory, read: _Read, *, returning: bool) -> None:
    """See that nobody is brought back who was forgotten, and no id or decision is somebody else's.

    Raises:
        BadInput: Where it would be so.
    """
    for one in read.header.ids:
        at = memory.store.forgotten(one)
        if at is not None and not returning and not _is_known(memory, one):
            raise BadInput(
                f"this person was forgotten here on {at:%Y-%m-%d}. Import them as `returning` if "
                "they come back by their own wish."
            )
        if memory.people.home(one) not in read.header.ids:
            raise BadInput("an id of the header is known here to be another person's.")
    theirs = {*read.header.ids}
    for number, fact in read.facts:
        kept = memory.store.find(fact.decision.id) if isinstance(fact, Decided) else None
        if kept is not None and kept.person not in theirs:
            raise BadInput(f"line {number:,}: a decision of that `id` was taken for somebody else.")


def _is_known(memory: Memory, person: str) -> bool:
    return next(memory.store.read(person), None) is not None


def _planned(memory: Memory, read: _Read, now: datetime, *, returning: bool) -> _Plan:
    """Give what is to be written, once every fact was vetted and can be taken in.

    Raises:
        BadInput: For a conflict, or the first lines that cannot be.
    """
    _check_conflicts(memory, read, returning=returning)
    brought = _brought(memory, read, now)
    known = {**memory.moments, **brought.moments}
    declared = {name: live.moment for name, live in known.items()}
    vetting = Vetting(
        read.header.ids, declared, now, memory.limits, partial(undeclared, memory.packs)
    )
    _raise_first([(n, problem) for n, fact in read.facts if (problem := vetting.fault(fact))])
    new, n_known = _new(memory, read, brought)
    if not new:
        return _Plan([], {}, Imported(read.header.person, 0, n_known))
    _raise_first([(n, problem) for n, fact in new if (problem := _unreadable(fact, known))])
    theirs = [fact for _, fact in new]
    told = Imported(
        read.header.person,
        len(new),
        n_known,
        tuple(one.moment.name for one in brought.declared),
        tuple(brought.given),
        tuple(brought.own),
    )
    facts: list[Fact] = [
        *brought.declared,
        *brought.given.values(),
        *theirs,
        *_left_letters(theirs, now),
    ]
    return _Plan(facts, brought.moments, told)


def _new(
    memory: Memory, read: _Read, brought: _Brought
) -> tuple[list[tuple[int, PersonFact]], int]:
    """Give the facts that are not here yet, and how many are.

    Raises:
        BadInput: When some are here that the export does not hold, too.
    """
    there = {
        _key(_reread(fact))
        for one in read.header.ids
        for fact in memory.store.read(one)
        if isinstance(fact, PersonFact) and not _is_left(fact)
    }
    keys = [_key(fact) for _, fact in read.facts]
    pairs = zip(read.facts, keys, strict=True)
    new = [(number, _localised(fact, brought)) for (number, fact), key in pairs if key not in there]
    if new and not there <= {*keys}:
        raise BadInput(
            "facts are kept about this person here that the export does not hold. Forget the "
            "person here first, or go on with what is here."
        )
    return new, len(keys) - len(new)


def _brought(memory: Memory, read: _Read, now: datetime) -> _Brought:
    """Give what an export brings for its moments, and which go by their own.

    Raises:
        BadInput: For a moment or a population that is none.
    """
    brought = _Brought({}, [], {}, [])
    for name, moment in read.declared.items():
        here = memory.moments.get(name)
        if here is None:
            check_moment(moment, memory.limits)
            brought.declared.append(Declared(now, moment))
        elif here.moment != moment or not _is_blank(memory, here):
            brought.own.append(name)
        if here is None or _is_blank(memory, here):
            kept = moment if here is None else here.moment
            live = brought.moments[name] = LiveMoment(kept, memory.limits, memory.worker.submit)
            live.declared += [(now, moment)] if here is None else here.declared
            if name in read.populations:
                brought.given[name] = _given(read.populations[name], now)
                live.learning.versions.restore(brought.given[name])
    return brought


def _is_blank(memory: Memory, live: LiveMoment) -> bool:
    """Tell whether nothing was learned at a moment, and nothing waits to be."""
    is_new = not live.model.version.number and not len(live.model.evidence)
    return is_new and not memory.pending.waits_at(live.moment.name)


def _given(population: Population, now: datetime) -> Derived:
    """Give what many people taught elsewhere as a version of here."""
    version, vocabulary = version_of(population.numbers)
    numbers = pack(version, vocabulary, is_whole=True)
    return Derived(now, population.moment, version.number, numbers, is_given=True)


def _localised(fact: PersonFact, brought: _Brought) -> PersonFact:
    """Let a decision name the version it was taken under only where that is one of here.

    Of the others nothing is known here but that there was one; its number is given below 0.
    """
    if not isinstance(fact, Decided) or fact.decision.version <= 0:
        return fact
    given = brought.given.get(fact.decision.moment)
    if given is not None and given.version == fact.decision.version:
        return fact
    return replace(fact, decision=replace(fact.decision, version=-fact.decision.version))


def _key(fact: PersonFact) -> bytes:
    """Give what makes two facts the same: their lines, whatever the version is called here."""
    if isinstance(fact, Decided):
        number = abs(fact.decision.version)
        fact = replace(fact, decision=replace(fact.decision, version=number, explainer=None))
    return line_of(fact).encode()


def _unreadable(fact: PersonFact, known: Mapping[str, LiveMoment]) -> str:
    """Say why a decision cannot be taken up again here; "" when it can."""
    if isinstance(fact, Decided) and fact.decision.expected:
        try:
            known[fact.decision.moment].reopened(fact.decision)
        except BadInput as wrong:
            return str(wrong)
    return ""


def _reread(fact: PersonFact) -> PersonFact:
    """Give a fact as it comes out of an export; one kept in memory holds what it was given."""
    line = read_line(line_of(fact))
    return line if isinstance(line, PersonFact) else fact


def _is_left(fact: PersonFact) -> bool:
    """Tell whether a fact says that a letter was not brought from here."""
    return isinstance(fact, Settled) and fact.sentence == _LEFT


def _left_letters(facts: Sequence[PersonFact], now: datetime) -> list[Settled]:
    """Say of every letter that was still to be brought that it is not brought from here."""
    open_ = {fact.decision.id: fact for fact in facts if isinstance(fact, Decided) and fact.opening}
    for fact in facts:
        if isinstance(fact, Settled) and fact.how in _SETTLED:
            open_.pop(fact.decision, None)
    return [Settled(one.person, now, id_, "refused", _LEFT) for id_, one in open_.items()]
