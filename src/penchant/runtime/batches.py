"""Many calls at once: items as they come over the wire, and columns of one moment.

Rule: a bad item is answered with the sentence that says why; the others go on.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from penchant.decide.weighing_many import Faced
from penchant.errors import BadInput, BadNumber
from penchant.guard.consent import consent_refusal
from penchant.guard.guardrail import Asked, is_silent
from penchant.limits import Limits, check_id
from penchant.model.encoding import LARGEST
from penchant.model.evidence import Rows
from penchant.model.exposure import counts, recency
from penchant.model.folding import recent_of
from penchant.model.moment_model import MomentModel
from penchant.model.reach import Seeing
from penchant.runtime.calls import Call
from penchant.runtime.columns import (
    CONTEXT_NAME,
    DecidedColumns,
    LearnedColumns,
    Made,
    drawn,
    weighed,
)
from penchant.runtime.live_moment import LiveMoment
from penchant.runtime.memory import Memory
from penchant.runtime.own_past import expose_columns, surprised
from penchant.words import Action, Moment, Refused

__all__ = [
    "answered",
    "call_of",
    "checked_contexts",
    "checked_rewards",
    "decide_columns",
    "faced_by_many",
    "given_of",
    "learn_columns",
    "plain",
    "within",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_CALL_FIELDS = frozenset({"moment", "person", "context", "actions", "draw"})
_OUTCOME_FIELDS = frozenset({"decision", "reward", "outcome"})


def call_of(item: object) -> Call | BadInput:
    """Read one item of a batch, or give the error that says what is wrong with it."""
    try:
        return _call(item)
    except BadInput as error:
        return error


def given_of(item: object) -> tuple[str, float | None, str | None] | BadInput:
    """Read one outcome of a batch, or give the error that says what is wrong with it."""
    if not isinstance(item, Mapping) or "decision" not in item:
        return BadInput(
            "An outcome is a mapping with a `decision`, and a `reward` or an `outcome`."
        )
    if unknown := set(item) - _OUTCOME_FIELDS:
        return BadInput(f"An outcome has no field `{min(map(str, unknown))}`.")
    return str(item["decision"]), item.get("reward"), item.get("outcome")


def _call(item: object) -> Call:
    if not isinstance(item, Mapping) or "moment" not in item:
        msg = "An item of a batch is a mapping with a `moment`, a `person`, a `context`."
        raise BadInput(msg)
    if unknown := set(item) - _CALL_FIELDS:
        msg = f"An item of a batch has no field `{min(map(str, unknown))}`."
        raise BadInput(msg)
    actions = item.get("actions")
    try:
        read = None if actions is None else [_action(action) for action in actions]
    except (TypeError, msgspec.ValidationError) as error:
        msg = "An action of a batch is a mapping with a `name`, and `features`, `burden` and so on."
        raise BadInput(msg) from error
    return Call(item["moment"], item.get("person"), item.get("context", {}), read, item.get("draw"))


def _action(given: object) -> Action | str:
    if isinstance(given, Action | str):
        return given  # a name means the declared action of that name; see `LiveMoment.candidates`
    fields = dict(given) if isinstance(given, Mapping) else {}
    features = fields.pop("features", {})
    if not isinstance(features, Mapping):
        raise TypeError
    return msgspec.structs.replace(msgspec.convert(fields, Action), features=features)


A = TypeVar("A")


def answered(answer: A | BadInput) -> A | Refused:
    """Give the answer of one item of a batch: an error becomes a Refused with its sentence."""
    return Refused(str(answer)) if isinstance(answer, BadInput) else answer


def checked_contexts(contexts: object, count: int) -> Floats:
    """Give contexts in columns as (n, d) floats: a copy, as the journal keeps what was given.

    Raises:
        BadInput: When they are no table of numbers with a row a person.
        BadNumber: For NaN and infinity.
    """
    if contexts is None:
        return np.zeros((count, 0))
    try:
        table = np.array(contexts, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = "Contexts in columns must be an (n, d) table of numbers."
        raise BadInput(msg) from error
    if table.ndim != 2 or len(table) != count:  # noqa: PLR2004 - rows and columns
        msg = f"Contexts in columns must be an (n, d) table with n = {count:,}, a row a person."
        raise BadInput(msg)
    if not (np.abs(table) < LARGEST).all():
        msg = f"Contexts in columns must be finite numbers below {LARGEST:g}."
        raise BadNumber(msg)
    return table


def checked_rewards(rewards: object, count: int, moment: Moment) -> Floats:
    """Give rewards in columns as (n,) floats.

    Raises:
        BadInput: When they are no list of n numbers.
    """
    try:
        values = np.array(rewards, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"Rewards of moment `{moment.name}` in columns must be a list of numbers."
        raise BadInput(msg) from error
    if values.shape != (count,):
        msg = f"Rewards of moment `{moment.name}` in columns must be {count:,} numbers."
        raise BadInput(msg)
    return values


def within(rewards: Floats, moment: Moment) -> NDArray[np.bool_]:
    """Say which rewards lie in the moment's range, (n,); NaN does not."""
    low, high = moment.reward_range
    return np.asarray((rewards >= low) & (rewards <= high))


