"""The oracle: what may be done for a person, worked out once more from what they said.

It shares no code with the engine's guardrails: registers are lists of all that was ever said, of
which the latest counts, and hours are read off `zoneinfo`. Slow, plain, and nothing kept ready.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from penchant import Action, Decision, Moment
from penchant.words import Cap, QuietHours

__all__ = ["Answer", "Oracle", "Rule"]

CLOSE = 1e-9
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class Answer(NamedTuple):
    """What a person answered for a purpose."""

    granted: bool
    dial: float
    until: datetime | None


class Rule(NamedTuple):
    """A person's standing rule: what it is about, and from when to when ("" for always)."""

    action: str = ""
    channel: str = ""
    feature: str = ""
    equals: object = True
    start: str = ""
    end: str = ""


class Person(NamedTuple):
    """Everything said under one id, each with its time, and everything done."""

    answers: dict[str, list[tuple[datetime, Answer]]]
    zones: list[tuple[datetime, str]]
    rules: dict[str, list[tuple[datetime, Rule | None]]]
    done: dict[str, list[datetime]]


def nobody() -> Person:
    """Give somebody who said nothing."""
    return Person(defaultdict(list), [], defaultdict(list), defaultdict(list))


class Oracle:
    """Holds decisions against what people said."""

    def __init__(self) -> None:
        """Know nobody."""
        self.moments: dict[str, Moment] = {}
        self.breaches: list[str] = []
        self.withheld: list[str] = []
        self.held_back: Counter[str] = Counter()
        self.judged = 0
        self._people: dict[str, Person] = defaultdict(nobody)
        self._linked: dict[str, str] = {}

    def answer(self, person: str, purpose: str, at: datetime, given: Answer) -> None:
        """Hear a person's answer for a purpose."""
        self._people[person].answers[purpose].append((at, given))

    def zone(self, person: str, at: datetime, zone: str) -> None:
        """Hear where a person is."""
        self._people[person].zones.append((at, zone))

    def rule(self, person: str, name: str, at: datetime, given: Rule | None) -> None:
        """Hear a standing rule, or that one is lifted."""
        self._people[person].rules[name].append((at, given))

    def link(self, other: str, to: str) -> None:
        """Hear that an id is somebody else's, or with "" that it is not."""
        self._linked[other] = to

    def forget(self, person: str) -> None:
        """Know nothing of a person any more, under any id."""
        for one in self.ids(person):
            self._people.pop(one, None)
            self._linked.pop(one, None)

    def ids(self, person: str) -> list[str]:
        """Give every id of a person."""
        home = self._home(person)
        known = {person, *self._people, *self._linked, *self._linked.values()} - {""}
        return sorted(one for one in known if self._home(one) == home)

    def agrees(self, person: str, purpose: str, now: datetime) -> bool:
        """Say whether signals and outcomes may be kept."""
        return _holds(_answer(self._whole(person), purpose), now)

    def judge(self, decision: Decision) -> None:
        """Hold one decision against what its person said, and count what was done."""
        self.judged += 1
        moment, person = self.moments[decision.moment], decision.person
        fallback = moment.default or "nothing"
        wrong = dict(self._wrong(decision, moment, fallback))
        self.held_back.update(rule for rules in wrong.values() for rule in rules)
        for name in {*decision.names, decision.action.name} & wrong.keys():
            self.breaches.append(f"{', '.join(wrong[name])}: `{name}` of {_told(decision)}")
        allowed = {one.name for one in _actions(decision, moment)} - wrong.keys() | {fallback}
        if missing := allowed - set(decision.names):
            self.withheld.append(f"`{min(missing)}` of {_told(decision)}")
        if fallback not in decision.names or abs(sum(decision.weights) - 1.0) > CLOSE:
            self.breaches.append(f"propensities of {_told(decision)}")
        if decision.action.name != fallback:
            if decision.action.risk in {"confirm", "human"}:
                self.breaches.append(f"risk of {_told(decision)}")
            if person is not None:
                self._people[person].done[moment.name].append(decision.at)

    def bring(self, decision: Decision, now: datetime) -> None:
        """Hold what is about to be sent against what its person says by now; caps are spent."""
        moment = self.moments[decision.moment]
        again = replace(decision, at=now, mode="neutral")
        wrong = dict(self._wrong(again, moment, moment.default or "nothing"))
        rules = [rule for rule in wrong.get(decision.action.name, ()) if rule != "caps"]
        if rules:
            self.breaches.append(f"{', '.join(rules)}: brought {_told(again)}")

    def _wrong(
        self, decision: Decision, moment: Moment, fallback: str
    ) -> Iterator[tuple[str, list[str]]]:
        """Give each action that may not be done, with the rules that it would breach."""
        whole, now = self._whole(decision.person), decision.at
        choices = [one for one in _actions(decision, moment) if one.name != fallback]
        dial = 1.0
        if decision.person is not None:
            answer = _answer(whole, moment.purpose)
            if _holds(answer, now) and answer.dial > 0:
                dial = answer.dial
            else:  # then nothing is done, or what would be done for anybody
                if decision.mode != "neutral":
                    self.breaches.append(f"consent: the mode of {_told(decision)}")
                if not moment.non_profiling:
                    yield from ((action.name, ["consent"]) for action in choices)
                    return
        zone, rules = _zone(whole), list(_rules(whole))
        stopped = ["caps"] if _is_capped(whole, moment, now) else []
        stopped += ["quiet_hours"] if _is_quiet(moment, zone, now) else []
        for action in choices:
            wrong = [*(["dial"] if action.burden > dial else []), *stopped]
            if any(_forbids(rule, action, zone, now) for rule in rules):
                wrong.append("nevers")
            if wrong:
                yield action.name, wrong

    def _home(self, person: str) -> str:
        met = {person}
        while (to := self._linked.get(person, "")) and to not in met:
            person = to
            met.add(to)
        return person

    def _whole(self, person: str | None) -> list[Person]:
        """Give what was said under every id of a person."""
        return [] if person is None else [self._people[one] for one in self.ids(person)]


