"""Services as processes of their own, what they use of the processor, and a light client.

What is compared runs side by side: our service on a journal on disk, a raw ASGI application and
FastAPI that answer a constant, all behind uvicorn with httptools and the same settings. Requests
are bytes made beforehand; the client only writes them and counts answers, so it is not the limit.
What counts is the processor time of the server's process (all of its threads, user and system), as
the system accounts for it, so that other work on the machine weighs little.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

__all__ = ["Load", "Server", "beat", "constant", "cpu_seconds", "hammer", "penchant_up", "post"]

LOOPS = ("uvloop", "asyncio")
_NO_UVLOOP = "import sys; sys.modules['uvloop'] = None\n"
_UP = "import sys\nfrom penchant.adapters.cli.app import main\nsys.exit(main())"
_WAIT_SECONDS = 120.0
_ANSWER = b'{"id":"0","moment":"home.hero","person":"p","action":{"name":"a0"},"propensity":0.9}'


class Server(NamedTuple):
    """A service that runs: its label, its process, where it listens and what opens it."""

    label: str
    pid: int
    port: int
    token: str = ""


class Load(NamedTuple):
    """What some seconds of load gave: requests answered, seconds by the clock and of the server."""

    requests: int
    seconds: float
    cpu: float

    @property
    def per_cpu(self) -> float:
        """Requests a second of the server's processor."""
        return self.requests / self.cpu

    @property
    def per_second(self) -> float:
        """Requests a second by the clock."""
        return self.requests / self.seconds


async def raw(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer a constant: the body is read and nothing is done with it."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    length = (b"content-length", b"%d" % len(_ANSWER))
    headers = [(b"content-type", b"application/json"), length]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _ANSWER})


def fast() -> Any:
    """Give a FastAPI application that answers a constant; the body is not even read."""
    from fastapi import FastAPI  # noqa: PLC0415 - in its own process alone

    app = FastAPI()

    @app.post("/v1/decisions")
    async def constant_answer() -> dict[str, str]:
        return {"id": "0", "moment": "home.hero", "person": "p", "action": "a0"}

    return app


@contextmanager
def constant(label: str, loop: str, *, factory: str = "") -> Iterator[Server]:
    """Run an application of this file that answers a constant, as `penchant up` would run it."""
    port = _free_port()
    name = f"serving:{factory or 'raw'}"
    told = [sys.executable, "-m", "uvicorn", name, *(["--factory"] if factory else [])]
    told += ["--port", str(port), "--http", "httptools", "--loop", loop, "--lifespan", "on"]
    told += ["--no-access-log", "--no-proxy-headers", "--no-server-header", "--ws", "none"]
    told += ["--log-level", "warning", "--app-dir", str(Path(__file__).parent)]
    with _process(told, port) as pid:
        yield Server(label, pid, port)


@contextmanager
def penchant_up(
    label: str, database: Path, *, loop: str = "uvloop", more: Sequence[str] = ()
) -> Iterator[Server]:
    """Run `penchant up` on a database; without uvloop where `loop` says so."""
    from penchant.adapters.http.service_file import find_service  # noqa: PLC0415 - as above

    port = _free_port()
    code = (_NO_UVLOOP if loop == "asyncio" else "") + _UP
    told = [sys.executable, "-c", code, "up", "--db", str(database), "--port", str(port)]
    with _process([*told, "--rate", "1000000/second", *more], port) as pid:
        ends = time.monotonic() + _WAIT_SECONDS
        while (address := find_service(database)) is None or address.pid != pid:
            if time.monotonic() > ends:
                raise RuntimeError(f"The service of `{database.name}` says nothing of itself.")
            time.sleep(0.05)
        yield Server(label, pid, port, address.token)


