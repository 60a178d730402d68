"""`penchant up`: the engine as an HTTP service, and a link to its console."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.adapters.cli.database import own_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.terminal import say, say_json, warn
from penchant.errors import BadInput

if TYPE_CHECKING:
    from penchant.adapters.http.app import App
    from penchant.adapters.http.settings import Settings
    from penchant.engine import Engine

__all__ = ["up_command"]

Host = Annotated[str, typer.Option("--host", metavar="HOST", help="Where to listen.")]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65_535, metavar="PORT", help="0 takes a free one.")
]
Workers = Annotated[
    int, typer.Option("--workers", metavar="N", help="One process owns the file, so 1.")
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="Another name it goes by. Repeatable."),
]
AllowOrigin = Annotated[
    list[str] | None,
    typer.Option("--allow-origin", metavar="URL", help="Pages that may call it. Repeatable."),
]
Rate = Annotated[str, typer.Option("--rate", metavar="RATE", help="How often a key may ask.")]
SendTo = Annotated[
    str,
    typer.Option("--webhook", metavar="URL", help="Where letters of the channel webhook go."),
]
SendNearby = Annotated[
    bool, typer.Option("--webhook-private", help="That may be this machine or its network.")
]
ShowPeople = Annotated[
    bool, typer.Option("--show-people", help="Let the console list people by their ids.")
]
WithPack = Annotated[
    list[str] | None,
    typer.Option("--pack", metavar="NAME", help="A pack to open it with. Repeatable."),
]
WithExample = Annotated[
    str,
    typer.Option("--example", metavar="NAME", help="Simulated people of the pack, to look at."),
]
LogRequests = Annotated[
    bool, typer.Option("--log-requests", help="Log each request, by the template of its route.")
]


SEED = 24
"""Of the dice of examples: everybody sees the same people."""


def up_command(
    context: typer.Context,
    *,
    host: Host = "127.0.0.1",
    port: Port = 8321,
    workers: Workers = 1,
    allow_host: AllowHost = None,
    allow_origin: AllowOrigin = None,
    rate: Rate = "5000/second",
    webhook: SendTo = "",
    webhook_private: SendNearby = False,
    show_people: ShowPeople = False,
    log_requests: LogRequests = False,
    pack: WithPack = None,
    example: WithExample = "",
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Serve a database over HTTP until told to stop.

    It listens on this machine alone, unless told otherwise; then there must be a key. The link
    to the console opens once. What is logged goes to stderr, a JSON object a line. Webhooks are
    signed with PENCHANT_WEBHOOK_SECRET. An example is kept in --db where one is given, else
    nowhere; its people are simulated, so the console lists them.

    penchant up --db people.db
    """
    from penchant.adapters.http.settings import Settings

    _check_workers(workers)
    settings = Settings(
        host=host,
        port=port,
        allow_hosts=tuple(allow_host or ()),
        allow_origins=tuple(allow_origin or ()),
        rate=rate,
        logs_requests=log_requests,
        webhook=webhook,
        webhook_secrets=_secrets(webhook),
        show_people=show_people or bool(example),
        webhook_private=webhook_private,
    )
    is_given = getattr(context.get_parameter_source("db"), "name", "") != "DEFAULT"
    packs = tuple(pack or ())
    with _database(db, is_given=is_given or not example) as place:
        _serve(settings, place, (packs, _example_of(packs, example)), as_json=as_json)
    _say_stopped(place)


def _say_stopped(db: Path) -> None:
    """Say what becomes of what was answered."""
    kept = "Everything that was answered" if db.exists() else "Nothing of it"
    warn(f"Stopped. {kept} is kept.")


def _check_workers(workers: int) -> None:
    """See that one process serves.

    Raises:
        BadInput: When more are asked for.
    """
    if workers != 1:
        raise BadInput(
            f"`--workers {workers}` cannot be had: one process owns the file. One worker serves "
            "many callers at once."
        )


