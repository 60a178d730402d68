"""The console's pages: each answers, says what is so, and keeps what a page must keep to."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from adapters.console.visited import HERE, PEOPLE, Visitor, furnished, visited
from engines import PURPOSE, Clock, agreed, engine_on, shop

from penchant import Action, Engine, Moment
from penchant.adapters.console.rendering import HEADERS
from penchant.adapters.console.settings import ConsoleSettings

OPEN = ConsoleSettings(show_people=True)
PLACES = (
    "/console",
    "/console?days=1",
    "/console?days=7",
    "/console?days=all",
    "/console/people",
    "/console/person?id=ada",
    "/console/person?id=dee",
    "/console/moments",
    "/console/moment?name=home.hero",
    "/console/moment?name=home.hero&action=fins",
    "/console/moment?name=wellbeing.nudge",
    "/console/decisions",
    "/console/decisions?skip=50",
)


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    """Give a visitor who only looks."""
    with visited(settings=OPEN) as one:
        yield one


def latest(visitor: Visitor, moment: str = "home.hero", person: str | None = "ada") -> str:
    """Give the id of the latest decision of a person at a moment."""
    recent = visitor.engine.insight.recent(200)
    return next(one.id for one in recent if (one.moment, one.person) == (moment, person))


@pytest.mark.parametrize("place", PLACES)
def test_each_page_answers_and_keeps_the_rules(visitor: Visitor, place: str) -> None:
    """A page answers 200 with its headers, one title, an answer, and nothing inline."""
    page = visitor.get(place)

    assert page.status == 200
    assert {name: page.response.headers[name] for name in HEADERS} == dict(HEADERS)
    assert len(page.all("h1")) == 1
    assert any(one.get("class") == "answer" for one in page.all("p"))
    assert not page.all("script")
    assert not page.all("style")
    assert not [one for one in page.elements if "style" in one.attributes]
    assert not [name for one in page.elements for name in one.attributes if name.startswith("on")]
    assert "!" not in page.text


@pytest.mark.parametrize("place", PLACES)
def test_each_link_leads_somewhere(visitor: Visitor, place: str) -> None:
    """Whatever a page links to within the console is there."""
    for link in set(visitor.get(place).links()):
        assert link.startswith(("/console", "#")), link
        if link.startswith("/console"):
            assert visitor.call("GET", link).status_code in {200, 303}, link


@pytest.mark.parametrize("place", PLACES)
def test_each_picture_has_its_numbers(visitor: Visitor, place: str) -> None:
    """A figure that draws has a table behind it and an export that gives the same rows."""
    page = visitor.get(place)
    exports = [link for link in page.links() if "csv=" in link]

    assert len(exports) == sum(one.get("class") == "numbers" for one in page.all("details"))
    for link in exports:
        given = visitor.call("GET", link)
        assert given.headers["content-type"] == "text/csv; charset=utf-8"
        assert len(given.text.splitlines()) > 1, link
    drawn = [one for one in page.all("svg") if one.get("class") in {"chart", "week", "hills"}]
    assert all(one.get("aria-label") for one in drawn)


def test_the_frame_says_where_one_is(visitor: Visitor) -> None:
    """Four entries, the present one marked, and a way past them."""
    page = visitor.get("/console/moments")
    current = [one["href"] for one in page.all("a") if one.get("aria-current") == "page"]

    assert current == ["/console/moments"]
    assert page.all("a")[0]["href"] == "#content"
    assert page.all("html")[0]["lang"] == "en"
    assert sum(link.count("/console") for link in page.links()[:6]) == 5


def test_the_overview_answers_in_its_first_line(visitor: Visitor) -> None:
    """How often, for how many, and whether that was better than neutral."""
    page = visitor.get("/console?days=7")

    assert "In the last 7 days Penchant decided 185 times for 4 people" in page.text
    assert "the neutral answer" in page.text
    assert "Consent was not asked" in page.text
    assert "Its burden was above the person's dial" in page.text
    assert "Not kept: consent for recommendation was not asked" in page.text
    assert "as it should be" in page.text


def test_the_overview_looks_back_as_far_as_it_takes() -> None:
    """Unasked it shows the shortest stretch that says something; what is older is in the longer."""
    clock = Clock()
    engine = furnished(clock=clock)
    clock.forward(days=20)
    engine.decide("home.hero", person="ada")
    with visited(engine) as visitor:
        assert "In the last year" not in visitor.get("/console?days=7").text
        chosen = [
            one["href"]
            for one in visitor.get("/console").all("a")
            if one.get("aria-current") == "true"
        ]
        assert chosen == ["/console?days=all"]


def test_a_stretch_without_decisions_says_so() -> None:
    """Where nothing was decided the page says it and still stands."""
    clock = Clock()
    engine = furnished(clock=clock)
    clock.now += timedelta(days=9)
    with visited(engine) as visitor:
        page = visitor.get("/console?days=7")

        assert page.status == 200
        assert "In the last 7 days Penchant decided nothing." in page.text


def test_people_are_found_by_their_exact_id_alone() -> None:
    """Without the setting no page lists an id; whoever knows one gets there."""
    with visited() as visitor:
        decision = latest(visitor)
        for place in ("/console/people", "/console/decisions", f"/console/decision?id={decision}"):
            page = visitor.get(place)
            assert not [link for link in page.links() if "person?id=" in link]
            assert not {"ada", "ben", "cy", "dee"} & set(page.text.replace(".", " ").split())
        found = visitor.call("GET", "/console/people?id=ada")
        assert found.status_code == 303
        assert found.headers["location"] == "/console/person?id=ada"
        assert visitor.get("/console/people?id=Ada").status == 404


def test_people_are_listed_where_that_is_allowed(visitor: Visitor) -> None:
    """With the setting the latest are listed, the last one first."""
    page = visitor.get("/console/people")
    people = [link for link in page.links() if "person?id=" in link]

    assert people[0] == "/console/person?id=dee"
    assert {f"/console/person?id={one}" for one in PEOPLE} <= set(people)


@pytest.mark.parametrize(
    "person", ["a/b", "..", ".", "a b", "<script>", 'q"&', "%2e", "ümit", "日本", "a?id=b#c", "'"]
)
def test_any_id_has_its_page(person: str) -> None:
    """Ids of every look are encoded in addresses, escaped in pages, and come back as they were."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, person)
    engine.decide("home.hero", person=person)
    with visited(engine, OPEN) as visitor:
        link = next(one for one in visitor.get("/console/people").links() if "person?id=" in one)
        page = visitor.get(link)

        assert page.status == 200
        assert page.field("id") == person
        assert f"Person {person}" in page.text
        assert "<script>" not in page.response.text


