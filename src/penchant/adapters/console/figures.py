"""What a page is made of: figures with their numbers, and the page that holds them."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

__all__ = ["Figure", "Page", "Row", "Table", "as_csv"]


class Table(NamedTuple):
    """The numbers behind a figure."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


class Row(NamedTuple):
    """One row of a figure: what it is, its picture, its number."""

    label: Markup | str
    track: Markup
    value: str
    note: Markup | str = ""
    kind: str = ""


class Figure(NamedTuple):
    """One picture with its sentence, its legend and its numbers.

    A figure is one `picture`, or `rows` above an `axis`; without either, `empty` says why.
    """

    name: str
    title: str
    says: Markup | str
    table: Table
    picture: Markup = Markup("")
    rows: Sequence[Row] = ()
    axis: Markup = Markup("")
    legend: tuple[tuple[str, str], ...] = ()
    empty: Markup | str = ""


class Page(NamedTuple):
    """One page: its template, what it shows, and the figures whose numbers can be exported."""

    template: str
    title: str
    values: Mapping[str, Any]
    figures: tuple[Figure, ...] = ()
    status: int = 200


def as_csv(table: Table) -> str:
    """Give the numbers of a figure as CSV.

    Example:
        >>> as_csv(Table(("day", "n"), [("2 Nov", "4")])).splitlines()
        ['day,n', '2 Nov,4']
    """
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(table.columns)
    writer.writerows([_inert(cell) for cell in row] for row in table.rows)
    return written.getvalue()


def _inert(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "@", "\t", "\r"} else cell
