"""A service in this process, with a shop declared and ada asked; called without a network."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from functools import partialmethod
from typing import Any, NamedTuple, TypeVar

import httpx
from engines import PURPOSE, agreed, engine_on, shop

from penchant import Engine
from penchant.adapters.http.access import KeyFile
from penchant.adapters.http.app import App, create
from penchant.adapters.http.settings import Settings

__all__ = ["ASK", "HERE", "JSON", "SIGNAL", "Caller", "Service", "service"]

HERE = "http://127.0.0.1:8321"
JSON = {"content-type": "application/json"}
ASK = {"moment": "home.hero", "person": "ada", "context": {"hour": 9, "device": "phone"}}
SIGNAL = {"kind": "shop.viewed", "person": "ada", "data": {"item": "fins"}, "purpose": PURPOSE}

T = TypeVar("T")


class Caller:
    """Calls an application and waits; several calls at once go through `together`."""

    def __init__(self, app: App, headers: dict[str, str]) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app)
        self.client = httpx.AsyncClient(transport=transport, base_url=HERE, headers=headers)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the loop of the application."""
        return self._runner.run(work)

    def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Call one route."""
        return self.run(self.client.request(method, path, **given))

    get = partialmethod(call, "GET")
    post = partialmethod(call, "POST")
    put = partialmethod(call, "PUT")
    delete = partialmethod(call, "DELETE")
    options = partialmethod(call, "OPTIONS")

    def together(self, *calls: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        """Make several calls at once."""

        async def gathered() -> list[httpx.Response]:
            requests = (self.client.request(method, path, **given) for method, path, given in calls)
            return list(await asyncio.gather(*requests))

        return self.run(gathered())

    def close(self) -> None:
        """Let go of the loop."""
        self.run(self.client.aclose())
        self._runner.close()


class Service(NamedTuple):
    """What a test calls, and what is behind it."""

    client: Caller
    app: App
    engine: Engine


@contextmanager
def service(
    engine: Engine | None = None,
    settings: Settings | None = None,
    keys: KeyFile | None = None,
    *,
    key: str | None = None,
) -> Iterator[Service]:
    """Serve an engine; requests carry the service's own token, or another key, or "" for none."""
    if engine is None:
        engine = engine_on()
        engine.declare(shop())
        agreed(engine, "ada", "ben")
    app = create(engine, settings, keys)
    text = app.token if key is None else key
    client = Caller(app, {"authorization": f"Bearer {text}"} if text else {})
    try:
        yield Service(client, app, engine)
    finally:
        app.close()
        client.close()
        engine.close()
