"""Choices: the actions of one decision as numbers: scaled, and seen in the basis of a version.

Loop: Decide. For declared actions this is made once a version and used by every decision.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.encoding import Encoder
from penchant.model.own_effects import OwnEffects
from penchant.model.version import Version
from penchant.words import Action

__all__ = ["Choices", "choices_of"]

Floats = NDArray[np.float64]


class Choices(NamedTuple):
    """K actions: raw rows (K, da), scaled (K, 1 + da), in the basis (K, r), own effects (K,).

    `pairs` (K, r²) holds ψψᵀ of each in the basis, so that its variance ψᵀCψ is one product.
    `doubt` (K,) is the variance of the own effects, None where there are none.
    """

    actions: tuple[Action, ...]
    names: tuple[str, ...]
    raw: Floats
    scaled: Floats
    seen: Floats
    pairs: Floats
    own: Floats
    doubt: Floats | None = None

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
        )

    def of_version(self, version: Version, effects: OwnEffects) -> "Choices":
        """Give the same choices with the own effects of another version of the same round."""
        places = effects.places(self.names)
        return self._replace(own=version.own_of(places), doubt=version.doubt_of(places))

    def seen_in(self, basis: Floats) -> "Choices":
        """Give the same actions in another basis (1 + da, r)."""
        seen = self.scaled @ basis
        return self._replace(seen=seen, pairs=_pairs(seen))


def choices_of(
    actions: tuple[Action, ...], encoder: Encoder, effects: OwnEffects, version: Version
) -> Choices:
    """Give some actions as choices under a version.

    Raises:
        BadInput: For features that cannot be encoded; see `Encoder.encode`.
    """
    raw = encoder.encode_actions(actions)
    scaled = version.action.apply(raw)
    names = tuple(action.name for action in actions)
    places = effects.places(names)
    own, doubt = version.own_of(places), version.doubt_of(places)
    seen = scaled @ version.basis
    return Choices(actions, names, raw, scaled, seen, _pairs(seen), own, doubt)


def _pairs(seen: Floats) -> Floats:
    """Give ψψᵀ of each action, flat: (K, r²)."""
    count, rank = seen.shape
    return (seen[:, :, None] * seen[:, None, :]).reshape(count, rank**2)
