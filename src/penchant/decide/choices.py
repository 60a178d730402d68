"""Choices: the actions of one decision as numbers: scaled, and seen in the basis of a version.

Loop: Decide. For declared actions this is made once a version and used by every decision.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.action_names import ActionNames
from penchant.model.encoding import Encoder
from penchant.model.exposure import recency
from penchant.model.reach import PLAIN, Reach
from penchant.model.version import Version
from penchant.words import Action

__all__ = ["Choices", "choices_of"]

Floats = NDArray[np.float64]


class Choices(NamedTuple):
    """K actions: raw rows (K, da), scaled (K, 1 + da), in the basis (K, r), own weights (K, m).

    `pairs` (K, r²) holds ψψᵀ of each in the basis, so that its variance ψᵀCψ is one product.
    `doubt` (K, m) says how unsure their scores are, by column of the context, or None.
    Where a version reaches beyond the columns of actions, `crossed` (J, K, r) is what each number
    of the context adds to `seen`, and `recent` (P, r) what each recency column does. `facing` makes
    of that the choices of one person in one context; then `past` (K, P) is what they were shown, in
    hundredths, and `carried` (K,) what everybody's way of tiring adds to the reward of each.
    """

    actions: tuple[Action, ...]
    names: tuple[str, ...]
    raw: Floats
    scaled: Floats
    seen: Floats
    pairs: Floats
    own: Floats
    doubt: Floats | None = None
    crossed: Floats = np.zeros((0, 0, 0))
    recent: Floats = np.zeros((0, 0))
    past: Floats | None = None
    carried: Floats | None = None

    @property
    def shown_before(self) -> tuple[tuple[int, ...], ...]:
        """What the person was shown of each action, as a record keeps it; () where none counts."""
        if self.past is None:
            return ()
        return tuple(map(tuple, self.past.astype(np.int64).tolist()))

    def kept(self, places: Sequence[int]) -> "Choices":
        """Give some of the choices."""
        index = np.array(places, dtype=np.intp)
        return Choices(
            tuple(self.actions[place] for place in places),
            tuple(self.names[place] for place in places),
            self.raw[index],
            self.scaled[index],
            self.seen[index],
            self.pairs[index],
            self.own[index],
            None if self.doubt is None else self.doubt[index],
            self.crossed[:, index] if self.crossed.shape[1] else self.crossed,
            self.recent,
            None if self.past is None else self.past[index],
            None if self.carried is None else self.carried[index],
        )

    def of_version(self, version: Version, known: ActionNames) -> "Choices":
        """Give the same choices with the own weights of another version of the same round."""
        places = known.places(self.names)
        return self._replace(
            own=version.own_of(places), doubt=version.doubt_of(places, self.scaled)
        )

    def seen_in(self, basis: Floats, reach: Reach = PLAIN) -> "Choices":
        """Give the same actions in another basis (width, r)."""
        plain, crossed, recent = reach.split(basis)
        own = self.scaled[:, : len(plain)]
        seen = own @ plain
        return self._replace(seen=seen, pairs=_pairs(seen), crossed=own @ crossed, recent=recent)

    def facing(self, numbers: Floats, past: Floats, reach: Reach) -> "Choices":
        """Give the same actions as one person meets them in one context.

        Args:
            numbers: (J,) of the context, see `Reach.numbers`.
            past: (K, P) what the person was shown, in hundredths; P = 0 where nobody counts.
            reach: Of the version in force.
        """
        seen = self.seen
        if len(numbers):
            seen = seen + np.tensordot(numbers, self.crossed, 1)
        if not len(reach.mean):
            return self._replace(seen=seen, pairs=_pairs(seen))
        recent = recency(past)
        seen = seen + recent.dot(self.recent)
        carried = recent.dot(reach.mean)
        return self._replace(seen=seen, pairs=_pairs(seen), past=past, carried=carried)


def choices_of(
    actions: tuple[Action, ...], encoder: Encoder, known: ActionNames, version: Version
) -> Choices:
    """Give some actions as choices under a version.

    Raises:
        BadInput: For features that cannot be encoded; see `Encoder.encode`.
    """
    raw = encoder.encode_actions(actions)
    scaled = version.action.apply(raw)
    names = tuple(action.name for action in actions)
    places = known.places(names)
    own, doubt = version.own_of(places), version.doubt_of(places, scaled)
    plain, crossed, recent = version.reach.split(version.basis)
    mine = scaled[:, : len(plain)]
    seen = mine @ plain
    pairs = _pairs(seen)
    return Choices(actions, names, raw, scaled, seen, pairs, own, doubt, mine @ crossed, recent)


def _pairs(seen: Floats) -> Floats:
    """Give ψψᵀ of each action, flat: (K, r²)."""
    count, rank = seen.shape
    return (seen[:, :, None] * seen[:, None, :]).reshape(count, rank**2)
