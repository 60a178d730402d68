"""An early warning: how likely it is that a student will not pass, and what that rests on.

Loop: read by a teacher's page; nothing is decided by it. One model a week of a course.
Rule 1: the risk is a sum of one number for each feature, so its reasons are the risk itself.
Rule 2: fitting adds over students: each Newton step needs a sum of gradients and of curvatures.
Rule 3: a course that was never seen is judged by what holds for all courses.

Source: penalised logistic regression on linear splines (Eilers and Marx 1996, Statistical Science
11(2), on penalties; Hosmer and Lemeshow 2013, section 4.2, on linear splines), Newton's method.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.pack import likeliest
from penchant.packs.school.standing import SEEN, Floats, Standing

__all__ = ["EarlyWarning", "Why", "chance_of", "fit_warning"]

_KNOTS = 4
_PENALTY = 4.0
"""Of a knot's weight, for all courses. This, `_KNOTS` and `_PENALTY_OF_COURSE` were chosen on
students whose results are in no figure; see docs/explanation/early-warning.md."""
_PENALTY_OF_COURSE = 8.0
_CLOSE = 1e-6


class Why(NamedTuple):
    """What one feature adds to a student's risk, on the logistic scale, beside the usual student's.

    `value` is the feature's, NaN where nothing is known.
    """

    name: str
    value: float
    adds: float

    def __str__(self) -> str:
        """Say it in a sentence.

        Example:
            >>> print(Why("missed share", 0.5, 1.3))
            Share of the work due that has not come: 0.5. This raises the risk.
        """
        what = WORDS.get(self.name, self.name.capitalize())
        value = "not known" if np.isnan(self.value) else f"{self.value:.3g}"
        return f"{what}: {value}. This {'raises' if self.adds > 0 else 'lowers'} the risk."


WORDS: Mapping[str, str] = {
    "missed share": "Share of the work due that has not come",
    "mean score": "Mean score of 100",
    "mean against class": "Mean score beside the class's, in spreads",
    "last against class": "Last score beside the class's, in spreads",
    "lowest score": "Lowest score of 100",
    "mean days late": "Days after the date work came, on average (below 0 is early)",
    "last days late": "Days after the date the last piece came (below 0 is early)",
    "days since": "Days since a piece of work came",
    "carried over": "Pieces carried over from an earlier attempt",
}


class EarlyWarning(Struct, frozen=True):
    """A fitted model of one week; a value.

    `knots` has a row a feature; `weights: (courses + 1, features, knots + 1) float64`, the first
    for all courses, the others what each course adds; the last column is for "nothing known".
    `usual: (features,) float64`, the mean of what each feature adds among those it was fitted on.
    """

    names: tuple[str, ...]
    courses: tuple[str, ...]
    knots: tuple[tuple[float, ...], ...]
    weights: Floats
    intercepts: Floats
    usual: Floats

    def adds(self, table: Standing) -> Floats:
        """Give what each feature adds to each row's risk, usual students' share included.

        Returns:
            ``(n, features) float64`` on the logistic scale.
        """
        course = _numbers(table.courses, self.courses)
        found = np.empty((len(table.values), len(self.names)))
        for place, knots in enumerate(self.knots):
            hats = _hats(table.values[:, table.names.index(self.names[place])], knots)
            shared = hats @ self.weights[0, place, : hats.shape[1]]
            own = np.where((course > 0)[:, None], self.weights[course, place, : hats.shape[1]], 0.0)
            found[:, place] = shared + (hats * own).sum(axis=1)
        return found

    def risk(self, table: Standing) -> Floats:
        """Give the chance that each row does not pass, 0 to 1."""
        course = _numbers(table.courses, self.courses)
        start = self.intercepts[0] + np.where(course > 0, self.intercepts[course], 0.0)
        return chance_of(start + self.adds(table).sum(axis=1))

    def reasons(self, table: Standing, row: int, *, most: int = 3) -> tuple[Why, ...]:
        """Give what raises or lowers a row's risk most, beside the usual student.

        With `most` at the number of features they add up to the whole difference.
        """
        one = Standing(table.names, table.values[row : row + 1], table.courses[row : row + 1])
        adds = self.adds(one)[0] - self.usual
        order = np.argsort(-np.abs(adds), kind="stable")[:most]
        values = one.values[0]
        return tuple(
            Why(self.names[at], float(values[table.names.index(self.names[at])]), float(adds[at]))
            for at in order
        )


def fit_warning(table: Standing, at_risk: Sequence[float] | Floats) -> EarlyWarning:
    """Fit one week's model.

    Args:
        table: Where each enrolment of past runs stood in that week.
        at_risk: 1 for those who did not pass in the end, 0 for those who did, row by row.

    Returns:
        The model; a feature that tells nothing in this week has no say.

    Example:
        >>> values = np.column_stack([np.arange(60.0) % 3, *[np.full(60, np.nan)] * 8])
        >>> table = Standing(SEEN, values, ("a",) * 60)
        >>> model = fit_warning(table, (values[:, 0] == 2).astype(float))
        >>> [bool(risk > 0.5) for risk in model.risk(table)[:3]]
        [False, False, True]
    """
    told = np.asarray(at_risk, dtype=np.float64)
    courses = tuple(sorted(set(table.courses)))
    course = _numbers(table.courses, courses)
    knots = tuple(_knots_of(column) for column in table.values.T)
    hats = [_hats(table.values[:, place], each) for place, each in enumerate(knots)]
    own = [hats[place] for place, name in enumerate(table.names) if name in SEEN]
    blocks = [np.ones((len(told), 1)), *hats]
    penalties = [np.full(1, _CLOSE), np.full(sum(one.shape[1] for one in hats), _PENALTY)]
    for number in range(1, len(courses) + 1):
        here = (course == number)[:, None]
        blocks += [here.astype(np.float64), *(one * here for one in own)]
        width = sum(one.shape[1] for one in own)
        penalties += [np.full(1, _PENALTY), np.full(width, _PENALTY_OF_COURSE)]
    weights = likeliest(np.hstack(blocks), told, np.concatenate(penalties))
    shaped, intercepts = _unpacked(weights, table.names, hats, len(courses))
    model = EarlyWarning(
        table.names, courses, knots, shaped, intercepts, np.zeros(len(table.names))
    )
    usual = model.adds(table).mean(axis=0)
    return EarlyWarning(table.names, courses, knots, shaped, intercepts, usual)


def chance_of(logit: Floats) -> Floats:
    """Give the chance that log-odds stand for.

    Example:
        >>> float(chance_of(np.zeros(1))[0])
        0.5
    """
    given: Floats = 1.0 / (1.0 + np.exp(-np.clip(logit, -40.0, 40.0)))
    return given


def _numbers(courses: Sequence[str], known: Sequence[str]) -> NDArray[np.intp]:
    """Number courses from 1; 0 is one that is not known."""
    place = {name: number + 1 for number, name in enumerate(known)}
    return np.array([place.get(one, 0) for one in courses], dtype=np.intp)


def _knots_of(column: Floats) -> tuple[float, ...]:
    """Put knots at quantiles, so that each stretch between them has its share of students."""
    known = column[~np.isnan(column)]
    if not known.size:
        return ()
    return tuple(np.unique(np.quantile(known, np.linspace(0.02, 0.98, _KNOTS))).tolist())


def _hats(column: Floats, knots: Sequence[float]) -> Floats:
    """Give the weights of the knots around each value; the last column is for what is not known."""
    hats = np.zeros((len(column), len(knots) + 1))
    known = ~np.isnan(column)
    hats[~known, -1] = 1.0
    if len(knots) == 1:
        hats[known, 0] = 1.0
    if len(knots) > 1:
        at = np.asarray(knots)
        value = np.clip(column[known], at[0], at[-1])
        left = np.clip(np.searchsorted(at, value, side="right") - 1, 0, len(at) - 2)
        share = (value - at[left]) / (at[left + 1] - at[left])
        rows = np.flatnonzero(known)
        hats[rows, left] = 1.0 - share
        hats[rows, left + 1] += share
    return hats


def _unpacked(
    weights: Floats, names: Sequence[str], hats: Sequence[Floats], courses: int
) -> tuple[Floats, Floats]:
    """Lay the weights out by course, feature and knot."""
    shaped = np.zeros((courses + 1, len(names), _KNOTS + 1))
    intercepts = np.zeros(courses + 1)
    at = 0
    for course in range(courses + 1):
        intercepts[course] = weights[at]
        at += 1
        for place, name in enumerate(names):
            if course == 0 or name in SEEN:
                width = hats[place].shape[1]
                shaped[course, place, :width] = weights[at : at + width]
                at += width
    return shaped, intercepts
