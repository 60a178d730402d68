"""The pages of the school pack in a real browser: both sizes, light and dark, by keyboard.

Screenshots go to the folder named by PENCHANT_SCREENSHOTS, else to the test's own.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browser.console.served import (
    AXE,
    IN_A_BROWSER,
    SCHEMES,
    SIZES,
    browser,
    looked_at,
    served,
)
from browser.console.test_console import FOCUS, SHIFTS, Console, folder
from engines import Clock

from penchant import Engine
from penchant.adapters.packs.finding import find_packs
from penchant.adapters.packs.living import live_through
from penchant.adapters.store.memory import MemoryStore

pytestmark = IN_A_BROWSER

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGES = ("class", "student", "empty", "find")
OPENED = "document.querySelectorAll('details').forEach(one => one.open = true)"


@pytest.fixture(scope="module")
def school() -> Iterator[Console]:
    """Serve the simulated class, an engine with a pack and nobody in it, and a browser."""
    packs = find_packs(["school"])

    def opened() -> Engine:
        dice = random.Random(7)  # noqa: S311 - dice, no secrets
        return Engine(MemoryStore(), clock=Clock(NOW), dice=dice, packs=packs)

    engine, bare = opened(), opened()
    live_through(engine, packs[0], "class", NOW, 24)
    with served(engine) as here, served(bare) as there, browser() as window:
        places = {
            "class": f"{here}/pack?pack=school",
            "student": f"{here}/pack?pack=school&page=student&person=gus",
            "find": f"{here}/pack?pack=school&page=student",
            "empty": f"{there}/pack?pack=school",
        }
        yield Console(window, places)
    engine.close()
    bare.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_stands_still(
    school: Console, name: str, size: str, scheme: str, tmp_path: Path
) -> None:
    """Nothing is wider than the window, nothing moves while it loads, nothing is complained of."""
    complaints: list[str] = []
    with looked_at(school.window, "about:blank", size=size, scheme=scheme) as page:
        page.on("console", lambda one: complaints.append(one.text))
        page.on("pageerror", lambda one: complaints.append(str(one)))
        page.goto(school.places[name])
        shift = page.evaluate(SHIFTS)
        page.screenshot(
            path=folder(tmp_path) / f"school-{name}-{size}-{scheme}.png", full_page=True
        )
        page.evaluate(OPENED)
        widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")

    assert shift == 0
    assert widths[0] <= widths[1]
    assert complaints == []


@pytest.mark.skipif(not AXE.exists(), reason=f"`{AXE.name}` is not there; `make test` installs it")
@pytest.mark.parametrize(
    ("size", "scheme"), [("desk", "light"), ("desk", "dark"), ("phone", "dark")]
)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(school: Console, name: str, size: str, scheme: str) -> None:
    """No page has a barrier that axe knows, with everything unfolded."""
    with looked_at(
        school.window, school.places[name], size=size, scheme=scheme, bypass_csp=True
    ) as page:
        page.evaluate(OPENED)
        page.add_script_tag(path=AXE)
        found: dict[str, Any] = page.evaluate("axe.run()")

    told = [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
    ]
    assert not told, "\n".join(told)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_same_without_scripts(school: Console, name: str) -> None:
    """What can be read with scripts can be read without."""
    said = []
    for scripts in (True, False):
        with looked_at(school.window, school.places[name], java_script_enabled=scripts) as page:
            said.append(page.inner_text("main"))

    assert said[0] == said[1] != ""


def test_a_number_of_the_map_opens_to_its_answers(school: Console) -> None:
    """A box leads to the student's row of the map, and that opens to the answers."""
    with looked_at(school.window, school.places["class"], java_script_enabled=False) as page:
        page.locator(".heat tbody tr", has_text="gus").locator("td a").first.click()
        row = page.locator("#skill-1")
        row.locator("summary").click()

        assert page.url.endswith("#skill-1")
        assert "place value" in row.inner_text()
        assert "right" in row.locator("table").inner_text()


def test_a_suggestion_is_changed_by_form_alone(school: Console) -> None:
    """Another task is chosen and given, scripts off; the page says so and the plan obeys."""
    with looked_at(school.window, school.places["class"], java_script_enabled=False) as page:
        mine = page.locator("#suggestions li", has=page.get_by_role("link", name="kai", exact=True))
        wanted = mine.locator("select option").first.inner_text()
        mine.get_by_role("button", name="Give that: kai").press("Enter")

        assert "Kept. It counts from now on." in page.inner_text("main")
        assert "asked for" in mine.inner_text()
        assert f"Next: {wanted}." in mine.inner_text()


def test_a_belief_is_contested_by_one_press(school: Console) -> None:
    """The student says that they know it; the estimate beside it moves."""
    with looked_at(school.window, school.places["student"], java_script_enabled=False) as page:
        row = page.locator("#skill-1")
        before = row.locator(".value").inner_text()
        row.get_by_role("button", name="I know this").press("Enter")

        assert page.url.endswith("#skill-1")
        assert row.locator(".value").inner_text() != before


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_keyboard_gets_everywhere_and_shows_where_it_is(school: Console, scheme: str) -> None:
    """Every stop of a student's page is seen and outlined, selects and summaries among them."""
    with looked_at(school.window, school.places["student"], scheme=scheme) as page:
        stops = []
        for _ in range(30):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(FOCUS))

    assert all(one["seen"] for one in stops)
    assert [one for one in stops if one["outline"] == "none" or one["width"] < 2] == []
    assert {"A", "SUMMARY", "SELECT", "BUTTON"} <= {one["name"] for one in stops}
