"""Pace: how a course is taught, as numbers that a school may set.

Place: settings of the planner; nothing of a student is in it.
"""

from msgspec import Struct

__all__ = ["USUAL", "Pace"]


class Pace(Struct, frozen=True):
    """How a course is taught.

    `band` is where the chance of a right answer should lie; `ready` is the mastery of each
    prerequisite a skill waits for; `mastered` is where a skill counts as known, `lost` below which
    it is learned anew; a skill begun today weighs 1 + `stay` times. `right` and `wrong` are what
    answers add to a skill, in logits per logarithm of their number: means that
    `bench/simulator.py` finds in real answers. An item without a length takes `usual_seconds`.
    """

    band: tuple[float, float] = (0.6, 0.9)
    ready: float = 0.6
    mastered: float = 0.8
    retention: float = 0.9
    right: float = 0.58
    wrong: float = 0.16
    usual_seconds: float = 60.0
    horizons: tuple[int, ...] = (1, 3, 10, 30)
    stay: float = 4.0
    lost: float = 0.75
    goal_weight: float = 3.0


USUAL = Pace()
