"""Blocks of a pack's page as the console draws them: text escaped, links made, charts drawn.

Rule 1: nothing of a pack comes out as markup. Rule 2: what is drawn has its numbers beside it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from penchant.adapters.console.address import Address
from penchant.adapters.console.drawing.intervals import axis, interval_track
from penchant.adapters.console.drawing.scale import Scale
from penchant.adapters.console.figures import Figure, Page, Table
from penchant.adapters.console.rendering import shown_when
from penchant.adapters.console.wording import code, exact, percentage
from penchant.contract.declarations import Pack, Paging
from penchant.contract.pages import (
    Block,
    Box,
    Entries,
    Entry,
    Estimate,
    Estimates,
    Evidence,
    Form,
    HeatMap,
    Link,
    Note,
    Sheet,
    Told,
)
from penchant.runtime.packs.showing import Shown

__all__ = ["FIELD", "Drawing"]

FIELD = "data."
"""What the names of a form's own fields begin with."""
UNSURE = 0.15
"""Spread from which a box of a heat map is drawn as not sure."""
SHADES = 9
MANY = 4  # entries from which a list stands in two columns
_PER_CENT = re.compile(r"(?<=\d) ?%")
_LINK = Markup('<a href="{}">{}</a>')
_WHOLE = Scale(0.0, 1.0)
_TICKS = tuple((n / 4, f"{25 * n} %") for n in range(5))
_TEMPLATES: Mapping[type, str] = {
    Note: "note",
    HeatMap: "heat",
    Estimates: "estimates",
    Sheet: "sheet",
    Entries: "entries",
}


class Folded(NamedTuple):
    """Evidence as a table that opens; `label` is its own on the page."""

    says: str
    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Markup, ...], ...]


class Sent(NamedTuple):
    """A form: hidden fields, those to choose, the word on its button, and its label."""

    hidden: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str, tuple[tuple[str, str], ...], str], ...]
    button: str
    label: str


class Tile(NamedTuple):
    """A box of a heat map: its shade, its number, how far that may be off, and its words."""

    kind: str
    value: str
    spread: str
    says: str
    href: str


