"""One call to decide, as it comes in, and the check of what is in it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from penchant.errors import BadInput
from penchant.limits import Limits, check_id, check_number
from penchant.words import Action, FrozenMap, Value

__all__ = ["Call", "check_call"]

_LARGEST_DRAW = 1.0 - 2.0**-53


class Call(NamedTuple):
    """What `Engine.decide` was asked; nothing of it is checked yet."""

    moment: str
    person: str | None
    context: object
    actions: Iterable[Action] | None
    draw: float | None


def check_call(call: Call, limits: Limits) -> FrozenMap[Value]:
    """See that a call can be decided, and give its context.

    Raises:
        BadName: For a person id that is none.
        BadNumber: For a draw outside [0, 1).
        BadInput: For a context that is no mapping.
    """
    if call.person is not None:
        check_id(call.person, "A person id", limits)
    if call.draw is not None:
        check_number(call.draw, "A draw", 0.0, _LARGEST_DRAW)
    if not isinstance(call.context, Mapping):
        msg = f"The context of moment `{call.moment}` must be a mapping of names to values."
        raise BadInput(msg)
    return FrozenMap(call.context)
