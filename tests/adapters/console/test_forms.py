"""What a person's page can change, and that nothing but that page can."""

import pytest
from adapters.console.visited import HERE, Visitor, visited
from engines import PURPOSE

from penchant import Signal

ASK = {"id": "ada", "do": "consent", "purpose": PURPOSE, "dial": "1"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def state_of(visitor: Visitor, purpose: str = PURPOSE) -> tuple[str, float]:
    """Give ada's answer for a purpose."""
    consents = visitor.engine.profile("ada").consents
    found = next(one for one in consents if one.purpose == purpose)
    return found.state, found.dial


def test_an_answer_holds_at_once() -> None:
    """A no and a yes are each one button away, and the next page says so."""
    with visited() as visitor:
        refused = visitor.post({**ASK, "answer": "refuse"})
        assert refused.status == 303
        assert refused.response.headers["location"] == "/console/person?id=ada&done=refused#consent"
        assert state_of(visitor) == ("withdrawn", 0.0)
        assert "The no is kept." in visitor.get("/console/person?id=ada&done=refused").text

        visitor.post({**ASK, "answer": "grant", "dial": "0.25"})
        assert state_of(visitor) == ("granted", 0.25)


def test_refusing_takes_as_little_as_accepting() -> None:
    """Both are buttons of one form, of one kind, and the no comes first."""
    with visited() as visitor:
        page = visitor.get("/console/person?id=ada")
        buttons = [one for one in page.all("button") if one.get("name") == "answer"]

        assert [one["value"] for one in buttons[:2]] == ["refuse", "grant"]
        assert all(set(one) == {"name", "value"} for one in buttons)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"answer": "grant", "dial": "high"}, 422, "The dial must be a number from 0 to 1."),
        ({"answer": "grant", "dial": "7"}, 422, "The dial"),
        ({"answer": "grant", "dial": "nan"}, 422, "The dial"),
        ({"answer": "perhaps"}, 400, "neither yes nor no"),
        ({"answer": "grant", "purpose": ""}, 422, "A purpose"),
        ({"do": "everything"}, 400, "nothing that this page can do"),
        ({"do": "state", "text": "x"}, 409, "The rule x names nothing"),
        ({"do": "state", "text": "x", "start": "25:00", "end": "07:00"}, 409, "The rule x cannot"),
        ({"do": "lift", "name": ""}, 409, "must be a text"),
        ({"do": "drop", "name": "10k", "purpose": ""}, 409, "Not kept"),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    fields: dict[str, str], status: int, said: str
) -> None:
    """The page comes back with the sentence; the answer stands as it was."""
    with visited() as visitor:
        page = visitor.post({**ASK, **fields})

        assert page.status == status
        assert said in page.text
        assert state_of(visitor) == ("granted", 1.0)
        assert len(visitor.engine.profile("ada").nevers) == 1


def test_rules_are_stated_and_lifted_and_goals_dropped() -> None:
    """A never stated here holds like any other; one button takes it back."""
    with visited() as visitor:
        said = {"text": "no fins", "action": "fins", "channel": "", "start": "", "end": ""}
        visitor.post({"id": "ada", "do": "state", **said})
        nevers = {one.name: one for one in visitor.engine.profile("ada").nevers}
        assert nevers["no fins"].action == "fins"
        decision = visitor.engine.decide("home.hero", person="ada")
        assert "fins" in {one.action for one in decision.removed}

        visitor.post({"id": "ada", "do": "lift", "name": "no fins"})
        assert [one.name for one in visitor.engine.profile("ada").nevers] == ["night"]

        visitor.post({"id": "ada", "do": "drop", "name": "10k", "purpose": PURPOSE})
        assert not visitor.engine.profile("ada").goals


def test_use_is_restricted_and_released() -> None:
    """One button stops all use, the page says so, and one button lifts it."""
    with visited() as visitor:
        visitor.post({"id": "ada", "do": "restrict"})
        assert "restricts all use" in visitor.get("/console/person?id=ada").text
        assert visitor.engine.decide("home.hero", person="ada").mode == "neutral"
        assert "The person restricts all use" in visitor.get("/console?days=7").text

        visitor.post({"id": "ada", "do": "release"})
        assert "restricts all use" not in visitor.get("/console/person?id=ada").text


