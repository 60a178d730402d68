"""Readings: what a page shows of an engine, as frozen values that know nothing of pages.

Rule: a reading holds what is known and how sure; words, units and pictures are the reader's.
"""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct

from penchant.journal import Fact, Learned
from penchant.learn.confidence import Comparison, Estimate
from penchant.words import Action, Decision, Explanation, Moment, Profile, Reason, Value

__all__ = [
    "ActionReading",
    "Around",
    "Compared",
    "DayReading",
    "DecisionReading",
    "Health",
    "Leaning",
    "MomentLine",
    "MomentReading",
    "Overview",
    "PersonReading",
    "Running",
    "Step",
    "Waterfall",
]


class Compared(Struct, frozen=True):
    """The engine against its neutral answer: at one moment, or at all ("").

    `low` and `high` are the range of rewards; over all moments it is 0..1.
    """

    moment: str
    low: float
    high: float
    comparison: Comparison


class DayReading(Struct, frozen=True):
    """The decisions of one day (UTC): for people, by the neutral share, and all others."""

    on: date
    personal: int = 0
    neutral: int = 0
    others: int = 0

    @property
    def total(self) -> int:
        """All decisions of the day."""
        return self.personal + self.neutral + self.others


class Running(Struct, frozen=True):
    """The difference to the neutral answer by the end of a day, from the first day shown on."""

    on: date
    n: int
    difference: Estimate


class Health(Struct, frozen=True):
    """Whether the neutral share was drawn as declared.

    `odds` is the evidence against it: from 1,000 on something chooses who is treated how. `weight`
    is the mean of neutral over logged propensity, 1 where propensities are true.
    """

    moment: str
    declared: float
    drawn: int
    n: int
    odds: float
    weight: Estimate | None


class MomentLine(Struct, frozen=True):
    """One moment in a list."""

    moment: Moment
    n: int
    compared: Compared | None
    latest: datetime | None


class Overview(Struct, frozen=True):
    """All moments over a stretch of days; `since` is None for all time.

    `minutes` are decisions in each of the last 60 minutes, the present one last. `counts` are by
    the words of `runtime.counting`. `refused` are sentences since the engine started.
    """

    at: datetime
    since: date | None
    n: int
    n_people: int
    people_are_all: bool
    latest: datetime | None
    minutes: tuple[int, ...]
    days: tuple[DayReading, ...]
    counts: Mapping[str, int]
    compared: Compared | None
    running: tuple[Running, ...]
    health: tuple[Health, ...]
    refused: Mapping[str, int]
    moments: tuple[MomentLine, ...]


class Around(Struct, frozen=True):
    """How often each action was chosen in one circumstance, among the latest decisions."""

    feature: str
    value: str
    n: int
    chosen: Mapping[str, int]


class ActionReading(Struct, frozen=True):
    """One action of a moment: how often it was chosen for people, and as the neutral answer.

    `expected` is how often the neutral answer would have chosen it in the latest decisions.
    `removed` counts by the guardrail that took it out.
    """

    action: Action
    personal: int
    share: Estimate
    expected: float | None
    removed: Mapping[str, int]


class MomentReading(Struct, frozen=True):
    """One moment. Counts of actions are those of the last `n_days` days with decisions."""

    moment: Moment
    declared_at: datetime
    at: datetime
    n: int
    n_outcomes: int
    n_days: int
    n_personal: int
    actions: tuple[ActionReading, ...]
    compared: Compared | None
    running: tuple[Running, ...]
    health: Health
    counts: Mapping[str, int]
    tries: int
    n_latest: int
    around: tuple[Around, ...]
    version: int


class Leaning(Struct, frozen=True):
    """What one action is expected to bring: for people in general, and for one person.

    Means and standard deviations in rewards of 0..1, in usual circumstances: `people_sd` is how
    people differ, `sd` how unsure this person's part is.
    """

    moment: str
    action: str
    people: float
    people_sd: float
    mean: float
    sd: float


class PersonReading(Struct, frozen=True):
    """One person. Facts are the latest, the last one first; beliefs are told as of `told_at`.

    `decisions` are the latest, each with what followed and with its reasons.
    """

    person: str
    at: datetime
    told_at: datetime
    profile: Profile
    ids: tuple[str, ...]
    time_zone: str
    n_facts: int
    n_decisions: int
    n_outcomes: int
    latest_at: datetime
    facts: tuple[Fact, ...]
    decisions: tuple[tuple[Decision, Learned | None, tuple[Reason, ...]], ...]
    leanings: tuple[Leaning, ...]
    purposes: tuple[str, ...]
    goal_purposes: Mapping[str, str]


class Step(Struct, frozen=True):
    """One part of the way from the neutral answer to the chosen one; `source` "" is the rest.

    `mine` and `theirs` are the feature's values of the chosen one and of the other; None where an
    action has no such feature.
    """

    source: str
    feature: str
    context: str
    amount: float
    mine: Value | None = None
    theirs: Value | None = None


class Waterfall(Struct, frozen=True):
    """From what one action was expected to bring to what the chosen one was, in rewards of 0..1."""

    other: str
    other_is_neutral: bool
    start: float
    steps: tuple[Step, ...]
    chosen: str
    end: float


class DecisionReading(Struct, frozen=True):
    """One decision, what followed it, and why; `unexplained` says why there is no reason."""

    at: datetime
    decision: Decision
    moment: Moment
    outcome: Learned | None
    is_open: bool
    explanation: Explanation | None
    unexplained: str
    waterfall: Waterfall | None
