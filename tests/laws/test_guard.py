"""Laws of guardrails: they only take away, the fallback stays, and hours follow the wall clock."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from penchant.guard.guardrail import (
    GUARDRAILS,
    Asked,
    Guardrail,
    Held,
    Verdicts,
    exposure_of,
    is_silent,
    permitted,
)
from penchant.guard.hours import is_between, local_minute, minute_of
from penchant.words import (
    Action,
    Cap,
    Consent,
    FrozenMap,
    GuardrailRule,
    Moment,
    Never,
    QuietHours,
    Refused,
    Value,
)

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
NAMES = ("nothing", "tip", "wine", "call", "article")
YEAR_MINUTES = 366 * 24 * 60
START_OF_2026 = datetime(2026, 1, 1, tzinfo=UTC)

fractions = st.floats(0.0, 1.0)
times_of_day = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
zones = st.sampled_from(("", "Nowhere", *ZONES))
instants = st.integers(0, YEAR_MINUTES).map(lambda m: START_OF_2026 + timedelta(minutes=m))
features: st.SearchStrategy[FrozenMap[Value]] = st.dictionaries(
    st.sampled_from(("alcohol", "loud")), st.booleans()
).map(FrozenMap)


@st.composite
def actions(draw: st.DrawFn) -> tuple[Action, ...]:
    """Some of the named actions, `nothing` among them, in any order."""
    some = draw(st.sets(st.sampled_from(NAMES[1:])))
    return tuple(
        Action(
            name,
            features=draw(features),
            channel=draw(st.sampled_from(("", "app", "phone"))),
            burden=draw(fractions),
            risk=draw(st.sampled_from(("auto", "notify", "confirm", "human"))),
        )
        for name in draw(st.permutations(sorted({"nothing", *some})))
    )


nevers = st.builds(
    Never,
    name=st.just("rule"),
    text=st.just("my rule"),
    at=st.just(START_OF_2026),
    action=st.sampled_from(("", *NAMES)),
    feature=st.sampled_from(("", "alcohol")),
    channel=st.sampled_from(("", "phone")),
    start=st.one_of(st.just(""), times_of_day),
    end=st.one_of(st.just(""), times_of_day),
)
rules: st.SearchStrategy[GuardrailRule] = st.one_of(
    st.builds(Cap, at_most=st.integers(0, 3), per=st.sampled_from(("1m", "1h", "never"))),
    st.builds(QuietHours, times_of_day, times_of_day, zones),
)


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """Anything a guardrail may be told, odd rules and zones included."""
    now = draw(instants)
    ages = draw(st.lists(st.floats(-10.0, 7_200.0), max_size=5))
    moment = Moment(
        "m",
        "p",
        default=draw(st.sampled_from(("", "nothing"))),
        guardrails=tuple(draw(st.lists(rules, max_size=3))),
    )
    return Asked(
        now,
        moment,
        Consent("p", "granted", draw(fractions)),
        tuple(draw(st.lists(nevers, max_size=3))),
        draw(zones),
        tuple(now.timestamp() - age for age in sorted(ages, reverse=True)),
    )


class Odd:
    """A guardrail of someone else's: answers by action name, and raises or babbles for some."""

    name = "odd"

    def __init__(self, answers: dict[str, Any]) -> None:
        """Keep what it answers for each name."""
        self.answers = answers

    def check(self, actions: Sequence[Action], asked: Asked) -> Verdicts:
        """Give the answers."""
        verdicts = {}
        for index, action in enumerate(actions):
            answer = self.answers.get(action.name)
            if isinstance(answer, ZeroDivisionError):
                raise answer
            if answer is not None:
                verdicts[index] = answer
        return verdicts if asked.moment.name else {}


verdicts = st.sampled_from((None, Refused("No."), Held("Ask.")))
mishaps = st.sampled_from((ZeroDivisionError(), "babble", Refused(""), 0))
answering = st.dictionaries(st.sampled_from(NAMES), verdicts).map(Odd)
erring = st.dictionaries(st.sampled_from(NAMES), st.one_of(verdicts, mishaps)).map(Odd)


