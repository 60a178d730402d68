"""One moment as a page shows it: its actions, what is chosen for whom, how much is tried out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from penchant.learn.confidence import share_of
from penchant.runtime.insight.counting import why_not_personal
from penchant.runtime.insight.readings import ActionReading, Around, MomentReading
from penchant.runtime.insight.summing import (
    compared_at,
    counts_of,
    health_of,
    n_of,
    outcomes_of,
    running_of,
)
from penchant.runtime.insight.tallies import ACTION_DAYS, MomentTally
from penchant.runtime.live_moment import LiveMoment
from penchant.words import Decision

__all__ = ["Lately", "lately", "read_moment"]

_ROUNDING = 1e-9
CIRCUMSTANCES = 12  # rows of "what is chosen when"
VALUES = 8  # a feature with more values than these is a measure, not a circumstance
FEWEST = 10  # decisions it takes to speak of a circumstance


class Lately(NamedTuple):
    """What the latest decisions for people at one moment tell.

    `neutral` sums the chances that the neutral answer gave to each action.
    """

    n: int
    tries: int
    neutral: Counter[str]
    around: tuple[Around, ...]


def lately(moment: str, latest: Iterable[Decision]) -> Lately:
    """Look through the latest decisions of an engine; those of other moments are passed over."""
    seen = [one for one in latest if one.moment == moment and not why_not_personal(one)]
    neutral: Counter[str] = Counter()
    tries = 0
    alike: dict[tuple[str, ...], list[Decision]] = {}
    for decision in seen:
        alike.setdefault(decision.names, []).append(decision)
    for names, some in alike.items():
        sums = np.array([one.neutral for one in some]).sum(axis=0).tolist()
        neutral.update(dict(zip(names, sums, strict=True)))
        tries += _n_tries(names, [one for one in some if one.expected])
    return Lately(len(seen), tries, neutral, _around(seen))


def read_moment(live: LiveMoment, tally: MomentTally, seen: Lately, now: datetime) -> MomentReading:
    """Read one moment.

    Args:
        live: The moment at work.
        tally: Its counts.
        seen: What its latest decisions tell.
        now: The present.
    """
    moment, counts = live.moment, counts_of([tally], None)
    days = sorted(tally.days)[-ACTION_DAYS:]
    chosen: Counter[tuple[str, str]] = Counter()
    for number in days:
        chosen.update(tally.days[number].actions)
    return MomentReading(
        moment=moment,
        declared_at=live.declared[-1][0],
        at=now,
        n=n_of(counts),
        n_outcomes=int(outcomes_of(tally).n),
        n_days=len(days),
        n_personal=sum(n for (_, how), n in chosen.items() if how == "personal"),
        actions=_actions(live, chosen, seen),
        compared=compared_at([moment], [tally], None),
        running=running_of([tally], None),
        health=health_of(moment, tally),
        counts=counts,
        tries=seen.tries,
        n_latest=seen.n,
        around=seen.around,
        version=live.model.version.number,
    )


def _actions(
    live: LiveMoment, chosen: Counter[tuple[str, str]], seen: Lately
) -> tuple[ActionReading, ...]:
    """Give each declared action with its share of what was chosen for people."""
    n = sum(count for (_, how), count in chosen.items() if how == "personal")
    rules: dict[str, dict[str, int]] = {}
    for (name, how), count in chosen.items():
        if how.startswith("rule: "):
            rules.setdefault(name, {})[how.removeprefix("rule: ")] = count
    return tuple(
        ActionReading(
            action=action,
            personal=chosen[action.name, "personal"],
            share=share_of(chosen[action.name, "personal"], n),
            expected=seen.neutral[action.name] / seen.n if seen.n else None,
            removed=rules.get(action.name, {}),
        )
        for action in live.actions
    )


def _n_tries(names: tuple[str, ...], decisions: Sequence[Decision]) -> int:
    """Count decisions over the same actions in which another one looked better."""
    if len(names) < 2 or not decisions:  # noqa: PLR2004 - two make a choice
        return 0
    scores = np.array([one.expected for one in decisions])
    scores += np.array([one.personal for one in decisions])
    places = [names.index(one.drawn or one.action.name) for one in decisions]
    chosen = scores[np.arange(len(places)), places]
    return int((scores.max(axis=1) > chosen + _ROUNDING).sum())


def _around(seen: Sequence[Decision]) -> tuple[Around, ...]:
    """Say what was chosen in which circumstances, the most frequent ones first.

    Only features of the call count, not what a person stated: those would single people out.
    """
    found: dict[tuple[str, str], Counter[str]] = {}
    for decision in seen:
        for name, value in decision.context.items():
            told = name.startswith(("person.", "goal."))
            if isinstance(value, bool | str) and not told:
                label = (name, value if isinstance(value, str) else "yes" if value else "no")
                found.setdefault(label, Counter())[decision.drawn or decision.action.name] += 1
    n_values = Counter(name for name, _ in found)
    rows = [
        Around(name, value, chosen.total(), dict(chosen))
        for (name, value), chosen in found.items()
        if n_values[name] <= VALUES and chosen.total() >= FEWEST
    ]
    most = sorted(rows, key=lambda one: -one.n)[:CIRCUMSTANCES]
    return tuple(sorted(most, key=lambda one: (one.feature, -one.n)))
