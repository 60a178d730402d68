"""Numbers, times and names in words: three significant digits, units beside them, no jargon.

Rule: a number is said once in one way, so that pictures, tables and sentences agree.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from markupsafe import Markup, escape

from penchant.learn.confidence import Estimate
from penchant.words import Decision, Never, Value

__all__ = [
    "Unit",
    "about",
    "ago",
    "code",
    "conditions",
    "counted",
    "day",
    "exact",
    "how",
    "pairs",
    "percentage",
    "plain",
    "signed",
    "third_person",
    "three",
    "tick",
    "value_in_words",
    "whole",
]

_THOUSAND = 1_000
_SPANS = (
    (60.0, 1.0, "second"),
    (3_600.0, 60.0, "minute"),
    (86_400.0, 3_600.0, "hour"),
    (86_400.0 * 60, 86_400.0, "day"),
    (86_400.0 * 730, 86_400.0 * 30.44, "month"),
    (math.inf, 86_400.0 * 365.25, "year"),
)
_NO_BREAK = "\u00a0"


def three(value: float) -> str:
    """Say a number with three significant digits.

    Example:
        >>> three(0.109625), three(-12.345), three(1516.4), three(0.0)
        ('0.110', '−12.3', '1,516', '0')
    """
    if math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "endless"
    if value == 0:
        return "0"
    digits = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{value:,.{min(digits, 6)}f}".replace("-", "−")


def signed(value: float) -> str:
    """Say a difference, its sign included.

    Example:
        >>> signed(3.14159), signed(-0.5)
        ('+3.14', '−0.500')
    """
    return ("+" if value > 0 else "") + three(value)


def tick(value: float) -> str:
    """Say a round number of an axis, no longer than it is.

    Example:
        >>> tick(0.5), tick(-1500.0), tick(0.0)
        ('0.5', '−1,500', '0')
    """
    return f"{value:,.6g}".replace("-", "−")


def whole(count: float) -> str:
    """Say a count.

    Example:
        >>> whole(4210)
        '4,210'
    """
    return f"{round(count):,}"


def about(count: float) -> str:
    """Say a count that is an estimate, with three significant digits.

    Example:
        >>> about(472835), about(12)
        ('473,000', '12')
    """
    digits = len(str(round(abs(count))))
    return whole(round(count, min(3 - digits, 0)))


def counted(count: int, one: str, many: str = "") -> str:
    """Say a count with its noun.

    Example:
        >>> counted(1, "day"), counted(4210, "person", "people")
        ('1 day', '4,210 people')
    """
    return f"{whole(count)}{_NO_BREAK}{one if count == 1 else many or one + 's'}".replace(
        _NO_BREAK, " "
    )


def percentage(share: float) -> str:
    """Say a share of 1.

    Example:
        >>> percentage(0.6244), percentage(1.0), percentage(0.0102)
        ('62.4 %', '100 %', '1.02 %')
    """
    if math.isnan(share):
        return "not known"
    return f"{three(100 * share)} %"


class Unit(NamedTuple):
    """How rewards of one moment are said; everything comes in as 0..1."""

    low: float
    high: float

    @property
    def is_share(self) -> bool:
        """Whether rewards are shares of 1, said as percentages and points."""
        return (self.low, self.high) == (0.0, 1.0)

    @property
    def name(self) -> str:
        """What stands behind a difference."""
        return "points" if self.is_share else "reward"

    def level(self, value: float) -> float:
        """Bring a reward to its own range; shares to per cent."""
        return 100 * value if self.is_share else self.low + value * (self.high - self.low)

    def step(self, value: float) -> float:
        """Bring a difference of rewards to its own range; shares to points."""
        return 100 * value if self.is_share else value * (self.high - self.low)

    def say(self, value: float) -> str:
        """Say a reward."""
        return f"{three(self.level(value))} %" if self.is_share else three(self.level(value))

    def say_step(self, value: float) -> str:
        """Say a difference of rewards."""
        said = signed(self.step(value))
        return f"{said} points" if self.is_share else said

    def say_estimate(self, one: Estimate) -> str:
        """Say a reward with its interval."""
        if math.isnan(one.value):
            return "cannot be said"
        low, high = three(self.level(one.low)), three(self.level(one.high))
        return f"{self.say(one.value)} ({low} to {high})"

    def say_difference(self, one: Estimate) -> str:
        """Say a difference of rewards with its interval."""
        if math.isnan(one.value):
            return "cannot be said"
        low, high = signed(self.step(one.low)), signed(self.step(one.high))
        return f"{self.say_step(one.value)} ({low} to {high})"

    def mark(self, value: float) -> str:
        """Say a reward on an axis."""
        return tick(round(self.level(value), 9)) + (" %" if self.is_share else "")

    def mark_step(self, value: float) -> str:
        """Say a difference on an axis."""
        said = tick(round(self.step(value), 9))
        return f"+{said}" if value > 0 else said

    @property
    def about(self) -> str:
        """Say what a reward is measured on."""
        if self.is_share:
            return "in points, hundredths of the largest reward"
        return f"on rewards from {three(self.low)} to {three(self.high)}"


def ago(at: datetime, now: datetime) -> str:
    """Say how long ago something was.

    Example:
        >>> from datetime import UTC, timedelta
        >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
        >>> ago(noon - timedelta(hours=3), noon), ago(noon, noon)
        ('3 hours ago', 'just now')
    """
    seconds = (now - at).total_seconds()
    if abs(seconds) < 1:
        return "just now"
    _, span, noun = next(one for one in _SPANS if abs(seconds) < one[0])
    said = counted(max(round(abs(seconds) / span), 1), noun)
    return f"{said} ago" if seconds > 0 else f"in {said}"


def exact(at: datetime) -> str:
    """Say a time to the second, with its zone.

    Example:
        >>> from datetime import UTC
        >>> exact(datetime(2026, 11, 22, 12, tzinfo=UTC))
        '22 Nov 2026, 12:00:00 UTC'
    """
    return f"{at.day} {at:%b %Y, %H:%M:%S %Z}".strip()


def day(on: date) -> str:
    """Say a day.

    Example:
        >>> day(date(2026, 11, 2))
        '2 Nov 2026'
    """
    return f"{on.day} {on:%b %Y}"


def plain(value: Value) -> str:
    """Say a feature's value.

    Example:
        >>> plain(True), plain(0.25), plain("run"), plain((1.0, 2.0))
        ('yes', '0.250', 'run', '2 numbers')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return whole(value) if abs(value) >= _THOUSAND else str(value).replace("-", "−")
    if isinstance(value, float):
        return whole(value) if value == round(value) and abs(value) < 1e15 else three(value)  # noqa: PLR2004 - whole numbers up to there
    if isinstance(value, str):
        return value
    return counted(len(value), "number")


