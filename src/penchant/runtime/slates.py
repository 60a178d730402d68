"""Slates with their writes: several decisions of one moment, drawn together and shown together.

Rule 1: all decisions of a slate are written at once, before it is seen, or none is.
Rule 2: each waits for its own outcome, and counts by how many people look as far as its position.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from penchant.errors import BadInput, BadNumber
from penchant.learn.pending import Open
from penchant.limits import Limits
from penchant.runtime.calls import Call, is_draw, listed
from penchant.runtime.deciding import decided_together, keep
from penchant.runtime.memory import Memory
from penchant.words import Decision, Slate

__all__ = ["decide_slate", "decide_slates"]


def decide_slate(memory: Memory, call: Call, now: datetime) -> Slate:
    """Decide a slate, write its decisions, then let them wait for their outcomes.

    Raises:
        BadInput: For a call that cannot be decided.
    """
    (answer,) = decide_slates(memory, [call], now)
    if isinstance(answer, BadInput):
        raise answer
    return answer


def decide_slates(memory: Memory, calls: Sequence[Call], now: datetime) -> list[Slate | BadInput]:
    """Decide slates; a bad one keeps nobody back, and one that was decided before comes again."""
    answers: list[Slate | BadInput] = []
    opened: list[Open] = []
    kept = [_kept(memory, call.id) for call in calls]
    with memory.lock:
        for call, before in zip(calls, kept, strict=True):
            try:
                new = [] if before else decided_together(memory, _checked(call, memory.limits), now)
            except BadInput as error:
                answers.append(error)
            else:
                opened += new
                answers.append(_slate_of(before or tuple(one.decision for one in new)))
    if opened:
        keep(memory, opened, now)
    return answers


def _slate_of(decisions: tuple[Decision, ...]) -> Slate:
    """Put decisions that were taken together into what is given out."""
    first = decisions[0].position
    return Slate("" if first is None else first.slate, decisions)


def _kept(memory: Memory, name: str) -> tuple[Decision, ...]:
    """Give the decisions that a call of the same id got before."""
    found: list[Decision] = []
    for number in count(1) if name else ():
        one = memory.store.find(f"{name}-{number}")
        if one is None:
            break
        found.append(one)
    return tuple(found)


def _checked(call: Call, limits: Limits) -> Call:
    """Give a call back whose positions can be drawn.

    Raises:
        BadNumber: For too few or too many positions, or draws that are none.
    """
    most, k = limits.open_decisions, call.k
    if type(k) is not int or not 1 <= k <= most:  # True is none
        raise BadNumber(
            f"A slate has 1 to {most} positions, as many as decisions may wait for one person: "
            f"give moment `{call.moment}` a `k` between those."
        )
    draws = () if call.draws is None else tuple(listed(call.draws, "The draws of a slate"))
    if call.draws is not None and not (len(draws) == k and all(map(is_draw, draws))):
        raise BadNumber(
            f"The draws of a slate must be {k} numbers, a position each, of at least 0 and below 1."
        )
    return call._replace(draws=draws)
