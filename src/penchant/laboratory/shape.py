"""Shape: how large a simulated world is, how much its people differ, and how they answer.

Loop: none; a world stands outside of it. Settings are frozen and checked, apart from behaviour.
Knows nothing of any learner.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from penchant.errors import BadInput, BadNumber
from penchant.limits import check_number

__all__ = ["KINDS", "MANNERS", "Answering", "Kind", "Manner", "Shape", "check_kind"]

Kind = Literal["linear", "nonlinear", "ideal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Manner = Literal["against", "random", "flip"]
MANNERS: tuple[Manner, ...] = get_args(Manner)

_LEAST_SLATE = 2
_COUNTS = ("people", "rounds", "items", "slate", "features", "segments")
_MOST = {"people": 1_000_000, "rounds": 100_000, "items": 10_000, "features": 256}
_RANGES = {
    "bias": (-10.0, 10.0),
    "shared": (0.0, 10.0),
    "moving": (0.0, 10.0),
    "heterogeneity": (0.0, 4.0),
    "fading": (0.01, 1.0),
    "satiation": (0.0, 10.0),
    "drifters": (0.0, 1.0),
    "drift": (0.0, 10.0),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a world is and how much people differ.

    Spreads are standard deviations of utility between items.

    Attributes:
        people: Number of people.
        rounds: Decisions of each person.
        items: Items that exist.
        slate: Items offered at a decision.
        features: Known features of an item; an `ideal` world has its own.
        bias: Utility of a middling item; -1 is a reward rate of about .3.
        shared: Spread of the taste shared by all; not of an `ideal` world.
        moving: Spread of the taste that moves with context and traits, or with the mood.
        heterogeneity: Spread of a person's own taste; in an `ideal` world, how far apart people's
            ideals lie, 1 being about as much spread of utility.
        fading: Ratio of one direction's spread in people's own tastes to the one before.
        segments: Number of segments in the nonlinear world.
        is_fixed: Whether the slate is the first items at every decision, else it is drawn anew.
        satiation: How fast what was shown wears off, in an `ideal` world; 0 is never.
        drifters: Share of people whose taste moves once, between the first and last third.
        drift: How far it moves, in standard deviations between people (of `heterogeneity`).
    """

    people: int = 2_000
    rounds: int = 100
    items: int = 200
    slate: int = 20
    features: int = 32
    bias: float = -1.0
    shared: float = 0.8
    moving: float = 0.6
    heterogeneity: float = 1.0
    fading: float = 0.85
    segments: int = 6
    is_fixed: bool = False
    satiation: float = 1.0
    drifters: float = 0.0
    drift: float = 1.5

    def __post_init__(self) -> None:
        """Refuse what makes no world."""
        for name in _COUNTS:
            _check_count(getattr(self, name), f"`{name}` of a world", _MOST.get(name, 10_000))
        for name, (low, high) in _RANGES.items():
            check_number(getattr(self, name), f"`{name}` of a world", low, high)
        if not _LEAST_SLATE <= self.slate <= self.items:
            raise BadNumber(
                f"`slate` of a world must be between 2 and its {self.items:,} items "
                f"(got {self.slate:,}): with fewer there is nothing to choose."
            )


@dataclass(frozen=True, slots=True)
class Answering:
    """How people answer, whatever they like.

    Attributes:
        delay: An answer comes up to so many of the person's rounds later, each as likely.
        missing: Share of answers that never come.
        adversaries: Share of people who do not answer by their taste.
        manner: What those do: answer `against` it, at `random`, or `flip` to against it halfway.
    """

    delay: int = 0
    missing: float = 0.0
    adversaries: float = 0.0
    manner: Manner = "against"

    def __post_init__(self) -> None:
        """Refuse what makes no answers."""
        _check_count(self.delay, "`delay` of answers", 50, least=0)
        check_number(self.missing, "`missing`, a share of answers,", 0.0, 1.0)
        check_number(self.adversaries, "`adversaries`, a share of people,", 0.0, 1.0)
        if self.manner not in MANNERS:
            raise BadInput(
                f"`manner` of adversaries must be one of {_listed(MANNERS)} (got `{self.manner}`)."
            )

    @property
    def is_plain(self) -> bool:
        """Whether everybody answers by their taste, always and at once."""
        return not (self.delay or self.missing or self.adversaries)


def check_kind(kind: str) -> Kind:
    """Give a kind of world back.

    Raises:
        BadInput: When there is none of that name.

    Example:
        >>> check_kind("ideal")
        'ideal'
    """
    for one in KINDS:
        if one == kind:
            return one
    raise BadInput(f"There is no world `{kind}`. There are {_listed(KINDS)}.")


def _check_count(value: object, what: str, most: int, *, least: int = 1) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        got = f"{value:,}" if isinstance(value, int) else f"a `{type(value).__name__}`"
        raise BadNumber(f"{what} must be a whole number from {least} to {most:,} (got {got}).")


def _listed(names: tuple[str, ...]) -> str:
    """Give names for a sentence."""
    return ", ".join(f"`{name}`" for name in names)
