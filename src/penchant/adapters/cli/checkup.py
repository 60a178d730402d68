"""The checks of `penchant doctor`: each looks at one thing and says ok, warn or bad.

Rule 1: a check that cannot look says so; it never passes for a good one.
Rule 2: a finding that is not ok says what to do, in `do` or, where it is an error, in its sentence.
"""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from penchant.adapters.store import KEK_VARIABLE, open_store
from penchant.engine import Engine
from penchant.errors import PenchantError, StoreLocked
from penchant.journal import NOBODY, Decided, Declared, Learned, Store

__all__ = ["Finding", "Tally", "checks", "clock", "disk", "permissions"]

_LEAST_FREE, _LITTLE_FREE = 100 * 2**20, 2**30
_SKEW = timedelta(minutes=5)
_PACKAGES = ("msgspec", "numpy", "cryptography", "typer", "rich")
_OTHERS = 0o077
_FILES = ("", ".keys", ".kek", ".access", ".service")


class Finding(Struct, frozen=True):
    """What one check found; `do` is what to do about it, where it is not ok."""

    check: str
    state: Literal["ok", "warn", "bad"]
    says: str
    do: str = ""


class Tally(Struct):
    """What a journal holds."""

    facts: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    moments: set[str] = set()
    people: set[str] = set()
    latest: datetime | None = None


def checks(path: Path, *, now: datetime) -> Iterator[Finding]:
    """Look at the surroundings and at the database, one thing after the other.

    Args:
        path: Of the database; it is not made when it is not there.
        now: The time on this machine, with a zone.
    """
    yield _python()
    yield _versions()
    yield disk(path, shutil.disk_usage(_folder(path)).free)
    if not path.exists():
        yield Finding(
            "database",
            "warn",
            f"There is none at `{path}`.",
            "`penchant init` and `penchant declare` make one; `--db` names another.",
        )
        yield clock(now, None)
        return
    yield permissions(path)
    yield from _service(path)
    yield from _journal(path, now)


def permissions(path: Path) -> Finding:
    """See that nobody else may read the database, its keys and its key-encryption key."""
    name = "permissions"
    files = [Path(f"{path}{end}") for end in _FILES]
    open_to_others = [file for file in files if file.exists() and file.stat().st_mode & _OTHERS]
    if os.name != "posix":
        return Finding(name, "warn", "Cannot be told on this system.", "See who may read them.")
    if open_to_others:
        names = " ".join(str(file) for file in open_to_others)
        return Finding(name, "bad", f"Others may read {names}.", f"chmod 600 {names}")
    if KEK_VARIABLE in os.environ:
        return Finding(name, "ok", f"Yours alone; the key-encryption key is in {KEK_VARIABLE}.")
    return Finding(
        name, "ok", f"Yours alone. All keys lie beside the database; {KEK_VARIABLE} parts them."
    )


def disk(path: Path, free: int) -> Finding:
    """See that there is room to write; `free` is in bytes."""
    says = f"{free / 2**30:,.1f} GiB free."
    if free < _LEAST_FREE:
        return Finding("disk", "bad", says, f"Make room where `{path}` lies; writes will fail.")
    if free < _LITTLE_FREE:
        return Finding("disk", "warn", says, f"Make room where `{path}` lies before it is full.")
    return Finding("disk", "ok", says)


def clock(now: datetime, latest: datetime | None) -> Finding:
    """See that time here does not run behind what the journal has seen."""
    says = f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
    if latest is not None and latest > now + _SKEW:
        return Finding(
            "clock",
            "bad",
            f"{says} The latest fact is {_long(latest - now)} ahead of it.",
            "Set the clock; until then windows and caps count wrong.",
        )
    return Finding("clock", "ok", says)


def _python() -> Finding:
    return Finding("python", "ok", f"{sys.version.split()[0]} at {sys.executable}")


def _versions() -> Finding:
    import sqlite3

    told = [f"penchant {version('penchant')}", f"SQLite {sqlite3.sqlite_version}"]
    return Finding(
        "versions", "ok", ", ".join((*told, *(f"{name} {version(name)}" for name in _PACKAGES)))
    )


def _folder(path: Path) -> Path:
    """Give the nearest folder that is there."""
    return next(folder for folder in path.absolute().parents if folder.is_dir())


def _service(path: Path) -> Iterator[Finding]:
    """Say whether a service has the database, and how it does; nothing where there is none."""
    from penchant.adapters.cli.remote import service_health
    from penchant.adapters.http.service_file import find_service

    address = find_service(path)
    if address is None:
        return
    health = service_health(address)
    if health is None:
        yield Finding(
            "service",
            "warn",
            f"None answers at {address.url}; the one that said so ended without a word.",
            f"rm {path}.service",
        )
        return
    yield Finding(
        "service",
        "ok" if health.ok else "bad",
        f"penchant {health.version} serves it at {address.url}, process {address.pid}; "
        f"durability {health.durability}.",
    )


def _journal(path: Path, now: datetime) -> Iterator[Finding]:
    """Open the database, read it through, fold it, and look at its times."""
    try:
        store = open_store(str(path))
    except StoreLocked as wrong:
        yield Finding("database", "warn", str(wrong), "Ask again when it is closed there.")
        yield clock(now, None)
        return
    except PenchantError as wrong:
        yield _broken("database", wrong)
        yield clock(now, None)
        return
    size = path.stat().st_size
    yield Finding("database", "ok", f"`{path}` opens; {size / 2**20:,.1f} MiB.")
    try:
        yield from _contents(store, now)
    finally:
        store.close()


def _contents(store: Store, now: datetime) -> Iterator[Finding]:
    try:
        tally = _tally(store)
    except PenchantError as wrong:
        yield _broken("chains", wrong)
        yield clock(now, None)
        return
    yield Finding("chains", "ok", f"Whole, every seal and link of {tally.facts:,} facts.")
    yield Finding(
        "contents",
        "ok",
        f"Moments {len(tally.moments):,}, people {len(tally.people):,}, "
        f"decisions {tally.kinds['decided']:,}, outcomes {tally.kinds['learned']:,}.",
    )
    yield _fold(store)
    yield clock(now, tally.latest)


def _tally(store: Store) -> Tally:
    """Read every fact; the store sees to seals and chains."""
    tally = Tally()
    for fact in store.read():
        tally.facts += 1
        tally.kinds[str(type(fact).__struct_config__.tag)] += 1
        if isinstance(fact, Declared):
            tally.moments.add(fact.moment.name)
        if fact.person != NOBODY:
            tally.people.add(fact.person)
        if isinstance(fact, Decided | Learned | Declared):
            tally.latest = max(fact.at, tally.latest or fact.at)
    return tally


def _fold(store: Store) -> Finding:
    """See that an engine starts on these facts; it is closed, and the store with it."""
    try:
        Engine(store).close()
    except PenchantError as wrong:
        return _broken("model", wrong)
    except Exception as wrong:  # noqa: BLE001 - whatever keeps an engine from starting is a finding
        says = f"No engine starts on these facts: {type(wrong).__name__}."
        return Finding("model", "bad", says, "This is a mistake of ours; please report it.")
    return Finding("model", "ok", "Rebuilt from the journal.")


def _broken(name: str, wrong: PenchantError) -> Finding:
    """Give an error as a finding; its sentence says what to do."""
    return Finding(name, "bad", str(wrong))


def _long(time: timedelta) -> str:
    """Say how long a time is.

    Example:
        >>> _long(timedelta(minutes=90))
        '1.5 h'
    """
    hours = time.total_seconds() / 3_600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:,.0f} days"  # noqa: PLR2004 - two days
