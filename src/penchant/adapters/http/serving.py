"""The process of `penchant up`: uvicorn around the application, stopped without loss.

Rule 1: whoever says nothing, begins a request and does not go on, or does not read, is let go.
Rule 2: a stop finishes what was asked, then closes; what was answered is on the disk already.
"""

import errno
import gc
import math
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import uvicorn

from penchant.adapters.http.access import KeyFile, access_path
from penchant.adapters.http.app import App, create
from penchant.adapters.http.log import logger
from penchant.adapters.http.protocol import Connection
from penchant.adapters.http.settings import Settings
from penchant.engine import Engine
from penchant.errors import BadInput

__all__ = ["listening", "serve"]

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BACKLOG = 2_048
_CONNECTIONS = 65_536
_KEEP_ALIVE_SECONDS = 30
_GARBAGE_AT = 50_000  # new objects: those of some thousand decisions
_UNREAD_SECONDS = 30.0
_NEW, _UNREAD = object(), object()


def serve(
    engine: Engine,
    database: Path,
    settings: Settings,
    sock: socket.socket,
    *,
    started: Callable[[App], None],
) -> None:
    """Serve until told to stop; requests under way are finished first.

    Args:
        engine: What is served; it is not closed.
        database: Its file, for the keys beside it.
        settings: The bounds.
        sock: Where it listens; see `listening`.
        started: Called with the application once it serves.
    """
    app = create(engine, settings, KeyFile(access_path(database)))
    server = _Server(app, settings, lambda: started(app))
    try:
        _allow_connections()
        with _garbage_seldom():
            server.run([sock])
    finally:
        app.close()


@contextmanager
def _garbage_seldom() -> Iterator[None]:
    """Look for garbage in rings less often, and never again through what was read at the start.

    Nearly all that a request makes goes without being looked for; looking at every 700 new objects,
    as Python does by itself, takes a tenth of the time of a decision, and with many people in
    memory it would stop the service for seconds.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE_AT)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _allow_connections() -> None:
    """Let the process have as many connections as the system allows it, not a shell's thousand."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        few = _CONNECTIONS if most == resource.RLIM_INFINITY else min(most, _CONNECTIONS)
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))


def listening(settings: Settings, database: Path) -> socket.socket:
    """Take the address that a service listens on.

    Raises:
        BadInput: When it cannot be had, or others can reach it and there is no key yet.
    """
    host, port = settings.host, settings.port
    if host not in _LOOPBACK and not KeyFile(access_path(database)).keys:
        raise BadInput(
            f"`{host}` can be reached by others, and there is no key yet. Make one with "
            "`penchant key new` first, or listen on 127.0.0.1."
        )
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as wrong:
        if wrong.errno == errno.EADDRINUSE:
            raise BadInput(
                f"Port {port} of `{host}` is taken by another program. Choose one with `--port`; "
                "0 takes a free one."
            ) from None
        msg = f"It is not possible to listen on `{host}`, port {port}: {wrong.strerror}."
        raise BadInput(msg) from None


class _Server(uvicorn.Server):
    """uvicorn, told when to let connections go, and stopping with exit code 0."""

    def __init__(self, app: App, settings: Settings, started: Callable[[], None]) -> None:
        super().__init__(_config(app, settings))
        self._app, self._started = app, started
        self._idle = _Idle(settings.header_seconds)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        logger.info("serving")
        self._started()

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:
            self._idle.sweep(self.server_state.connections, time.monotonic())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logger.info("stopping")
        self._app.stop()
        await super().shutdown(sockets)
        logger.info("stopped")

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal, and leave it at that: a stop that was asked for is no failure."""
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Idle:
    """Connections on which nothing moves, with what they were at and since when."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: WeakKeyDictionary[Any, tuple[Any, float]] = WeakKeyDictionary()

    def sweep(self, connections: set[Any], now: float) -> None:
        """Let go of what has been silent, half said or not read for too long."""
        for one in list(connections):
            at, patience = self._at(one)
            before, since = self._since.setdefault(one, (at, now))
            if before is not at:
                self._since[one] = (at, now)
            elif now - since > patience:
                one.transport.abort()

    def _at(self, one: Any) -> tuple[Any, float]:
        """Say what a connection is at, and how long it may stay there."""
        if one.flow is not None and one.flow.write_paused:
            return _UNREAD, _UNREAD_SECONDS
        last = getattr(one, "cycle", None)
        if last is None:
            return _NEW, self._seconds
        return last, self._seconds + _KEEP_ALIVE_SECONDS if last.response_complete else math.inf


def _config(app: App, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        loop="auto",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(settings.stop_seconds),
    )
