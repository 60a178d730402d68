"""A real `penchant up` as a process of its own, and callers of it that know no other road."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, get_args
from urllib.parse import quote

from penchant import Action, Engine, Moment, Outcome
from penchant.adapters.http.access import SCOPES, KeyFile, access_path, made
from penchant.runtime.rights.portable import PersonFact

__all__ = [
    "GONE",
    "HERO",
    "PURPOSE",
    "Caller",
    "Up",
    "begun",
    "facts_of",
    "refused_to_start",
    "up",
]

PURPOSE, HERO = "recommendation", "home.hero"
GONE = (OSError, http.client.HTTPException)
"""What a caller meets when the service dies under it."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_SECONDS = 60
_FACTS = {one.__struct_config__.tag for one in get_args(PersonFact)}
PROGRAM = "from penchant.adapters.cli.app import main; main()"


class Up(NamedTuple):
    """A service that runs, with a key that opens everything."""

    process: subprocess.Popen[str]
    port: int
    key: str

    def caller(self) -> "Caller":
        """Give somebody who calls it."""
        return Caller(self)

    def kill(self) -> None:
        """End it with no chance to say anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(_SECONDS)

    def stop(self) -> int:
        """End it as an operator does; give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_SECONDS)


class Caller:
    """One connection; what it is answered is acknowledged."""

    def __init__(self, service: Up) -> None:
        """Connect on the first call."""
        self._connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=_SECONDS)
        self._headers = {
            "authorization": f"Bearer {service.key}",
            "content-type": "application/json",
        }

    def ask(
        self, method: str, path: str, body: Any = None, *, more: Mapping[str, str] = _NOTHING
    ) -> tuple[int, bytes]:
        """Call; give status and body once the answer is whole.

        Raises:
            OSError: When the service is gone.
            http.client.HTTPException: When it went in the middle of the answer.
        """
        text = None if body is None else json.dumps(body)
        self._connection.request(method, path, text, {**self._headers, **more})
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def told(
        self, method: str, path: str, body: Any = None, *, more: Mapping[str, str] = _NOTHING
    ) -> Any:
        """Call, expect that it goes well, and give what was answered."""
        status, content = self.ask(method, path, body, more=more)
        assert status == 200, content
        return json.loads(content)

    def facts(self, person: str) -> list[dict[str, Any]]:
        """Give every fact that is kept of a person."""
        status, content = self.ask("GET", f"/v1/people/{quote(person, safe='')}/export")
        assert status == 200, content
        return facts_of(content.decode())

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def facts_of(export: str) -> list[dict[str, Any]]:
    """Give the facts of an export; what is inferred from them at its hour is left out."""
    lines = [json.loads(line) for line in export.splitlines()]
    return [line for line in lines if line["type"] in _FACTS]


def begun(database: Path) -> str:
    """Make a database with a moment declared, and a key; give the key."""
    with Engine.open(str(database), seed=7) as engine:
        engine.declare(
            Moment(
                HERO,
                purpose=PURPOSE,
                actions=[Action("run"), Action("swim"), Action("cycle", burden=0.3)],
                outcome=Outcome("clicked", window="1d"),
            )
        )
    text, key = made(SCOPES, datetime.now(UTC), name="proofs")
    KeyFile(access_path(database)).add(key)
    return text


@contextmanager
def up(database: Path, key: str) -> Iterator[Up]:
    """Start the service, and see that it ends."""
    process = _started(database)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield Up(process, int(json.loads(line)["url"].rpartition(":")[2]), key)
    finally:
        process.kill()
        process.communicate()


def refused_to_start(database: Path) -> str:
    """Start the service where it must not; give the sentence it says."""
    process = _started(database)
    try:
        out, err = process.communicate(timeout=_SECONDS)
    finally:
        process.kill()
    assert process.returncode not in {0, -signal.SIGKILL}, out
    assert out == ""
    assert "Traceback" not in err, err
    return " ".join(err.split())


def _started(database: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", PROGRAM, "up", "--db", str(database), "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "1000"},
    )
