"""`penchant profile`: all that is believed about a person, and how sure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from penchant.adapters.cli.consent import consent_sentence
from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database, Person
from penchant.adapters.cli.terminal import labelled, say_json, show, spoken
from penchant.words import Profile

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["profile_command"]


def profile_command(
    person: Person, *, db: Database = DEFAULT_DATABASE, as_json: AsJson = False
) -> None:
    """Show all that is believed about a person, and how sure that is."""
    with open_engine(db) as engine:
        profile = engine.profile(person)
    if as_json:
        say_json(profile)
    else:
        show(*_parts(profile))


def _parts(profile: Profile) -> Iterator["RenderableType"]:
    """Give what the person settled, then what is believed."""
    from rich.text import Text

    yield Text(profile.person, style="bold")
    settled = tuple(_settled(profile))
    if settled:
        yield labelled(settled)
    yield Text("believed", style="dim")
    yield _beliefs(profile)


def _settled(profile: Profile) -> Iterator[tuple[str, str]]:
    """Give what the person said and answered, under its kind."""
    yield from (("known as", other) for other in profile.known_as)
    yield from (("consent", f"{one.purpose}: {consent_sentence(one)}") for one in profile.consents)
    yield from (("trait", f"{one.name} = {one.value}") for one in profile.traits)
    for one in profile.goals:
        yield "goal", f"{one.name}: {one.text} ({100 * one.progress:.0f} % reached)"
    yield from (("never", f"{one.name}: {one.text}") for one in profile.nevers)


def _beliefs(profile: Profile) -> "RenderableType":
    """Lay out beliefs: what about, what it says, how sure."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, max_width=28)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    for one in profile.beliefs:
        sure = f"{100 * one.sure:.0f} % sure" if one.sure else ""
        table.add_row(f"  {one.name}", spoken(one.says), sure)
    return table
