"""A backup put back: whoever was forgotten since is forgotten in it before anything is served."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from proofs.serving import HERO, PROGRAM, PURPOSE, Caller, begun, refused_to_start, up
from proofs.visitors import Visitor

from penchant import Decision, Engine

KILLS = 60 if os.environ.get("PENCHANT_PROOF") == "full" else 2
NAME = "people.db"
CLOSE = 1e-9
GONE = ("ada", "ada's phone", "cy")
STAYED = ("bo", "di", "eve")


class Backups(NamedTuple):
    """The files of a service, a copy made while it ran, and what was acknowledged before that."""

    live: Path
    copy: Path
    key: str
    facts: dict[str, list[dict[str, Any]]]
    sealed: list[bytes]


@pytest.fixture(scope="module")
def backups(tmp_path_factory: pytest.TempPathFactory) -> Backups:
    """Copy the files of a service under load; then let people be forgotten and come back."""
    folder = tmp_path_factory.mktemp("backups")
    live, copy = folder / "live", folder / "copy"
    live.mkdir()
    key = begun(live / NAME)
    visitor = Visitor("v", "7")
    with up(live / NAME, key) as service, closing(service.caller()) as caller:
        for person in (*GONE, *STAYED):
            live_a_little(caller, person)
        merged = {"kind": "person.merged", "person": "ada", "data": {"from": "ada's phone"}}
        assert caller.told("POST", "/v1/signals", merged)["kept"]
        facts = {person: caller.facts(person) for person in (*GONE, *STAYED)}
        with ThreadPoolExecutor(1) as threads:
            life = threads.submit(visitor.live, service)
            back_up(live, copy)
            receipts = [caller.told("DELETE", f"/v1/people/{who}") for who in ("ada", "cy")]
            live_a_little(caller, "cy")
            live_a_little(caller, "fay")  # nobody of whom the copy knows
            service.kill()
            life.result()
    return Backups(live, copy, key, facts, sealed(copy, receipts))


def live_a_little(caller: Caller, person: str) -> None:
    """Let a person agree, do something, be decided for and answer."""
    caller.told(
        "PUT", f"/v1/people/{person.replace(' ', '%20')}/consent/{PURPOSE}", {"granted": True}
    )
    for number in range(4):
        body = {"kind": "shop.viewed", "person": person, "data": {"n": number}}
        assert caller.told("POST", "/v1/signals", {**body, "purpose": PURPOSE})["kept"]
        asked = {"moment": HERO, "person": person, "context": {"hour": number}}
        decision = caller.told("POST", "/v1/decisions", asked)
        reward = float(decision["action"]["name"] == "run")
        caller.told("POST", "/v1/outcomes", {"decision": decision["id"], "reward": reward})


def back_up(live: Path, to: Path) -> None:
    """Copy as the docs say: the journal first, then the keys, while the service writes on."""
    to.mkdir()
    for name in (NAME, f"{NAME}.keys"):
        with (
            closing(sqlite3.connect(live / name)) as one,
            closing(sqlite3.connect(to / name)) as two,
        ):
            one.backup(two)
    for ending in (".kek", ".access"):
        shutil.copy(live / f"{NAME}{ending}", to)


def sealed(copy: Path, receipts: list[dict[str, Any]]) -> list[bytes]:
    """Give the beginnings of entries of the forgotten, as they stand in the copy."""
    with closing(sqlite3.connect(copy / NAME)) as connection:
        found = [
            row[0]
            for receipt in receipts
            for row in connection.execute(
                "SELECT substr(sealed, 1, 24) FROM entry e JOIN stream s ON s.id = e.stream"
                " WHERE s.pseudonym = ?",
                (bytes.fromhex(receipt["pseudonym"]),),
            )
        ]
    assert len(found) > 20
    return found


def restored(backups: Backups, to: Path, *, from_copy: tuple[str, ...]) -> Path:
    """Put some files of the copy beside the others of the live ones; give the database."""
    shutil.copytree(backups.live, to)
    for ending in from_copy:
        for log in ("-wal", "-shm"):
            (to / f"{NAME}{ending}{log}").unlink(missing_ok=True)
        shutil.copy(backups.copy / f"{NAME}{ending}", to)
    return to / NAME


@pytest.mark.proof
def test_nobody_forgotten_comes_back(backups: Backups, tmp_path: Path) -> None:
    """Of the older journal beside the newer keys, the others' facts are served and no others."""
    database = restored(backups, tmp_path / "restored", from_copy=("",))
    assert any(secret in database.read_bytes() for secret in backups.sealed)

    with up(database, backups.key) as service, closing(service.caller()) as caller:
        assert no_file_holds(backups.sealed, database.parent)
        for person in GONE:
            assert caller.facts(person) == []
            for fact in backups.facts[person]:
                if fact["type"] == "decided":
                    assert caller.ask("GET", f"/v1/decisions/{fact['decision']['id']}")[0] == 404
        for person in STAYED:
            assert caller.facts(person) == backups.facts[person]
        live_a_little(caller, "cy")  # comes back once more
        kept = caller.facts("cy")
        service.kill()
    for _ in range(2):
        with up(database, backups.key) as service, closing(service.caller()) as caller:
            assert caller.facts("cy") == kept
            assert caller.facts("ada") == []
            assert service.stop() == 0


