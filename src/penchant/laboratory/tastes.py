"""Tastes that are a sum over an item's features, straight ones and bent ones.

Utility of item a for person p in context c:
    bias + taste shared by all + taste that moves with c + taste of p alone.
In the `linear` world every taste is linear in the item's features; in the `nonlinear` world people
fall into segments and tastes also act on bent features (hidden from the players), so no linear
model is right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.laboratory.shape import Kind, Shape

__all__ = ["CONTEXT_FEATURES", "N_TRAITS", "Floats", "Ints", "Tastes", "drawn", "standardised"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CONTEXT_FEATURES = (
    "hour_sin",
    "hour_cos",
    "weekend",
    "at_home",
    "warmth",
    "trait_age",
    "trait_pace",
    "trait_budget",
)
"""Five facts about the situation, then three about the person that do not change."""
N_TRAITS = 3

_DRIFT = 3
"""Marks the dice with which drift is drawn, so that it changes nothing that was drawn without."""


@dataclass(frozen=True, slots=True)
class Tastes:
    """What everybody likes; never shown to a player.

    Attributes:
        common: ``(items,) float64``, utility shared by all, bias included.
        moving: ``(8, items) float64``, utility for each unit of a context feature.
        own: ``(people, items) float64``, utility for that person alone.
        later: ``(people, items) float64``, the same after they drifted; `own` where nobody does.
    """

    common: Floats
    moving: Floats
    own: Floats
    later: Floats

    def utility(self, people: Ints, contexts: Floats, slates: Ints, *, turned: Ints) -> Floats:
        """Give utilities: ``(n, slate) float64``.

        Args:
            people: ``(n,) int64``.
            contexts: ``(n, 8) float64``, by `CONTEXT_FEATURES`.
            slates: ``(n, slate) int64``.
            turned: ``(n,) int64``, 1 for whose taste has moved.
        """
        who = people[:, None]
        own = self.own[who, slates]
        if turned.any():
            own = np.where(turned[:, None] > 0, self.later[who, slates], own)
        return np.asarray(
            self.common[slates] + np.take_along_axis(contexts @ self.moving, slates, axis=1) + own
        )


def drawn(
    kind: Kind, seed: int, shape: Shape, dice: np.random.Generator
) -> tuple[Floats, Floats, Tastes]:
    """Draw items, traits and tastes.

    Returns:
        ``(items, features) float64`` known of each item, ``(people, 3) float64`` known of each
        person, and what everybody likes.
    """
    items = standardised(dice.normal(size=(shape.items, shape.features)) @ _mixing(dice, shape))
    seen = items if kind == "linear" else np.hstack([items, _bent(dice, items)])
    tastes = _weights(dice, kind, shape, seen.shape[1])
    common = shape.bias + shape.shared * _unit(seen @ dice.normal(size=seen.shape[1]))
    moving = dice.normal(size=(len(CONTEXT_FEATURES), seen.shape[1])) @ seen.T
    moving *= shape.moving / np.sqrt((moving**2).mean() * len(CONTEXT_FEATURES))
    own = tastes @ seen.T
    own *= shape.heterogeneity / own.std(axis=1).mean()
    traits = dice.normal(size=(shape.people, N_TRAITS))
    later = own
    if shape.drifters:
        more = np.random.default_rng([seed, _DRIFT])
        fresh = more.normal(size=(shape.people, seen.shape[1])) @ seen.T
        step = shape.drift * shape.heterogeneity / fresh.std(axis=1, keepdims=True)
        later = own + step * (fresh - fresh.mean(axis=1, keepdims=True))
    return items, traits, Tastes(common, moving, own, later)


def standardised(columns: Floats) -> Floats:
    """Bring each column to mean 0 and standard deviation 1.

    Example:
        >>> standardised(np.array([[1.0], [3.0]])).ravel().tolist()
        [-1.0, 1.0]
    """
    return np.asarray((columns - columns.mean(axis=0)) / columns.std(axis=0))


def _mixing(dice: np.random.Generator, shape: Shape) -> Floats:
    """Draw how raw features mix, so that known features are mildly correlated."""
    d = shape.features
    return np.asarray(np.eye(d) + 0.5 * dice.normal(size=(d, d)) / np.sqrt(d))


def _bent(dice: np.random.Generator, items: Floats) -> Floats:
    """Bend item features: products of two directions and soft thresholds, hidden from players."""
    d = items.shape[1]
    one, two = (items @ dice.normal(size=(d, d // 2)) / np.sqrt(d) for _ in range(2))
    return np.asarray(0.6 * np.hstack([standardised(one * two), standardised(np.abs(one))]))


def _weights(dice: np.random.Generator, kind: Kind, shape: Shape, width: int) -> Floats:
    """Draw people's own tastes: ``(people, width) float64``, some directions mattering more."""
    turn, _ = np.linalg.qr(dice.normal(size=(width, width)))
    spread = shape.fading ** np.arange(width)
    tastes = (dice.normal(size=(shape.people, width)) * spread) @ turn.T
    tastes /= np.sqrt((spread**2).sum())
    if kind == "linear":
        return np.asarray(tastes)
    centres = dice.normal(size=(shape.segments, width)) / np.sqrt(width)
    lead = centres[dice.integers(shape.segments, size=shape.people)]
    return np.asarray((tastes + lead) / np.sqrt(2))


def _unit(values: Floats) -> Floats:
    """Bring values to mean 0 and standard deviation 1 together."""
    return np.asarray((values - values.mean()) / values.std())
