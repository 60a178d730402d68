"""Where things are: the addresses of pages, with ids as percent-encoded queries.

Ids may hold slashes and dots, which servers and browsers read as folders; in a query they are text.
"""

from typing import NamedTuple
from urllib.parse import quote, urlencode

__all__ = ["Address"]


class Address(NamedTuple):
    """Addresses below the path where the console is mounted."""

    prefix: str

    def overview(self, days: str = "") -> str:
        """Give the address of the overview.

        Example:
            >>> Address("/console").overview("28")
            '/console?days=28'
        """
        return f"{self.prefix}?days={days}" if days else self.prefix

    def page(self, name: str, /, **query: str) -> str:
        """Give the address of a page.

        Example:
            >>> Address("/console").page("person", id="a/b c")
            '/console/person?id=a%2Fb%20c'
        """
        said = urlencode(query, quote_via=quote, safe="")
        return f"{self.prefix}/{name}" + (f"?{said}" if said else "")

    def person(self, person: str) -> str:
        """Give the address of one person."""
        return self.page("person", id=person)

    def decision(self, decision: str) -> str:
        """Give the address of one decision."""
        return self.page("decision", id=decision)

    def moment(self, name: str) -> str:
        """Give the address of one moment."""
        return self.page("moment", name=name)
