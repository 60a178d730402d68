"""A console on a port of this machine, and a browser that looks at it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette

from penchant import Engine
from penchant.adapters.console.pages import routes
from penchant.adapters.console.settings import ConsoleSettings

__all__ = [
    "AXE",
    "CHROMIUM",
    "IN_A_BROWSER",
    "SCHEMES",
    "SIZES",
    "WHY_NOT",
    "browser",
    "looked_at",
    "served",
]

ROOT = Path(__file__).parents[3]
CHROMIUM = Path(os.environ.get("PENCHANT_CHROMIUM", "/usr/bin/chromium"))
AXE = ROOT / "sdk" / "js" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
SCHEMES = ("light", "dark")
WHY_NOT = f"`{CHROMIUM}` is not there; install Chromium, or name one with PENCHANT_CHROMIUM"
IN_A_BROWSER = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason=WHY_NOT)]
"""The marks of a module whose tests need Chromium."""


@contextmanager
def served(engine: Engine) -> Iterator[str]:
    """Serve the console of an engine; give the address of its first page."""
    app = Starlette(routes=routes(engine, ConsoleSettings(show_people=True)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/console"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser."""
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield one
        finally:
            one.close()


@contextmanager
def looked_at(
    window: Browser, address: str, *, size: str = "desk", scheme: str = "light", **more: Any
) -> Iterator[Page]:
    """Open a page in a fresh window."""
    width, height = SIZES[size]
    context = window.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        **more,
    )
    try:
        page = context.new_page()
        page.goto(address)
        yield page
    finally:
        context.close()
