"""The second half of the loop with its writes: outcomes in, contributions added.

Rule: an outcome is durable before it teaches; what could not be written stays open.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from penchant.errors import BadInput, StoreError
from penchant.guard.consent import keeping_refusal
from penchant.journal import Learned
from penchant.learn.pending import Open
from penchant.limits import Limits
from penchant.loop import learned
from penchant.runtime.batches import answered, checked_rewards, learn_columns, within
from penchant.runtime.columns import Answers, LearnedColumns
from penchant.runtime.memory import Memory
from penchant.runtime.own_past import teaching
from penchant.runtime.refitting import catch_up
from penchant.words import Accepted, Decision, Refused

__all__ = ["Given", "close_windows", "learn_all", "learn_table"]

Given = tuple[object, float | None, str | None]
"""What followed a decision: its id, and a reward or the name of an outcome."""

_KEPT = Accepted()


def learn_all(
    memory: Memory, given: Sequence[Given | BadInput], now: datetime
) -> list[Accepted | Refused | BadInput]:
    """Take decisions out, write what followed at once, then let it teach."""
    pairs: list[tuple[Open, Learned]] = []
    answers: list[Accepted | Refused | BadInput] = []
    with memory.lock:
        for one in given:
            answer = one if isinstance(one, BadInput) else _taken(memory, one, now)
            answers.append(_KEPT if isinstance(answer, tuple) else answer)
            if isinstance(answer, tuple):
                pairs.append(answer)
        memory.tallies.refuse(one.sentence for one in answers if isinstance(one, Refused))
    _teach(memory, pairs)
    return answers


def learn_table(
    memory: Memory, answers: Answers, rewards: object, now: datetime
) -> list[Accepted | Refused]:
    """Learn what followed decisions that were taken in columns."""
    columns = answers.columns
    live = memory.moment(columns.made.moment.name)
    values = checked_rewards(rewards, len(answers), live.moment)
    with memory.lock:
        fits = (answers.places >= 0) & within(values, live.moment)
        fits &= not _is_early(columns.made.at, now, memory.limits)
        places = answers.places[fits]
        stood = columns.made.places[places]
        fits[fits] = columns.waiting[places] & columns.made.standings.holds[stood]
        version = live.model.version
        block = LearnedColumns(columns, answers.places[fits], values[fits], now, version)
        columns.waiting[block.places] = False
    try:
        memory.write(block)
    except StoreError:
        columns.waiting[block.places] = True
        raise
    with memory.lock:
        learn_columns(live, block)
        memory.advance(live, now)
    told: list[Accepted | Refused] = [_KEPT] * len(answers)
    rest = np.flatnonzero(~fits).tolist()
    given: list[Given] = [(_id(answers[place]), float(values[place]), None) for place in rest]
    for place, answer in zip(rest, learn_all(memory, given, now), strict=True):
        told[place] = answered(answer)
    return told


def close_windows(memory: Memory, now: datetime) -> int:
    """Let decisions whose window ended count as their moment's default; give how many ended.

    What is owed to somebody forgotten is derived first, so that no call is answered without it.
    """
    catch_up(memory, now)
    due_at = memory.pending.due_at()
    if due_at is None or due_at >= now.timestamp():
        return 0
    with memory.lock:
        closed = list(memory.pending.close(now.timestamp()))
        missing = []
        for one in closed:
            is_known = not memory.letters.is_unsure(one.decision.id)
            if is_known and memory.moments[one.decision.moment].moment.outcome.default is not None:
                fact = _learned(memory, one, now, is_missing=True)
                if isinstance(fact, Learned):
                    missing.append((one, fact))
    _teach(memory, missing)
    return len(closed)


def _id(answer: Decision | Refused) -> str:
    return answer.id if isinstance(answer, Decision) else ""


def _taken(
    memory: Memory, given: Given, now: datetime
) -> tuple[Open, Learned] | Refused | BadInput:
    """Take one decision out with the fact that follows it; put it back when nothing is kept."""
    decision, reward, outcome = given
    if not isinstance(decision, str):
        return Refused("No decision of that id waits: an id is a text, such as `decision.id`.")
    one = memory.pending.take(decision)
    if isinstance(one, str):
        return Refused(one)
    try:
        fact = _learned(memory, one, now, reward=reward, outcome=outcome)
    except BadInput as error:
        memory.pending.put_back(one)
        return error
    if isinstance(fact, Refused):
        memory.pending.put_back(one)
        return fact
    return one, fact


def _learned(
    memory: Memory,
    one: Open,
    now: datetime,
    *,
    reward: float | None = None,
    outcome: str | None = None,
    is_missing: bool = False,
) -> Learned | Refused:
    """Give the fact of an outcome, or why it may not be kept."""
    decision = one.decision
    live = memory.moment(decision.moment)
    if _is_early(decision.at, now, memory.limits):
        return Refused("Its outcome is dated before the decision itself. Send when it happened.")
    if decision.person is not None:
        someone = memory.people.person(decision.person)
        consent = someone.standing(decision.person, live.moment).consent
        sentence = keeping_refusal(consent, now)
        since = (consent.at, someone.registers.released)
        if sentence or (is_missing and any(_was_unasked(at, one.closes_at) for at in since)):
            return Refused(sentence or "Not kept: consent was given after the window had closed.")
    return learned(
        one,
        live.moment,
        now,
        reward=reward,
        outcome=outcome,
        is_missing=is_missing,
        teaching=teaching(live.model, one),
    )


def _is_early(decided: datetime, now: datetime, limits: Limits) -> bool:
    """Tell whether an outcome is older than its decision, by more than two clocks may differ."""
    return now < decided and (decided - now).total_seconds() > limits.ahead_seconds


def _was_unasked(since: datetime | None, then: float) -> bool:
    """Tell whether what holds now holds only since after `then`.

    A window that closes while consent does not hold, or use is restricted, leaves no fact, so after
    a restart it closes again. Asking for what held at that time lets it come to the same.
    """
    return since is not None and since.timestamp() > then


def _teach(memory: Memory, pairs: Sequence[tuple[Open, Learned]]) -> None:
    """Write outcomes, then let them teach."""
    if not pairs:
        return
    try:
        memory.write([fact for _, fact in pairs])
    except StoreError:
        with memory.lock:
            for one, _ in pairs:
                memory.pending.put_back(one)
        raise
    with memory.lock:
        memory.tallies.learned(pairs)
        for one, fact in pairs:
            live = memory.moments[fact.moment]
            home = memory.people.home(fact.person) if fact.person else ""
            live.learning.learn(one, fact, home)
            memory.advance(live, fact.at)
