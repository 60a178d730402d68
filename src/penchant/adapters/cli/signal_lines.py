"""Signals as JSON Lines: one object a line, one answer a line, whatever the line holds.

Rule 1: a line that cannot be read is answered with a sentence, and the rest goes on.
Rule 2: a sentence never repeats what a line says.
Rule 3: memory is bounded by a batch, whatever the length of the file or of one line.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from re import search
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import msgspec
from msgspec import Struct

from penchant.adapters.cli.values import time_of
from penchant.errors import BadTime
from penchant.limits import Limits
from penchant.words import Accepted, Refused, Signal

if TYPE_CHECKING:
    from penchant.adapters.cli.remote import Remote
    from penchant.engine import Engine

__all__ = ["Answer", "observe_lines"]

_BATCH_LINES = 500
_LIMITS = Limits()


class Answer(NamedTuple):
    """What became of the line of that number, counted from 1; `read` is how many bytes it had."""

    line: int
    result: Accepted | Refused
    read: int


class _Said(NamedTuple):
    """A signal, and the purpose that its line names."""

    signal: Signal
    purpose: str | None


class _Line(Struct, forbid_unknown_fields=True):
    """A signal as it is written on a line; what a field may hold is asked by the intake."""

    kind: str
    person: str
    purpose: str | None = None
    at: str | None = None
    data: dict[str, Any] = {}
    nature: str = "implicit"
    source: str = ""
    id: str = ""

    def said(self) -> _Said:
        """Give it as the noun, with its purpose.

        Raises:
            BadTime: When its time is none.
        """
        nature: Any = self.nature
        signal = Signal(
            self.kind,
            person=self.person,
            at=time_of(self.at, "at"),
            data=self.data,
            nature=nature,
            source=self.source,
            id=self.id,
        )
        return _Said(signal, self.purpose)


class _Read(NamedTuple):
    """A line that was read: what it says, or why it says nothing."""

    number: int
    says: _Said | Refused
    length: int


def observe_lines(
    engine: "Engine | Remote", file: BinaryIO, *, purpose: str | None
) -> Iterator[Answer]:
    """Observe every line of a file, in order.

    Args:
        engine: Who keeps the signals.
        file: JSON Lines in UTF-8; empty lines are passed over.
        purpose: For lines that name none.
    """
    reading = _lines(file)
    while batch := list(islice(reading, _BATCH_LINES)):
        yield from _observe(engine, batch, purpose)


def _observe(
    engine: "Engine | Remote", batch: Sequence[_Read], purpose: str | None
) -> Iterator[Answer]:
    """Observe a batch; lines that follow each other under one purpose are kept in one write."""

    def under(one: _Read) -> tuple[bool, str | None]:
        said = one.says
        return (True, said.purpose or purpose) if isinstance(said, _Said) else (False, None)

    for (_, asked), run in groupby(batch, under):
        lines = list(run)
        signals = [one.says.signal for one in lines if isinstance(one.says, _Said)]
        answers = iter(engine.observe(signals, purpose=asked) if signals else ())
        for one in lines:
            result = one.says if isinstance(one.says, Refused) else next(answers)
            yield Answer(one.number, result, one.length)


def _lines(file: BinaryIO) -> Iterator[_Read]:
    """Read line by line; of a line that is too long, only that it is."""
    number, most = 0, _LIMITS.batch_bytes
    while line := file.readline(most + 1):
        number += 1
        length = len(line)
        if length > most:
            length += _pass_over(file, line)
            yield _Read(number, Refused(f"A line has more than {most:,} bytes."), length)
        elif line.strip():
            yield _Read(number, _read(line), length)


def _pass_over(file: BinaryIO, part: bytes) -> int:
    """Read to the end of a line that is too long, piece by piece; give how many bytes that was."""
    length = 0
    while not part.endswith(b"\n") and (part := file.readline(_LIMITS.batch_bytes)):
        length += len(part)
    return length


def _read(line: bytes) -> _Said | Refused:
    """Read one line."""
    try:
        return msgspec.json.decode(line, type=_Line).said()
    except BadTime as wrong:
        return Refused(f"Not a signal: {wrong}")
    except msgspec.ValidationError as wrong:
        return Refused(f"Not a signal: {_said(str(wrong))}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refused(
            'Not JSON. Write one object a line: {"kind": "shop.viewed", "person": "ada"}.'
        )


def _said(sentence: str) -> str:
    """Say what msgspec found without the names of fields that are none: they may be personal."""
    if "unknown field" in sentence:
        return f"it has a field that no signal has; there are {', '.join(_Line.__struct_fields__)}."
    if missing := search(r"missing required field `(\w+)`", sentence):
        return f"it has no `{missing[1]}`."
    if types := search(r"Expected `(\w+).*`, got `.+` - at `\$\.(\w+)", sentence):
        return f"its `{types[2]}` must be {'an object' if types[1] == 'object' else 'a text'}."
    return "it must be an object, with braces around it."
