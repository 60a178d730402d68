"""Pages of a pack: plain values, made by pure functions from views; whoever shows them draws them.

Loop: beside it, read by operators. A page answers one question in its first sentence and goes on in
blocks. Names between backticks are set as names.
Rule 1: a page knows no HTML, address, store or clock. Rule 2: whatever is estimated is shown with
its interval, and every number can open to its evidence. Rule 3: a form sends one signal of the pack
that the page declares, and nothing else.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from penchant.contract.parts import View
from penchant.words import FrozenMap, Value

__all__ = [
    "Block",
    "Box",
    "Entries",
    "Entry",
    "Estimate",
    "Estimates",
    "Evidence",
    "Field",
    "Form",
    "HeatMap",
    "HeatRow",
    "Link",
    "Note",
    "Page",
    "PageOfMany",
    "PageOfOne",
    "Sheet",
    "Told",
    "not_a_page",
]


class Link(Struct, frozen=True):
    """A text that leads to a page of the same pack: whose, and to which block or entry there."""

    text: str
    page: str
    person: str = ""
    part: str = ""


Told = str | datetime | Link
"""What a cell of a table holds: words, a time, or a way to another page."""


class Evidence(Struct, frozen=True):
    """What a number rests on, folded up until somebody asks; `says` is what it is opened by."""

    says: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Told, ...], ...]


class Field(Struct, frozen=True):
    """What a form asks for: one of a few choices, each a value and its words."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]


class Form(Struct, frozen=True):
    """One press of a button that sends a signal of the pack.

    `data` goes along as it stands, `fields` as they are chosen. `person` is whom it is about; on a
    page of one person it is that one.
    """

    signal: str
    button: str
    data: Mapping[str, Value] = FrozenMap()
    fields: tuple[Field, ...] = ()
    person: str = ""


class Note(Struct, frozen=True):
    """Sentences that stand alone; `command` is what can be copied to go on."""

    sentences: tuple[str, ...]
    title: str = ""
    command: str = ""


class Box(Struct, frozen=True):
    """A cell of a heat map: a share of 1 with its spread, None where nothing is known."""

    value: float | None
    spread: float | None
    says: str
    link: Link | None = None


class HeatRow(Struct, frozen=True):
    """A row of a heat map, a box for each column."""

    label: Told
    boxes: tuple[Box, ...]


class HeatMap(Struct, frozen=True):
    """Shares of 1 by row and column, in one hue; what is not sure is drawn as not sure."""

    name: str
    title: str
    says: str
    rows_are: str
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    empty: str = ""


class Estimate(Struct, frozen=True):
    """A share of 1 with its interval, in words too; without a value nothing is known.

    `forms` change what is believed, `evidence` is what it rests on; `name` is where links lead to.
    """

    label: str
    said: str
    value: float | None = None
    low: float = 0.0
    high: float = 1.0
    note: str = ""
    evidence: Evidence | None = None
    forms: tuple[Form, ...] = ()
    name: str = ""


class Estimates(Struct, frozen=True):
    """Estimates on one scale from 0 to 1, a row each."""

    name: str
    title: str
    says: str
    rows: tuple[Estimate, ...]
    empty: str = ""


class Sheet(Struct, frozen=True):
    """A table; each row may open to its evidence, in parallel to the rows."""

    name: str
    title: str
    says: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Told, ...], ...]
    evidence: tuple[Evidence, ...] = ()
    empty: str = ""


class Entry(Struct, frozen=True):
    """One thing of a list: what it is, why it is believed, on what that rests, what can be done."""

    title: Told
    sentences: tuple[str, ...] = ()
    mark: str = ""
    evidence: Evidence | None = None
    forms: tuple[Form, ...] = ()
    name: str = ""


class Entries(Struct, frozen=True):
    """A list. `empty` is said where there is nothing, and teaches what would be there."""

    name: str
    title: str
    says: str
    entries: tuple[Entry, ...]
    empty: str = ""


Block = Note | HeatMap | Estimates | Sheet | Entries


class Page(Struct, frozen=True):
    """One page: the answer to its question in a sentence, and the blocks below it."""

    answer: str
    blocks: tuple[Block, ...] = ()


def not_a_page(given: object) -> str:
    """Say why what a pack gave is no page; "" where it is one.

    Example:
        >>> not_a_page(Page("All is well.", (Note(("It is.",)),)))
        ''
        >>> not_a_page("All is well.")
        'It gives a `str`, no `Page`.'
    """
    if not isinstance(given, Page):
        return f"It gives a `{type(given).__name__}`, no `Page`."
    blocks: tuple[object, ...] = given.blocks
    strange = next((one for one in blocks if not isinstance(one, Block)), None)
    if strange is not None:
        return f"Its page has a `{type(strange).__name__}` among its blocks, which is none."
    return ""


class PageOfOne(Protocol):
    """A page about one person."""

    def page(self, view: View) -> Page:
        """Give the page of what may be seen of them."""
        ...


class PageOfMany(Protocol):
    """A page about those who agreed to its purpose, for somebody who answers for them."""

    def page(self, views: Mapping[str, View], at: datetime) -> Page:
        """Give the page of what may be seen of each, by id."""
        ...
