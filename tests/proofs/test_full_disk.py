"""A full disk: a write is refused and said to be, nothing before it is lost, and space mends it."""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from proofs.serving import HERO, PURPOSE, Caller, Up, begun, up

ROUNDS = 40 if os.environ.get("PENCHANT_PROOF") == "full" else 2
BODY = {"data": {"text": "x" * 900}}


class Limit:
    """No file of the service may grow beyond what it has and a little; needs no rights."""

    def __init__(self, folder: Path) -> None:
        """Keep the database in a folder like any other."""
        if not hasattr(resource, "prlimit"):
            pytest.skip("limits on the files of another process need Linux")
        self.database = folder / "people.db"

    def fill(self, service: Up) -> None:
        """Leave no room."""
        most = max(file.stat().st_size for file in self.database.parent.iterdir()) + 60_000
        number = service.process.pid
        self._free = resource.prlimit(number, resource.RLIMIT_FSIZE)
        resource.prlimit(number, resource.RLIMIT_FSIZE, (most, self._free[1]))

    def empty(self, service: Up) -> None:
        """Give the room back."""
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, self._free)

    def close(self) -> None:
        """Leave nothing behind."""


class SmallDisk:
    """A file system in memory with room for little, filled by another file."""

    def __init__(self, folder: Path) -> None:
        """Mount it."""
        self._folder = folder / "disk"
        self._folder.mkdir()
        mount = shutil.which("mount")
        if mount is None or os.geteuid() != 0:
            pytest.skip("mounting a small file system needs the rights of root")
        made = subprocess.run(  # noqa: S603 - our own words
            [mount, "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(self._folder)],
            capture_output=True,
            check=False,
            text=True,
        )
        if made.returncode:
            pytest.skip(f"a small file system cannot be mounted here: {made.stderr.strip()}")
        self.database = self._folder / "people.db"
        self._ballast = self._folder / "ballast"

    def fill(self, service: Up) -> None:
        """Leave room for a few signals and no more."""
        del service
        free = shutil.disk_usage(self._folder).free
        self._ballast.write_bytes(bytes(max(free - 60_000, 0)))

    def empty(self, service: Up) -> None:
        """Give the room back."""
        del service
        self._ballast.unlink()

    def close(self) -> None:
        """Unmount it."""
        subprocess.run(["umount", str(self._folder)], check=True)  # noqa: S603, S607 - as above


@pytest.fixture(params=[Limit, SmallDisk])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Limit | SmallDisk]:
    """Give a disk that can be filled."""
    disk: Limit | SmallDisk = request.param(tmp_path)
    yield disk
    disk.close()


@pytest.mark.proof
def test_a_full_disk_loses_nothing(disk: Limit | SmallDisk, figures: Callable[..., None]) -> None:
    """Again and again: 503 with a sentence while there is no room, then everything goes on."""
    database = disk.database
    key = begun(database)
    kept: list[str] = []
    refused = 0
    with up(database, key) as service, closing(service.caller()) as caller:
        caller.told("PUT", f"/v1/people/ada/consent/{PURPOSE}", {"granted": True})
        decision = caller.told("POST", "/v1/decisions", {"moment": HERO, "person": "ada"})["id"]
        for number in range(ROUNDS):
            kept += fill(caller, number * 1_000, 5)
            disk.fill(service)
            kept += fill(caller, number * 1_000 + 100, 900)
            refused += refuse_everything(caller, decision)
            assert seen(caller) == kept
            disk.empty(service)
            kept += fill(caller, number * 1_000 + 999, 1)
            assert seen(caller) == kept
        assert caller.told("POST", "/v1/outcomes", {"decision": decision, "reward": 1})["kept"]
        service.kill()
    with up(database, key) as service, closing(service.caller()) as caller:
        assert seen(caller) == kept
        assert service.stop() == 0

    figures("full disks", rounds=ROUNDS, acknowledged=len(kept), refused=refused, lost=0)


def fill(caller: Caller, start: int, most: int) -> list[str]:
    """Send signals until one is refused for want of room; give those that are kept."""
    kept = []
    for number in range(start, start + most):
        body = {"kind": "shop.viewed", "person": "ada", "id": f"s{number}", "purpose": PURPOSE}
        status, content = caller.ask("POST", "/v1/signals", {**body, **BODY})
        if status == 503:
            check_problem(content)
            break
        assert (status, content) == (200, b'{"kept":true}')
        kept.append(f"s{number}")
    return kept


def refuse_everything(caller: Caller, decision: str) -> int:
    """See that no other door writes either, and what only reads still answers."""
    big = {"n": "x" * 1_000}
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/v1/decisions", {"moment": HERO, "person": "ada", "context": big}),
        ("POST", "/v1/decisions", {"items": [{"moment": HERO, "person": "ada"}] * 50}),
        ("POST", "/v1/signals", {"purpose": PURPOSE, "items": [signal(n) for n in range(200)]}),
    ]
    for method, path, body in asked:
        status, content = caller.ask(method, path, body)
        assert status == 503, (path, content)
        check_problem(content)
    assert caller.ask("GET", f"/v1/decisions/{decision}/explanation")[0] == 200
    assert caller.ask("GET", "/healthz")[0] == 200
    return len(asked) + 1


def signal(number: int) -> dict[str, Any]:
    """Give one signal of a batch that is too large for what room there is."""
    return {"kind": "shop.viewed", "person": "ada", "id": f"b{number}", **BODY}


def check_problem(content: bytes) -> None:
    """See that the answer says what happened and what to do, in the usual shape."""
    text = content.decode()
    assert "The disk failed for `people.db" in text, text
    assert '"status":503' in text
    assert "ada" not in text


def seen(caller: Caller) -> list[str]:
    """Give the ids of the signals that are kept."""
    return [one["signal"]["id"] for one in caller.facts("ada") if one["type"] == "observed"]
