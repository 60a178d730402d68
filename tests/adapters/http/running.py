"""A service in a process of its own, with little patience, for tests over the wire."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
from engines import agreed, shop

from penchant import Engine, Limits, Moment
from penchant.adapters.store.sqlite import SqliteStore

__all__ = ["UP", "Running", "made_database", "program", "rest", "running", "until"]

SCRIPT = """
import sys
from pathlib import Path
from penchant import Engine, Limits
from penchant.adapters.http.serving import listening, serve
from penchant.adapters.http.settings import Settings
from penchant.adapters.store.sqlite import SqliteStore

database = Path(sys.argv[1])
settings = Settings(port=0, body_seconds=0.5, header_seconds=0.5, stop_seconds=5.0, streams=3)
limits = Limits(cool_down_min_seconds=0.001)
with listening(settings, database) as sock, Engine(SqliteStore(database), limits=limits) as engine:
    print(sock.getsockname()[1], flush=True)
    serve(engine, database, settings, sock, started=lambda app: print(app.token, flush=True))
"""

UP = "from penchant.adapters.cli.app import main; import sys; sys.argv[0] = 'penchant'; main()"


class Running(NamedTuple):
    """A service that runs, and how to reach it."""

    process: subprocess.Popen[str]
    port: int
    token: str

    def client(self) -> httpx.Client:
        """Call it."""
        headers = {"authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=30)

    def connect(self) -> socket.socket:
        """Open a connection and say nothing yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def head(self, more: str) -> bytes:
        """Give the head of a question, with more headers."""
        return (
            f"POST /v1/decisions HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n{more}\r\n"
        ).encode()


def made_database(path: Path, *moments: Moment) -> Path:
    """Make a database with a shop declared and ada asked."""
    limits = Limits(cool_down_min_seconds=0.001)  # so that moments open often in a short test
    with Engine(SqliteStore(path), limits=limits) as engine:
        for moment in (shop(), *moments):
            engine.declare(moment)
        agreed(engine, "ada")
    return path


@contextlib.contextmanager
def program(*command: str) -> Iterator[subprocess.Popen[str]]:
    """Run our interpreter, and see that it ends."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def running(database: Path) -> Iterator[Running]:
    """Serve a database."""
    with program("-c", SCRIPT, str(database)) as process:
        assert process.stdout is not None
        port, token = (process.stdout.readline().strip() for _ in range(2))
        yield Running(process, int(port), token)


def until(what: Callable[[], object]) -> None:
    """Wait until something holds; the time limit of the test ends it otherwise."""
    while not what():
        time.sleep(0.02)


def rest(connection: socket.socket) -> bytes:
    """Read what comes until the other side closes."""
    parts = []
    while part := connection.recv(2**16):
        parts.append(part)
    return b"".join(parts)
