"""Rhythm: at which hours of the week a person is active, and how sure we are.

Loop: Profile. Takes what a person said and did (not what was around or measured), gives the share
of each of 168 hours of the week, in the person's own time zone.
Rule 1: state is a value: one decayed sum of 168 counts, Monday 00:00 first.
Rule 2: with little evidence the shares are those of people in general (`people`).
Knows nothing of kinds, outcomes or consent.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.algebra import Sum, add, at_time, faded, zero
from penchant.journal import Observed
from penchant.profile.evidence import Evidence, seconds_of
from penchant.words import Belief, FrozenMap, sureness

__all__ = ["CELLS", "UNIFORM", "Rhythm", "smoothed"]

Floats = NDArray[np.float64]

HOURS = 168
UNIFORM = (1 / HOURS,) * HOURS
"""The rhythm of nobody in particular: every hour of the week alike."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CELLS = tuple(f"{day} {hour:02}" for day in DAYS for hour in range(24))
"""Names of the cells of the heat map, "Mon 00" to "Sun 23"."""

# Quarters of the day: with equal parts, an even rhythm gives each a share of 1/4.
PARTS = ("nights", "mornings", "afternoons", "evenings")
HALF_LIFE = 56 * 86_400.0  # eight weeks: one odd week moves little, a new job shows in a season
ONE_LEADS = 0.45  # share of a part of the day from which it leads alone: nearly twice an even 1/4
TWO_LEAD = 0.7  # the same for two parts together
APART = 2.0  # of two such parts the first leads alone when it has this many times the second
AT_WEEKENDS, ON_WEEKDAYS = 0.5, 0.2  # share at weekends from which, to which; an even one is 2/7
ENOUGH = 8.0  # signals it takes before anything is said
SMOOTHING_HOURS = 1.0  # spread of the smoothing kernel: people are early or late by about an hour


class Rhythm(Struct, frozen=True):
    """Hour-of-week shares of one person.

    `time_zone` "" (or one that is not known) means hours in UTC, and it is said. `people` are the
    168 shares of people in general; `strength` is how many signals they weigh (kappa), above 0.
    """

    time_zone: str = ""
    people: tuple[float, ...] = UNIFORM
    strength: float = 12.0

    def see(self, evidence: Sequence[Evidence]) -> Sum:
        """Count what the person did by the hour of their week."""
        acts = [one for one in evidence if _is_act(one)]
        if not acts:
            return zero(HOURS)
        zone = _zone(self.time_zone)
        times = np.array([seconds_of(act) for act in acts])
        cells = [_cell(time, zone) for time in times.tolist()]
        latest = float(times.max())
        weights = faded(np.ones(len(acts)), latest - times, HALF_LIFE)
        return Sum(np.bincount(cells, weights, HOURS).astype(np.float64), latest)

    def join(self, one: Sum, other: Sum) -> Sum:
        """Add two counts."""
        return add(one, other, HALF_LIFE)

    def shares(self, state: Sum, now: datetime) -> Floats:
        """Give the share of each hour of the week: (168,), sums to 1.

        Source: Dirichlet smoothing, (N_h + kappa * rho_h) / (N + kappa), the counts smoothed
        around the circle of the week by a von Mises kernel.
        """
        counts = smoothed(self._counts(state, now))
        prior = self.strength * np.array(self.people)
        shares: Floats = (counts + prior) / (counts.sum() + self.strength)
        return shares

    def say(self, state: Sum, now: datetime) -> tuple[Belief, ...]:
        """Say at which part of the day and week the person is mostly active."""
        n = float(self._counts(state, now).sum())
        shares = self.shares(state, now)
        heat = FrozenMap(dict(zip(CELLS, shares.tolist(), strict=True)))
        if n < ENOUGH:
            says = (
                f"not enough yet to say when (about {n:.0f} of the {ENOUGH:.0f} signals it takes)"
            )
            return (Belief("rhythm", says, 0.0, heat),)
        words, sure = _words(shares, n)
        zone = "" if _is_known(self.time_zone) else "; hours in UTC, no time zone is known"
        return (Belief("rhythm", f"{words}, {sureness(sure)}{zone}", sure, heat),)

    def _counts(self, state: Sum, now: datetime) -> Floats:
        """Give the counts as they stand now; a clock that went back reads them as they are."""
        return at_time(state, max(now.timestamp(), state.at), HALF_LIFE).total


