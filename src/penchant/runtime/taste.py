"""What a model knows of one person, as a belief in words."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from penchant.learn.resting import Known
from penchant.runtime.live_model import LiveModel
from penchant.words import Belief, FrozenMap

__all__ = ["taste"]


def taste(learning: LiveModel, moment: str, ids: Sequence[str], now: datetime) -> Belief | None:
    """Say how much of what sets a person apart is known at one moment; None while nothing is.

    Known is the share of the prior's variance that the person's outcomes have removed.

    Args:
        learning: What that moment has learned.
        moment: Its name.
        ids: Of the person, the one they go by first.
        now: When.
    """
    known = _known(learning, ids, now.timestamp())
    if known is None:
        return None
    (_, covariance), count = known
    share = float(1.0 - np.mean(np.diag(covariance) / learning.model.version.prior))
    outcomes = "1 outcome" if count == 1 else f"{count:,} outcomes"
    return Belief(
        f"taste at {moment}",
        f"learned from {outcomes}: {100 * share:.0f} % of what sets this person apart is "
        "known, the rest is taken from people in general",
        max(share, 0.0),
        FrozenMap({"outcomes": float(count), "known": share}),
    )


def _known(learning: LiveModel, ids: Sequence[str], at: float) -> Known | None:
    """Give what a model knows of a person, whether it may be used or not."""
    people, version = learning.model.people, learning.model.version
    if version.rank == 0:
        return None
    if ids[0] in learning.asleep:
        return learning.asleep.known(ids, at)
    row = people.homes.find(ids[0])
    count = int(people.counts(np.array([row]))[0]) if row >= 0 else 0
    return Known(people.posterior(row, version, at), count) if count else None