def plain(
    live: LiveMoment, people: Sequence[str], memory: Memory, now: datetime
) -> tuple[Ints, list[int]]:
    """Give how people stand whose decisions can be taken in columns, and the places of others.

    Columns are for whom no guardrail could have anything to say: consent holds without an end, the
    dial lets every action through, there are no nevers, caps, quiet hours or risks, and nothing was
    said of the taste there. A moment of a pack is decided one by one: its parts are asked for each.

    Returns:
        The place of each in `live.plain.standings`, (n,), -1 for others; and where those are.
    """
    try:
        found = live.plain.places(people)
    except TypeError:  # one is no id and not even hashable
        found = np.full(len(people), -1)
    for place in np.flatnonzero(found < 0).tolist():
        if _is_id(people[place], memory.limits):
            found[place] = _plain_one(live, people[place], memory, now)
    return found, np.flatnonzero(found < 0).tolist()


def _is_id(person: object, limits: Limits) -> bool:
    try:
        check_id(person, "A person id", limits)
    except BadInput:
        return False
    return True


def _plain_one(live: LiveMoment, person: str, memory: Memory, now: datetime) -> int:
    someone = memory.people.person(person)
    standing = someone.standing(person, live.moment)
    consent = standing.consent
    if (
        consent_refusal(consent, now)
        or consent.until is not None
        or not is_silent(Asked(now, live.moment, consent, standing.nevers), live.exposure)
        or someone.features(live.moment.purpose)
        or someone.told(live.moment.name)
        or live.moment.name in memory.packs.giving
        or live.moment.apprentice
    ):
        return -1
    return live.plain.add(person, live.learning.row(person, memory.people.home(person)), consent)


def decide_columns(
    live: LiveMoment,
    asked: tuple[Sequence[str], Ints, Floats],
    name: str,
    now: datetime,
    draws: Floats,
) -> DecidedColumns:
    """Decide for people in columns.

    Args:
        live: The moment.
        asked: n people, how they stand, and their contexts (n, d).
        name: Id of the block; a decision's id is `name.place`.
        now: The time of the decisions.
        draws: (n,) in [0, 1).
    """
    people, places, given = asked
    model, choices, at = live.model, live.choices(()), now.timestamp()
    rows = live.plain.standings.rows[places]
    context = live.context_columns(CONTEXT_NAME, given)
    version = model.version
    homes, scaled = model.people.homes.of(rows), version.context.apply(context)
    posterior = model.people.posteriors(homes, version, at)
    past, faced = faced_by_many(live, homes, (context, scaled), at)
    answer = weighed(choices, version, scaled, posterior, live.moment, faced=faced)
    made = Made(
        id=name,
        moment=live.moment,
        at=now,
        closes_at=at + live.window,
        version=version.number,
        choices=choices,
        explainer=live.explainer(),
        people=people,
        standings=live.plain.standings,
        places=places,
        rows=rows,
        given=given,
        context=context.astype(np.float32),
        belief=posterior.mean,
        draws=draws,
        past=past,
    )
    return DecidedColumns(made, answer, drawn(answer, draws, live.moment.neutral_share))


