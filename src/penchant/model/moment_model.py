"""All numbers of one moment: its columns, its outcomes, its people, its sums and its version.

One engine owns it and changes it under its lock; stages are given what they need of it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from penchant.limits import Limits
from penchant.model.action_names import ActionNames
from penchant.model.encoding import ColumnKind, Encoder
from penchant.model.evidence import Evidence
from penchant.model.exposure import Asked, Exposures, asked_of, recency
from penchant.model.people import People
from penchant.model.population import Population
from penchant.model.positions import Positions
from penchant.model.scaling import EMPTY_SCALING, Seen
from penchant.model.version import Prior, Version, Vocabulary
from penchant.words import NOTHING

__all__ = ["EMPTY", "MomentModel"]

Floats = NDArray[np.float64]

EMPTY: Final = Version(
    number=0,
    n_outcomes=0,
    round=0,
    context=EMPTY_SCALING,
    action=EMPTY_SCALING,
    weights=np.zeros((1, 1)),
    is_logistic=True,
    spread=None,
    basis=np.zeros((1, 0)),
    prior=np.zeros(0),
    noise=0.15,
    own=np.zeros((0, 0)),
)
"""The version before the first outcome: every action looks the same."""


class MomentModel:
    """What was learned at one moment."""

    def __init__(self, half_life: float, limits: Limits) -> None:
        """Start with nothing; `half_life` in seconds."""
        self.half_life = half_life
        self.context = Encoder("context", limits)
        self.action = Encoder("actions", limits)
        self.evidence = Evidence()
        self.people = People(half_life)
        self.names = ActionNames()
        self.positions = Positions(half_life)
        """How far down its slates people look."""
        self.exposures = Exposures()
        """What everybody was shown of late; empty where the version in force does not ask."""
        self.version = EMPTY
        self.given = EMPTY.number
        """The number of the version that came from another instance, if one did."""
        self.prior: Prior | None = None
        self.population: Population | None = None
        self.folded = 0
        """Outcomes that are in the population's sums."""
        self.folded_positions = 0
        """Outcomes that are in the positions, which no scaling concerns."""
        self.see_anew()

    def see_anew(self) -> None:
        """Let the next round look at every context again, as somebody's are no more."""
        self.seen = Seen.of_nothing(0)
        self.n_seen = 0

    @property
    def is_given(self) -> bool:
        """Whether the version in force came from another instance: it has no sums here."""
        return self.version.number == self.given > EMPTY.number

    def fade_in(self, half_life: float) -> None:
        """Let sums lose half their weight in so many seconds; only while there are none."""
        self.half_life = half_life
        self.people.fade_in(half_life)
        self.positions.half_life = half_life

    @property
    def is_kind(self) -> NDArray[np.bool_]:
        """Which columns say of what kind an action is, (da,)."""
        return np.equal(np.array(self.action.kinds, dtype=np.int64), ColumnKind.INDICATOR)

    def asked(self, names: Sequence[str], raw: Floats) -> Asked:
        """Give what to ask about being shown some actions, by their names and raw rows (K, da)."""
        places = self.names.places(names)
        places[[name == NOTHING for name in names]] = -1
        return asked_of(places, raw, self.is_kind)

    def seen_one(
        self, context: Floats, action: Floats, past: Floats | None
    ) -> tuple[Floats, float]:
        """Give one decision as the version in force sees it: ψ (r,), and what tiring carries.

        Args:
            context: (dc,) raw.
            action: (da,) raw.
            past: (P,) what the person had been shown, in hundredths; None where nobody counted.
        """
        version, reach = self.version, self.version.reach
        scaled = version.action.apply(action)[: version.action.n_plain]
        if reach.is_plain:
            return scaled @ version.basis, 0.0
        numbers = reach.numbers(context[None], version.context.apply(context)[None])
        recent = np.zeros((1, len(reach.mean)))
        if past is not None and len(reach.mean):
            recent = recency(past)[None]
        columns = reach.columns(scaled[None], numbers, recent)[0]
        return columns @ version.basis, float(recent[0] @ reach.mean)

    @property
    def vocabulary(self) -> Vocabulary:
        """The names this model speaks of."""
        return Vocabulary(self.context.hashes, self.action.hashes, self.names.hashes)

    def restore(self, vocabulary: Vocabulary) -> None:
        """Take over the names of an earlier model, before any of its own are met."""
        self.context.restore(vocabulary.context)
        self.action.restore(vocabulary.action)
        self.names.restore(vocabulary.names)

    def forget_names(self) -> None:
        """Let go of names and texts that are at hand only; one may have been one person's alone."""
        for part in (self.context, self.action, self.names):
            part.forget_names()
        self.exposures.keys.clear()

    def forget(self, person: str) -> tuple[int, NDArray[np.bool_]]:
        """Give the row of a person and which outcomes were theirs; see `learn.learner.unlearn`."""
        row = self.people.forget(person)
        self.exposures.forget(row)
        rows = self.evidence.rows()
        return row, rows.person == row if row >= 0 else np.zeros(len(rows.person), dtype=bool)
