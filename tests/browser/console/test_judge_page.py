"""The page of candidates in a real browser: both sizes, light and dark, told and untold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from adapters.console.judged import judged
from adapters.console.visited import furnished
from browser.console.served import AXE, IN_A_BROWSER, SCHEMES, SIZES, browser, looked_at, served
from browser.console.test_console import FOCUS, SHIFTS, Console, folder

pytestmark = IN_A_BROWSER

PAGES = ("judged", "cannot-say")


@pytest.fixture(scope="module")
def console() -> Iterator[Console]:
    """Serve an engine of which something can be said, and one of which nothing can."""
    told, untold = judged(), furnished()
    with served(told) as here, served(untold) as there, browser() as window:
        places = {
            "judged": f"{here}/judge?moment=home.hero",
            "cannot-say": f"{there}/judge?moment=home.hero",
        }
        for place in places.values():
            with looked_at(window, place) as page:
                while not page.locator("#gain").count():
                    page.reload()
        yield Console(window, places)
    told.close()
    untold.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_it_fits_and_stands_still(
    console: Console, name: str, size: str, scheme: str, tmp_path: Path
) -> None:
    """Nothing is wider than the window, and nothing moves while it loads."""
    with looked_at(console.window, console.places[name], size=size, scheme=scheme) as page:
        shift = page.evaluate(SHIFTS)
        page.screenshot(path=folder(tmp_path) / f"{name}-{size}-{scheme}.png", full_page=True)
        widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")

    assert shift == 0
    assert widths[0] <= widths[1]


@pytest.mark.skipif(not AXE.exists(), reason=f"`{AXE.name}` is not there; `make test` installs it")
@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(console: Console, name: str, size: str, scheme: str) -> None:
    """The page has no barrier that axe knows, with everything unfolded."""
    with looked_at(
        console.window, console.places[name], size=size, scheme=scheme, bypass_csp=True
    ) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.add_script_tag(path=AXE)
        found: dict[str, Any] = page.evaluate("axe.run()")

    assert [one["id"] for one in found["violations"]] == []


def test_the_keyboard_gets_to_each_choice(console: Console) -> None:
    """What candidates are held against is chosen by Tab and Enter alone."""
    with looked_at(console.window, console.places["judged"]) as page:
        for _ in range(30):
            page.keyboard.press("Tab")
            stop = page.evaluate(FOCUS)
            assert stop["seen"]
            assert stop["width"] >= 2
            if stop["href"] and stop["href"].endswith("against=even%20chance"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**against=even%20chance")
        while not page.locator("#gain").count():
            page.reload()

        assert page.locator(".choices [aria-current]").inner_text() == "even chance"