def _answer(whole: list[Person], purpose: str) -> Answer:
    given = [one for part in whole for one in part.answers[purpose]]
    return max(given, key=_time)[1] if given else Answer(granted=False, dial=0.0, until=None)


def _holds(answer: Answer, now: datetime) -> bool:
    return answer.granted and (answer.until is None or now < answer.until)


def _zone(whole: list[Person]) -> str:
    given = [one for part in whole for one in part.zones]
    return max(given, key=_time)[1] if given else ""


def _rules(whole: list[Person]) -> Iterator[Rule]:
    said: dict[str, list[tuple[datetime, Rule | None]]] = defaultdict(list)
    for part in whole:
        for name, given in part.rules.items():
            said[name] += given
    for given in said.values():
        rule = max(given, key=_time)[1]
        if rule is not None:
            yield rule


def _is_capped(whole: list[Person], moment: Moment, now: datetime) -> bool:
    """Say whether a cap is reached: what was done less than its time ago, or dated later."""
    done = [at for part in whole for at in part.done[moment.name]]
    return any(
        sum(now - at < _length(rule.per) for at in done) >= rule.at_most
        for rule in moment.guardrails
        if isinstance(rule, Cap) and whole
    )


def _time(said: tuple[datetime, object]) -> datetime:
    return said[0]


def _length(text: str) -> timedelta:
    return int(text[:-1]) * UNITS[text[-1]]


def _actions(decision: Decision, moment: Moment) -> Iterable[Action]:
    """Give what there was to choose from."""
    return decision.candidates or moment.actions


def _is_quiet(moment: Moment, zone: str, now: datetime) -> bool:
    """Say whether one of the quiet hours of a moment holds; where no zone is known, all do."""
    return any(
        not (where := zone or rule.zone) or _is_within(now, where, rule.start, rule.end)
        for rule in moment.guardrails
        if isinstance(rule, QuietHours)
    )


def _is_within(now: datetime, zone: str, start: str, end: str) -> bool:
    """Say whether the clock on a wall stands between two times; from one to the same is always."""
    wall = now.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    if start == end:
        return True
    return start <= wall < end if start < end else wall >= start or wall < end


def _forbids(rule: Rule, action: Action, zone: str, now: datetime) -> bool:
    """Say whether a standing rule rules an action out now."""
    about: Mapping[str, bool] = {
        "action": not rule.action or rule.action == action.name,
        "channel": not rule.channel or rule.channel == action.channel,
        "feature": not rule.feature or action.features.get(rule.feature) == rule.equals,
        "hours": not rule.start or not zone or _is_within(now, zone, rule.start, rule.end),
    }
    return all(about.values())


def _told(decision: Decision) -> str:
    return f"{decision.moment} for {decision.person} at {decision.at.isoformat()}"