def test_names_of_every_look_are_escaped() -> None:
    """Names of moments, actions, features and values appear as text, whatever is in them."""
    name = '<b onclick="x">&'
    engine = engine_on()
    actions = [Action(name, features={name: name}), Action("other")]
    engine.declare(Moment(name, purpose=PURPOSE, actions=actions))
    agreed(engine, "ada")
    decisions = [engine.decide(name, person="ada", context={name: name}) for _ in range(40)]
    for decision in decisions:
        engine.learn(decision.id, reward=1.0)
    with visited(engine, OPEN) as visitor:
        places = [
            "/console",
            "/console/moments",
            "/console/moment?name=%3Cb%20onclick%3D%22x%22%3E%26",
            "/console/person?id=ada",
            f"/console/decision?id={decisions[-1].id}&replay=1",
            "/console/decisions",
        ]
        for place in places:
            page = visitor.get(place)
            assert page.status == 200, place
            assert not page.all("b")
            assert name in page.text


def test_a_person_sees_all_they_settled(visitor: Visitor) -> None:
    """Beliefs, decisions with reasons, answers, rules, goals and facts stand on the page."""
    text = visitor.get("/console/person?id=ada").text

    for said in (
        "Penchant decided 63 times for this person",
        "What each action is expected to bring",
        "Rhythm of the week",
        "Hours in Europe/Berlin",
        "granted, dial 0.200",
        "nothing at night",
        "from 22:00 to 07:00",
        "run ten kilometres",
        "40.0 % reached",
        "shop.viewed",
        "Type ada to confirm",
        "The latest 20 of",
    ):
        assert said in text, said
    assert "They lean" in text or "People in general lean" in text


def test_more_facts_are_a_link_away(visitor: Visitor) -> None:
    """The timeline shows a few facts, and all on demand."""
    assert "Show more" in visitor.get("/console/person?id=ada").text
    assert "Show more" not in visitor.get("/console/person?id=ada&facts=many").text


def test_who_is_not_known_is_said_with_404(visitor: Visitor) -> None:
    """An id of nobody gives the page on which to look again."""
    page = visitor.get("/console/person?id=nobody")

    assert page.status == 404
    assert "Nothing is kept under the id nobody" in page.text


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("/console/decision?id=none", "No decision none is kept"),
        ("/console/moment?name=none", "No moment none was declared"),
        ("/console/person", "A person id must be"),
        ("/console/export?id=", "A person id must be"),
        ("/console?csv=none", "no figure of that name"),
        ("/console/nowhere", "There is no such page."),
        ("/console/static/none.css", "There is no such page."),
    ],
)
def test_what_is_not_there_is_said_with_404(visitor: Visitor, place: str, said: str) -> None:
    """Unknown ids and names get a sentence, not an error of ours."""
    page = visitor.get(place)

    assert page.status == 404
    assert said in page.text


