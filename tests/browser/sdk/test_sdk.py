"""The client of pages in a real browser, on another origin than the service it asks."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.sdk.shop import WHY_NOT_HERE, Shop, opened
from playwright.sync_api import Route

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(WHY_NOT_HERE), reason=WHY_NOT_HERE or "it is here"),
]

LOOKS = 200
ASK = "asked => penchant.decide('home.hero', {context: {hour: 9}, ...asked})"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Open a shop whose page has the client."""
    with opened(tmp_path) as one:
        yield one


def looked_for(shop: Shop, there: Callable[[], object]) -> None:
    """Let the browser go on until something is there, or for ten seconds at most."""
    for _ in range(LOOKS):
        if there():
            return
        shop.page.wait_for_timeout(50)


def kept(shop: Shop, person: str) -> list[str]:
    """Give the kinds of signals that are kept of a person."""
    lines = [json.loads(line) for line in shop.engine.export(person).splitlines()]
    return [line["signal"]["kind"] for line in lines if line.get("type") == "observed"]


def test_nothing_is_kept_or_said_of_a_person_before_they_agree(shop: Shop) -> None:
    """No signal leaves, no id is made, and a question names nobody."""
    shop.make(agreed=False)

    tracked = shop.run("() => penchant.track('shop.viewed', {item: 'fins'})")
    choice = shop.run(ASK, {})
    shop.run("() => penchant.flush()")

    assert not tracked
    assert choice["from"] == "service"
    assert [one["person"] for one in shop.bodies("/v1/decisions")] == [None]
    assert not shop.bodies("/v1/signals")
    assert shop.run("() => penchant.person") is None
    assert shop.run("() => localStorage.getItem('penchant.person')") is None


def test_a_person_who_is_named_is_decided_for_and_learned_from(shop: Shop) -> None:
    """The choice is a decision of that person, and what followed it is learned once."""
    shop.make(agreed=True)
    shop.run("() => penchant.identify('ada')")

    choice = shop.run(ASK, {})
    learned = shop.run("choice => penchant.learn(choice, 1)", choice)
    shop.run("() => penchant.flush()")

    found = shop.engine.many.find(choice["id"])
    assert choice["from"] == "service"
    assert found is not None
    assert (found.person, found.action.name) == ("ada", choice["action"])
    assert learned
    assert not shop.engine.learn(choice["id"], reward=1.0)


def test_what_happened_is_sent_together(shop: Shop) -> None:
    """Signals of a moment go out in one request, and all of them are kept."""
    shop.make(agreed=True, batchMs=600_000)
    shop.run("() => penchant.identify('ada')")

    shop.run("() => { for (let n = 0; n < 5; n++) penchant.track('shop.viewed', {place: n}); }")
    before = len(shop.bodies("/v1/signals"))
    shop.run("() => penchant.flush()")

    assert before == 0
    assert [len(body["items"]) for body in shop.bodies("/v1/signals")] == [5]
    assert kept(shop, "ada") == ["shop.viewed"] * 5


def test_what_waits_is_sent_when_the_page_goes(shop: Shop) -> None:
    """A page that is left hands its signals to the browser, which brings them."""
    shop.make(agreed=True, batchMs=600_000)
    shop.run("() => penchant.identify('ada')")
    shop.run("() => penchant.track('shop.viewed', {item: 'fins'})")

    shop.page.goto(shop.page.url + "other")
    looked_for(shop, lambda: kept(shop, "ada"))  # the browser brings them behind the page's back

    assert kept(shop, "ada") == ["shop.viewed"]


def test_a_service_that_does_not_answer_keeps_no_page_waiting(shop: Shop) -> None:
    """While the service is silent the fallback is shown; its late answer is shown next time."""
    shop.make(agreed=True)
    shop.run("() => penchant.identify('ada')")
    held: list[Route] = []
    shop.page.route("**/v1/decisions", lambda route: held.append(route))  # noqa: PLW0108 - wants a function

    late = shop.run(ASK, {"timeoutMs": 50, "fallback": "goggles"})
    looked_for(shop, lambda: held)  # the page has its answer before the browser hands it over
    with shop.page.expect_response("**/v1/decisions"):
        held[0].continue_()
    shop.page.wait_for_function("() => localStorage.getItem('penchant.shown')")
    again = shop.run(ASK, {"timeoutMs": 50, "fallback": "goggles"})

    assert (late["from"], late["action"], late["id"]) == ("fallback", "goggles", None)
    assert again["from"] == "memory"
    assert again["id"] is not None
