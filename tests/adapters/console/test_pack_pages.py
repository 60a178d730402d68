"""Pages of packs in the console: a stranger's by the same road as ours, and what they send."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from adapters.console.visited import Page, Visitor, visited
from packs.strangers import START, RunningApp, pace

from penchant import Engine
from penchant.adapters.console.rendering import HEADERS
from penchant.adapters.console.settings import ConsoleSettings
from penchant.adapters.packs.finding import find_packs
from penchant.adapters.packs.living import live_through
from penchant.contract.emotion import emotion_in
from penchant.contract.installed import Installed
from penchant.errors import BadInput
from penchant.pack import Estimate, Estimates, Note
from penchant.pack import Page as ValuePage
from penchant.runtime.packs import showing

OPEN = ConsoleSettings(show_people=True)
CLUB, RUNNER = "/console/pack?pack=pace", "/console/pack?pack=pace&page=runner&person=ada"


@pytest.fixture
def runs() -> Iterator[Visitor]:
    """Visit a console over the stranger's pack, with somebody who ran twice."""
    app = RunningApp()
    app.ran(5.0)
    app.clock.forward(days=1)
    app.ran(8.0)
    with visited(app.engine, OPEN) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def school() -> Iterator[Visitor]:
    """Visit a console over the simulated class; it is not changed by these tests."""
    (installed,) = find_packs(["school"])
    engine = Engine.open(packs=["school"])
    live_through(engine, installed, "class", datetime.now(UTC), 24)
    with visited(engine, OPEN) as visitor:
        yield visitor


def sent(visitor: Visitor, place: str, button: str, **changed: str) -> Page:
    """Press a button of a page, found by its label."""
    page = visitor.get(place)
    number = [one["aria-label"] for one in page.all("button")].index(button)
    forms = page.response.text.split('<form class="sends"')[1:]
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', forms[number])
    chosen = re.findall(r'<select id="[^"]+" name="([^"]+)"><option value="([^"]*)"', forms[number])
    fields = {name: unescaped(value) for name, value in (*hidden, *chosen)} | changed
    return Page(visitor.call("POST", "/console/pack", data=fields, follow_redirects=True))


def unescaped(text: str) -> str:
    """Read a value as a browser does."""
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(written, meant)
    return text


@pytest.mark.parametrize("place", [CLUB, RUNNER, "/console/pack?pack=pace&page=runner"])
def test_a_strangers_page_is_a_page_of_the_console(runs: Visitor, place: str) -> None:
    """One heading, no script and no style; its entry in the rail is the present one."""
    page = runs.get(place)

    assert page.status == 200
    assert {name: page.response.headers[name] for name in HEADERS} == dict(HEADERS)
    assert len(page.all("h1")) == 1
    assert not page.all("script")
    assert not [one for one in page.elements if "style" in one.attributes]
    current = [one["href"] for one in page.all("a") if one.get("aria-current") == "page"]
    assert current == [CLUB]


def test_nothing_of_a_pack_comes_out_as_markup(runs: Visitor) -> None:
    """Names and sentences are text, whatever stands in them."""
    page = runs.get(RUNNER)

    assert not page.all("b")
    assert not page.all("wood")
    assert "You ran 2 times on <wood>." in page.text
    assert "Nothing <b>bold</b> here." in page.text


def test_a_number_opens_to_its_evidence(runs: Visitor) -> None:
    """Evidence is folded beside the number, and its table has the runs."""
    page = runs.get(RUNNER)

    assert "2 runs" in page.text
    assert page.response.text.count("<details") == 1
    assert "nothing known" in page.text


def test_what_is_drawn_can_be_exported(runs: Visitor) -> None:
    """Estimates, tables and heat maps give their numbers as CSV."""
    for place in (CLUB, RUNNER):
        exports = [link for link in runs.get(place).links() if "csv=" in link]
        assert exports
        for link in exports:
            given = runs.call("GET", link)
            assert given.headers["content-type"] == "text/csv; charset=utf-8"
            assert len(given.text.splitlines()) > 1


