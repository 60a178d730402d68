"""What the version in force adds to what is learned of one outcome.

Loop: Learn. It is recorded with the outcome, so that the sums that follow from it are a function of
the record alone.
"""

from typing import Final, NamedTuple

from penchant.model.drift import surprise

__all__ = ["NOTHING_TAUGHT", "Teaching"]


class Teaching(NamedTuple):
    """The noise of a reward around its prediction, and what tiring is taken to have added to it."""

    noise: float
    carried: float = 0.0

    def surprise(self, residual: float, believed: float) -> float:
        """Give how far an outcome speaks against what was believed of the person.

        Example:
            >>> Teaching(0.25).surprise(-0.5, 0.5)
            1.5
        """
        return surprise(residual, believed, self.noise)


NOTHING_TAUGHT: Final = Teaching(float("inf"))
"""No version is in force: nothing can surprise."""
