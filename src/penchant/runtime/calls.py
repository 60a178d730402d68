"""One call to decide, as it comes in, and the check of what is in it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from os import PathLike
from random import Random
from typing import Any, NamedTuple

from penchant.errors import BadInput, BadNumber, UnknownDecision
from penchant.limits import Limits, check_id, check_length
from penchant.runtime.declaring import check_actions
from penchant.words import Action, FrozenMap, Value

__all__ = [
    "Call",
    "candidates_of",
    "check_call",
    "check_decision",
    "check_opening",
    "is_draw",
    "listed",
    "new_id",
]


class Call(NamedTuple):
    """What `Engine.decide` was asked; nothing of it is checked yet.

    `id` is that of the decision to be made, so that a repeat finds the first; "" for a new one.
    `k` is how many positions a slate has, 0 for one decision alone, and `draws` one for each.
    """

    moment: str
    person: str | None
    context: object
    actions: Iterable[object] | None
    draw: float | None
    id: str = ""
    opened_by: str = ""
    k: int = 0
    draws: Sequence[float] | None = None


def new_id(now: datetime, dice: Random) -> str:
    """Give an id that nothing had before: the time in ms, and 80 bits of the dice.

    Example:
        >>> from datetime import UTC
        >>> new_id(datetime.fromtimestamp(1.0, UTC), Random(7))
        '0000000003e8...'
    """
    return f"{int(now.timestamp() * 1000):012x}{dice.getrandbits(80):020x}"


def check_call(call: Call, limits: Limits) -> FrozenMap[Value]:
    """See that a call can be decided, and give its context.

    Raises:
        BadName: For a person id that is none.
        BadNumber: For a draw outside [0, 1).
        BadInput: For a context that is no mapping.
    """
    if call.person is not None:
        check_id(call.person, "A person id", limits)
    if call.draw is not None and not is_draw(call.draw):
        raise BadNumber("A draw must be a number of at least 0 and below 1: 1 itself is none.")
    if not isinstance(call.context, Mapping):
        msg = f"The context of moment `{call.moment}` must be a mapping of names to values."
        raise BadInput(msg)
    return FrozenMap(call.context)


def check_decision(given: object) -> str:
    """Give what was given as the id of a decision back, when it can be one.

    Raises:
        UnknownDecision: When it is no printable text; a decision itself is none.

    Example:
        >>> check_decision("01a201679081")
        '01a201679081'
    """
    if not isinstance(given, str) or not given.isprintable():
        got = f"a `{type(given).__name__}`" if not isinstance(given, str) else "another text"
        msg = f"A decision is named by its `id`, a text of printable characters (got {got})."
        raise UnknownDecision(msg)
    return given


def check_opening(path: object, seed: object) -> None:
    """See that a store and dice can be made of what an engine was opened with.

    Raises:
        BadInput: For a path or a seed of another type.

    Example:
        >>> check_opening(None, 7)
    """
    if not isinstance(path, str | PathLike | None):
        msg = f"The path of a journal must be a text, or None (got a `{type(path).__name__}`)."
        raise BadInput(msg)
    if not isinstance(seed, int | None):
        msg = f"The seed must be a whole number, or None (got a `{type(seed).__name__}`)."
        raise BadInput(msg)


def listed(given: object, what: str) -> Sequence[Any]:
    """Give what was given as a sequence; a text or a mapping is one thing, not a list of many.

    Raises:
        BadInput: When it is no list.

    Example:
        >>> listed(("ada", "ben"), "`people`")
        ('ada', 'ben')
    """
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        msg = f"{what} must be a list, of one if there is one (got a `{type(given).__name__}`)."
        raise BadInput(msg)
    return given if isinstance(given, Sequence) else tuple(given)


def is_draw(draw: object) -> bool:
    """Tell whether something is a number of at least 0 and below 1.

    Example:
        >>> is_draw(0.0), is_draw(1.0), is_draw(True)
        (True, False, False)
    """
    return isinstance(draw, float | int) and not isinstance(draw, bool) and 0.0 <= draw < 1.0


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
    asked = listed(given, f"The actions {where}")
    known = {action.name: action for action in declared}
    meant = (known.get(one, Action(one)) if isinstance(one, str) else one for one in asked)
    actions = check_actions(meant, where, limits)
    check_length(len(actions), limits.candidates_per_call, "Actions of a call")
    if not actions:
        raise BadInput(
            f"A decision of moment `{moment}` was given an empty list of actions. Give at least "
            "one, or leave `actions` out to use the declared ones."
        )
    if len({action.name for action in actions}) < len(actions):
        raise BadInput(f"Two actions {where} have the same name.")
    return actions