def test_a_form_sends_the_signal_of_its_page(runs: Visitor) -> None:
    """A press is kept as a signal of the pack, with the choice, under the purpose's consent."""
    page = sent(runs, RUNNER, "Say: wood")

    assert "Kept. It counts from now on." in page.text
    last = runs.engine.packs.view("pace", "ada", "pace.training").signals[-1]
    assert (last.kind, last.source, dict(last.data)) == (
        "pace.rated",
        "console",
        {"route": "<wood>", "good": True},
    )


def test_a_form_without_consent_is_refused(runs: Visitor) -> None:
    """Of somebody who took their yes back nothing is kept, and the page says so."""
    runs.get(RUNNER)
    runs.engine.consent("ada", "pace.training", granted=False)
    page = sent(runs, RUNNER, "Say: wood")

    assert page.status == 409
    assert "consent for" in page.text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"code": "x"}, 403),
        ({"signal": "pace.ran"}, 422),
        ({"data.good": "perhaps"}, 422),
        ({"data.pulse": "1"}, 422),
        ({"page": "none"}, 422),
        ({"pack": "none"}, 422),
    ],
)
def test_a_form_that_was_tampered_with_changes_nothing(
    runs: Visitor, changed: dict[str, str], status: int
) -> None:
    """A page sends what it declares, with the fields that are declared, from this console alone."""
    assert sent(runs, RUNNER, "Say: wood", **changed).status == status
    kinds = [one.kind for one in runs.engine.packs.view("pace", "ada", "pace.training").signals]
    assert kinds == ["pace.ran", "pace.ran"]


def test_who_did_not_agree_is_on_no_page(runs: Visitor) -> None:
    """A page of people has those who agreed; of others a page of one has nothing."""
    runs.engine.consent("ben", "pace.training", granted=False)
    assert "1 run." in runs.get(CLUB).text
    assert "You ran 0 times" in runs.get("/console/pack?pack=pace&page=runner&person=ben").text
    runs.engine.consent("ada", "pace.training", granted=False)
    assert "0 run." in runs.get(CLUB).text


def test_a_page_is_the_same_after_a_restart() -> None:
    """Who is on it is read from the journal."""
    app = RunningApp()
    app.ran()
    before = app.engine.packs.page("pace", "runner", "ada"), app.engine.packs.page("pace", "club")
    app.restart()

    assert before == (
        app.engine.packs.page("pace", "runner", "ada"),
        app.engine.packs.page("pace", "club"),
    )
    assert before[1].people == 1


