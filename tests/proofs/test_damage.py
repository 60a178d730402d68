"""Damage to a service's files: found before anything is served, or harmless."""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from proofs.serving import HERO, PURPOSE, begun, facts_of, refused_to_start, up

from penchant import Engine
from penchant.adapters.http.access import KeyFile, access_path
from penchant.errors import StoreDamaged, StoreError

NAME = "people.db"
PEOPLE = ("ada", "bo", "cy", "di")
FULL = os.environ.get("PENCHANT_PROOF") == "full"
N_FLIPS = 250 if FULL else 3
PARTS = ("", "-wal", "-shm", ".keys", ".keys-wal", ".kek", ".access")


class Left(NamedTuple):
    """The files a service left, stopped or killed, and what they hold."""

    stopped: Path
    killed: Path
    key: str
    told: dict[str, Any]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Let a service live a little, copy its files as a kill leaves them, then stop it."""
    folder = tmp_path_factory.mktemp("left")
    (folder / "stopped").mkdir()
    database = folder / "stopped" / NAME
    key = begun(database)
    with up(database, key) as service, closing(service.caller()) as caller:
        for person in PEOPLE:
            caller.told("PUT", f"/v1/people/{person}/consent/{PURPOSE}", {"granted": True})
        for number in range(12):
            items = [
                {"kind": "shop.viewed", "person": person, "data": {"n": number}}
                for person in PEOPLE
            ]
            caller.told("POST", "/v1/signals", {"purpose": PURPOSE, "items": items})
            asked = [{"moment": HERO, "person": person} for person in PEOPLE]
            decided = caller.told("POST", "/v1/decisions", {"items": asked})["items"]
            given = [{"decision": one["id"], "reward": number % 2} for one in decided]
            caller.told("POST", "/v1/outcomes", {"items": given})
            if number == 5:
                caller.told("DELETE", "/v1/people/cy")
        shutil.copytree(folder / "stopped", folder / "killed")
        assert service.stop() == 0
    told = whole(database)
    assert isinstance(told, dict)
    assert len(told["ada"]) > len(told["di"]) // 2 > 12
    return Left(folder / "stopped", folder / "killed", key, told)


def whole(database: Path) -> dict[str, Any] | StoreError:
    """Open a database as a service does; give all it tells of everybody, or what is wrong."""
    try:
        with Engine.open(str(database), seed=7) as engine:
            facts = {person: facts_of(engine.export(person)) for person in PEOPLE}
            told: dict[str, Any] = dict(facts)
            for fact in facts["ada"]:
                if fact["type"] == "decided":
                    told[fact["decision"]["id"]] = engine.explain(fact["decision"]["id"])
            told["keys"] = repr(sorted(KeyFile(access_path(database)).keys.items()))
            return told
    except StoreError as error:
        return error


def copied(folder: Path, to: Path) -> Path:
    """Copy files to be damaged."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    return to / NAME


@pytest.mark.proof
@pytest.mark.parametrize("how", ["stopped", "killed"])
@pytest.mark.parametrize("part", PARTS)
def test_a_changed_bit_is_found_or_harmless(
    left: Left, how: str, part: str, tmp_path: Path, figures: Callable[..., None]
) -> None:
    """Whatever bit of whatever file: the same is told of everybody, or nothing at all."""
    folder = left.stopped if how == "stopped" else left.killed
    content = (
        (folder / f"{NAME}{part}").read_bytes() if (folder / f"{NAME}{part}").exists() else b""
    )
    dice = random.Random(f"{how}{part}")  # noqa: S311 - places, not secrets
    found = tried = 0
    for bit in bits_of(content, dice):
        database = copied(folder, tmp_path / "copy")
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        database.with_name(f"{NAME}{part}").write_bytes(changed)
        with noting(f"bit {bit % 8} of byte {bit // 8} of `{NAME}{part}`, {how}"):
            result = whole(database)
            assert isinstance(result, StoreError) or result == left.told
        tried += 1
        found += isinstance(result, StoreError)
    figures("changed bits", tried=tried, refused=found, served_otherwise_than_written=0)


