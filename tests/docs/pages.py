"""Pages: what a markdown file holds that can be wrong: code blocks, links and headings."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Block", "anchors", "blocks", "broken_links", "files", "links", "unreachable"]

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}) *(\S*)")
LINK = re.compile(r"""\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^]]+\]:\s*(\S+)|(?:src|href)="([^"]+)\"""")
INLINE_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*$")
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:|^//")


class Block(NamedTuple):
    """One fenced code block; `line` is that of its first line of code."""

    line: int
    language: str
    text: str
    follows: bool  # only blank lines stand between this block and the one before


def files(root: Path) -> tuple[Path, ...]:
    """Give every markdown page of the repository, without what tools keep in it."""
    hidden = ("node_modules", "build", "dist")
    return tuple(
        page
        for page in sorted(root.rglob("*.md"))
        if not any(part.startswith(".") or part in hidden for part in page.relative_to(root).parts)
    )


def blocks(text: str) -> Iterator[Block]:
    """Give the fenced code blocks of a page, in order.

    Raises:
        ValueError: When a block is never closed; the line is named.
    """
    lines = text.splitlines()
    here, follows = 0, False
    while here < len(lines):
        opened = FENCE.match(lines[here])
        if not opened:
            follows = follows and not lines[here].strip()
            here += 1
            continue
        end = _closing(lines, here + 1, opened[1])
        body = "".join(f"{line}\n" for line in lines[here + 1 : end])
        yield Block(here + 2, opened[2], body, follows)
        here, follows = end + 1, True


def links(text: str) -> Iterator[tuple[int, str]]:
    """Give line and target of every link that stays in the repository."""
    for number, line in _prose(text):
        for found in LINK.finditer(INLINE_CODE.sub("", line)):
            target = found[1] or found[2] or found[3]
            if not ELSEWHERE.match(target):
                yield number, target


def anchors(text: str) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    times: Counter[str] = Counter()
    found = set()
    for _, line in _prose(text):
        if heading := HEADING.match(line):
            words = re.sub(r"\]\([^)]*\)", "", heading[1]).lower()
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            found.add(f"{slug}-{times[slug]}" if times[slug] else slug)
            times[slug] += 1
    return found


def broken_links(page: Path, root: Path) -> list[str]:
    """Find the links of a page that lead nowhere, or out of the repository."""
    findings = []
    for line, target in links(page.read_text("utf-8")):
        where = f"{page.relative_to(root)}:{line}:"
        meant = _meant(page, target)
        anchor = target.partition("#")[2]
        if not meant.is_relative_to(root):
            findings.append(f"{where} `{target}` leaves the repository")
        elif not meant.exists():
            findings.append(f"{where} `{target}` does not exist")
        elif anchor and meant.suffix == ".md" and anchor not in anchors(meant.read_text("utf-8")):
            findings.append(f"{where} `{meant.name}` has no heading `#{anchor}`")
    return findings


def unreachable(start: Path, pages: Sequence[Path], root: Path) -> list[str]:
    """Find pages that no road of links leads to from `start`."""
    reached, ahead = {start}, [start]
    while ahead:
        page = ahead.pop()
        for _, target in links(page.read_text("utf-8")):
            meant = _meant(page, target)
            meant = meant / "README.md" if meant.is_dir() else meant
            if meant not in reached and meant.suffix == ".md" and meant.is_file():
                reached.add(meant)
                ahead.append(meant)
    sentence = f"no link from {start.relative_to(root)} leads here; link it from its index"
    return [f"{page.relative_to(root)}:1: {sentence}" for page in pages if page not in reached]


def _meant(page: Path, target: str) -> Path:
    path = target.partition("#")[0].replace("%20", " ")
    return (page.parent / path).resolve() if path else page


def _closing(lines: Sequence[str], first: int, fence: str) -> int:
    for number in range(first, len(lines)):
        found = FENCE.match(lines[number])
        if found and found[1].startswith(fence) and not found[2]:
            return number
    message = f"line {first}: the code block opened here is never closed"
    raise ValueError(message)


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Give the numbered lines of a page that are not code."""
    code = {
        number
        for block in blocks(text)
        for number in range(block.line - 1, block.line + block.text.count("\n") + 1)
    }
    return ((n, line) for n, line in enumerate(text.splitlines(), 1) if n not in code)
