"""The console's sessions: a link that opens once, a cookie that scripts cannot read."""

import re

import pytest
from adapters.http.calling import HERE, Caller, service

from penchant.adapters.http.sessions import COOKIE, ENTER, Sessions


class Hand:
    """A clock in seconds that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def entered(client: Caller, link: str) -> str:
    """Open a link; give the cookie."""
    answer = client.get(link)
    assert answer.status_code == 200, answer.text
    found = re.match(rf"{COOKIE}=([^;]+); (.*)", answer.headers["set-cookie"])
    assert found
    assert {"HttpOnly", "SameSite=Strict", "Path=/console"} <= set(found[2].split("; "))
    return found[1]


def test_a_link_opens_the_console_once() -> None:
    """The link that is printed gives a session; a second use of it does not."""
    with service(key="") as (client, app, _):
        link = app.link()
        cookie = entered(client, link)

        again = client.get(link)
        assert again.status_code == 401
        assert "penchant link" in again.text
        shown = client.get("/console", headers={"cookie": f"{COOKIE}={cookie}"})
        assert shown.status_code == 200
        assert shown.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "cookie", ["", f"{COOKIE}=", f"{COOKIE}=guess", "other=1", f"{COOKIE}=a; {COOKIE}=b", '"', "="]
)
@pytest.mark.parametrize("path", ["/console", "/console/people", "/console/nowhere"])
def test_without_a_session_the_console_shows_nothing(cookie: str, path: str) -> None:
    """Every page below `/console` is answered with 401, whether it is there or not."""
    with service() as (client, _, _):
        answer = client.get(path, headers={"cookie": cookie})

        assert answer.status_code == 401
        assert "penchant up" in answer.text


def test_a_session_is_no_key() -> None:
    """What opens the console opens no route of the API: those take keys alone."""
    with service(key="") as (client, app, _):
        cookie = entered(client, app.link())

        answer = client.get("/v1/people/ada", headers={"cookie": f"{COOKIE}={cookie}"})
        assert answer.status_code == 401


def test_a_key_is_no_session() -> None:
    """What opens the API does not open the console."""
    with service() as (client, _, _):
        assert client.get("/console").status_code == 401


def test_a_form_must_come_from_the_console() -> None:
    """A form that does not say its origin, or another one, is answered with 403."""
    with service(key="") as (client, app, _):
        cookie = {"cookie": f"{COOKIE}={entered(client, app.link())}"}
        for headers in (cookie, {**cookie, "origin": "https://evil.example"}):
            assert client.post("/console/person", headers=headers).status_code == 403
        own = client.post("/console/nowhere", headers={**cookie, "origin": HERE})
        assert own.status_code in {404, 405}


@pytest.mark.parametrize("link", [ENTER, f"{ENTER}?link=", f"{ENTER}?link=guess", f"{ENTER}?x=1"])
def test_a_link_that_is_none_opens_nothing(link: str) -> None:
    """A guess is answered with 401 and sets no cookie."""
    with service(key="") as (client, _, _):
        answer = client.get(link)

        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers


def test_pages_load_nothing_from_elsewhere() -> None:
    """Pages say that nothing of another origin may be loaded, framed or sent to."""
    with service(key="") as (client, app, _):
        told = client.get(app.link()).headers["content-security-policy"]

        assert "default-src 'none'" in told
        assert "frame-ancestors 'none'" in told


def test_links_and_sessions_end() -> None:
    """A link ends after a quarter of an hour, a session after half a day."""
    clock = Hand()
    sessions = Sessions(clock)
    late, used = sessions.link(), sessions.link()
    cookie = sessions.enter(used.partition("=")[2])
    assert sessions.who(f"{COOKIE}={cookie}".encode())

    clock.now += 15 * 60
    assert not sessions.enter(late.partition("=")[2])
    assert sessions.who(f"{COOKIE}={cookie}".encode())

    clock.now += 12 * 3_600
    assert sessions.who(f"{COOKIE}={cookie}".encode()) is None


def test_links_are_bounded() -> None:
    """Whoever asks for links without end makes the service keep no more than so many."""
    sessions = Sessions(Hand())
    links = [sessions.link() for _ in range(1_100)]

    assert not sessions.enter(links[0].partition("=")[2])
    assert sessions.enter(links[-1].partition("=")[2])
