"""What a replay found, as frozen data: everything the table and the cards show, and `--json` gives.

Rule: a number that may not be said (`None`) has a sentence in `warnings` that says why.
"""

from msgspec import Struct

from penchant.adapters.replay.rows import BadRow
from penchant.words import FrozenMap, Value

__all__ = ["Card", "Comparison", "Counts", "Known", "PolicyValue", "ReplayReport"]


class Counts(Struct, frozen=True):
    """How many there were of everything.

    `moments` are the rows of the log, `available` those that the map keeps and the engine could
    decide, `measured` those of them whose reward is known.
    """

    people: int
    moments: int
    available: int
    missing_rewards: int
    measured: int
    accepted: int
    accepted_missing: int
    bad_rows: int


class PolicyValue(Struct, frozen=True):
    """One way of choosing, and its estimated reward per available moment, as the log counts.

    `value` is None where it cannot be said, the ends of its interval where there are too few
    people or rows for one. `weighs_like` is how many rows chosen by this policy itself would tell
    as much.
    """

    policy: str
    value: float | None
    low: float | None
    high: float | None
    weighs_like: float


class Comparison(Struct, frozen=True):
    """How much more the first policy earns than the second, both in the same resamples."""

    one: str
    other: str
    difference: float
    low: float | None
    high: float | None
    told_apart: bool


class Known(Struct, frozen=True):
    """One belief about a person: in words, and how sure it is, 0..1."""

    name: str
    says: str
    sure: float


class Card(Struct, frozen=True):
    """One person at the end of the log: what is believed of them, and their last decision."""

    person: str
    moments: int
    learned: int
    traits: tuple[str, ...]
    beliefs: tuple[Known, ...]
    decided_at: str
    context: FrozenMap[Value]
    action: str
    propensity: float
    sentences: tuple[str, ...]


class ReplayReport(Struct, frozen=True):
    """A whole replay. `constant` is the c of the acceptance; `alpha` of every interval."""

    title: str
    unit: str
    reward_is: str
    purpose: str
    seed: int
    counts: Counts
    constant: float
    alpha: float
    resamples: int
    accepted_mean: float | None
    propensities: str
    policies: tuple[PolicyValue, ...]
    comparisons: tuple[Comparison, ...]
    warnings: tuple[str, ...]
    bad_rows: tuple[BadRow, ...]
    cards: tuple[Card, ...]
