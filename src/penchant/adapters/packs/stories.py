"""Stories of a pack: what somebody lives through, in lines of plain text that are run.

A story is the text of the blocks marked `story` in a page below `stories/` beside the pack's file.
What a line may say stands in `SAYS` and `SHOWS`; docs/reference/pack.md explains it. The engine is
in memory, has this one pack, a clock that stands still between lines and dice that fall on the
first action that is possible, so a story shows what may happen.
Rule: what is refused, and is not told in the line after, makes the story fail.
"""

import random
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from penchant.adapters.store import MemoryStore
from penchant.contract.installed import Installed
from penchant.contract.values import not_a_value
from penchant.engine import Engine
from penchant.errors import BadInput
from penchant.journal import Learned
from penchant.words import Accepted, Decision, Refused, Signal

__all__ = ["SAYS", "SHOWS", "Story", "blocks", "stories_of", "tell_all"]

FOLDER = "stories"
_BLOCK = re.compile(r"^```story\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STEP = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d)"
    r"(?: each (?P<unit>day|hour|minute) for (?P<count>\d+) (?:days|hours|minutes):)? (?P<what>.+)"
)
_UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
_CLOSE = 0.005
"""A number is shown with two digits behind the point."""


class _Offering(random.Random):
    """Dice that fall on the first action, while ids differ."""

    def random(self) -> float:
        """Give a draw that no share of neutral decisions takes."""
        return 0.02


def blocks(page: str) -> Iterator[str]:
    r"""Give the stories of a page.

    Example:
        >>> list(blocks("A page\n```story\n2026-03-02 12:00 time has passed\n```\n"))
        ['2026-03-02 12:00 time has passed\n']
    """
    yield from _BLOCK.findall(page)


def stories_of(folder: Path) -> tuple[tuple[Path, str], ...]:
    """Give the stories beside a pack's file, each with its page."""
    pages = sorted((folder / FOLDER).glob("*.md"))
    return tuple((page, text) for page in pages for text in blocks(page.read_text("utf-8")))


def tell_all(installed: Installed, folder: Path) -> Iterator[str]:
    """Tell every story of a pack; give a sentence for each line that is not so."""
    found = stories_of(folder)
    if not found:
        yield (
            f"`{folder / FOLDER}` holds no story. Write one: a page with a block marked `story` "
            "that says what somebody lives through."
        )
    for page, text in found:
        for wrong in Story(installed, page.parent).tell(text):
            yield f"`{page}`: {wrong}"