def cpu_seconds(pid: int) -> float:
    """Give the seconds of processor a process has used, all threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def post(path: str, body: bytes, token: str = "", method: str = "POST") -> bytes:
    """Give a request as bytes."""
    key = f"authorization: Bearer {token}\r\n" if token else ""
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{key}content-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def hammer(server: Server, requests: Sequence[bytes], *, seconds: float, at_once: int) -> Load:
    """Ask as fast as answers come, over some connections at once.

    Raises:
        RuntimeError: When an answer is none.
    """
    return asyncio.run(_hammer(server, requests, seconds, at_once))


def beat(
    server: Server, requests: Sequence[bytes], *, seconds: float, rate: float, at_once: int
) -> tuple[Load, list[float]]:
    """Ask at a steady rate, whatever the answers do; give seconds from when each was due."""
    return asyncio.run(_beat(server, requests, seconds, rate, at_once))


class _Connection(asyncio.Protocol):
    """One connection: a request at a time."""

    def __init__(self, answered: Callable[[_Connection], None]) -> None:
        self._answered = answered
        self._got = b""
        self.due = 0.0
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self._got = b""
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, blank, body = self._got.partition(b"\r\n\r\n")
        if not blank:
            return
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        if len(body) < int(lower[at:].split(b"\r\n", 1)[0]):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            said = f"{head[:40]!r} {body[:300]!r}"
            self.transport.abort()
            asyncio.get_running_loop().stop()
            raise RuntimeError(said)
        self._answered(self)


async def _connected(
    server: Server, count: int, answered: Callable[[_Connection], None]
) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Connection(answered), "127.0.0.1", server.port)
        for _ in range(count)
    ]
    return [one for _, one in made]


async def _hammer(server: Server, requests: Sequence[bytes], seconds: float, at_once: int) -> Load:
    count, idle = 0, 0
    ends = time.perf_counter() + seconds
    done = asyncio.Event()

    def next_one(connection: _Connection) -> None:
        nonlocal count, idle
        count += 1
        if time.perf_counter() < ends:
            connection.ask(requests[count % len(requests)])
            return
        idle += 1
        if idle == at_once:
            done.set()

    connections = await _connected(server, at_once, next_one)
    spent, started = cpu_seconds(server.pid), time.perf_counter()
    for place, one in enumerate(connections):
        one.ask(requests[-1 - place % len(requests)])
    await done.wait()
    took = time.perf_counter() - started
    load = Load(count, took, cpu_seconds(server.pid) - spent)
    for one in connections:
        one.transport.close()
    return load


async def _beat(
    server: Server, requests: Sequence[bytes], seconds: float, rate: float, at_once: int
) -> tuple[Load, list[float]]:
    times: list[float] = []
    total, done = int(seconds * rate), asyncio.Event()
    idle: list[_Connection] = []
    waiting: list[float] = []

    def back(connection: _Connection) -> None:
        times.append(time.perf_counter() - connection.due)
        if len(times) == total:
            done.set()
        if waiting:
            send(connection, waiting.pop(0))
        else:
            idle.append(connection)

    def send(connection: _Connection, due: float) -> None:
        connection.due = due
        connection.ask(requests[len(times) % len(requests)])

    idle += await _connected(server, at_once, back)
    connections = list(idle)
    spent, started = cpu_seconds(server.pid), time.perf_counter()
    sent = 0
    while sent < total:
        due = started + sent / rate
        if (ahead := due - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        sent += 1
        if idle:
            send(idle.pop(), due)
        else:
            waiting.append(due)
        if sent % 64 == 0:
            await asyncio.sleep(0)
    await done.wait()
    took = time.perf_counter() - started
    for one in connections:
        one.transport.close()
    return Load(total, took, cpu_seconds(server.pid) - spent), times


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@contextmanager
def _process(told: Sequence[str], port: int) -> Iterator[int]:
    """Run a program until it listens, and stop it at the end.

    Raises:
        RuntimeError: When it does not listen in time.
    """
    with ExitStack() as parts:
        said = parts.enter_context(TemporaryFile())
        quiet = {"stdout": subprocess.DEVNULL, "stderr": said}
        running = subprocess.Popen(told, **quiet)  # noqa: S603 - our own words
        parts.callback(running.wait)
        parts.callback(running.send_signal, signal.SIGINT)
        if not _listens(port, running):
            said.seek(0)
            sys.stderr.buffer.write(said.read())
            raise RuntimeError(f"`{told!r}` does not listen on port {port}; see above.")
        yield running.pid


def _listens(port: int, running: subprocess.Popen[bytes]) -> bool:
    """Wait until something listens; say whether it does, in time and before the program ended."""
    ends = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < ends and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