@pytest.mark.proof
@given(actions(), questions(), erring)
def test_each_action_is_kept_or_removed(acts: Sequence[Action], asked: Asked, odd: Odd) -> None:
    """Every action is either kept or has a refusal with a sentence; the held are among the kept."""
    left = permitted(acts, asked, (*GUARDRAILS, odd))
    kept = {acts[index].name for index in left.kept}

    assert kept | {one.action for one in left.removed} == {action.name for action in acts}
    assert not kept & {one.action for one in left.removed}
    assert {index for index, _ in left.held} <= set(left.kept)
    assert list(left.kept) == sorted(left.kept)
    assert all(one.rule and one.sentence for one in left.removed)


@pytest.mark.proof
@given(
    acts=actions(),
    asked=questions(),
    is_free=st.booleans(),
    has_rules=st.booleans(),
    burden=st.sampled_from((0.0, 0.5, math.nan)),
)
def test_silence_is_known_without_asking(
    *, acts: Sequence[Action], asked: Asked, is_free: bool, has_rules: bool, burden: float
) -> None:
    """Where no guardrail can object to what actions expose, none does."""
    if not has_rules:
        asked = replace(asked, nevers=(), moment=replace(asked.moment, guardrails=()))
    if is_free:
        acts = [replace(action, risk="auto", burden=burden) for action in acts]
    exposure = exposure_of(acts)
    silent = is_silent(asked, exposure)

    assert not silent or permitted(acts, asked) == exposure.untouched
    assert silent or has_rules or not is_free or not burden <= asked.consent.dial


@pytest.mark.proof
@given(actions(), questions(), answering)
def test_refused_is_not_permitted(acts: Sequence[Action], asked: Asked, odd: Odd) -> None:
    """What any guardrail refuses is not kept, the fallback apart."""
    guardrails: tuple[Guardrail, ...] = (*GUARDRAILS, odd)
    refused = {
        acts[index].name
        for guardrail in guardrails
        for index, verdict in _answers(guardrail, acts, asked).items()
        if isinstance(verdict, Refused)
    }
    left = permitted(acts, asked, guardrails)

    assert not {acts[index].name for index in left.kept} & (refused - {"nothing"})


@pytest.mark.proof
@given(actions(), questions())
def test_what_is_above_the_dial_is_not_permitted(acts: Sequence[Action], asked: Asked) -> None:
    """The greatest burden left is one the person allows."""
    kept = [acts[index] for index in permitted(acts, asked).kept]

    assert all(one.burden <= asked.consent.dial for one in kept if one.name != "nothing")


@pytest.mark.proof
@given(actions(), questions(), erring)
def test_the_fallback_always_stays(acts: Sequence[Action], asked: Asked, odd: Odd) -> None:
    """`nothing` is kept and not held, whatever is said of it."""
    left = permitted(acts, asked, (odd, *GUARDRAILS))
    index = [action.name for action in acts].index("nothing")

    assert index in left.kept
    assert index not in dict(left.held)


@pytest.mark.proof
@given(actions(), questions(), erring, st.integers(0, 5))
def test_one_guardrail_more_never_adds_an_action(
    acts: Sequence[Action], asked: Asked, odd: Odd, place: int
) -> None:
    """Whether it errs or not, and wherever it stands, it takes away or leaves as it was."""
    more = (*GUARDRAILS[:place], odd, *GUARDRAILS[place:])

    assert set(permitted(acts, asked, more).kept) <= set(permitted(acts, asked).kept)


@pytest.mark.proof
@given(actions(), questions(), st.dictionaries(st.sampled_from(NAMES), verdicts))
def test_an_error_never_adds_an_action(
    acts: Sequence[Action], asked: Asked, answers: dict[str, Any]
) -> None:
    """Where a guardrail errs for one action, all it refuses of the others stays refused."""
    sound = permitted(acts, asked, (Odd(answers),))
    erring = permitted(acts, asked, (Odd({**answers, "wine": ZeroDivisionError()}),))

    assert set(erring.kept) <= set(sound.kept)
    assert "wine" not in {acts[index].name for index in erring.kept}


@pytest.mark.proof
@given(actions(), questions(), erring, st.randoms())
def test_the_order_of_guardrails_does_not_matter(
    acts: Sequence[Action], asked: Asked, odd: Odd, dice: Random
) -> None:
    """Asked in another order, they leave, hold and refuse the same."""
    guardrails: list[Guardrail] = [*GUARDRAILS, odd]
    before = permitted(acts, asked, guardrails)
    dice.shuffle(guardrails)
    after = permitted(acts, asked, guardrails)

    assert before.kept == after.kept
    assert set(before.removed) == set(after.removed)
    assert dict(before.held).keys() == dict(after.held).keys()


