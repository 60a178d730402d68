"""Openings: what opens a moment by itself, as nouns of `words.py`, which gives them out.

They stand in a file of their own because a reader of the other nouns does not need them.
Rule 1: each opening has a cool-down, so that no moment can open itself in a loop.
Rule 2: each says how late it may still be opened; what is older is left out, never made up for.
What they mean while an engine runs stands in `runtime/opening/opening.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import force_setattr

from penchant.frozen_map import FrozenMap, frozen

__all__ = ["AtTime", "Day", "Measure", "OnLevel", "OnSignal", "Opening"]

Plain = bool | float | int | str
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Measure = Literal["sum", "count", "latest", "unusual"]


class OnSignal(Struct, frozen=True, tag="on_signal"):
    """Opens a moment when a signal of a kind is kept, with these values in its data if any.

    `late`: how old the signal may be. `cool_down`: how long the moment, once it opened itself for a
    person by whatever opening, stays shut for this one.
    """

    kind: str
    where: Mapping[str, Plain] = FrozenMap()
    late: str = "1h"
    cool_down: str = "1d"

    def __post_init__(self) -> None:
        """Freeze the values."""
        force_setattr(self, "where", frozen(self.where))


class AtTime(Struct, frozen=True, tag="at_time"):
    """Opens a moment at a time of the person's day, for everybody who granted its purpose.

    The zone is the person's trait `time_zone`, else `zone`; where neither is known the moment is
    not opened, because guessing could wake somebody. `days` are "mon" to "sun", none meaning every
    day. `late`: how long after its time it may still be opened, after a machine slept. `cool_down`
    is as in `OnSignal`, and less than a day, since a day can have 23 hours.
    """

    at: str = "09:00"
    days: Sequence[Day] = ()
    zone: str = ""
    late: str = "1h"
    cool_down: str = "20h"

    def __post_init__(self) -> None:
        """Accept a list where a tuple is kept."""
        if isinstance(self.days, list):
            force_setattr(self, "days", tuple(self.days))


class OnLevel(Struct, frozen=True, tag="on_level"):
    """Opens a moment when a measure of a person's signals of one kind reaches a level, once.

    Measures: the `sum` of a `field`, the `count` of the signals, the `latest` value of a field, or
    how `unusual` that value is: how many of the person's own usual deviations it is above what is
    usual for them. It may open again once the measure is back at `again_at`, or after a signal of
    the kind `since`, from which sums and counts begin anew; without either it opens once. With
    `half_life` sums fade. With `falls` the level is reached from above. `where`, `late` and
    `cool_down` are as in `OnSignal`.
    """

    kind: str
    level: float
    measure: Measure = "sum"
    field: str = ""
    again_at: float | None = None
    since: str = ""
    half_life: str = ""
    falls: bool = False
    where: Mapping[str, Plain] = FrozenMap()
    late: str = "1d"
    cool_down: str = "1d"

    def __post_init__(self) -> None:
        """Freeze the values."""
        force_setattr(self, "where", frozen(self.where))


Opening = OnSignal | AtTime | OnLevel
