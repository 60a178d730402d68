"""A console in this process over a small shop, called without a network; pages as parsed HTML."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any, NamedTuple

import httpx
from engines import PURPOSE, Clock, agreed, engine_on, lived, shop
from starlette.applications import Starlette

from penchant import Action, Engine, Moment, Outcome, Signal
from penchant.adapters.console.pages import routes
from penchant.adapters.console.settings import ConsoleSettings
from penchant.adapters.store.memory import MemoryStore
from penchant.words import AtTime, Cap, OnSignal, QuietHours, Value

__all__ = ["HERE", "PEOPLE", "Element", "Page", "Visitor", "furnished", "visited"]

HERE = "http://127.0.0.1:8321"
PEOPLE = ("ada", "ben", "cy")
INLINE = frozenset({"code", "strong"})


class Element(NamedTuple):
    """One start tag: its name and attributes."""

    name: str
    attributes: Mapping[str, str]


class Page(HTMLParser):
    """What is in a page: its elements in order, and its text."""

    def __init__(self, response: httpx.Response) -> None:
        """Parse a response."""
        super().__init__(convert_charrefs=True)
        self.response = response
        self.status = response.status_code
        self.elements: list[Element] = []
        self._said: list[str] = []
        self.feed(response.text)

    @property
    def text(self) -> str:
        """The text of the page, white space as single blanks."""
        return " ".join("".join(self._said).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element; what is no part of a line stands apart from it."""
        self._said.append("" if tag in INLINE else " ")
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self._said.append(data)

    def all(self, name: str) -> list[Mapping[str, str]]:
        """Give the attributes of every element of a name."""
        return [one.attributes for one in self.elements if one.name == name]

    def links(self) -> list[str]:
        """Give where the page leads."""
        return [one["href"] for one in self.all("a") if "href" in one]

    def field(self, name: str) -> str:
        """Give the value of a field of a form."""
        return next(one["value"] for one in self.all("input") if one.get("name") == name)


class Visitor:
    """Visits the pages of a console; cookies are kept."""

    def __init__(self, engine: Engine, settings: ConsoleSettings | None = None) -> None:
        """Mount the console alone."""
        self.engine = engine
        self._runner = asyncio.Runner()
        app = Starlette(routes=routes(engine, settings))
        transport = httpx.ASGITransport(app)
        self.client = httpx.AsyncClient(transport=transport, base_url=HERE)

    def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Call one route."""
        return self._runner.run(self.client.request(method, path, **given))

    def get(self, path: str, **given: Any) -> Page:
        """Look at a page."""
        return Page(self.call("GET", path, **given))

    def post(self, fields: Mapping[str, str], *, code: str | None = None, **given: Any) -> Page:
        """Send a form of a person's page, with the code of that page unless another is given."""
        if code is None:
            code = self.get("/console/person", params={"id": fields["id"]}).field("code")
        sent = {**fields, "code": code}
        return Page(self.call("POST", "/console/person", data=sent, **given))

    def close(self) -> None:
        """Let go of the loop and the engine."""
        self._runner.run(self.client.aclose())
        self._runner.close()
        self.engine.close()


def furnished(*, clock: Clock | None = None) -> Engine:
    """Give an engine with something on each page: people, moments, rules, goals, a removal."""
    engine = engine_on(MemoryStore(), clock=clock)
    engine.declare(shop(neutral_share=0.2))
    engine.declare(
        Moment(
            "wellbeing.nudge",
            purpose="coaching",
            actions=[Action("walk", burden=0.3, channel="push"), Action("call", risk="human")],
            outcome=Outcome("done", window="2h"),
            guardrails=[Cap(1, "1d"), QuietHours("22:00", "07:00", zone="UTC")],
            opens=[AtTime("09:00", zone="UTC"), OnSignal("sport.sat_long")],
        )
    )
    agreed(engine, *PEOPLE)
    lived(engine, PEOPLE, 60)
    engine.consent("ada", "coaching", granted=True, dial=0.2)
    stated = {"name": "night", "text": "nothing at night", "start": "22:00", "end": "07:00"}
    engine.observe(Signal("never.stated", "ada", data=stated))
    goal: dict[str, Value] = {"name": "10k", "text": "run ten kilometres", "progress": 0.4}
    engine.observe(Signal("goal.stated", "ada", data=goal), purpose=PURPOSE)
    engine.observe(
        Signal("trait.stated", "ada", data={"time_zone": "Europe/Berlin"}), purpose=PURPOSE
    )
    for _ in range(12):
        engine.observe(Signal("shop.viewed", "ada", data={"item": "fins"}), purpose=PURPOSE)
    for _ in range(3):
        engine.decide("wellbeing.nudge", person="ada")
    engine.decide("home.hero", person="dee")
    engine.decide("home.hero")
    engine.observe(Signal("shop.viewed", "eve"), purpose=PURPOSE)
    return engine


@contextmanager
def visited(
    engine: Engine | None = None, settings: ConsoleSettings | None = None
) -> Iterator[Visitor]:
    """Give a visitor of a console, over the furnished engine unless one is given."""
    visitor = Visitor(engine or furnished(), settings)
    try:
        yield visitor
    finally:
        visitor.close()
