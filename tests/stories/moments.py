"""Stories of moments that open themselves: plain text in, what differs from what happened out.

A story is the text of the blocks marked `story` in a page. What a line may say stands in `WORDS`,
`SAYS` and `SHOWS`; `tests/stories/README.md` explains it for whoever writes one. Between two lines
time passes and the engine is ticked whenever something is due, unless it sleeps. Dice fall on the
first action that is possible, so a story shows what may be offered.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engines import Clock
from msgspec.structs import replace
from runners import App

from penchant import Action, AtTime, Moment, OnLevel, OnSignal, Outcome, QuietHours, Signal
from penchant.adapters.channels.inbox import Inbox
from penchant.journal import Skipped
from penchant.words import Decision

__all__ = ["Story", "blocks"]

BLOCK = re.compile(r"^```story\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d)"
    r"(?: each (?P<unit>day|hour|minute) for (?P<count>\d+) (?:days|hours|minutes):)? (?P<what>.+)"
)
UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}


def blocks(page: str) -> Iterator[str]:
    """Give the stories of a page."""
    yield from BLOCK.findall(page)


class Story:
    """One story, told line by line."""

    def __init__(self) -> None:
        """Start before anything happened."""
        self.zone = ZoneInfo("UTC")
        self.moments: list[Moment] = []
        self.sleeps = False
        self._app: App | None = None
        self._last: Decision | None = None

    @property
    def app(self) -> App:
        """The engine of the story, begun with its first time."""
        assert self._app is not None, "a story begins with a time"
        return self._app

    def tell(self, text: str) -> list[str]:
        """Play a story; give each line that is not so, with what is."""
        wrong = []
        for number, line in enumerate(text.splitlines(), 1):
            problem = self._line(" ".join(line.split()))
            if problem:
                wrong.append(f"line {number}: {line.strip()}\n    {problem}")
        return wrong

    def _line(self, line: str) -> str:
        """Play one line, and say what is not so."""
        if not line:
            return ""
        if line.startswith("→"):
            return self._shows(line.removeprefix("→").strip())
        step = STEP.fullmatch(line)
        if step is None:
            return "" if _matched(WORDS, self, line) else "this says nothing that is known"
        at = datetime.fromisoformat(step["at"]).replace(tzinfo=self.zone)
        for number in range(int(step["count"] or 1)):
            self._until((at + number * UNITS[step["unit"] or "day"]).astimezone(UTC))
            if not _matched(SAYS, self, step["what"]):
                return "this says nothing that is known"
        return ""

    def _until(self, now: datetime) -> None:
        """Let time pass."""
        if self._app is None:
            self._app = App(*self.moments, clock=Clock(now))
        app = self._app
        while not self.sleeps and (due := app.engine.outbox.due_at()) is not None and due <= now:
            app.clock.now = max(due, app.clock.now)
            if not app.engine.tick():
                app.clock.forward(seconds=1)
        app.clock.now = max(now, app.clock.now)
        if not self.sleeps:
            app.engine.tick()

    def _shows(self, line: str) -> str:
        """Say what an expectation finds instead."""
        for pattern, show in SHOWS.items():
            if match := re.fullmatch(pattern, line):
                found, wanted = show(self, **match.groupdict())
                return "" if found == wanted else f"it is: {found}"
        return "this asks for nothing that is known"

    def last(self, person: str) -> Decision:
        """Give the last decision that opened by itself for a person."""
        return self.app.opened(person)[-1]


def _matched(table: Mapping[str, Callable[..., None]], story: Story, line: str) -> bool:
    """Do what a line says; tell whether it says something."""
    for pattern, act in table.items():
        if match := re.fullmatch(pattern, line):
            act(story, **match.groupdict())
            return True
    return False


def _data(text: str | None) -> dict[str, Any]:
    """Read `name=value` words; what looks like a number is one."""
    data: dict[str, Any] = {}
    for word in shlex.split(text or ""):
        name, _, value = word.partition("=")
        data[name] = float(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else value
    return data


def _zone(story: Story, zone: str) -> None:
    story.zone = ZoneInfo(zone)


def _moment(story: Story, name: str, purpose: str, actions: str) -> None:
    listed = tuple(Action(one, burden=0.2) for one in actions.split(", "))
    story.moments.append(Moment(name, purpose, listed, outcome=Outcome("taken", window="7d")))


def _more(story: Story, **change: Any) -> None:
    moment = story.moments[-1]
    change = {
        name: (*getattr(moment, name), value) if name in {"opens", "guardrails"} else value
        for name, value in change.items()
    }
    story.moments[-1] = replace(moment, **change)


def _level(story: Story, measure: str, kind: str, **more: str | None) -> None:
    words = measure.split()
    found: dict[str, Any] = {"sum": "sum", "count": "count", "latest": "latest"}
    field = "" if words[0] == "count" else words[-1]
    opening = OnLevel(
        kind,
        float(more["level"] or 0),
        found[words[0]],
        field,
        again_at=float(more["again"]) if more["again"] else None,
        since=more["since"] or "",
    )
    _more(story, opens=opening)


def _unusual(story: Story, field: str, kind: str, level: str) -> None:
    _more(story, opens=OnLevel(kind, float(level), "unusual", field, again_at=float(level) / 2))


def _time(story: Story, at: str, days: str | None) -> None:
    named: Any = tuple((days or "").split())
    _more(story, opens=AtTime(at, named))


WORDS: dict[str, Callable[..., None]] = {
    r"times are those of (?P<zone>\S+)": _zone,
    r"(?P<name>\S+) is for (?P<purpose>\S+) and may (?P<actions>.+), or do nothing": _moment,
    r"it opens with (?P<kind>\S+)": lambda story, kind: _more(story, opens=OnSignal(kind)),
    r"it opens at (?P<at>\S+)(?: on (?P<days>.+))?": _time,
    (
        r"it opens when the (?P<measure>sum of \S+|count|latest \S+) (?:of|over) (?P<kind>\S+)"
        r"(?: since (?P<since>\S+))? reaches (?P<level>\S+)(?:, and again after (?P<again>\S+))?"
    ): _level,
    (
        r"it opens when (?P<field>\S+) of (?P<kind>\S+) is (?P<level>\S+) usual deviations above "
        r"what is usual"
    ): _unusual,
    r"it is quiet from (?P<start>\S+) to (?P<end>\S+)": lambda story, start, end: _more(
        story, guardrails=QuietHours(start, end)
    ),
    r"it waits (?P<window>\S+) for an outcome": lambda story, window: _more(
        story, outcome=Outcome("taken", window=window)
    ),
}
"""What may be said of moments before the first time."""


def _yes(story: Story, who: str, purpose: str, dial: str | None) -> None:
    story.app.engine.consent(who, purpose, dial=float(dial or 1.0))


def _sends(story: Story, who: str, kind: str, purpose: str | None, data: str | None) -> None:
    signal = Signal(kind, who, data=_data(data))
    assert story.app.engine.observe(signal, purpose=purpose or "training")


def _lives(story: Story, who: str, zone: str) -> None:
    _sends(story, who, "trait.stated", None, f"time_zone={zone}")


def _rules(story: Story, who: str, text: str, action: str) -> None:
    rule = {"name": text, "text": text, "action": action}
    story.app.engine.observe(Signal("never.stated", who, data=rule))


def _looks(story: Story, who: str) -> None:
    Inbox(story.app.engine.outbox).list(who)


def _dies(story: Story, who: str) -> None:
    letter = story.app.letters(who)[0]
    assert story.app.engine.outbox.claim(letter.id)
    story.app.restart()


def _sleep(story: Story, *, sleeps: bool) -> None:
    story.sleeps = sleeps
    if not sleeps:
        story.app.engine.tick()


SAYS: dict[str, Callable[..., None]] = {
    r"(?P<who>\S+) says yes to (?P<purpose>\S+)(?:, dial (?P<dial>\S+))?": _yes,
    r"(?P<who>\S+) says no to (?P<purpose>\S+)": lambda story, who, purpose: (
        story.app.engine.consent(who, purpose, granted=False)
    ),
    r"(?P<who>\S+) lives in (?P<zone>\S+)": _lives,
    r"(?P<who>\S+) says: never (?P<action>\S+), “(?P<text>.+)”": _rules,
    r"(?P<who>\S+) sends (?P<kind>\S+?)(?: for (?P<purpose>\S+))?(?: with (?P<data>.+))?": _sends,
    r"(?P<who>\S+) looks into the inbox": _looks,
    r"(?P<who>\S+) is forgotten": lambda story, who: story.app.engine.forget(who),
    r"the engine restarts": lambda story: story.app.restart(),
    r"the machine dies while it sends (?P<who>\S+) a letter": _dies,
    r"the machine falls asleep": lambda story: _sleep(story, sleeps=True),
    r"the machine wakes up": lambda story: _sleep(story, sleeps=False),
    r"time has passed": lambda _: None,
}
"""What may happen at a time."""

Shown = tuple[object, object]


def _opened(story: Story, who: str, count: str) -> Shown:
    words = {"once": 1, "twice": 2}
    return len(story.app.opened(who)), words[count] if count in words else int(
        count.partition(" ")[0]
    )


def _opened_at(story: Story, who: str, times: str) -> Shown:
    local = [one.at.astimezone(story.zone) for one in story.app.opened(who)]
    return ", ".join(f"{one:%Y-%m-%d %H:%M}" for one in local), times


def _waits(story: Story, who: str, what: str) -> Shown:
    letters = [letter.action.name for letter in story.app.letters(who)]
    return ", ".join(letters) or "nothing", what


def _lies(story: Story, who: str, what: str) -> Shown:
    lying = story.app.engine.outbox.lying(who, "inbox")
    return ", ".join(letter.action.name for letter in lying) or "nothing", what


def _decided(story: Story, who: str, what: str) -> Shown:
    return story.last(who).action.name, what


def _explained(story: Story, who: str, text: str) -> Shown:
    sentences = story.app.engine.explain(story.last(who).id).sentences
    return text if text in sentences else " ".join(sentences), text


def _noted(story: Story, count: str, text: str) -> Shown:
    facts = [fact for fact in story.app.store.read("") if isinstance(fact, Skipped)]
    notes = [f"{fact.people}: {fact.sentence}" for fact in facts]
    wanted = f"{count}: {text}"
    return wanted if wanted in notes else notes, wanted


SHOWS: dict[str, Callable[..., Shown]] = {
    r"nothing was opened for (?P<who>\S+)": lambda story, who: _opened(story, who, "0 times"),
    (r"a moment was opened for (?P<who>\S+) (?P<count>once|twice|\d+ times)(?: in all)?"): _opened,
    r"for (?P<who>\S+) it opened at (?P<times>.+)": _opened_at,
    r"what waits for (?P<who>\S+): (?P<what>.+)": _waits,
    r"what lies in the inbox of (?P<who>\S+): (?P<what>.+)": _lies,
    r"what was decided for (?P<who>\S+): (?P<what>.+)": _decided,
    r"the explanation to (?P<who>\S+) says: “(?P<text>.+)”": _explained,
    r"it is noted for (?P<count>\d+) (?:person|people): “(?P<text>.+)”": _noted,
}
"""What may be seen then."""