def test_more_than_a_page_holds_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the most that are on one page, it says how many there are."""
    monkeypatch.setattr(showing, "MOST_PEOPLE", 2)
    app = RunningApp()
    for person in ("ben", "cy", "dee"):
        app.engine.consent(person, "pace.training")
    with visited(app.engine, OPEN) as visitor:
        text = visitor.get(CLUB).text

    assert "2 run." in text
    assert "2 people are shown; 2 more were not looked at." in text


def test_who_is_forgotten_is_on_no_page(runs: Visitor) -> None:
    """Nothing of them is left to be shown."""
    assert "1 run." in runs.get(CLUB).text
    runs.engine.forget("ada")
    assert "0 run." in runs.get(CLUB).text


def test_a_yes_that_ended_is_no_yes() -> None:
    """After its end nobody is on the page."""
    app = RunningApp()
    app.engine.consent("eve", "pace.training", until=START + timedelta(days=2))
    with visited(app.engine, OPEN) as visitor:
        assert "2 run." in visitor.get(CLUB).text
        app.clock.forward(days=3)
        assert "1 run." in visitor.get(CLUB).text


def test_people_are_named_only_where_that_is_allowed() -> None:
    """Without the setting a page of people asks for an id."""
    app = RunningApp()
    app.ran()
    with visited(app.engine) as visitor:
        page = visitor.get(CLUB)
        assert "this console does not list them" in page.text
        assert "ada" not in page.text
        assert visitor.get(RUNNER).status == 200


@pytest.mark.parametrize(
    "place",
    ["/console/pack", "/console/pack?pack=none", "/console/pack?pack=pace&page=none"],
)
def test_a_page_that_is_not_there_is_said(runs: Visitor, place: str) -> None:
    """Unknown packs and pages get a sentence."""
    assert runs.get(place).status == 404


def test_a_page_that_raises_costs_nobody_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stranger's code raises is noted, and the page says that it could not be made."""
    app = RunningApp()
    part = app.engine._memory.packs.pages["pace", "club"]  # noqa: SLF001 - to break it

    def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(type(part), "page", broken)
    with visited(app.engine, OPEN) as visitor:
        assert "could not be made" in visitor.get(CLUB).text
    assert app.engine.packs.faults == {"Part `club` of pack `pace` raised a `ValueError`.": 1}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("a text", "could not be made"),
        (ValuePage("Well.", ("text",)), "could not be made"),  # type: ignore[arg-type]
        (ValuePage("Well.", (Estimates("a", "A", "", (Estimate("b", "c", "d"),)),)), "drawn"),  # type: ignore[arg-type]
        (ValuePage("Well.", (Note((1,)),)), "drawn"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_page_is_said(monkeypatch: pytest.MonkeyPatch, given: object, said: str) -> None:
    """Whatever a stranger's code gives, the console answers with a page."""
    app = RunningApp()
    part = app.engine._memory.packs.pages["pace", "club"]  # noqa: SLF001 - to break it
    monkeypatch.setattr(type(part), "page", lambda *_: given)
    with visited(app.engine, OPEN) as visitor:
        assert said in visitor.get(CLUB).text


def test_an_example_is_lived_through_once() -> None:
    """A second time changes nothing; its signals say that they are simulated, and so do pages."""
    app = RunningApp()
    assert live_through(app.engine, pace(), "sunday", START, 1) == (8, None)
    assert live_through(app.engine, pace(), "sunday", START, 1) == (0, None)
    with visited(app.engine, OPEN) as visitor:
        assert "Simulated. Nobody here exists" in visitor.get(CLUB).text
        assert "Simulated." not in visitor.get(RUNNER).text
    with pytest.raises(BadInput, match="has no example `none`; there is `sunday`"):
        live_through(app.engine, Installed(pace().pack, pace().parts), "none", START, 1)


def pages_of_the_class(visitor: Visitor) -> Iterator[Page]:
    """Visit the class and each of its students."""
    page = visitor.get("/console/pack?pack=school")
    yield page
    places = {link.partition("#")[0] for link in page.links() if "person=" in link}
    assert len(places) == 24
    for place in sorted(places):
        yield visitor.get(place)


def test_the_class_is_on_its_pages(school: Visitor) -> None:
    """Map, who is stuck and why, lessons, suggestions, the warning with its precision, time."""
    text = school.get("/console/pack?pack=school").text

    for said in (
        "Simulated. Nobody here exists",
        "24 students gave",
        "What the class knows",
        "Stuck, and why",
        "comes before it and is believed not to be known",
        "Small lessons",
        "Suggestions",
        "Accept",
        "How far a flag can be trusted",
        "of 8 simulated past runs",
        "The risk of not passing is",
        "did not pass",
        "Time on task",
    ):
        assert said in text, said


def test_no_page_of_a_class_speaks_of_an_emotion(school: Visitor) -> None:
    """What a teacher and a student read is about answers, time and help, and nothing else."""
    for page in pages_of_the_class(school):
        assert page.status == 200
        assert emotion_in(page.text) == ""
        assert "learning style" not in page.text.lower()


def test_each_link_of_a_class_leads_somewhere(school: Visitor) -> None:
    """Numbers of the map lead to the student's part of the page that has their answers."""
    page = school.get("/console/pack?pack=school")
    links = {link for link in page.links() if "person=ivo" in link}
    ids = {one.attributes.get("id") for one in school.get(min(links).partition("#")[0]).elements}

    assert any("#skill-" in link for link in links)
    for link in links:
        assert link.partition("#")[2] in {*ids, ""}, link


def test_a_risk_never_stands_alone(school: Visitor) -> None:
    """Beside each risk stands how often flags were right, with an interval."""
    text = school.get("/console/pack?pack=school").text
    risks = re.findall(
        r"The risk of not passing is \d+.%\. Of \d+ flagged in past runs \d+.%", text
    )

    assert len(risks) == text.count("risk of not passing") > 0