def smoothed(counts: Floats) -> Floats:
    """Spread counts over neighbouring hours, around the circle; (168,) to (168,), same sum.

    Example:
        >>> smoothed(np.eye(168)[0]).round(2)[[167, 0, 1, 2]].tolist()
        [0.24, 0.4, 0.24, 0.05]

    Source: von Mises kernel with concentration 1 / s^2, s the spread in radians.
    """
    return np.fft.irfft(np.fft.rfft(counts) * _KERNEL, HOURS).clip(min=0.0)


def _kernel() -> NDArray[np.complex128]:
    """Give the transform of the kernel; a circular convolution is a product there."""
    angles = 2 * np.pi * np.arange(HOURS) / HOURS
    concentration = (HOURS / (2 * math.pi * SMOOTHING_HOURS)) ** 2
    kernel = np.exp(concentration * (np.cos(angles) - 1))
    return np.fft.rfft(kernel / kernel.sum())


_KERNEL = _kernel()


def _is_act(evidence: Evidence) -> bool:
    """Tell what a person said or did from what was around them or measured by itself."""
    return isinstance(evidence, Observed) and evidence.signal.nature in {"explicit", "implicit"}


def _is_known(time_zone: str) -> bool:
    """Tell whether the zone is given and known."""
    return bool(time_zone) and (_zone(time_zone) is not UTC or time_zone == "UTC")


def _zone(time_zone: str) -> tzinfo:
    """Give the zone of that name, else UTC."""
    try:
        return ZoneInfo(time_zone) if time_zone else UTC
    except (KeyError, OSError, ValueError):  # not found, a folder of the zone data, not a name
        return UTC


def _cell(time: float, zone: tzinfo) -> int:
    """Give the hour of the week of a time (seconds since 1970), Monday 00:00 being 0."""
    local = datetime.fromtimestamp(time, zone)
    return local.weekday() * 24 + local.hour


def _words(shares: Floats, evidence: float) -> tuple[str, float]:
    """Say which parts of the day lead, on which days, and how sure that is.

    The sureness is the posterior probability, made 0..1, that the last part named is busier than
    the first one not named (or, where none is named, that none leads): a normal approximation of
    the Dirichlet posterior of `evidence` signals (what people in general do is no evidence of
    this person), whose var(p_i - p_j) is (p_i + p_j - (p_i - p_j)^2) / (sum + 1).
    """
    days = shares.reshape(7, 4, 6).sum(axis=2)
    parts = days.sum(axis=0)
    order = sorted(range(4), key=lambda part: -parts[part])
    named = _leading(parts[order])
    if not named:
        top = float(parts.max())
        spread = math.sqrt(top * (1 - top) / (evidence + 1))
        return "at no particular time of day", math.erf((ONE_LEADS - top) / spread / math.sqrt(2))
    low, high = parts[order[named]], parts[order[named - 1]]
    spread = math.sqrt((high + low - (high - low) ** 2) / (evidence + 1))
    sure = math.erf((high - low) / spread / math.sqrt(2))
    names = " and ".join(PARTS[part] for part in sorted(order[:named]))
    return f"mostly {names} {_days(days[:, order[:named]].sum(axis=1))}", sure


def _leading(parts: Floats) -> int:
    """Say how many of the day's parts (greatest first) lead: 1, 2, or 0 for no clear lead."""
    if parts[0] + parts[1] >= TWO_LEAD and parts[0] < APART * parts[1]:
        return 2
    return 1 if parts[0] >= ONE_LEADS else 0


def _days(days: Floats) -> str:
    """Say which days of the week hold these hours; `days` are 7 shares, Monday first."""
    weekend = float(days[5:].sum() / days.sum())
    if weekend >= AT_WEEKENDS:
        return "at weekends"
    return "on weekdays" if weekend <= ON_WEEKDAYS else "on any day"