def _secrets(webhook: str) -> tuple[str, ...]:
    """Give the secrets that letters are signed with; a command line could be read by others.

    Raises:
        BadInput: When there is a webhook and none.
    """
    given = os.environ.get("PENCHANT_WEBHOOK_SECRET", "")
    secrets = tuple(one.strip() for one in given.split(",") if one.strip())
    if webhook and not secrets:
        raise BadInput(
            "Letters that go to a webhook are signed. Put the secret, `whsec_` and what follows, "
            "into PENCHANT_WEBHOOK_SECRET."
        )
    return secrets


@contextmanager
def _database(db: Path, *, is_given: bool) -> Iterator[Path]:
    """Give the database, or one that is gone afterwards."""
    if is_given:
        yield db
        return
    with TemporaryDirectory(prefix="penchant-") as folder:
        yield Path(folder) / "example.db"


def _example_of(packs: tuple[str, ...], example: str) -> tuple[str, str]:
    """Give the pack whose example is asked for, and its name.

    Raises:
        BadInput: When it is not clear whose.
    """
    if example and len(packs) != 1:
        raise BadInput("An example belongs to one pack. Name it with `--pack`.")
    return (packs[0], example) if example else ("", "")


@contextmanager
def _lived(engine: "Engine", pack: str, example: str) -> Iterator[None]:
    """Let the people of an example live up to now, and go on meanwhile."""
    if not example:
        yield
        return
    import numpy as np

    from penchant.adapters.cli.progress import waiting
    from penchant.adapters.packs.finding import find_packs
    from penchant.adapters.packs.living import EVERY, going_on, live_through

    (installed,) = find_packs([pack])
    with waiting(f"Simulating {example}"):
        kept, living = live_through(engine, installed, example, datetime.now(UTC), SEED)
    said = f"{kept:,} signals" if kept else "already here"
    warn(f"Example {example} of pack {pack}: all of it is simulated ({said}).")
    if living is None:
        yield
        return
    warn(f"It goes on: every {EVERY:g} seconds somebody is given something, and answers.")
    with going_on(engine, living, np.random.default_rng(), clock=lambda: datetime.now(UTC)):
        yield


def _serve(
    settings: "Settings",
    db: Path,
    opened: tuple[tuple[str, ...], tuple[str, str]],
    *,
    as_json: bool,
) -> None:
    from penchant.adapters.http.log import log_to
    from penchant.adapters.http.service_file import forget_service
    from penchant.adapters.http.serving import listening, serve

    packs, (pack, example) = opened
    if not db.exists() and not example:
        warn(f"There is no database `{db}` yet; a new one is made.")
    with listening(settings, db) as sock, own_engine(db, may_make=True, packs=packs) as engine:
        host, port = sock.getsockname()[:2]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        log_to()
        try:
            with _lived(engine, pack, example):
                serve(
                    engine,
                    db,
                    settings,
                    sock,
                    started=lambda app: _say(app, url, db, as_json=as_json),
                )
        finally:
            forget_service(db)


def _say(app: "App", url: str, db: Path, *, as_json: bool) -> None:
    """Say where the service is, and leave its address for other programs of the same user."""
    from penchant.adapters.http.service_file import ServiceAddress, leave_service

    leave_service(db, ServiceAddress(url, app.token, os.getpid()))
    link = f"{url}{app.link()}"
    if as_json:
        say_json({"url": url, "console": link, "database": str(db)})
        sys.stdout.flush()
        return
    say(f"Serving {db} at {url}")  # plain lines: a link that is broken in two does not open
    say(f"Console {link}")
    named = "" if db == DEFAULT_DATABASE else f" --db {db}"
    say(f"        It opens once, in a quarter of an hour; `penchant link{named}` prints another.")
    say(f"Keys    `penchant key new --scope decide:read{named}` makes one for a program.")
    say("Stop    Ctrl-C. What is under way is finished first.")
    sys.stdout.flush()