class Story:
    """One story, told line by line."""

    def __init__(self, installed: Installed, folder: Path | None = None) -> None:
        """Start before anything happened; files that are brought lie in `folder`."""
        self.folder = folder or Path()
        self.decisions: dict[str, Decision] = {}
        self.sentence = ""
        """Why the last thing that was asked was refused, or what was wrong with it."""
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self._installed, self._store = installed, MemoryStore()
        self.engine = self._opened()

    def tell(self, text: str) -> list[str]:
        """Play a story; give each line that is not so, with what is."""
        wrong = []
        for number, line in enumerate(text.splitlines(), 1):
            problem = self._line(" ".join(line.split()))
            if problem:
                wrong.append(f"line {number}: {line.strip()} ({problem})")
        if self.sentence:
            wrong.append(f"the last line was refused: {self.sentence}")
        return wrong

    def restart(self) -> None:
        """Open another engine on the same journal."""
        self.engine = self._opened()

    def state_problem(self, person: str) -> str:
        """Say why a state that is kept of somebody is no value; "" where all are."""
        for purpose in self._installed.pack.purposes:
            view = self.engine.packs.view(self._installed.pack.name, person, purpose.name)
            for name, state in view.states.items():
                if problem := not_a_value(state, name):
                    return problem
        return ""

    def feature(self, person: str, name: str) -> object:
        """Give a feature as decisions for a person get it now; None where there is none."""
        pack = self._installed.pack
        declared = next((one for one in pack.features if one.name == name), None)
        if declared is None:
            return None
        expert = next(one for one in pack.experts if one.name == declared.expert)
        view = self.engine.packs.view(pack.name, person, expert.purpose)
        made = self._installed.parts[expert.part](self.engine.packs.content(pack.name))
        state = view.states.get(expert.name, made.initial())
        return made.features(state, self.now).get(name)

    def rewards(self, person: str, moment: str) -> list[float]:
        """Give what was learned of a person at a moment, in order."""
        facts = self._store.read(person)
        return [one.reward for one in facts if isinstance(one, Learned) and one.moment == moment]

    def _opened(self) -> Engine:
        dice, packs = _Offering(7), (self._installed,)
        return Engine(self._store, clock=lambda: self.now, dice=dice, packs=packs)

    def _line(self, line: str) -> str:
        """Play one line, and say what is not so."""
        if not line:
            return ""
        if line.startswith("→"):
            return self._shows(line.removeprefix("→").strip())
        step = _STEP.fullmatch(line)
        if step is None:
            return "it begins with neither a time nor an arrow"
        if self.sentence:
            before, self.sentence = self.sentence, ""
            return f"the line before was refused: {before}"
        at = datetime.fromisoformat(step["at"]).replace(tzinfo=UTC)
        for number in range(int(step["count"] or 1)):
            self.now = max(self.now, at + number * _UNITS[step["unit"] or "day"])
            self.engine.tick()
            if not self._does(step["what"]):
                return "this says nothing that is known"
        return ""

    def _does(self, what: str) -> bool:
        """Do what a line says; tell whether it says something."""
        for pattern, act in SAYS.items():
            if match := re.fullmatch(pattern, what):
                try:
                    self.sentence = _sentence(act(self, **match.groupdict()))
                except BadInput as wrong:
                    self.sentence = str(wrong)
                who = match.groupdict().get("who")
                self.sentence = self.sentence or (self.state_problem(who) if who else "")
                return True
        return False

    def _shows(self, line: str) -> str:
        """Say what an expectation finds instead."""
        for pattern, show in SHOWS.items():
            if match := re.fullmatch(pattern, line):
                found, wanted = show(self, **match.groupdict())
                if pattern == _REFUSED:
                    self.sentence = ""
                return "" if found == wanted else f"it is: {found}"
        return "this asks for nothing that is known"


def _sentence(answer: object) -> str:
    if isinstance(answer, Refused):
        return answer.sentence
    return "" if answer is None or isinstance(answer, Accepted) else str(answer)


def _data(text: str | None) -> dict[str, Any]:
    """Read `name=value` words: yes, no, what looks like a number, else a text."""
    data: dict[str, Any] = {}
    for word in shlex.split(text or ""):
        name, _, value = word.partition("=")
        is_number = re.fullmatch(r"-?\d+(\.\d+)?", value)
        data[name] = value == "yes" if value in {"yes", "no"} else value
        data[name] = float(value) if is_number else data[name]
    return data


def _yes(story: Story, who: str, purpose: str, dial: str | None) -> object:
    return story.engine.consent(who, purpose, dial=float(dial or 1.0))


def _no(story: Story, who: str, purpose: str) -> object:
    return story.engine.consent(who, purpose, granted=False)


def _sends(story: Story, who: str, kind: str, data: str | None) -> object:
    return story.engine.observe(Signal(kind, who, data=_data(data)))


def _states(story: Story, who: str, data: str, purpose: str) -> object:
    return story.engine.observe(Signal("trait.stated", who, data=_data(data)), purpose=purpose)


def _wants(story: Story, who: str, text: str, name: str, purpose: str) -> object:
    data = {"name": name, "text": text}
    return story.engine.observe(Signal("goal.stated", who, data=data), purpose=purpose)


def _decides(story: Story, moment: str, who: str, data: str | None) -> None:
    story.decisions[who] = story.engine.decide(moment, person=who, context=_data(data))


def _learns(story: Story, who: str, what: str) -> object:
    is_number = re.fullmatch(r"-?\d+(\.\d+)?", what)
    given: dict[str, Any] = {"reward": float(what)} if is_number else {"outcome": what}
    return story.engine.learn(story.decisions[who].id, **given)