@pytest.mark.proof
@given(actions(), questions(), st.floats(0.0, 1.0))
def test_a_lower_dial_never_adds_an_action(
    acts: Sequence[Action], asked: Asked, factor: float
) -> None:
    """Turning the dial down takes away or leaves as it was."""
    lower = Consent("p", "granted", asked.consent.dial * factor)
    asked_lower = Asked(asked.now, asked.moment, lower, asked.nevers, asked.time_zone, asked.recent)

    assert set(permitted(acts, asked_lower).kept) <= set(permitted(acts, asked).kept)


@pytest.mark.proof
@given(instants, st.sampled_from(ZONES), times_of_day, times_of_day)
def test_quiet_is_what_the_wall_clock_says(now: datetime, zone: str, start: str, end: str) -> None:
    """The answer is that of comparing clock readings as texts, over all changes of the year."""
    clock = now.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    quiet = start <= clock < end if start < end else clock >= start or clock < end

    assert _is_quiet(now, zone, QuietHours(start, end)) == quiet


@pytest.mark.proof
@given(instants, instants, st.tuples(*[st.sampled_from(ZONES)] * 2), times_of_day, times_of_day)
def test_quiet_depends_on_the_wall_clock_alone(
    now: datetime, then: datetime, where: tuple[str, str], start: str, end: str
) -> None:
    """Two instants anywhere, moved to show the same time of day, get the same answer."""
    rule = QuietHours(start, end)
    here, there = (local_minute(at, zone) for at, zone in zip((now, then), where, strict=True))
    assert here is not None
    assert there is not None
    moved = then + timedelta(minutes=here - there)
    if local_minute(moved, where[1]) == here:  # not so where the clock changed in between
        assert _is_quiet(now, where[0], rule) == _is_quiet(moved, where[1], rule)


@pytest.mark.proof
@given(instants, st.sampled_from(ZONES), times_of_day, times_of_day)
def test_quiet_and_its_rest_fill_the_day(now: datetime, zone: str, start: str, end: str) -> None:
    """A minute lies in a stretch or in the one from its end to its start, and not in both."""
    minute = local_minute(now, zone)
    assert minute is not None
    inside, outside = is_between(minute, start, end), is_between(minute, end, start)

    assert (inside != outside) or (inside and outside and start == end)


@pytest.mark.proof
@given(times_of_day, times_of_day)
def test_a_stretch_is_as_long_as_it_says(start: str, end: str) -> None:
    """Of the minutes of a day, those from start to end are inside; all of them where both agree."""
    first, last = minute_of(start), minute_of(end)
    assert first is not None
    assert last is not None
    n_inside = sum(is_between(minute, start, end) is True for minute in range(1_440))

    assert n_inside == ((last - first) % 1_440 or 1_440)


@pytest.mark.proof
@given(
    st.lists(st.integers(0, 1_000), min_size=1, max_size=40),
    st.integers(1, 4),
    st.integers(1, 200),
)
def test_a_cap_holds_over_every_stretch(steps: list[int], at_most: int, per: int) -> None:
    """Acting whenever it is allowed, no stretch of `per` seconds ever holds more than the cap."""
    moment = Moment("m", "p", guardrails=(Cap(at_most, per=f"{per}s"),))
    acts = (Action("nothing"), Action("tip"))
    now, done = START_OF_2026, list[float]()
    for step in steps:
        now += timedelta(milliseconds=100 * step)
        asked = Asked(now, moment, Consent("p", "granted", 1.0), recent=tuple(done))
        if 1 in permitted(acts, asked).kept:
            done.append(now.timestamp())

    assert done
    assert all(sum(start <= one < start + per - 1e-6 for one in done) <= at_most for start in done)


def _is_quiet(now: datetime, zone: str, rule: QuietHours) -> bool:
    asked = Asked(now, Moment("m", guardrails=(rule,)), Consent("p", "granted", 1.0), (), zone)
    return not permitted((Action("tip"),), asked).kept


def _answers(guardrail: Guardrail, acts: Sequence[Action], asked: Asked) -> Verdicts:
    """Give what a guardrail says, or nothing where it raises."""
    try:
        return guardrail.check(acts, asked)
    except ValueError:
        return {}
