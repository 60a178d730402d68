"""The process of `penchant up`: uvicorn around the application, stopped without loss."""

import signal
from collections.abc import Callable
from pathlib import Path

import uvicorn

from penchant.adapters.http.access import KeyFile, access_path
from penchant.adapters.http.app import App, create
from penchant.adapters.http.settings import Settings
from penchant.engine import Engine
from penchant.errors import BadInput

__all__ = ["serve"]

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def serve(
    engine: Engine, database: Path, settings: Settings, *, started: Callable[[App, str], None]
) -> None:
    """Serve until told to stop; requests under way are finished first.

    Args:
        engine: What is served; it is not closed.
        database: Its file, for the keys beside it.
        settings: Where it listens, and its bounds.
        started: Called with the application and its address once it listens.

    Raises:
        BadInput: When it would listen to others and there is no key.
    """
    keys = KeyFile(access_path(database))
    if settings.host not in _LOOPBACK and not keys.keys:
        raise BadInput(
            f"`{settings.host}` can be reached by others, and there is no key yet. Make one with "
            "`penchant key new` first, or listen on 127.0.0.1."
        )
    app = create(engine, settings, keys)
    server = _Server(_config(app, settings), lambda url: started(app, url))
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises them again when it is done
        signal.signal(number, lambda *_: None)
    server.run()


class _Server(uvicorn.Server):
    """Says where it listens."""

    def __init__(self, config: uvicorn.Config, started: Callable[[str], None]) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        for server in self.servers:
            for one in server.sockets:
                host, port = one.getsockname()[:2]
                shown = f"[{host}]" if ":" in host else host
                self._started(f"http://{shown}:{port}")
                return


def _config(app: App, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http="httptools",
        ws="none",
        loop="auto",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.stop_seconds),
    )
