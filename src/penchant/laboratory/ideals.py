"""Tastes that are nearness to an ideal point, which moves with the hour, and wear off.

Items lie at hidden positions in four dimensions; players see eight noisy mixes of them and one of
eight kinds. Utility of item a for person p at hour h:
    bias - .35 (|a - ideal - mood(h)|² - its mean over items)
    - satiation (.25 exposures of p to a + .05 exposures of p to its kind),
an exposure fading by .85 with each decision of that person. The mood goes round a circle once a
day, each person's with a phase of its own. The mean over items is taken out so that reward rates
stay alike however far out somebody's ideal lies; it changes no order of items.
"""

from dataclasses import dataclass

import numpy as np

from penchant.laboratory.shape import Shape
from penchant.laboratory.tastes import Floats, Ints, standardised

__all__ = ["CONTEXT_FEATURES", "FADING", "MIXES", "Ideals", "drawn"]

CONTEXT_FEATURES = ("hour_sin", "hour_cos", "night", "morning", "afternoon", "evening")
"""The hour on its circle, then which quarter of the day it is."""

FADING = 0.85
"""What is left of an exposure after the person's next decision."""

MIXES = 8
_DIMENSIONS, _KINDS = 4, 8
_STEEPNESS = 0.35  # with ideals .8 and moods .8 out: a spread of utility of about 1.6 in all
_OUT = 0.8
_REACH = 0.8 / 0.6  # the usual `moving` of .6 lets moods reach .8 out
_NOISE = 0.3
_PHASE = 0.8  # radians, so about three hours
_OF_ITEM, _OF_KIND = 0.25, 0.05
_DRIFT = 3


@dataclass(frozen=True, slots=True)
class Ideals:
    """What everybody likes; never shown to a player.

    Attributes:
        bias: Utility of a middling item.
        places: ``(items, 4) float64``, hidden positions, each column of mean 0 and deviation 1.
        kinds: ``(items,) int64``, the kind of each item.
        ideals: ``(people, 4) float64``.
        later: ``(people, 4) float64``, the same after they drifted.
        circle: ``(2, 4) float64``, the plane in which moods go round, as long as they reach.
        phases: ``(people,) float64``, where in the day's circle a person's mood starts.
        satiation: How much exposures count.
    """

    bias: float
    places: Floats
    kinds: Ints
    ideals: Floats
    later: Floats
    circle: Floats
    phases: Floats
    satiation: float

    def utility(self, people: Ints, contexts: Floats, slates: Ints, *, turned: Ints) -> Floats:
        """Give utilities before anything wore off: ``(n, slate) float64``; see `Tastes.utility`."""
        angles = np.arctan2(contexts[:, 0], contexts[:, 1]) + self.phases[people]
        moods = np.column_stack([np.cos(angles), np.sin(angles)]) @ self.circle
        ideals = np.where(turned[:, None] > 0, self.later[people], self.ideals[people]) + moods
        squares = (self.places**2).sum(axis=1)
        apart = squares - squares.mean() - 2 * ideals @ self.places.T
        return np.asarray(self.bias - _STEEPNESS * np.take_along_axis(apart, slates, axis=1))

    def worn(self, items: Floats, kinds: Floats, slates: Ints) -> Floats:
        """Give how much utility exposures took away: ``(n, slate) float64``.

        Args:
            items: ``(n, items) float64``, exposures to each item.
            kinds: ``(n, kinds) float64``, to each kind.
            slates: ``(n, slate) int64``.
        """
        of_item = np.take_along_axis(items, slates, axis=1)
        of_kind = np.take_along_axis(kinds, self.kinds[slates], axis=1)
        return np.asarray(self.satiation * (_OF_ITEM * of_item + _OF_KIND * of_kind))

    @property
    def n_kinds(self) -> int:
        """Number of kinds."""
        return _KINDS


def drawn(seed: int, shape: Shape, dice: np.random.Generator) -> tuple[Floats, Ideals]:
    """Draw items and tastes.

    Returns:
        ``(items, 16) float64`` known of each item (eight mixes, then eight kinds as yes/no), and
        what everybody likes.
    """
    places = standardised(dice.normal(size=(shape.items, _DIMENSIONS)))
    mixes = places @ dice.normal(size=(_DIMENSIONS, MIXES)) / np.sqrt(_DIMENSIONS)
    mixes = standardised(mixes + _NOISE * dice.normal(size=mixes.shape))
    centres = dice.normal(size=(_KINDS, _DIMENSIONS))
    far = ((places[:, None, :] - centres) ** 2).sum(axis=2)
    kinds = far.argmin(axis=1).astype(np.int64)
    spread = _OUT * shape.heterogeneity
    ideals = spread * dice.normal(size=(shape.people, _DIMENSIONS))
    plane, _ = np.linalg.qr(dice.normal(size=(_DIMENSIONS, 2)))
    phases = _PHASE * shape.heterogeneity * dice.normal(size=shape.people)
    later = ideals
    if shape.drifters:
        steps = np.random.default_rng([seed, _DRIFT]).normal(size=ideals.shape)
        steps *= np.sqrt(_DIMENSIONS) / np.linalg.norm(steps, axis=1, keepdims=True)
        later = ideals + shape.drift * spread * steps
    items = np.hstack([mixes, np.eye(_KINDS)[kinds]])
    circle = _REACH * shape.moving * plane.T
    return items, Ideals(shape.bias, places, kinds, ideals, later, circle, phases, shape.satiation)
