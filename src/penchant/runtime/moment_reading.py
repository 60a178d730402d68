"""One moment as a page shows it: its actions, what is chosen for whom, how much is tried out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from penchant.learn.confidence import share_of
from penchant.runtime.counting import why_not_personal
from penchant.runtime.live_moment import LiveMoment
from penchant.runtime.readings import ActionReading, Around, MomentReading
from penchant.runtime.summing import (
    compared_at,
    counts_of,
    health_of,
    n_of,
    outcomes_of,
    running_of,
)
from penchant.runtime.tallies import ACTION_DAYS, MomentTally
from penchant.words import Decision

__all__ = ["read_moment"]

_ROUNDING = 1e-9
CIRCUMSTANCES = 12  # rows of "what is chosen when"
VALUES = 8  # a feature with more values than these is a measure, not a circumstance
FEWEST = 10  # decisions it takes to speak of a circumstance


def read_moment(
    live: LiveMoment, tally: MomentTally, latest: Iterable[Decision], now: datetime
) -> MomentReading:
    """Read one moment.

    Args:
        live: The moment at work.
        tally: Its counts.
        latest: The latest decisions of the engine; those of other moments are passed over.
        now: The present.
    """
    moment, counts = live.moment, counts_of([tally], None)
    seen = [one for one in latest if one.moment == moment.name and not why_not_personal(one)]
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
        tries=sum(map(_is_try, seen)),
        n_latest=len(seen),
        around=_around(seen),
        version=live.model.version.number,
    )


def _actions(
    live: LiveMoment, chosen: Counter[tuple[str, str]], seen: Sequence[Decision]
) -> tuple[ActionReading, ...]:
    """Give each declared action with its share of what was chosen for people."""
    n = sum(count for (_, how), count in chosen.items() if how == "personal")
    neutral: Counter[str] = Counter()
    for decision in seen:
        neutral.update(dict(zip(decision.names, decision.neutral, strict=True)))
    rules: dict[str, dict[str, int]] = {}
    for (name, how), count in chosen.items():
        if how.startswith("rule: "):
            rules.setdefault(name, {})[how.removeprefix("rule: ")] = count
    return tuple(
        ActionReading(
            action=action,
            personal=chosen[action.name, "personal"],
            share=share_of(chosen[action.name, "personal"], n),
            expected=neutral[action.name] / len(seen) if seen else None,
            removed=rules.get(action.name, {}),
        )
        for action in live.actions
    )


def _is_try(decision: Decision) -> bool:
    """Tell whether another action looked better than the one chosen."""
    if len(decision.names) < 2 or not decision.expected:  # noqa: PLR2004 - two make a choice
        return False
    scores = [a + b for a, b in zip(decision.expected, decision.personal, strict=True)]
    place = decision.names.index(decision.drawn or decision.action.name)
    return max(scores) > scores[place] + _ROUNDING


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
