"""One call to decide, as it comes in, and the check of what is in it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from penchant.errors import BadInput
from penchant.limits import Limits, check_id, check_length, check_number
from penchant.runtime.declaring import check_actions
from penchant.words import Action, FrozenMap, Value

__all__ = ["Call", "candidates_of", "check_call"]

_LARGEST_DRAW = 1.0 - 2.0**-53


class Call(NamedTuple):
    """What `Engine.decide` was asked; nothing of it is checked yet."""

    moment: str
    person: str | None
    context: object
    actions: Iterable[object] | None
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


def candidates_of(
    given: Iterable[object], moment: str, declared: Iterable[Action], limits: Limits
) -> tuple[Action, ...]:
    """Check the actions given with a call; a name alone means the declared action of that name.

    Raises:
        BadInput: When there is none, one is no Action, or two have the same name.
        BadName: When a name is none.
        LimitReached: When there are more than a call may give.
    """
    where = f"given to moment `{moment}`"
    known = {action.name: action for action in declared}
    meant = (known.get(one, Action(one)) if isinstance(one, str) else one for one in given)
    actions = check_actions(meant, where)
    check_length(len(actions), limits.candidates_per_call, "Actions of a call")
    if not actions:
        raise BadInput(
            f"A decision of moment `{moment}` was given an empty list of actions. Give at least "
            "one, or leave `actions` out to use the declared ones."
        )
    for action in actions:
        check_id(action.name, f"The name of an action {where}", limits)
    if len({action.name for action in actions}) < len(actions):
        raise BadInput(f"Two actions {where} have the same name.")
    return actions