def no_file_holds(secrets: list[bytes], folder: Path) -> bool:
    """Look for bytes in every file of a folder."""
    held = b"".join(file.read_bytes() for file in sorted(folder.iterdir()))
    return not any(secret in held for secret in secrets)


@pytest.mark.proof
def test_the_model_is_without_them(backups: Backups, tmp_path: Path) -> None:
    """Decisions are those of a service where they were forgotten by a call, up to rounding."""
    database = restored(backups, tmp_path / "restored", from_copy=("",))
    other = restored(backups, tmp_path / "other", from_copy=("", ".keys"))
    with Engine.open(str(other), seed=7) as engine:
        assert engine.forget("ada").outcomes == 8
        assert engine.forget("cy").outcomes == 4

    assert numbers(database) == [pytest.approx(row, rel=CLOSE, abs=CLOSE) for row in numbers(other)]


def numbers(database: Path) -> list[list[float]]:
    """Give all that decisions for some people rest on."""
    with Engine.open(str(database), seed=7) as engine:
        asked: list[Decision] = [
            engine.decide(HERO, person=person, context={"hour": 3}, draw=0.5)
            for person in (*STAYED, None)
        ]
    return [[*one.weights, *one.neutral, *one.expected, *one.personal] for one in asked]


@pytest.mark.proof
def test_killed_while_it_is_put_right_it_is_put_right_the_next_time(
    backups: Backups, tmp_path: Path, figures: Callable[..., None]
) -> None:
    """Kill the start of a service on a restored journal at any time: nobody comes back, ever."""
    dice = random.Random(3)  # noqa: S311 - moments, not secrets
    seconds, first = 0.0, 0
    for number in range(KILLS + 1):
        database = restored(backups, tmp_path / f"{number}", from_copy=("",))
        started = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-c", PROGRAM, "up", "--db", str(database), "--port", "0"],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        if number == 0:
            process.stdout.readline()
            seconds = time.monotonic() - started
        else:
            time.sleep(dice.uniform(seconds / 2, seconds))
        process.kill()
        process.communicate()
        first += no_file_holds(backups.sealed, database.parent)
        with Engine.open(str(database), seed=7) as engine:
            assert not any(engine.export(person).count('"person"') for person in GONE)
            assert all(engine.export(person).count('"person"') for person in STAYED)
        assert no_file_holds(backups.sealed, database.parent)
        shutil.rmtree(database.parent)

    figures(
        "restored backups killed at the start", kills=KILLS, put_right_before=first, came_back=0
    )


@pytest.mark.proof
def test_keys_that_are_too_old_are_refused(backups: Backups, tmp_path: Path) -> None:
    """An older key file beside the newer journal: who came since has no key: no start."""
    sentence = refused_to_start(restored(backups, tmp_path / "restored", from_copy=(".keys",)))

    assert "has entries, no key and no forgetting" in sentence
    assert "put back the newest key file" in sentence
