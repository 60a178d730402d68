"""From what followed to a number the model learns from.

Loop: Learn. A reward is given as a number or as the name of the moment's outcome (reward 1).
"""

from penchant.errors import BadNumber
from penchant.limits import check_number
from penchant.words import Moment

__all__ = ["reward_of", "scaled", "unscaled", "unseen", "worth"]


def reward_of(moment: Moment, reward: float | None, outcome: str | None) -> float:
    """Give the reward that a caller means.

    Raises:
        BadNumber: When neither or both are given, the outcome is not the moment's, or the reward
            is not finite or outside the moment's range.

    Example:
        >>> from penchant.words import Outcome
        >>> reward_of(Moment("home.hero", outcome=Outcome("clicked")), None, "clicked")
        1.0
    """
    if (reward is None) == (outcome is None):
        msg = f"Give moment `{moment.name}` either a reward or an outcome, one of the two."
        raise BadNumber(msg)
    if outcome is not None:
        if outcome != moment.outcome.name:
            msg = (
                f"Moment `{moment.name}` has the outcome `{moment.outcome.name}`; another name was "
                "given. Send that one, or a reward."
            )
            raise BadNumber(msg)
        reward = 1.0
    low, high = moment.reward_range
    return check_number(reward, f"The reward of moment `{moment.name}`", low, high)  # type: ignore[arg-type]


def scaled(moment: Moment, reward: float) -> float:
    """Bring a reward to 0..1.

    Example:
        >>> scaled(Moment("steps", reward_range=(0, 2_000)), 500)
        0.25
    """
    low, high = moment.reward_range
    return (reward - low) / (high - low)


def worth(moment: Moment, amount: float, examined: float) -> float:
    """Give what a reward earned at a position says an action is worth where it is looked at.

    What nobody looks at earns what is taken for granted where no outcome comes.

    Args:
        moment: Whose reward it is.
        amount: The reward, scaled.
        examined: The share of those who see the top that look as far as the position.

    Example:
        >>> worth(Moment("home.row"), 0.5, examined=0.25)
        2.0
    """
    base = unseen(moment)
    return base + (amount - base) / examined


def unseen(moment: Moment) -> float:
    """Give what is earned by what nobody looks at, scaled."""
    low, high = moment.reward_range
    return scaled(moment, min(max(moment.outcome.default or 0.0, low), high))


def unscaled(moment: Moment, value: float) -> float:
    """Bring a difference or value in 0..1 back to units of reward, without the offset."""
    low, high = moment.reward_range
    return value * (high - low)
