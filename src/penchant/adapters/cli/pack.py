"""`penchant pack`: domain packs: which there are, what they declare, a new one, one less."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.terminal import counted, say, say_json, warn
from penchant.errors import BadInput

__all__ = ["pack_app"]

pack_app = typer.Typer(
    name="pack",
    help="Domain packs: list, show, check, write and remove them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

PackName = Annotated[str, typer.Argument(metavar="NAME", help="The name of the pack.")]


@pack_app.command("list")
def list_command(*, as_json: AsJson = False) -> None:
    """List the packs that are installed."""
    from penchant.adapters.packs.finding import installed

    found = installed()
    if as_json:
        say_json([{"name": name, "distribution": brings} for name, brings in found])
        return
    for name, brings in found:
        say(f"{name}  from {brings}" if brings else name)
    if not found:
        warn("No pack is installed.")


@pack_app.command("show")
def show_command(name: PackName, *, as_json: AsJson = False) -> None:
    """Show everything that an installed pack declares, as Markdown."""
    from penchant.adapters.packs.finding import find_packs
    from penchant.adapters.packs.page import page_of

    (found,) = find_packs([name])
    if as_json:
        say_json(found.pack)
        return
    typer.echo(page_of(found.pack), nl=False)


@pack_app.command("new")
def new_command(
    name: PackName,
    *,
    folder: Annotated[
        Path | None,
        typer.Option("--in", metavar="FOLDER", help="Where to write it; else in `NAME`."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a new pack to begin with: it works, and its story passes."""
    from penchant.adapters.packs.scaffold import write_pack

    target = folder or Path(name)
    files = write_pack(name, target)
    if as_json:
        say_json({"wrote": [str(file) for file in files]})
        return
    say(f"Wrote {counted(len(files), 'file')} to {target}. Next:")
    say(f"  penchant pack check {target}")


@pack_app.command("check")
def check_command(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The folder of the pack.")] = Path(),
    *,
    claims: Annotated[bool, typer.Option("--claims", help="Measure its claims, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check a pack that is being written: its file, its code and its stories.

    The exit code is 1 when anything stands against it; each line says where and what to do.
    """
    from penchant.adapters.packs.finding import at_path, file_below
    from penchant.adapters.packs.stories import stories_of, tell_all

    file = file_below(path)
    installed, against = at_path(file)
    found = list(against) or list(tell_all(installed, file.parent))
    measured = [] if found or not claims else list(_claimed(installed, found))
    if as_json:
        say_json({"pack": installed.pack.name, "against": found, "claims": measured})
    else:
        for line in (*measured, *found):
            (warn if line in found else say)(line)
        if not found:
            stories = counted(len(stories_of(file.parent)), "story").replace("storys", "stories")
            say(f"Pack {installed.pack.name} keeps the contract; {stories} told.")
    if found:
        raise typer.Exit(1)


def _claimed(installed: object, found: list[str]) -> list[str]:
    """Measure the claims of a pack; what does not hold joins what was found."""
    from penchant.adapters.packs.claiming import judge
    from penchant.contract.claims import Judged
    from penchant.contract.installed import Installed

    told = []
    for one in judge(installed) if isinstance(installed, Installed) else ():
        if not isinstance(one, Judged):
            told.append(f"`{one[0].name}` was not measured: {one[1]}.")
        elif one.holds:
            told.append(one.sentence)
        else:
            found.append(one.sentence)
    return told


@pack_app.command("bring")
def bring_command(
    name: PackName,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What is brought.")],
    *,
    importer: Annotated[str, typer.Option("--importer", metavar="NAME", help="What reads it.")],
    as_: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Under which name content is kept.")
    ] = "",
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Bring a file to a pack: content such as a course, or signals about people.

    What is wrong in it is told with its line and left out; the rest is kept.
    """
    from penchant.adapters.cli.database import own_engine

    try:
        content = file.read_bytes()
    except OSError as wrong:
        raise BadInput(f"`{file}` cannot be read: {wrong.strerror}.") from None
    with own_engine(db, may_make=True, packs=[name]) as engine:
        received = engine.packs.bring(name, importer, content, name=as_)
    if as_json:
        say_json(received)
        return
    for one in received.findings:
        warn(f"{file}, line {one.line}, `{one.field}`: {one.sentence}")
    for sentence in received.refused:
        warn(sentence)
    what = ", ".join(received.content) or "no content"
    say(f"Kept {counted(received.kept, 'signal')} and {what}.")


@pack_app.command("remove")
def remove_command(
    name: PackName,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Remove everything that a pack brought from a database.

    Its signals, its moments with what was decided and learned there, its content. What people
    answered when they were asked stays, as proof. The pack itself stays installed. It cannot be
    undone, so the name must be typed again, or --yes given. A service must be stopped first.
    """
    from penchant.adapters.store import open_store
    from penchant.runtime.packs.removing import remove_pack

    if not db.exists():
        raise BadInput(f"There is no database `{db}`; `--db` or PENCHANT_DB names another.")
    if not yes:
        _confirm(name)
    store = open_store(str(db))
    try:
        cleared = remove_pack(store, name)
    finally:
        store.close()
    if as_json:
        say_json(cleared)
        return
    facts, people = counted(cleared.facts, "fact"), cleared.people
    say(f"Removed {facts} of pack {name}, about {counted(people, 'person', 'people')}.")


def _confirm(name: str) -> None:
    """Have the name typed again.

    Raises:
        typer.Exit: When it was not; nothing is removed.
    """
    typer.echo("This cannot be undone. Type the pack's name to remove it: ", nl=False, err=True)
    if sys.stdin.readline().strip() != name.strip():
        warn("Not removed: what was typed is not the name.")
        raise typer.Exit(1)
