"""What a model knows of one person, as a belief in words."""

from datetime import datetime

import numpy as np

from penchant.model.moment_model import MomentModel
from penchant.words import Belief, FrozenMap

__all__ = ["taste"]


def taste(model: MomentModel, moment: str, person: str, now: datetime) -> Belief | None:
    """Say how much of what sets a person apart is known at one moment; None while nothing is.

    Known is the share of the prior's variance that the person's outcomes have removed.
    """
    people, version = model.people, model.version
    row = people.homes.find(person)
    if row < 0 or version.rank == 0:
        return None
    count = int(people.counts(np.array([row]))[0])
    if not count:  # decided for only, or forgotten
        return None
    posterior = people.posterior(row, version, now.timestamp())
    known = float(1.0 - np.mean(np.diag(posterior.covariance) / version.prior))
    outcomes = "1 outcome" if count == 1 else f"{count:,} outcomes"
    return Belief(
        f"taste at {moment}",
        f"learned from {outcomes}: {100 * known:.0f} % of what sets this person apart is "
        "known, the rest is taken from people in general",
        max(known, 0.0),
        FrozenMap({"outcomes": float(count), "known": known}),
    )
