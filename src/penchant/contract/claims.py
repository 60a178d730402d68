"""Claims: whether what a pack says of itself is so, and how that is said.

Rule: a claim is better than its baseline by at least its threshold, both measured in one run.
"""

from msgspec import Struct

from penchant.contract.declarations import Claim
from penchant.contract.parts import Measured

__all__ = ["Judged", "judged"]


class Judged(Struct, frozen=True):
    """A claim and what was measured; `margin` is by how much it is better than the baseline."""

    claim: Claim
    measured: Measured
    margin: float

    @property
    def holds(self) -> bool:
        """Whether it is so."""
        return self.margin >= self.claim.threshold

    @property
    def sentence(self) -> str:
        """Say what was measured, and whether the claim holds by it."""
        claim, measured = self.claim, self.measured
        interval = (
            f" ({measured.low:.4g} to {measured.high:.4g})"
            if measured.low is not None and measured.high is not None
            else ""
        )
        return (
            f"`{claim.name}` {'holds' if self.holds else 'does not hold'}: {claim.metric} "
            f"{measured.value:.4g}{interval} against {measured.baseline:.4g} of {claim.baseline}, "
            f"on {claim.data}, n = {measured.n:,}; better by {self.margin:.4g}, "
            f"at least {claim.threshold:g} is claimed."
        )


def judged(claim: Claim, measured: Measured) -> Judged:
    """Hold what was measured against a claim.

    Example:
        >>> claim = Claim("a", "", "simulated", "AUC", "m:f", baseline="chance", threshold=0.1)
        >>> judged(claim, Measured(0.75, 0.5, 100)).holds
        True
    """
    sign = 1.0 if claim.better == "higher" else -1.0
    return Judged(claim, measured, sign * (measured.value - measured.baseline))
