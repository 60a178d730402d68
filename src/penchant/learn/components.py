"""How people differ, from what a panel of them did: variance components by Fisher scoring.

Loop: Learn, inside a round. With ρ = Φθ + ε for a person, θ ~ N(0, Σ), V = ΦΣΦᵀ + σ²I, u = ΦᵀV⁻¹ρ
and H = ΦᵀV⁻¹Φ: were the differences Σ + Δ instead, the mean of uuᵀ would be H + HΔH. That tells Δ.
Rule 1: what all columns of a part share, one level a part, is told best and is found first; the
rest is shrunk by how much it varies from person to person, so people who are alike are taken to be.
Rule 2: until outcomes can tell, people differ as was assumed; later what they do not rule out is
kept beside what was found (`Prior.doubt`), for exploring only.
Source: Lange 2010, Numerical Analysis for Statisticians, 10 (scoring); Ledoit, Wolf 2004, A
well-conditioned estimator for large-dimensional covariance matrices (shrinking).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.learn.prior import TAU, Panel
from penchant.model.version import Prior

__all__ = ["Told", "improve", "told_of"]

Floats = NDArray[np.float64]

LEAST_NOISE: Final = 0.01
_MEAN_PRECISION: Final = 10.0
"""Of the prior mean of what a person was shown, per unit of the noise it is seen through."""
_AT_ONCE: Final = 128
"""People whose matrices are multiplied at once, so that what lies between is bounded."""
_NOT_RULED_OUT: Final = 4.0
"""Standard errors by which people may still differ more than was found, up to τ."""
_SEEN: Final = 1e-6
"""A direction is told of where it is seen by more than this share of the most seen one."""


class Told(NamedTuple):
    """What outcomes tell of n people's weights under a prior: H (n, d, d) and u (n, d)."""

    precision: Floats
    pull: Floats


class _Levels(NamedTuple):
    """Of the noise and of each part: how much they change, and how unsure they then are.

    `before` (k,) are the levels in force, `change` (k,) and `noise` the steps of scoring, `error`
    the standard error of the first level.
    """

    before: Floats
    change: Floats
    noise: float
    error: float

    @property
    def after(self) -> Floats:
        """The levels found; none is below 0."""
        return np.maximum(self.before + self.change, 0.0)

    @property
    def tell(self) -> bool:
        """Whether outcomes can tell people who are alike from what was assumed of them."""
        return _NOT_RULED_OUT * self.error < TAU

    @property
    def doubt(self) -> float:
        """By how much the first level may lie higher than was found, up to τ."""
        below = max(TAU - float(self.after[0]), 0.0)
        return min(_NOT_RULED_OUT * self.error, below)


def improve(prior: Prior, panel: Panel, parts: Sequence[slice], steps: int) -> Prior:
    """Give a better prior after some steps of scoring over a panel.

    Args:
        prior: To start from.
        panel: Sums of n people.
        parts: Columns that belong together; the first are those of an action itself.
        steps: How many; two come near.
    """
    for _ in range(steps):
        told = told_of(prior, panel)
        shifted = panel
        if len(prior.mean):
            prior = prior._replace(mean=_mean(told, len(prior.mean)))
            shifted = _shifted(panel, prior.mean)
            told = told_of(prior, shifted)
        levels = _levels(prior, shifted, told, parts)
        if levels.tell:
            covariance = _covariance(prior, told, parts, levels, shifted.n_outcomes.mean())
            noise = min(max(prior.noise + levels.noise, prior.noise / 2.0), 2.0 * prior.noise)
            prior = Prior(covariance, max(noise, LEAST_NOISE), prior.mean, levels.doubt)
        score, information = _of_noise(prior, shifted, told_of(prior, shifted))
        noise = max(prior.noise + score / information, LEAST_NOISE)
        prior = prior._replace(noise=noise)
    return prior