def _brings(story: Story, file: str, importer: str) -> str:
    content = (story.folder / file).read_bytes()
    pack = next(iter(story.engine.packs)).name
    received = story.engine.packs.bring(pack, importer, content, name=file)
    return " ".join([*received.refused, *(one.sentence for one in received.findings)])


def _forgets(story: Story, who: str) -> None:
    story.engine.forget(who)


SAYS: Mapping[str, Callable[..., object]] = {
    r"(?P<who>\S+) says yes to (?P<purpose>\S+)(?:, dial (?P<dial>\S+))?": _yes,
    r"(?P<who>\S+) says no to (?P<purpose>\S+)": _no,
    r"(?P<who>\S+) sends (?P<kind>\S+)(?: with (?P<data>.+))?": _sends,
    r"(?P<who>\S+) states (?P<data>.+) for (?P<purpose>\S+)": _states,
    r"(?P<who>\S+) wants to “(?P<text>.+)” \((?P<name>\S+)\) for (?P<purpose>\S+)": _wants,
    r"(?P<moment>\S+) is decided for (?P<who>\S+)(?: with (?P<data>.+))?": _decides,
    r"for (?P<who>\S+) it turns out (?P<what>\S+)": _learns,
    r"(?P<file>\S+) is brought through (?P<importer>\S+)": _brings,
    r"(?P<who>\S+) is forgotten": _forgets,
    r"the engine restarts": Story.restart,
    r"time has passed": lambda _: None,
}
"""What may happen at a time."""

Shown = tuple[object, object]
_REFUSED = r"it was refused: “(?P<text>.+)”"


def _decided(story: Story, who: str, what: str) -> Shown:
    return story.decisions[who].action.name, what


def _explained(story: Story, who: str, text: str) -> Shown:
    sentences = story.engine.explain(story.decisions[who].id).sentences
    return text if text in sentences else " ".join(sentences), text


def _is(story: Story, name: str, who: str, value: str) -> Shown:
    found, (wanted,) = story.feature(who, name), _data(f"it={value}").values()
    if found is None:
        return "nothing", value
    if isinstance(found, float | int) and isinstance(wanted, float):
        return (wanted if abs(found - wanted) <= _CLOSE else round(float(found), 2)), wanted
    return found, wanted


def _sees(story: Story, count: str, who: str, purpose: str) -> Shown:
    pack = next(iter(story.engine.packs)).name
    return len(story.engine.packs.view(pack, who, purpose).signals), int(count)


def _plans(story: Story, moment: str, who: str, what: str) -> Shown:
    plan = story.engine.packs.plan(moment, who)
    return ", ".join(one.action.name for one in plan) or "nothing", what


def _planned_because(story: Story, moment: str, who: str, text: str) -> Shown:
    plan = story.engine.packs.plan(moment, who)
    return (plan[0].reason if plan else ""), text


def _rewards(story: Story, moment: str, who: str, what: str) -> Shown:
    return ", ".join(f"{reward:g}" for reward in story.rewards(who, moment)) or "nothing", what


SHOWS: Mapping[str, Callable[..., Shown]] = {
    r"what was decided for (?P<who>\S+): (?P<what>.+)": _decided,
    r"the explanation to (?P<who>\S+) says: “(?P<text>.+)”": _explained,
    r"(?P<name>\S+) of (?P<who>\S+) is (?P<value>\S+)": _is,
    r"for (?P<purpose>\S+) the pack sees (?P<count>\d+) signals? of (?P<who>\S+)": _sees,
    r"the plan at (?P<moment>\S+) for (?P<who>\S+): (?P<what>.+)": _plans,
    r"its first reason at (?P<moment>\S+) for (?P<who>\S+): “(?P<text>.+)”": _planned_because,
    r"at (?P<moment>\S+) it was learned for (?P<who>\S+): (?P<what>.+)": _rewards,
    _REFUSED: lambda story, text: (story.sentence, text),
}
"""What may be seen then."""
