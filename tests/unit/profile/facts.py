"""Facts as the tests of the profile write them: short, all about ada unless said otherwise."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from penchant.journal import Consented, Decided, Fact, Learned, Observed
from penchant.words import Action, Consent, Decision, Signal

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday
DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    """Give a time so many days before NOW."""
    return NOW - timedelta(days=days)


def seen(kind: str, data: Mapping[str, Any] = {}, **fields: Any) -> Observed:
    """Give an observation; `days` ago, 0 unless said, under the purpose `shop`."""
    at = ago(fields.pop("days", 0.0))
    person, purpose = fields.pop("person", "ada"), fields.pop("purpose", "shop")
    return Observed(person, at, Signal(kind, person, at, dict(data), **fields), purpose)


def answered(purpose: str, state: Any, *, days: float = 0.0, dial: float = 1.0) -> Consented:
    """Give an answer for a purpose."""
    return Consented("ada", ago(days), Consent(purpose, state, dial, ago(days)))


def taken(
    name: str,
    features: Mapping[str, Any],
    reward: float,
    *,
    days: float = 0.0,
    moment: str = "home",
) -> Iterator[Fact]:
    """Give a decision and its outcome; `name` is the decision's id."""
    action = Action("a", features=dict(features))
    yield Decided("ada", ago(days), decision(name, action, days=days, moment=moment))
    yield Learned("ada", ago(days), name, moment, reward, reward, 0.5, 1)


def decision(
    name: str, action: Action, *, days: float = 0.0, moment: str = "home", forced: str = ""
) -> Decision:
    """Give a decision for an action that was the only one."""
    return Decision(
        id=name,
        moment=moment,
        person="ada",
        at=ago(days),
        action=action,
        propensity=1.0,
        mode="personal",
        names=(action.name,),
        weights=(1.0,),
        neutral=(1.0,),
        forced=forced,
    )
