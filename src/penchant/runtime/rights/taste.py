"""What a model knows of one person, as beliefs in words: how much, and which features they lean to.

Rule: it is what was learned. What the person said instead stands in its place in the profile, and
where they said that nothing sets them apart, nothing is told of what was learned.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import numpy as np

from penchant.learn.resting import Known
from penchant.model.drift import ALWAYS
from penchant.model.encoding import features_of
from penchant.model.people import Posterior
from penchant.profile.corrections import taste_name
from penchant.profile.tally import category
from penchant.runtime.live_model import LiveModel
from penchant.words import Action, Belief, FrozenMap, Moment, sureness

__all__ = ["changed_since", "known_of", "tastes"]

SURE_ENOUGH = 0.75  # below it nothing is told, as of interests
SAID = 3  # leanings told of one moment, the surest first
NINETY = 1.645  # standard deviations of a 90 % interval


def known_of(learning: LiveModel, ids: Sequence[str], at: float) -> Known | None:
    """Give what a model knows of a person, whether it may be used or not; None for nothing.

    Args:
        learning: What one moment has learned.
        ids: Of the person, the one they go by first.
        at: When, in seconds since 1970.
    """
    people, version = learning.model.people, learning.model.version
    if version.rank == 0:
        return None
    if ids[0] in learning.asleep:
        return learning.asleep.known(ids, at)
    row = people.homes.find(ids[0])
    count = int(people.counts(np.array([row]))[0]) if row >= 0 else 0
    return Known(people.posterior(row, version, at), count) if count else None


def changed_since(learning: LiveModel, person: str) -> float | None:
    """Give since when a person's taste seems to be another, in seconds; None where it is not."""
    people = learning.model.people
    row = people.homes.find(person)
    since = float(people.drift.since(np.array([row]))[0]) if row >= 0 else ALWAYS
    return since if since > ALWAYS else None


def tastes(
    learning: LiveModel, moment: Moment, ids: Sequence[str], now: datetime
) -> tuple[Belief, ...]:
    """Say how much of what sets a person apart is known at one moment, and what stands out.

    Known is the share of the prior's variance that the person's outcomes have removed.

    Args:
        learning: What that moment has learned.
        moment: As declared.
        ids: Of the person, the one they go by first.
        now: When.
    """
    known = known_of(learning, ids, now.timestamp())
    if known is None:
        return ()
    (_, covariance), count = known
    share = float(1.0 - np.mean(np.diag(covariance) / learning.model.version.prior))
    outcomes = "1 outcome" if count == 1 else f"{count:,} outcomes"
    changed, said = changed_since(learning, ids[0]), ""
    if changed is not None:
        day = datetime.fromtimestamp(changed, UTC)
        said = f". It seems to have changed since {day.day} {day:%B %Y}; what is older counts less"
    whole = Belief(
        taste_name(moment.name),
        f"learned from {outcomes}: {100 * share:.0f} % of what sets this person apart is "
        f"known, the rest is taken from people in general{said}",
        max(share, 0.0),
        FrozenMap({"outcomes": float(count), "known": share}),
    )
    leanings = sorted(
        _leanings(learning, moment, known.posterior), key=lambda one: (-one.sure, one.name)
    )
    return (whole, *leanings[:SAID])


def _leanings(learning: LiveModel, moment: Moment, posterior: Posterior) -> Iterator[Belief]:
    """Give the features of declared actions that add to, or take from, this person's rewards.

    A feature adds its column's row of the basis times the posterior, for a yes or for one usual
    step of a number; beyond what it adds for people in general.
    """
    version = learning.model.version
    low, high = moment.reward_range
    steps = version.action.steps
    for label, is_number in _labels(moment.actions).items():
        column = learning.model.action.find(label)
        if column is None or column.place >= len(steps):
            continue
        along = version.basis[1 + column.place] * (column.sign * steps[column.place] * (high - low))
        mean = float(along @ posterior.mean)
        deviation = math.sqrt(max(float(along @ posterior.covariance @ along), 0.0))
        sure = math.erf(abs(mean) / deviation / math.sqrt(2)) if deviation > 0.0 else 0.0
        if sure >= SURE_ENOUGH:
            says = f"{_verb(label, mean, is_number=is_number)}, {sureness(sure)})"
            reach = NINETY * deviation
            data = {"is": mean, "low": mean - reach, "high": mean + reach}
            yield Belief(taste_name(moment.name, label), says, sure, FrozenMap(data))


def _verb(label: str, mean: float, *, is_number: bool) -> str:
    """Say which way somebody leans, and how much that adds; a number has a direction."""
    what = label.removeprefix("action=")
    if is_number:
        way = "high" if mean > 0 else "low"
        return f"leans to {way} {what} ({mean:+.2f} reward for a usual step more"
    return f"leans {'to' if mean > 0 else 'away from'} {what} ({mean:+.2f} reward"


def _labels(actions: Iterable[Action]) -> dict[str, bool]:
    """Give the name of each column that has a plain one, and whether it holds a number."""
    found = {}
    for name, value in (item for action in actions for item in features_of(action).items()):
        if isinstance(value, bool | int | float):
            found[name] = not isinstance(value, bool)
        elif isinstance(value, str) and category(value) is not None:
            found[f"{name}={value}"] = False
    return found