def told_of(prior: Prior, panel: Panel) -> Told:
    """Give H = G(I + ΣG)⁻¹ and u = (I + GΣ)⁻¹b/σ², with G = ΦᵀΦ/σ²; Σ may be singular."""
    one = np.eye(len(prior.covariance))
    precision, pull = np.empty_like(panel.gram), np.empty_like(panel.moment)
    for start in range(0, len(pull), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        gram = panel.gram[some] / prior.noise
        inverse = np.linalg.inv(one + prior.covariance @ gram)
        half = gram @ inverse
        precision[some] = 0.5 * (half + half.transpose(0, 2, 1))
        pull[some] = (panel.moment[some, None, :] @ inverse)[:, 0] / prior.noise
    return Told(precision, pull)


def _of_noise(prior: Prior, panel: Panel, told: Told) -> tuple[float, float]:
    """Give twice the score and twice the information of the noise: of |V⁻¹ρ|² and of tr V⁻²."""
    mean = told.pull @ prior.covariance
    left = panel.square - 2.0 * (panel.moment * mean).sum(axis=1)
    left += ((mean[:, None, :] @ panel.gram)[:, 0] * mean).sum(axis=1)
    known = told.precision @ prior.covariance
    first = np.trace(known, axis1=1, axis2=2)
    second = (known * known.transpose(0, 2, 1)).sum(axis=(1, 2))
    score = left.sum() / prior.noise**2 - (panel.n_outcomes - first).sum() / prior.noise
    information = (panel.n_outcomes - 2.0 * first + second).sum() / prior.noise**2
    return float(score), float(information)


def _levels(prior: Prior, panel: Panel, told: Told, parts: Sequence[slice]) -> _Levels:
    """Take one step of scoring for the noise and one level a part, together.

    Each level counts as if it had been seen once at τ, give or take τ.
    """
    h, sigma = told.precision, prior.covariance
    known = h @ sigma
    squares, first = (h * h).sum(axis=0), (told.pull**2).sum(axis=0) - np.einsum("nii->i", h)
    through = (h - known @ h) / prior.noise  # ΦᵀV⁻²Φ
    shared = np.einsum("nii->i", through)
    now = (known * h.transpose(0, 2, 1)).sum(axis=(0, 2))  # the diagonal of Σ HΣH
    between = np.array([[squares[one, two].sum() for two in parts] for one in parts])
    usual = np.eye(len(parts)) * 2.0 / TAU**2
    before = np.linalg.solve(between + usual, [now[one].sum() + 2.0 / TAU for one in parts])
    score, information = _of_noise(prior, panel, told)
    matrix = np.empty((1 + len(parts),) * 2)
    matrix[0, 0], matrix[1:, 1:] = information, between + usual
    matrix[0, 1:] = matrix[1:, 0] = [shared[one].sum() for one in parts]
    pulls = [first[one].sum() for one in parts] + usual.diagonal() * (TAU - before)
    change = np.linalg.solve(matrix, np.concatenate([[score], pulls]))
    error = np.sqrt(2.0 * np.linalg.inv(matrix)[1, 1])
    return _Levels(before, change[1:], float(change[0]), float(error))


def _covariance(
    prior: Prior, told: Told, parts: Sequence[slice], levels: _Levels, n_outcomes: float
) -> Floats:
    """Give the levels with what people differ in beyond them, shrunk.

    Seen along the axes of the mean H, so that every direction is told of equally well.
    """
    h, width = told.precision, len(prior.covariance)
    values, axes = np.linalg.eigh(h.mean(axis=0))
    seen = values > _SEEN * values[-1]
    root = axes[:, seen] * np.sqrt(values[seen])
    back = axes[:, seen] / np.sqrt(values[seen])
    total, square, weight = np.zeros((len(back.T),) * 2), 0.0, 0.0
    for start in range(0, len(h), _AT_ONCE):
        some = Told(h[start : start + _AT_ONCE], told.pull[start : start + _AT_ONCE])
        each, along = _beyond(prior, some, parts, levels, back)
        total += each.sum(axis=0)
        square += float((each**2).sum())
        weight += float((np.trace(along, axis1=1, axis2=2) ** 2).sum())
    people, n_seen = len(h), int(seen.sum())
    # Δ is seen through HΔH: with few outcomes, or unequal ones, that is more than H̄ΔH̄.
    through = weight / people / n_seen**2 * (1.0 + 1.0 / max(n_outcomes, 1.0))
    level = np.zeros(width)
    before = np.zeros(width)
    for part, now, was in zip(parts, levels.after, levels.before, strict=True):
        level[part], before[part] = now, was
    rest = root.T @ (prior.covariance - np.diag(before)) @ root + total / (people * through)
    chance = (square - float((total**2).sum()) / people) / max(people - 1, 1)
    chance /= people * through**2
    size = float((rest**2).sum())
    kept = 1.0 - chance / size if people > 1 and size > chance else 0.0
    found = root.T @ np.diag(level) @ root + kept * rest
    heights, turned = np.linalg.eigh(0.5 * (found + found.T))
    side = back @ (turned * np.sqrt(np.maximum(heights, 0.0)))
    unseen = axes[:, ~seen]
    return np.asarray(side @ side.T + unseen @ (unseen.T @ np.diag(level) @ unseen) @ unseen.T)


def _beyond(
    prior: Prior, told: Told, parts: Sequence[slice], levels: _Levels, back: Floats
) -> tuple[Floats, Floats]:
    """Give what each person's uuᵀ - H says beyond the levels, along some axes, and H along them."""
    h = told.precision
    along, pull = back.T @ h @ back, told.pull @ back
    expected = levels.noise / prior.noise * (h - h @ prior.covariance @ h)
    for part, change in zip(parts, levels.change, strict=True):
        expected += change * (h[:, :, part] @ h[:, part, :])
    return pull[:, :, None] * pull[:, None, :] - along - back.T @ expected @ back, along


def _mean(told: Told, count: int) -> Floats:
    """Give the mean of the last `count` weights by generalised least squares."""
    weight = told.precision[:, -count:, -count:].sum(axis=0)
    pull = told.pull[:, -count:].sum(axis=0)
    return np.asarray(np.linalg.solve(weight + _MEAN_PRECISION * np.eye(count), pull))


def _shifted(panel: Panel, mean: Floats) -> Panel:
    """Give the panel of what is left when the mean of the last weights is taken out."""
    count = len(mean)
    along = panel.gram[:, :, -count:] @ mean
    square = panel.square - 2.0 * panel.moment[:, -count:] @ mean + along[:, -count:] @ mean
    return panel._replace(moment=panel.moment - along, square=square)