def bits_of(content: bytes, dice: random.Random) -> Iterator[int]:
    """Give bits where something is written, all of them where they are few."""
    written = np.flatnonzero(np.frombuffer(content, np.uint8)).tolist()
    for _ in range(min(N_FLIPS, len(written))):
        yield 8 * dice.choice(written) + dice.randrange(8)


@contextmanager
def noting(what: str) -> Iterator[None]:
    """Say which damage it was when something is wrong."""
    try:
        yield
    except BaseException as error:
        error.add_note(what)
        raise


@pytest.mark.proof
@pytest.mark.parametrize("how", ["stopped", "killed"])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999] if FULL else [0.7])
def test_a_file_cut_short_is_found_or_harmless(
    left: Left, how: str, part: str, share: float, tmp_path: Path, figures: Callable[..., None]
) -> None:
    """A file of which only a beginning is left tells the same of everybody, or nothing at all."""
    database = copied(left.stopped if how == "stopped" else left.killed, tmp_path / "copy")
    file = database.with_name(f"{NAME}{part}")
    if not file.exists():
        pytest.skip(f"a service that was {how} leaves no `{file.name}`")
    os.truncate(file, int(file.stat().st_size * share))

    result = whole(database)

    assert isinstance(result, StoreError) or result == left.told
    refused = int(isinstance(result, StoreError))
    figures("files cut short", tried=1, refused=refused, served_otherwise_than_written=0)


def blot(file: Path) -> None:
    """Change a bit in the middle of a file, where something is written."""
    content = bytearray(file.read_bytes())
    at = next(n for n in range(len(content) // 2, len(content)) if content[n] not in b"\0 \n")
    content[at] ^= 1
    file.write_bytes(content)


DAMAGES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a journal cut short": ("", lambda file: os.truncate(file, 9_000), "not as it was written"),
    "a journal that is gone": ("", Path.unlink, "`people.db` is missing or empty"),
    "a changed log": ("-wal", blot, "not as it was written"),
    "keys that are gone": (".keys", Path.unlink, "`people.db.keys` is missing or empty"),
    "changed keys": (".keys", blot, "people.db.keys"),
    "a key-encryption key that is gone": (".kek", Path.unlink, "key-encryption key, is missing"),
    "another key-encryption key": (".kek", blot, "does not fit"),
    "API keys that are changed": (".access", blot, "nobody is let in"),
}


@pytest.mark.proof
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_service_does_not_start(damage: str, left: Left, tmp_path: Path) -> None:
    """`penchant up` says which file it is and what to do, and ends before it serves anything."""
    part, spoil, says = DAMAGES[damage]
    database = copied(left.killed, tmp_path / "copy")
    if part == ".keys":  # its log alone would make it whole again
        database = copied(left.stopped, tmp_path / "copy")
    spoil(database.with_name(f"{NAME}{part}"))

    sentence = refused_to_start(database)

    assert says in sentence
    assert "ada" not in sentence


@pytest.mark.proof
def test_api_keys_that_are_changed_while_it_runs_let_nobody_in(left: Left, tmp_path: Path) -> None:
    """From the next look on the service says so; with the file put back it goes on."""
    database = copied(left.stopped, tmp_path / "copy")
    access = access_path(database)
    before = access.read_bytes()
    with up(database, left.key) as service, closing(service.caller()) as caller:
        caller.told("GET", "/v1/people/ada")
        blot(access)
        statuses = [asked_anew(caller.ask, before=200)]
        access.write_bytes(before)
        statuses.append(asked_anew(caller.ask, before=503))
        assert service.stop() == 0

    assert statuses == [503, 200]
    blot(access)
    with pytest.raises(StoreDamaged):
        KeyFile(access)


def asked_anew(ask: Callable[[str, str], tuple[int, bytes]], *, before: int) -> int:
    """Ask until the answer is another than before; give its status."""
    while (status := ask("GET", "/v1/people/ada")[0]) == before:
        pass
    return status
