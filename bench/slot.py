"""From a page's load to its personalised slot, in headless Chromium, with the client of `sdk/js`.

A page keeps a slot of a fixed size with a default in it and fills it with what `decide` says. Three
pages are loaded in turns, each in a fresh window: one that asks `penchant up` on a journal on disk
through the client, one that fetches a constant from its own server instead, and one that fills
nothing. Printed are milliseconds from the start of navigation to the filled slot, how much the
layout shifted (0 is wanted), and what the client weighs gzipped (4,096 bytes are allowed).

Run: python bench/slot.py [--loads 40] [--folder .]; needs Chromium and `npm run build` in sdk/js.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from measuring import machine, percentiles
from playwright.sync_api import Browser, Page, sync_playwright
from serving import penchant_up

from penchant import Action, Engine, Moment

MOMENT, PURPOSE, PEOPLE = "home.hero", "recommendation", 200
CHROMIUM = Path("/usr/bin/chromium")
CLIENT = Path(__file__).parents[1] / "sdk" / "js" / "dist" / "penchant.js"
LIMIT = 4_096
PAGES = ("personalised", "constant", "nothing filled")

_PAGE = """<!doctype html><meta charset="utf-8"><title>A shop</title>
<style>body {{ font: 16px sans-serif }} #slot {{ height: 240px; overflow: hidden }}</style>
<h1>A shop</h1><div id="slot">usual</div><p>What stands below must not move.</p>
<script>
  window.shift = 0;
  new PerformanceObserver(list => {{
    for (const one of list.getEntries()) window.shift += one.value;
  }}).observe({{type: "layout-shift", buffered: true}});
  window.fill = text => {{
    document.getElementById("slot").innerHTML = "<h2>" + text + "</h2><p>chosen for you</p>";
    requestAnimationFrame(() => {{ window.filled = performance.now(); }});
  }};
</script>
<script type="module">{script}</script>"""
_SCRIPTS = {
    "personalised": """
  import {{ Penchant }} from "/penchant.js";
  const who = new URLSearchParams(location.search).get("who");
  const penchant = new Penchant({{
    url: "{url}", key: "{key}", purpose: "{purpose}", agreed: true, timeoutMs: 10000}});
  penchant.identify(who);
  const choice = await penchant.decide("{moment}", {{context: {{hour: 9}}}});
  window.from = choice.from;
  window.fill(choice.action);""",
    "constant": """
  const answer = await (await fetch("/constant.json")).json();
  window.from = "service";
  window.fill(answer.action);""",
    "nothing filled": """
  window.from = "service";
  window.filled = performance.now();""",
}


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, *said: Any) -> None:
        """Say nothing."""


@contextmanager
def pages(folder: Path) -> Iterator[str]:
    """Serve a folder; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()


def prepare(database: Path) -> None:
    """Make a journal of a shop: everybody agreed, and some outcomes were learned."""
    with Engine.open(str(database), seed=1) as engine:
        actions = [Action(f"a{k}", features={"price": float(k)}) for k in range(5)]
        engine.declare(Moment(MOMENT, purpose=PURPOSE, actions=actions))
        for number in range(PEOPLE):
            engine.consent(f"p{number}", PURPOSE)
        people = [f"p{number}" for number in range(PEOPLE)]
        answers = engine.decide_many(MOMENT, people=people, contexts=None)
        engine.learn_many(answers, rewards=[float(number % 2) for number in range(PEOPLE)])


def load(window: Browser, address: str) -> tuple[float, float]:
    """Load a page in a fresh window; give ms to the filled slot, and how much the layout shifted.

    Raises:
        RuntimeError: When what is shown is not the service's.
    """
    context = window.new_context(viewport={"width": 1280, "height": 800})
    try:
        page: Page = context.new_page()
        page.goto(address)
        page.wait_for_function("() => window.filled")
        page.wait_for_timeout(100)  # what would shift, shifts now
        filled, shift, said = page.evaluate("() => [window.filled, window.shift, window.from]")
    finally:
        context.close()
    if said != "service":
        raise RuntimeError(f"The slot shows what came from `{said}`, not from the service.")
    return float(filled), float(shift)


def measure(loads: int, folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Load the pages in turns."""
    database, root = folder / "people.db", folder / "pages"
    root.mkdir()
    prepare(database)
    with ExitStack() as parts:
        here = parts.enter_context(pages(root))
        ours = parts.enter_context(penchant_up("", database, more=["--allow-origin", here]))
        said = {"url": f"http://127.0.0.1:{ours.port}", "key": ours.token}
        for name, script in _SCRIPTS.items():
            text = _PAGE.format(script=script.format(**said, purpose=PURPOSE, moment=MOMENT))
            (root / f"{name.split()[0]}.html").write_text(text, encoding="utf-8")
        (root / "penchant.js").write_bytes(CLIENT.read_bytes())
        (root / "constant.json").write_text('{"action": "a0"}', encoding="utf-8")
        browser = parts.enter_context(sync_playwright())
        window = browser.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        parts.callback(window.close)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in PAGES}
        for number in range(-2, loads):  # the first two warm the browser up
            for name in PAGES:
                address = f"{here}/{name.split()[0]}.html?who=p{number % PEOPLE}"
                found = load(window, address)
                if number >= 0:
                    taken[name].append(found)
        return taken


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--loads", type=int, default=40, help="of each page")
    options.add_argument("--folder", type=Path, default=Path(), help="on which disk")
    given = options.parse_args()
    if not CLIENT.exists() or not CHROMIUM.exists():
        print(f"Not measured: it needs `{CHROMIUM}`, and `npm ci && npm run build` in sdk/js.")
        return
    zipped = len(gzip.compress(CLIENT.read_bytes(), 9))
    print(f"{machine()}\nclient: {zipped:,} bytes gzipped, {zipped / LIMIT:.2f} of what is allowed")
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        taken = measure(given.loads, Path(name))
    print(f"{'ms to the filled slot':24}{'loads':>7}{'p50':>8}{'p95':>8}{'p99':>8}{'shift':>8}")
    for label, each in taken.items():
        found = percentiles([ms for ms, _ in each])
        shift = max(shift for _, shift in each)
        print(
            f"{label:24}{found.calls:7}{found.p50:8.1f}{found.p95:8.1f}{found.p99:8.1f}{shift:8.3f}"
        )
    p50 = {label: percentiles([ms for ms, _ in each]).p50 for label, each in taken.items()}
    ratio = p50["personalised"] / p50["constant"]
    print(f"personalised: {ratio:.2f} x the page with the constant, in the median")


if __name__ == "__main__":
    main()