@pytest.mark.parametrize("skip", ["-1", "x", "99999999999999999999", "7", "²"])
def test_a_page_number_that_is_none_is_the_first_page(visitor: Visitor, skip: str) -> None:
    """Whatever stands in the address, the list answers."""
    assert visitor.get("/console/decisions", params={"skip": skip}).status == 200


def test_a_decision_says_how_it_came_about(visitor: Visitor) -> None:
    """Chances, the way from the neutral answer, the person's words and the record are there."""
    page = visitor.get(f"/console/decision?id={latest(visitor)}&replay=1")

    for said in (
        "was chosen with a chance of",
        "How likely each action was",
        "to this one",
        "As the person is told",
        "What would have changed it",
        "Replay from the record",
        "Equal. From the recorded propensities, which sum to 1",
    ):
        assert said in page.text, said


def test_what_was_left_out_stands_below_with_its_reason(visitor: Visitor) -> None:
    """Removed actions follow the permitted ones, each with the guardrail's sentence."""
    page = visitor.get(f"/console/decision?id={latest(visitor, 'wellbeing.nudge')}")

    assert "walk Its burden of 0.3 is above the dial for coaching" in page.text
    assert "left out" in page.text


def test_a_moment_says_what_it_is(visitor: Visitor) -> None:
    """Settings, openings, guardrails and actions are said in words."""
    text = visitor.get("/console/moment?name=wellbeing.nudge").text

    for said in (
        "It was 09:00 in UTC.",
        "A signal sport.sat_long came.",
        "At most 1 in any 1d.",
        "Nothing from 22:00 to 07:00 of the person's day, in UTC where",
        "an operator",
        "done, within 2h",
    ):
        assert said in text, said


def test_an_empty_console_teaches_the_first_step() -> None:
    """Without moments, without decisions and without people there is a command to copy."""
    with visited(engine_on(), OPEN) as visitor:
        assert f"curl -X PUT {HERE}/v1/moments" in visitor.get("/console").text
        assert f"curl -X PUT {HERE}/v1/moments" in visitor.get("/console/moments").text
        assert f"curl -X POST {HERE}/v1/decisions" in visitor.get("/console/decisions").text
        assert "/v1/people/ada/consent" in visitor.get("/console/people").text
    engine = engine_on()
    engine.declare(shop())
    with visited(engine) as visitor:
        assert f"curl -X POST {HERE}/v1/decisions" in visitor.get("/console").text
        assert visitor.get("/console/moment?name=home.hero").status == 200


def test_a_person_of_whom_little_is_known_has_a_page() -> None:
    """Somebody who only answered, and somebody decided for once, have whole pages."""
    engine: Engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada", "ben")
    engine.decide("home.hero", person="ben")
    with visited(engine) as visitor:
        assert (
            "Nothing was decided for this person yet." in visitor.get("/console/person?id=ada").text
        )
        assert "decided 1 time" in visitor.get("/console/person?id=ben").text


def test_files_of_the_console_are_served(visitor: Visitor) -> None:
    """The stylesheet, the font and the mark come with their types, and may be kept a while."""
    for name, kind in (
        ("console.css", "text/css"),
        ("inter.woff2", "font/woff2"),
        ("mark.svg", "image/svg+xml"),
    ):
        given = visitor.call("GET", f"/console/static/{name}")
        assert given.status_code == 200
        assert given.headers["content-type"].startswith(kind)
        assert "max-age" in given.headers["cache-control"]


def test_beliefs_about_somebody_long_gone_are_told_as_of_then() -> None:
    """Of whom nothing came for weeks, the page shows what stood then, and today on demand."""
    clock = Clock()
    engine = furnished(clock=clock)
    clock.forward(days=700)
    with visited(engine) as visitor:
        then = visitor.get("/console/person?id=ada").text
        today = visitor.get("/console/person?id=ada&told=today").text

        assert (
            "As it stood when the last fact came, 23 months ago; since then it has faded." in then
        )
        assert "As it stood" not in today
        assert "Hours in Europe/Berlin" in then
        assert "Not enough yet to say when" in today


def test_lists_of_long_ago_show_the_date() -> None:
    """Where "11 months ago" would stand in every row, the date does; the rest is on the time."""
    clock = Clock()
    engine = furnished(clock=clock)
    clock.forward(days=340)
    with visited(engine) as visitor:
        page = visitor.get("/console/decisions")
        times = page.all("time")

        assert "22 Nov 2026, 12:00" in page.text
        assert times[0]["title"] == "22 Nov 2026, 12:00:00 UTC, 11 months ago"