class Drawing:
    """Draws one page of one pack."""

    def __init__(self, address: Address, pack: Pack, declared: Paging, person: str) -> None:
        """Say whose page it is; a page of people has no person."""
        self._address, self._pack, self._declared = address, pack, declared
        self._person = person if declared.of == "person" else ""
        self._numbers = count(1)
        self._at = datetime.min.replace(tzinfo=UTC)
        self._people = next((one for one in pack.pages if one.of == "people"), None)

    def page(self, reading: Shown, values: Mapping[str, object]) -> Page:
        """Put the page together."""
        self._at = reading.at
        title = self._declared.title
        blocks = [(_TEMPLATES[type(one)], self._block(one)) for one in reading.page.blocks]
        named = [one for one in reading.page.blocks if not isinstance(one, Note)]
        return Page(
            "pack.html",
            f"{title} {self._person}".strip(),
            {
                "answer": _words(reading.page.answer),
                "reading": reading,
                "pack": self._pack,
                "person": self._person,
                "of_many": self._people,
                "blocks": blocks,
                "jumps": [(one.name, one.title) for one in named],
                **values,
            },
            tuple(one for block in named if (one := _figure(block)) is not None),
        )

    def _block(self, one: Block) -> dict[str, object]:
        if isinstance(one, Note):
            sentences = [_words(text) for text in one.sentences]
            return {"title": one.title, "sentences": sentences, "command": one.command}
        head = {"name": one.name, "title": one.title, "says": _words(one.says)}
        head["empty"] = _words(one.empty)
        if isinstance(one, HeatMap):
            rows = [
                (self._told(row.label), [self._tile(box) for box in row.boxes]) for row in one.rows
            ]
            return head | {"rows_are": one.rows_are, "columns": one.columns, "rows": rows}
        if isinstance(one, Estimates):
            return head | {
                "rows": [self._estimate(row, one.name) for row in one.rows],
                "axis": axis(_WHOLE, _TICKS),
            }
        if isinstance(one, Sheet):
            return head | {
                "columns": one.columns,
                "rows": [tuple(map(self._told, row)) for row in one.rows],
                "evidence": [self._folded(some) for some in one.evidence],
            }
        return head | {
            "entries": [self._entry(entry, one.name) for entry in one.entries],
            "is_long": len(one.entries) >= MANY,
        }

    def _told(self, cell: Told) -> Markup:
        """Draw a cell here, not in the template: there are thousands of them on a page."""
        if isinstance(cell, Link):
            return _LINK.format(self._href(cell), _words(cell.text))
        return shown_when(cell, self._at) if isinstance(cell, datetime) else _words(cell)

    def _href(self, link: Link) -> str:
        whose = {"person": link.person} if link.person else {}
        place = self._address.page("pack", pack=self._pack.name, page=link.page, **whose)
        return f"{place}#{quote(link.part, safe='')}" if link.part else place

    def _folded(self, one: Evidence | None) -> Folded | None:
        if one is None:
            return None
        rows = tuple(tuple(map(self._told, row)) for row in one.rows)
        return Folded(one.says, f"Evidence {next(self._numbers)}: {one.says}", one.columns, rows)

    def _tile(self, box: Box) -> Tile:
        href = self._href(box.link) if box.link else ""
        if box.value is None:
            return Tile("unknown", "", "", box.says, href)
        shade = min(int(box.value * (SHADES + 1)), SHADES)
        spread = box.spread or 0.0
        kind = f"shade-{shade}" + (" unsure" if spread >= UNSURE else "")
        off = f"±{100 * spread:.0f}" if box.spread is not None else ""
        return Tile(kind, f"{100 * box.value:.0f}", off, box.says, href)

    def _estimate(self, one: Estimate, block: str) -> dict[str, object]:
        track = Markup()
        if one.value is not None:
            track = interval_track(one.value, (one.low, one.high), _WHOLE, "you", zero=None)
        return {
            "name": one.name,
            "label": _words(one.label),
            "said": _words(one.said),
            "note": _words(one.note),
            "track": track,
            "known": one.value is not None,
            "evidence": self._folded(one.evidence),
            "forms": [self._form(form, one.name or block, one.label) for form in one.forms],
        }

    def _entry(self, one: Entry, block: str) -> dict[str, object]:
        title = self._told(one.title)
        return {
            "name": one.name,
            "title": title,
            "mark": one.mark,
            "sentences": [_words(text) for text in one.sentences],
            "evidence": self._folded(one.evidence),
            "forms": [self._form(form, one.name or block, title.striptags()) for form in one.forms],
        }

    def _form(self, one: Form, part: str, of: str) -> Sent:
        number = next(self._numbers)
        hidden = {
            "pack": self._pack.name,
            "page": self._declared.name,
            "person": self._person,
            "about": one.person or self._person,
            "signal": one.signal,
            "part": part,
            **{f"{FIELD}{name}": _typed(value) for name, value in one.data.items()},
        }
        fields = tuple(
            (f"{FIELD}{field.name}", field.label, field.choices, f"field-{number}-{place}")
            for place, field in enumerate(one.fields)
        )
        return Sent(
            tuple(hidden.items()), fields, one.button, f"{one.button}: {of}".replace("`", "")
        )


def _words(text: str) -> Markup:
    """Set names as names, and keep a number and its sign on one line."""
    return code(_PER_CENT.sub("\u00a0%", text))


def _typed(value: object) -> str:
    """Write a value as a browser sends it back."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _figure(block: Block) -> Figure | None:
    """Give the numbers of a block that is drawn, for the export."""
    if isinstance(block, HeatMap):
        columns = (block.rows_are, *(f"{name}{of}" for name in block.columns for of in ("", ", ±")))
        rows = [
            (_plain(row.label), *(text for box in row.boxes for text in _shares(box)))
            for row in block.rows
        ]
        return Figure(block.name, block.title, block.says, Table(columns, rows))
    if isinstance(block, Estimates):
        rows = [
            (one.label.replace("`", ""), *_ends(one), one.note.replace("`", ""))
            for one in block.rows
        ]
        table = Table(("", "estimate", "from", "to", "note"), rows)
        return Figure(block.name, block.title, block.says, table)
    if isinstance(block, Sheet):
        told = [tuple(map(_plain, row)) for row in block.rows]
        return Figure(block.name, block.title, block.says, Table(block.columns, told))
    return None


def _plain(cell: Told) -> str:
    if isinstance(cell, datetime):
        return exact(cell)
    return (cell.text if isinstance(cell, Link) else cell).replace("`", "")


def _shares(box: Box) -> Sequence[str]:
    return ["" if one is None else percentage(one) for one in (box.value, box.spread)]


def _ends(one: Estimate) -> tuple[str, str, str]:
    if one.value is None:
        return "", "", ""
    return percentage(one.value), percentage(one.low), percentage(one.high)
