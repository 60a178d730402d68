"""How far a person's own part reaches beyond the features of an action.

A person's part is `m · ψ`, with ψ = Uᵀφ. φ starts with the action's own columns. Where the evidence
asks for it two more parts follow: the action's columns once more for each of a few numbers of the
context (a taste that moves with the hour), and how recently this person was shown the action and
others of its kind.
Rule 1: what a person was shown belongs to their own part alone, never to people in general too;
what all have in common of it is the prior mean of those columns, else the split is not identified.
Rule 2: a reach of nothing is the plain part, and costs nothing.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["AS_SCALED", "COSINE", "PLAIN", "READINGS", "SINE", "Around", "Reach", "Seeing"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOURS: Final = 24.0


class Around(NamedTuple):
    """One number of a context: its column, and how it is read."""

    column: int
    how: int

    def of(self, raw: Floats, scaled: Floats) -> Floats:
        """Give the number for n contexts, (n,), from raw rows (n, dc) and scaled ones (n, 1 + dc).

        Example:
            >>> six = np.array([[6.0]])
            >>> [float(Around(0, how).of(six, np.ones((1, 2)))[0].round(3)) for how in (0, 1, 2)]
            [1.0, 1.0, 0.0]
        """
        if self.how == AS_SCALED:
            return scaled[:, 1 + self.column]
        if self.column >= raw.shape[1]:
            return np.zeros(len(raw))
        turn = np.nan_to_num(raw[:, self.column]) * (2.0 * np.pi / HOURS)
        round_ = np.sin(turn) if self.how == SINE else np.cos(turn)
        return np.where(np.isnan(raw[:, self.column]), 0.0, round_)


AS_SCALED: Final = 0
SINE: Final = 1
"""The number is an hour of the day, read as the sine of its angle on a clock of 24 hours."""
COSINE: Final = 2
READINGS: Final = frozenset({AS_SCALED, SINE, COSINE})


class Reach(NamedTuple):
    """What φ holds beyond the action's columns.

    Attributes:
        around: the numbers of a context with which the action's columns are crossed.
        mean: (P,) the prior mean of the weights of the recency columns; empty where there are none.
    """

    around: tuple[Around, ...] = ()
    mean: Floats = np.zeros(0)

    @property
    def is_plain(self) -> bool:
        """Whether φ is the action's columns and nothing else."""
        return not self.around and not len(self.mean)

    @property
    def asks_for_past(self) -> bool:
        """Whether φ says what the person was shown of late."""
        return bool(len(self.mean))

    def width(self, n_action: int) -> int:
        """Give how many columns φ has, for an action of so many (its leading 1 among them)."""
        return n_action * (1 + len(self.around)) + len(self.mean)

    def numbers(self, raw: Floats, scaled: Floats) -> Floats:
        """Give the numbers that are crossed, (n, J), of n contexts raw and scaled."""
        if not self.around:
            return np.zeros((len(scaled), 0))
        return np.stack([one.of(raw, scaled) for one in self.around], axis=1)

    def columns(self, actions: Floats, numbers: Floats, recent: Floats) -> Floats:
        """Give φ of n decisions.

        Args:
            actions: (n, 1 + da) scaled.
            numbers: (n, J), see `numbers`.
            recent: (n, P) recency columns; with P = 0 they are left out.

        Returns:
            (n, width).

        Example:
            >>> reach = Reach((Around(0, 0),), np.zeros(1))
            >>> reach.columns(np.array([[1.0, 3.0]]), np.array([[2.0]]), np.array([[0.5]])).tolist()
            [[1.0, 3.0, 2.0, 6.0, 0.5]]
        """
        parts = [actions, *(actions * number[:, None] for number in numbers.T)]
        return np.hstack([*parts, recent[:, : len(self.mean)]])

    def split(self, basis: Floats) -> tuple[Floats, Floats, Floats]:
        """Give the basis in its parts: (1 + da, r), (J, 1 + da, r) and (P, r)."""
        count, rank = 1 + len(self.around), basis.shape[1]
        end = len(basis) - len(self.mean)
        blocks = basis[:end].reshape(count, end // count, rank)
        return blocks[0], blocks[1:], basis[end:]

    def seen(self, basis: Floats, numbers: Floats, recent: Floats, of_actions: "Seeing") -> Floats:
        """Give ψ of n decisions, (n, r): what `columns` times the basis is, for less.

        Args:
            basis: (width, r).
            numbers: (n, J).
            recent: (n, P).
            of_actions: m actions scaled, and which of them each decision took.
        """
        plain, crossed, own = self.split(basis)
        actions, shown = of_actions
        actions = actions[:, : len(plain)]
        seen = (actions @ plain)[shown]
        for block, number in zip(crossed, numbers.T, strict=True):
            seen += (actions @ block)[shown] * number[:, None]
        if len(self.mean):
            seen += recent @ own
        return seen


class Seeing(NamedTuple):
    """m actions (m, 1 + da), scaled, and which of them n decisions took, (n,)."""

    actions: Floats
    shown: Ints


PLAIN: Final = Reach()
"""The action's columns alone."""