def faced_by_many(
    live: LiveMoment, homes: Ints, context: tuple[Floats, Floats], at: float
) -> tuple[NDArray[np.int16] | None, Faced | None]:
    """Give the declared actions as n people meet them, where a version reaches beyond them.

    Args:
        live: The moment.
        homes: (n,) home rows.
        context: Raw rows (n, dc) and scaled ones (n, 1 + dc).
        at: When, in seconds.

    Returns:
        What each had been shown, (n, K, P) hundredths, and what follows; None for what does not.
    """
    model, choices, reach = live.model, live.choices(()), live.model.version.reach
    if reach.is_plain:
        return None, None
    numbers = reach.numbers(*context)
    seen = choices.seen + np.tensordot(numbers, choices.crossed, 1)
    if not len(reach.mean):
        return None, Faced(seen, np.zeros(seen.shape[:2]))
    asked = live.asked_about(choices)
    past = np.stack([counts(model.exposures.of(home), asked, at) for home in homes.tolist()])
    recent = recency(past)
    faced = Faced(seen + recent @ choices.recent, recent @ reach.mean)
    return past.astype(np.int16), faced


def learn_columns(live: LiveMoment, learned: LearnedColumns) -> None:
    """Let outcomes in columns teach."""
    made, places = learned.decided.made, learned.places
    model, choices = live.model, live.choices(())
    chosen, rows = learned.decided.chosen[places], made.rows[places]
    scaled, predicted = learned.scaled, learned.predicted
    at = np.full(len(places), made.at.timestamp())
    homes = model.people.homes.of(rows)
    if model.version.reach.is_plain:
        same = made.choices.names == choices.names
        seen = choices.seen if same else _seen(live, made.choices.raw)
        model.people.add(homes, chosen, seen, scaled - predicted, at)
    else:
        seen, carried = _faced(model, learned, chosen)
        model.people.add(homes, np.arange(len(seen)), seen, scaled - predicted - carried, at)
    model.evidence.add(
        Rows(
            made.context[places],
            chosen,
            scaled,
            predicted,
            at,
            rows,
            model.names.places(made.choices.names)[chosen],
            learned.rest,
            np.ones(len(places), dtype=np.float32),
            np.zeros(len(places), dtype=np.int16),
            np.zeros(len(places), dtype=np.float32),
            learned.carried,
            learned.surprise,
            learned.past,
            made.choices.raw.astype(np.float32),
        )
    )
    if made.past is None:
        expose_columns(model, learned.decided, is_late=True)
    surprised(model, homes, learned.surprise, float(at[0]) if len(at) else 0.0)


def _faced(model: MomentModel, learned: LearnedColumns, chosen: Ints) -> tuple[Floats, Floats]:
    """Give each outcome's action as its person met it: ψ (n, r), and what tiring carries (n,)."""
    made, version, reach = learned.decided.made, model.version, model.version.reach
    raw = made.context[learned.places].astype(np.float64)
    recent = recent_of(learned.past, len(reach.mean))
    seeing = Seeing(version.action.apply(made.choices.raw), chosen)
    numbers = reach.numbers(raw, version.context.apply(raw))
    return reach.seen(version.basis, numbers, recent, seeing), recent @ reach.mean


def _seen(live: LiveMoment, raw: Floats) -> Floats:
    """Give actions that are no longer declared in the basis in force."""
    version = live.model.version
    return np.asarray(version.action.apply(raw)[:, : version.action.n_plain] @ version.basis)
