"""XML from a stranger, read into a tree of values that know their lines.

Loop: beneath an importer. Uses the standard library's expat, with what makes XML dangerous refused.
Rule 1: a document type or an entity of one's own is refused, so nothing expands and nothing is
fetched; so is what nests deeper or holds more than any test needs.
Rule 2: namespaces are dropped; QTI 2.0 to 3.0 differ in them and in little else.
"""

from collections.abc import Iterator, Mapping
from xml.parsers.expat import ExpatError, ParserCreate

from penchant.packs.school.course import Finding

__all__ = ["Element", "markup_in"]

_DEEPEST = 64
_LARGEST = 4 * 2**20
"""Bytes of one document; an item of a test has a few thousand."""


class Element:
    """An element: its name and attributes without namespaces, its text, what it holds, its line."""

    def __init__(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        """Start with nothing in it."""
        self.name = name
        self.attributes = attributes
        self.line = line
        self.held: list[Element | str] = []

    def __iter__(self) -> Iterator["Element"]:
        """Go through the elements right below."""
        return (one for one in self.held if isinstance(one, Element))

    def all(self, *names: str) -> Iterator["Element"]:
        """Go through the elements below, at any depth, of one of the names; of any where none."""
        for one in self:
            if not names or one.name in names:
                yield one
            yield from one.all(*names)

    def text(self, *without: str) -> str:
        """Give the text at any depth, its spaces made single, elements of some names left out."""
        return " ".join("".join(self.pieces(without)).split())

    def pieces(self, without: tuple[str, ...]) -> Iterator[str]:
        """Give the text in pieces, as it stands."""
        for one in self.held:
            if isinstance(one, str):
                yield one
            elif one.name not in without:
                space = "" if one.name in _WITHIN_A_WORD else " "
                yield space
                yield from one.pieces(without)
                yield space


_WITHIN_A_WORD = frozenset({"b", "i", "em", "strong", "sub", "sup", "span", "u", "code", "a"})


class _Refused(Exception):
    """What must not be read; expat lets it through to where the reading began."""


def markup_in(content: bytes | str, source: str) -> Element | Finding:
    """Read a document.

    Args:
        content: At most 4 MiB.
        source: The name of its file.

    Returns:
        The root, or with its line what is wrong or refused.

    Example:
        >>> root = markup_in("<item id='a'><p>H<sub>2</sub>O <b>and</b></p>air</item>", "a.xml")
        >>> root.name, root.attributes["id"], root.text()
        ('item', 'a', 'H2O and air')
    """
    given = content.encode() if isinstance(content, str) else content
    if len(given) > _LARGEST:
        sentence = f"The file has {len(given):,} bytes; at most {_LARGEST:,} are read. Split it."
        return Finding("broken XML", sentence, source, 1)
    parser = ParserCreate("utf-8" if isinstance(content, str) else None)
    parser.buffer_text = True
    road = [Element("", {}, 1)]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(road) > _DEEPEST:
            raise _Refused(f"Elements nest deeper than {_DEEPEST}. Flatten them.")
        kept = {_local(key): value for key, value in attributes.items()}
        road.append(Element(_local(name), kept, parser.CurrentLineNumber))
        road[-2].held.append(road[-1])

    def write(text: str) -> None:
        road[-1].held.append(text)

    def refuse(*_: object) -> None:
        raise _Refused("A document type or an entity is declared, which is refused. Take it out.")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: road.pop()
    parser.CharacterDataHandler = write
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(given, True)  # noqa: FBT003 - expat takes no keyword here
    except _Refused as refused:
        return Finding("broken XML", str(refused), source, parser.CurrentLineNumber)
    except ExpatError as error:
        sentence = f"The file is no XML: {str(error).split(':', maxsplit=1)[0]}. Mend it."
        return Finding("broken XML", sentence, source, error.lineno)
    return next(iter(road[0]))


def _local(name: str) -> str:
    return name.rpartition(":")[2]
