"""Stories of moments that open themselves, as told in the pages beside this file."""

from pathlib import Path

import pytest
from stories.moments import Story, blocks

PAGES = sorted(page for page in Path(__file__).parent.glob("*.md") if page.name != "README.md")
STORIES = [
    pytest.param(text, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, text in enumerate(blocks(page.read_text("utf-8")), 1)
]


@pytest.mark.parametrize("text", STORIES)
def test_the_story_is_so(text: str) -> None:
    """Each line with an arrow says what may be seen."""
    wrong = Story().tell(text)

    assert not wrong, "\n" + "\n".join(wrong)


def test_every_page_has_a_story_and_a_place_in_the_list() -> None:
    """No page is prose alone, and whoever reads the first one finds all."""
    listed = (Path(__file__).parent / "README.md").read_text("utf-8")

    assert PAGES
    assert not [page.name for page in PAGES if not list(blocks(page.read_text("utf-8")))]
    assert not [page.name for page in PAGES if f"]({page.name})" not in listed]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("it opens on a whim", "this says nothing that is known"),
        ("2026-03-02 12:00 ada flies", "this says nothing that is known"),
        ("→ all is well", "this asks for nothing that is known"),
        ("→ what waits for ada: offer", "it is: nothing"),
        ("→ a moment was opened for ada once", "it is: 0"),
        ("→ it is noted for 1 person: “It was late.”", "it is: []"),
    ],
)
def test_what_is_not_so_is_told(line: str, problem: str) -> None:
    """A line that nobody understands, or that is not so, is told with its number and what is."""
    begun = (
        "shoes.worn is for offers and may offer, or do nothing\n2026-03-02 12:00 time has passed\n"
    )

    assert Story().tell(begun + line) == [f"line 3: {line}\n    {problem}"]
