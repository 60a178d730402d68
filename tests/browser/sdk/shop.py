"""A shop on one port of this machine, the service on another, and a page that has the client."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from browser.console.served import CHROMIUM, WHY_NOT, browser
from engines import PURPOSE, agreed, shop
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from penchant import Engine
from penchant.adapters.http.access import KeyFile, access_path, made
from penchant.adapters.http.app import create
from penchant.adapters.http.settings import Settings

__all__ = ["WHY_NOT_HERE", "Shop", "opened"]

CLIENT = Path(__file__).parents[3] / "sdk" / "js" / "dist" / "penchant.js"
WHY_NOT_HERE = (
    WHY_NOT
    if not CHROMIUM.exists()
    else ""
    if CLIENT.exists()
    else f"`{CLIENT.name}` is not built; run `npm ci && npm run build` in `sdk/js`"
)
SCOPES = ("signals:write", "decide:read", "outcome:write")

_PAGE = """<!doctype html><title>A shop</title><main id="hero">goggles</main>
<script type="module">
  import { Penchant } from "/penchant.js";
  window.make = more => {
    const usual = {url: "%s", key: "%s", purpose: "%s", timeoutMs: 10000};
    window.penchant = new Penchant({...usual, ...more});
  };
  window.ready = true;
</script>"""


class Shop(NamedTuple):
    """A page with the client, the engine behind its service, and what the page asked of it."""

    page: Page
    engine: Engine
    asked: list[Any]
    service: str

    def make(self, **settings: object) -> None:
        """Make the client in the page."""
        self.page.evaluate("more => window.make(more)", settings)

    def run(self, script: str, given: object = None) -> Any:
        """Run something in the page; `penchant` is the client."""
        return self.page.evaluate(script, given)

    def bodies(self, path: str) -> list[Any]:
        """Give what was sent to a route, in order."""
        return [
            one.post_data_json
            for one in self.asked
            if one.method == "POST" and one.url == self.service + path
        ]


@contextmanager
def opened(folder: Path) -> Iterator[Shop]:
    """Serve a shop and the service, and open the shop in a browser of its own."""
    database = folder / "people.db"
    keys = KeyFile(access_path(database))
    text, key = made(SCOPES, datetime.now(UTC), name="page")
    keys.add(key)
    with ExitStack() as parts:
        engine = parts.enter_context(Engine.open(str(database), seed=7))
        engine.declare(shop())
        agreed(engine, "ada")
        page: dict[str, str] = {}
        here = parts.enter_context(_running(_pages(page)))
        app = create(engine, Settings(allow_origins=(here,)), keys)
        parts.callback(app.close)
        service = parts.enter_context(_running(app))
        page["text"] = _PAGE % (service, text, PURPOSE)
        window = parts.enter_context(browser())
        yield _looked_at(window, here, engine, service)


def _looked_at(window: Browser, here: str, engine: Engine, service: str) -> Shop:
    page, asked = window.new_page(), []
    page.on("request", lambda one: asked.append(one))  # noqa: PLW0108 - as the browser wants it
    page.goto(here)
    page.wait_for_function("window.ready")
    return Shop(page, engine, asked, service)


def _pages(page: dict[str, str]) -> Starlette:
    """Give the shop: a page, another one to go to, and the client."""

    async def first(_: Request) -> Response:
        return HTMLResponse(page["text"])

    async def other(_: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Elsewhere</title>Elsewhere")

    async def client(_: Request) -> Response:
        return FileResponse(CLIENT, media_type="text/javascript")

    return Starlette(
        routes=[Route("/", first), Route("/other", other), Route("/penchant.js", client)]
    )


@contextmanager
def _running(app: Any) -> Iterator[str]:
    """Serve an application on a free port; give its address."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", http="httptools")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
