"""Calls that come in together, weighed at once: what each would get alone, for less.

Loop: Decide, for batches and for the turns of a service. Calls of one moment for people of whom no
guardrail could have anything to say (`batches.plain`) share one weighing in columns; each still is
a decision of its own, with its own draw, and waits for its outcome by itself.
Rule: the propensities are those of `decide.weighing` (a law holds the two to each other), and the
draw is the one that the record replays.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.decide.choices import Choices
from penchant.decide.drawing import draw_from
from penchant.errors import BadInput
from penchant.learn.pending import Open
from penchant.model.layout import rounded
from penchant.runtime.batches import faced_by_many, plain
from penchant.runtime.calls import Call, check_call, new_id
from penchant.runtime.columns import weighed
from penchant.runtime.live_moment import LiveMoment
from penchant.runtime.memory import Memory
from penchant.words import Decision, FrozenMap, Value

__all__ = ["decide_together"]

Floats = NDArray[np.float64]
FEWEST = 4
"""Below so many calls of a moment, one after the other is as quick."""
AT_ONCE = 128
"""So many are weighed at once: products of that size stay in the cache and on one thread."""


class _Asked(NamedTuple):
    """A call that is weighed with others: where it stands, and what goes into its decision."""

    at: int
    person: str
    standing: int
    context: FrozenMap[Value]
    row: Floats
    id: str
    draw: float


def decide_together(
    memory: Memory, calls: Sequence[Call | BadInput], now: datetime, known: Container[int] = ()
) -> dict[int, Open | BadInput]:
    """Decide those of some calls that can be weighed together; under the lock.

    Args:
        memory: Of the engine.
        calls: What is asked.
        now: The time of the decisions.
        known: Places of calls that need no decision.

    Returns:
        What became of them, by their places; the others are for whoever asked.
    """
    by_moment: dict[str, dict[int, Call]] = {}
    for place, call in enumerate(calls):
        is_usual = isinstance(call, Call) and place not in known and _is_usual(call)
        if isinstance(call, Call) and is_usual and call.moment in memory.moments:
            by_moment.setdefault(call.moment, {})[place] = call
    told: dict[int, Open | BadInput] = {}
    for moment, some in by_moment.items():
        if len(some) >= FEWEST:
            live = memory.moments[moment]
            asked = _read(memory, live, some, now, told)
            for first in range(0, len(asked), AT_ONCE):
                _decide(live, asked[first : first + AT_ONCE], now, told)
    return told


def _is_usual(call: Call) -> bool:
    """Tell whether a call is for somebody, over the declared actions."""
    known: object = call.moment
    is_told = isinstance(known, str) and isinstance(call.person, str)
    return is_told and call.actions is None


def _read(
    memory: Memory,
    live: LiveMoment,
    calls: Mapping[int, Call],
    now: datetime,
    told: dict[int, Open | BadInput],
) -> list[_Asked]:
    """Read the calls that can be weighed together; what is wrong with one is told in its place."""
    people = [call.person or "" for call in calls.values()]
    standings, _ = plain(live, people, memory, now)
    asked: list[_Asked] = []
    for (place, call), person, standing in zip(
        calls.items(), people, standings.tolist(), strict=True
    ):
        if standing < 0:
            continue
        try:
            context = check_call(call, memory.limits)
            row = live.model.context.encode(context)
        except BadInput as wrong:
            told[place] = wrong
            continue
        draw = memory.dice.random() if call.draw is None else call.draw
        name = call.id or new_id(now, memory.dice)
        asked.append(_Asked(place, person, standing, context, row, name, draw))
    return asked


def _decide(
    live: LiveMoment,
    asked: Sequence[_Asked],
    now: datetime,
    told: dict[int, Open | BadInput],
) -> None:
    """Weigh, draw and make the decisions."""
    model, choices, at = live.model, live.choices(()), now.timestamp()
    version, standings = model.version, live.plain.standings
    rows = rounded(_matrix([one.row for one in asked]))
    homes = model.people.homes.of(standings.rows[[one.standing for one in asked]])
    posterior, scaled = model.people.posteriors(homes, version, at), version.context.apply(rows)
    past, faced = faced_by_many(live, homes, (rows, scaled), at)
    found = weighed(choices, version, scaled, posterior, live.moment, faced=faced)
    columns = [column.tolist() for column in (*found, posterior.mean)]
    pasts: list[list[list[int]]] = [[]] * len(asked) if past is None else past.tolist()
    made = _Made(live, choices, now, at + live.window)
    for one, row, shown, *of_one in zip(asked, rows, pasts, *columns, strict=True):
        told[one.at] = made.opened(one, row[: len(one.row)].copy(), of_one, shown)


class _Made:
    """Makes decisions of what was weighed."""

    def __init__(self, live: LiveMoment, choices: Choices, now: datetime, closes_at: float) -> None:
        self._moment, self._choices = live.moment, choices
        self._now, self._closes_at = now, closes_at
        self._version, self._explainer = live.model.version.number, live.explainer()
        self._consents = live.plain.standings.consents

    def opened(
        self, one: _Asked, row: Floats, of_one: list[list[float]], past: list[list[int]]
    ) -> Open:
        """Draw one decision, and let it be as it waits for its outcome."""
        choices, moment = self._choices, self._moment
        weights, neutral, expected, personal, belief = map(tuple, of_one)
        drawn = draw_from(weights, neutral, one.draw, moment.neutral_share)
        decision = Decision(
            id=one.id,
            moment=moment.name,
            person=one.person,
            at=self._now,
            action=choices.actions[drawn.place],
            propensity=weights[drawn.place],
            mode="neutral" if drawn.is_neutral else "personal",
            names=choices.names,
            weights=weights,
            neutral=neutral,
            expected=expected,
            personal=personal,
            belief=belief,
            context=one.context,
            draw=one.draw,
            version=self._version,
            consent=self._consents[one.standing],
            past=tuple(map(tuple, past)),
            explainer=self._explainer,
        )
        action = choices.raw[drawn.place]
        return Open(decision, row, action, drawn.place, self._closes_at)


def _matrix(rows: Sequence[Floats]) -> Floats:
    """Put raw rows under each other; one that was read before a column came is usual there."""
    width = max(map(len, rows))
    if all(len(row) == width for row in rows):
        return np.array(rows)
    matrix = np.full((len(rows), width), np.nan)
    for place, row in enumerate(rows):
        matrix[place, : len(row)] = row
    return matrix