def pairs(data: Mapping[str, Value]) -> str:
    """Say a few features in one line.

    Example:
        >>> pairs({"hour": 9, "place": "home"})
        'hour 9, place home'
    """
    return ", ".join(f"{name} {plain(value)}" for name, value in data.items())


def value_in_words(value: Value) -> str:
    """Say a value in a table, short."""
    said = plain(value)
    return said if len(said) <= 120 else f"{said[:119]}…"  # noqa: PLR2004 - a line on a page


def code(said: str) -> Markup:
    """Turn `backticks` into names set as code.

    Example:
        >>> code("`tip` was < chosen")
        Markup('<code>tip</code> was &lt; chosen')
    """
    parts = said.split("`")
    if len(parts) % 2 == 0:  # an odd backtick is part of the text
        return escape(said)
    told = (
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )
    return Markup("").join(told)


def how(decision: Decision) -> str:
    """Say in two words how a decision was taken."""
    if decision.forced:
        return "not done"
    if len(decision.names) == 1:
        return "nothing else left"
    if decision.person is None:
        return "for anybody"
    return "by the neutral share" if decision.mode == "neutral" else "for the person"


def conditions(never: Never) -> str:
    """Say what a standing rule holds against.

    Example:
        >>> from datetime import UTC
        >>> at = datetime(2026, 11, 22, tzinfo=UTC)
        >>> conditions(Never("night", "never at night", at, start="22:00", end="07:00"))
        'from 22:00 to 07:00'
    """
    told = []
    if never.action:
        told.append(f"action {never.action}")
    if never.feature:
        told.append(f"{never.feature} {plain(never.equals)}")
    if never.channel:
        told.append(f"channel {never.channel}")
    if never.start:
        told.append(f"from {never.start} to {never.end}")
    return ", ".join(told)


def third_person(sentence: str) -> str:
    """Turn a sentence for a person into one about them.

    Example:
        >>> third_person("You lean less to `sport` run.")
        'They lean less to `sport` run.'
        >>> third_person("This was 31 % you and 69 % people in general.")
        'This was 31 % them and 69 % people in general.'
    """
    for you, they in (("You said that you", "They said that they"), ("You lean", "They lean")):
        if sentence.startswith(you):
            return f"{they}{sentence.removeprefix(you)}"
    told = sentence.replace("you were treated as", "they were treated as")
    return told.replace(" % you and ", " % them and ")
