"""Sitting: what is odd about the answers of one test, in sentences for a teacher.

Place: beside diagnosis. Nothing is left out and nobody is accused: what was seen is said, what it
may mean in more than one way, and the belief stands as the answers made it.
Rule: a jump is said only where one ability makes it in at most 1 of 100 sittings.
"""

import numpy as np
from numpy.typing import NDArray

from penchant.pack import ABILITIES, PRIOR
from penchant.packs.school.diagnosis import Diagnosis, Paper

__all__ = ["oddities"]

Floats = NDArray[np.float64]

FEWEST = 8  # answers below which all right or all wrong is no news
SIDE = 5  # answers on each side of a jump
ODDS = 100.0  # a Bayes factor is above k by chance in at most 1 of k sittings (Markov)


def oddities(paper: Paper, diagnosis: Diagnosis) -> tuple[str, ...]:
    """Say what is odd about a sitting: all right, all wrong, a sudden jump.

    Args:
        paper: What was asked from.
        diagnosis: The sitting.

    Returns:
        Sentences; none when nothing is odd.
    """
    found = []
    n, right = len(diagnosis.items), sum(diagnosis.right)
    if n >= FEWEST and right in {0, n}:
        found.append(_one_sided(n, is_right=right == n))
    cut, odds = _jump(paper, diagnosis)
    if odds > ODDS:
        before, after = diagnosis.right[:cut], diagnosis.right[cut:]
        found.append(
            f"From answer {cut + 1} on the answers are those of another ability: {sum(before)} of "
            f"{len(before)} right before, {sum(after)} of {len(after)} after, on items chosen to "
            "fit. It may be two people on one account, help, tiredness or a new start. Nothing "
            "was changed; ask, and let the test be sat again if it matters."
        )
    return tuple(found)


def _one_sided(n: int, *, is_right: bool) -> str:
    words = ("right", "above", "harder") if is_right else ("wrong", "below", "easier")
    return (
        f"All {n} answers are {words[0]}. The ability lies {words[1]} what these items can tell: "
        f"read it as a bound. Ask {words[2]} items, or look whether the test was taken in earnest."
    )


def _jump(paper: Paper, diagnosis: Diagnosis) -> tuple[int, float]:
    """Give the likeliest cut, and the odds of two abilities against one.

    Two independent abilities, the cut anywhere alike, against one ability: a Bayes factor on the
    grid. Skills differ by what the whole sitting says of them, so a hard skill is no jump.
    """
    n = len(diagnosis.items)
    cuts = np.arange(SIDE, n - SIDE + 1)
    if not len(cuts):
        return 0, 0.0
    logs = _log_chances(paper, diagnosis).cumsum(axis=0)
    before, whole = logs[cuts - 1], logs[-1]
    both = _marginal(before) + _marginal(whole - before) - _marginal(whole[None])
    return int(cuts[both.argmax()]), float(np.exp(both).mean())


def _log_chances(paper: Paper, diagnosis: Diagnosis) -> Floats:
    """Give the logarithm of the chance of each answer from each general ability: ``(n, 41)``."""
    numbers = [paper.place[item] for item in diagnosis.items]
    apart = paper.loads[numbers] @ (diagnosis.mean - diagnosis.mean.mean())
    from_b = ABILITIES + (apart - paper.bank.difficulty[numbers])[:, None]
    sign = np.where(diagnosis.right, 1.0, -1.0)[:, None]
    z = sign * paper.bank.sharpness[numbers][:, None] * from_b
    return np.asarray(-np.logaddexp(0.0, -z))


def _marginal(logs: Floats) -> Floats:
    """Give the logarithm of the chance of answers of somebody of whom nothing is known."""
    top = logs.max(axis=1)
    return np.asarray(top + np.log(np.exp(logs - top[:, None]) @ PRIOR))
