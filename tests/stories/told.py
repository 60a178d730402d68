"""Stories: a person's facts as lines of text, and their profile as lines of text.

A line is a time (UTC), perhaps how often it happens again, and what happened:
    2026-10-05 07:30 trait.stated time_zone=Europe/Berlin
    2026-10-05 07:30 each day for 14 days: shop.viewed item=sneakers
    2026-10-05 08:00 consent shop granted 0.5
    2026-10-05 09:00 decided home sport=run -> 1
Everything is about ada unless the line starts with another id, such as `anon-7:`.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from penchant.journal import Consented, Decided, Fact, Learned, Observed
from penchant.words import Action, Consent, Decision, Profile, Signal, Value

__all__ = ["facts_of", "lines_of", "time_of"]

LINE = re.compile(
    r"(?:(?P<who>[\w-]+): )?(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d)"
    r"(?: each (?P<step>day|weekday) for (?P<days>\d+) days:)? (?P<what>.+)"
)
WEEKEND = (5, 6)


def time_of(text: str) -> datetime:
    """Read a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def facts_of(story: str, person: str = "ada") -> list[Fact]:
    """Give the facts of a story that are about a person."""
    return [
        fact
        for line in story.splitlines()
        if (match := LINE.fullmatch(line.strip())) and (match["who"] or "ada") == person
        for at in _times(match)
        for fact in _facts(person, at, shlex.split(match["what"]))
    ]


def lines_of(profile: Profile) -> list[str]:
    """Put a profile into lines a person can read."""
    return [
        *(f"also known as {other}" for other in profile.known_as),
        *(f"{one.purpose}: {one.state}, dial {one.dial:g}" for one in profile.consents),
        *(f"{trait.name} is {trait.value}" for trait in profile.traits),
        *(f"wants to {goal.text} ({goal.progress:.0%})" for goal in profile.goals),
        *(f"never: {never.text}" for never in profile.nevers),
        *(f"{belief.name.split('.')[0]}: {belief.says}" for belief in profile.beliefs),
    ]


def _times(match: re.Match[str]) -> Iterator[datetime]:
    """Give every time at which a line happens."""
    for day in range(int(match["days"] or 1)):
        at = time_of(match["at"]) + timedelta(days=day)
        if match["step"] != "weekday" or at.weekday() not in WEEKEND:
            yield at


def _facts(person: str, at: datetime, words: Sequence[str]) -> Iterator[Fact]:
    """Give the facts of one line at one time."""
    kind, *rest = words
    if kind == "consent":
        purpose, state, dial = rest
        given: Any = state
        yield Consented(person, at, Consent(purpose, given, float(dial), at))
    elif kind == "decided":
        yield from _decided(person, at, rest)
    else:
        signal = Signal(kind, person, at, dict(_pairs(rest)))  # frozen
        yield Observed(person, at, signal, "shop")


def _decided(person: str, at: datetime, words: Sequence[str]) -> Iterator[Fact]:
    """Give a decision and its outcome: moment, features, `->`, reward."""
    moment, *features, _, reward = words
    name = f"{moment}-{person}-{at:%m%d%H%M}"
    action = Action("shown", features=dict(_pairs(features)))  # frozen
    decision = Decision(
        id=name,
        moment=moment,
        person=person,
        at=at,
        action=action,
        propensity=1.0,
        mode="personal",
        names=(action.name,),
        weights=(1.0,),
        neutral=(1.0,),
    )
    yield Decided(person, at, decision)
    yield Learned(person, at, name, moment, float(reward), float(reward), 0.5, 1)


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, Value]]:
    """Read `name=value`; what looks like a number is one."""
    for word in words:
        name, _, value = word.partition("=")
        is_number = re.fullmatch(r"-?\d+(\.\d+)?", value)
        yield name, float(value) if is_number else value
