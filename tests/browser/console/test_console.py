"""The console in a real browser: both sizes, light and dark, by keyboard, and without scripts.

Screenshots go to the folder named by PENCHANT_SCREENSHOTS, else to the test's own.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from adapters.console.visited import furnished
from browser.console.served import (
    AXE,
    IN_A_BROWSER,
    SCHEMES,
    SIZES,
    browser,
    looked_at,
    served,
)
from playwright.sync_api import Browser, Page

pytestmark = IN_A_BROWSER

PAGES = ("overview", "people", "person", "moments", "moment", "decisions", "decision", "missing")

SHIFTS = """
() => new Promise(done => {
  let shift = 0;
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) shift += one.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(shift), 150);
})
"""
FOCUS = """
() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return {name: one.tagName, href: one.getAttribute("href"), outline: style.outlineStyle,
          width: parseFloat(style.outlineWidth), seen: box.width > 0 && box.height > 0};
}
"""


class Console(NamedTuple):
    """A served console and a browser to look at it with."""

    window: Browser
    places: dict[str, str]


@pytest.fixture(scope="module")
def console() -> Iterator[Console]:
    """Serve a furnished console, and start a browser."""
    engine = furnished()
    decision = next(
        one.id for one in engine.insight.recent(200) if one.person == "ada" and one.expected
    )
    with served(engine) as here, browser() as window:
        places = {
            "overview": here,
            "people": f"{here}/people",
            "person": f"{here}/person?id=ada",
            "moments": f"{here}/moments",
            "moment": f"{here}/moment?name=home.hero",
            "decisions": f"{here}/decisions",
            "decision": f"{here}/decision?id={decision}&replay=1",
            "missing": f"{here}/decision?id=none",
        }
        yield Console(window, places)
    engine.close()


def folder(tmp_path: Path) -> Path:
    """Give where screenshots go."""
    chosen = Path(os.environ.get("PENCHANT_SCREENSHOTS", tmp_path))
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_stands_still(
    console: Console, name: str, size: str, scheme: str, tmp_path: Path
) -> None:
    """Nothing is wider than the window, nothing moves while it loads, nothing is complained of."""
    complaints: list[str] = []
    with looked_at(console.window, "about:blank", size=size, scheme=scheme) as page:
        page.on("console", lambda one: complaints.append(one.text))
        page.on("pageerror", lambda one: complaints.append(str(one)))
        page.goto(console.places[name])
        shift = page.evaluate(SHIFTS)
        page.screenshot(path=folder(tmp_path) / f"{name}-{size}-{scheme}.png", full_page=True)
        widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")

    assert shift == 0
    assert widths[0] <= widths[1]
    assert [one for one in complaints if name != "missing" or "404" not in one] == []


@pytest.mark.skipif(not AXE.exists(), reason=f"`{AXE.name}` is not there; `make test` installs it")
@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(console: Console, name: str, size: str, scheme: str) -> None:
    """No page has a barrier that axe knows, with everything unfolded."""
    with looked_at(
        console.window, console.places[name], size=size, scheme=scheme, bypass_csp=True
    ) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.add_script_tag(path=AXE)
        found: dict[str, Any] = page.evaluate("axe.run()")

    told = [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
    ]
    assert not told, "\n".join(told)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_same_without_scripts(console: Console, name: str) -> None:
    """What can be read with scripts can be read without."""
    said = []
    for scripts in (True, False):
        with looked_at(console.window, console.places[name], java_script_enabled=scripts) as page:
            said.append(page.inner_text("main"))

    assert said[0] == said[1] != ""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_keyboard_gets_everywhere_and_shows_where_it_is(console: Console, scheme: str) -> None:
    """From the way past the rail on, every stop is seen and outlined."""
    with looked_at(console.window, console.places["person"], scheme=scheme) as page:
        stops = []
        for _ in range(30):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(FOCUS))

    assert stops[0]["href"] == "#content"
    assert all(one["seen"] for one in stops)
    assert [one for one in stops if one["outline"] == "none" or one["width"] < 2] == []
    assert {"A", "SUMMARY", "INPUT", "BUTTON"} <= {one["name"] for one in stops}


def test_on_a_phone_the_rail_is_a_bar_and_tables_are_cards(console: Console) -> None:
    """The navigation stands above the content, and each row of a table is a card of its own."""
    with looked_at(console.window, console.places["decisions"], size="phone") as page:
        rail, main = page.locator(".rail").bounding_box(), page.locator("main").bounding_box()
        row = page.locator(".list tbody tr").first

        assert rail is not None
        assert main is not None
        assert rail["y"] + rail["height"] <= main["y"]
        assert row.evaluate("one => getComputedStyle(one).display") == "block"
        assert row.locator("td").first.evaluate(LABEL) == '"When"'


LABEL = "one => getComputedStyle(one, '::before').content"


def answer(page: Page) -> str:
    """Give what a person's page says of their answer."""
    return page.locator("#consent li", has_text="recommendation").inner_text()


def test_a_no_is_one_press_away(console: Console) -> None:
    """Refusing, then granting again, works by form alone, scripts off."""
    with looked_at(console.window, console.places["person"], java_script_enabled=False) as page:
        form = page.locator("#consent li", has_text="recommendation")
        form.get_by_role("button", name="Refuse").press("Enter")
        assert "withdrawn" in answer(page)
        assert "The no is kept." in page.inner_text("main")
        page.locator("#consent li", has_text="recommendation").get_by_role(
            "button", name="Grant"
        ).click()
        assert "granted" in answer(page)


def test_a_time_says_exactly_when(console: Console) -> None:
    """Each relative time carries the exact one."""
    with looked_at(console.window, console.places["decisions"]) as page:
        first = page.locator("time").first

        assert first.get_attribute("title") == "22 Nov 2026, 12:00:00 UTC"
        assert first.get_attribute("datetime") == "2026-11-22T12:00:00+00:00"