def test_a_correction_is_shown_and_taken_back() -> None:
    """What a person said a belief is stands among what they settled, with its way back."""
    with visited() as visitor:
        data = {"belief": "rhythm", "is": "mornings"}
        visitor.engine.observe(Signal("belief.corrected", "ada", data=data))
        page = visitor.get("/console/person?id=ada")
        assert "Corrected by them rhythm is mornings" in page.text

        visitor.post({"id": "ada", "do": "uncorrect", "belief": "rhythm"})
        assert not visitor.engine.profile("ada").corrections


def test_forgetting_takes_the_id_typed() -> None:
    """A wrong or missing id forgets nobody; the right one gives a receipt that names nobody."""
    with visited() as visitor:
        for typed in ("", "Ada", "ada ", "ben"):
            page = visitor.post({"id": "ada", "do": "forget", "typed": typed})
            assert page.status == 422
            assert "nobody was forgotten" in page.text
        page = visitor.post({"id": "ada", "do": "forget", "typed": "ada"})

        assert page.status == 200
        assert "Receipt" in page.text
        assert "ada" not in page.text.replace(".", " ").split()
        assert visitor.get("/console/person?id=ada").status == 404


def test_an_export_is_what_the_engine_exports() -> None:
    """The file holds every fact, and is offered under a name without the id."""
    with visited() as visitor:
        given = visitor.call("GET", "/console/export?id=ada")

        assert given.text == visitor.engine.export("ada")
        assert given.headers["content-disposition"] == 'attachment; filename="person.jsonl"'
        assert given.headers["content-type"] == "application/x-ndjson"


@pytest.mark.parametrize("code", ["", "0" * 64, "ü"])
def test_a_form_of_another_page_is_not_taken(code: str) -> None:
    """Without the code of a page of this process nothing is changed."""
    with visited() as visitor:
        visitor.get("/console/person?id=ada")
        page = visitor.post({**ASK, "answer": "refuse"}, code=code)

        assert page.status == 403
        assert "nothing was changed" in page.text
        assert state_of(visitor) == ("granted", 1.0)


def test_a_code_is_worth_nothing_without_its_cookie() -> None:
    """A code read by somebody else does not work in another browser, nor in another process."""
    with visited() as one, visited() as other:
        code = one.get("/console/person?id=ada").field("code")
        assert other.post({**ASK, "answer": "refuse"}, code=code).status == 403
        other.get("/console/person?id=ada")
        assert other.post({**ASK, "answer": "refuse"}, code=code).status == 403
        one.client.cookies.clear()
        assert one.post({**ASK, "answer": "refuse"}, code=code).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
    ],
)
def test_a_form_sent_from_elsewhere_is_not_taken(headers: dict[str, str]) -> None:
    """Where a browser says that a form came from another site, it is believed."""
    with visited() as visitor:
        page = visitor.post({**ASK, "answer": "refuse"}, headers=headers)

        assert page.status == 403
        assert state_of(visitor) == ("granted", 1.0)


def test_a_form_sent_from_here_is_taken() -> None:
    """The headers a browser sends with our own form pass."""
    with visited() as visitor:
        headers = {"sec-fetch-site": "same-origin", "origin": HERE}

        assert visitor.post({**ASK, "answer": "refuse"}, headers=headers).status == 303


def test_the_cookie_is_for_the_console_alone() -> None:
    """No script reads it, no other site sends it, no other path gets it."""
    with visited() as visitor:
        cookie = visitor.get("/console/person?id=ada").response.headers["set-cookie"].lower()

        assert {"httponly", "samesite=strict", "path=/console"} <= set(cookie.split("; "))
        assert "set-cookie" not in visitor.get("/console/person?id=ada").response.headers


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-type": "application/json"}, b"{}", 415),
        ({"content-type": "multipart/form-data; boundary=x"}, b"--x--", 415),
        ({}, b"id=ada", 415),
        (FORM, b"a=" + b"x" * 20_000, 413),
        (FORM, b"a=%ff", 400),
        (FORM, "a=ü".encode(), 400),
        (FORM, b"&".join(b"f%d=1" % i for i in range(40)), 400),
    ],
)
def test_what_is_no_form_is_not_read(headers: dict[str, str], body: bytes, status: int) -> None:
    """Other types, too long bodies and broken text get a sentence."""
    with visited() as visitor:
        given = visitor.call("POST", "/console/person", headers=headers, content=body)

        assert given.status_code == status
        assert "Not done" in given.text


def test_nobody_gains_a_page_by_a_form() -> None:
    """A form about somebody who is not known answers that nothing is kept."""
    with visited() as visitor:
        code = visitor.get("/console/person?id=ada").field("code")
        page = visitor.post({"id": "zoe", "do": "forget", "typed": "no"}, code=code)

        assert page.status == 404
