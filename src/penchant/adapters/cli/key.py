"""`penchant key`: who may ask the service, and what."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.terminal import labelled, say, say_json, show, warn
from penchant.adapters.http.access import Key, KeyFile, access_path, made
from penchant.limits import Limits, check_id, seconds

__all__ = ["key_app"]

key_app = typer.Typer(
    name="key", no_args_is_help=True, rich_markup_mode=None, help="Keys of the service."
)


@key_app.command("new")
def key_new_command(
    scopes: Annotated[
        list[str], typer.Option("--scope", metavar="SCOPE", help="What it may do. Repeatable.")
    ],
    *,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Whose it is.")] = "",
    person: Annotated[
        str, typer.Option("--person", metavar="PERSON", help="Bind it to one person.")
    ] = "",
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="TIME", help="How long it opens, such as 90d."),
    ] = None,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Make a key and show it, once.

    Scopes: signals:write, decide:read, outcome:write, profile:read, consent:write, rights:exec,
    policy:admin, audit:read.

    penchant key new --scope decide:read --scope outcome:write --name shop
    """
    now = datetime.now(UTC)
    ends = None if expires is None else now + timedelta(seconds=seconds(expires, what="--expires"))
    if person:
        check_id(person, "A person id", Limits())
    text, key = made(scopes, now, name=name, person=person, expires_at=ends)
    KeyFile(access_path(Path(db))).add(key)
    if as_json:
        say_json({"key": text, **_plain(key)})
        return
    say(text)
    warn("This is shown once; keep it where only its owner reads.")


@key_app.command("list")
def key_list_command(*, db: Database = DEFAULT_DATABASE, as_json: AsJson = False) -> None:
    """List the keys, without what opens."""
    keys = tuple(KeyFile(access_path(Path(db))).keys.values())
    if as_json:
        say_json([_plain(key) for key in keys])
    elif keys:
        show(labelled((key.id, _sentence(key)) for key in keys))
    else:
        say("There is no key yet. `penchant key new --scope decide:read` makes one.")


@key_app.command("revoke")
def key_revoke_command(
    key: Annotated[str, typer.Argument(metavar="KEY_ID", help="As `penchant key list` shows.")],
    *,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Let a key open nothing any more; a service that runs notices within a second."""
    revoked = KeyFile(access_path(Path(db))).revoke(key, datetime.now(UTC))
    if as_json:
        say_json(_plain(revoked))
    else:
        say(f"Revoked {revoked.id}.")


def _plain(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "person": key.person,
        "made_at": key.made_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


def _sentence(key: Key) -> str:
    said = [", ".join(key.scopes)]
    if key.name:
        said.insert(0, key.name)
    if key.person:
        said.append(f"for {key.person} alone")
    if key.expires_at is not None:
        said.append(f"until {key.expires_at:%Y-%m-%d %H:%M} UTC")
    if key.revoked_at is not None:
        said.append("revoked")
    return "; ".join(said)
