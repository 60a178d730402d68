"""Pages that list: people found by their exact id, and the latest decisions."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from penchant.adapters.console.figures import Page
from penchant.adapters.console.wording import counted, whole
from penchant.words import Decision

__all__ = ["PAGE", "decisions_page", "people_page", "wrong_page"]

PAGE = 50


def people_page(
    now: datetime, *, asked: str, people: Sequence[tuple[str, datetime]] | None
) -> Page:
    """Put the page together on which a person is found.

    Args:
        now: The present.
        asked: The id that was looked for and not found, "" when none was.
        people: Whom something was decided for lately, where ids may be listed.
    """
    if asked:
        answer = Markup("Nothing is kept under the id <strong>{}</strong>.").format(asked)
    else:
        answer = Markup("A person is found by their exact id.")
    if people and not asked:
        answer += Markup(" Lately something was decided for <strong>{}</strong>.").format(
            counted(len(people), "person", "people")
        )
    values = {"now": now, "answer": answer, "asked": asked, "people": people}
    return Page("people.html", "People", values, status=404 if asked else 200)


def decisions_page(
    now: datetime, decisions: Sequence[Decision], *, skip: int, names_people: bool
) -> Page:
    """Put a page of the latest decisions together.

    Args:
        now: The present.
        decisions: One more than a page holds, where there are more.
        skip: How many later ones were left out.
        names_people: Whether ids may be listed.
    """
    shown = decisions[:PAGE]
    if shown:
        first, last = whole(skip + 1), whole(skip + len(shown))
        answer = Markup("The latest decisions, <strong>{} to {}</strong>.").format(first, last)
    elif skip:
        answer = Markup("No decisions this far back are at hand.")
    else:
        answer = Markup("No decision has been taken yet.")
    return Page(
        "decisions.html",
        "Decisions",
        {
            "now": now,
            "answer": answer,
            "decisions": shown,
            "names_people": names_people,
            "earlier": skip + PAGE if len(decisions) > PAGE else None,
            "later": max(skip - PAGE, 0) if skip else None,
        },
    )


def wrong_page(sentence: str, status: int) -> Page:
    """Put the page together that says what is not there, or what was not done."""
    title = "Not found" if status == 404 else "Not done"  # noqa: PLR2004 - the code for it
    return Page("wrong.html", title, {"answer": Markup(""), "sentence": sentence}, status=status)
