"""The first half of the loop with its writes: calls in, decisions out, journalled before seen.

Rule: all calls of a batch are decided on one state; a bad one keeps nobody back.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from penchant.errors import BadInput, StoreError
from penchant.journal import NOBODY, Decided
from penchant.learn.pending import Open
from penchant.limits import check_length
from penchant.loop import Question, fallback_only, refusal
from penchant.runtime.batches import answered, checked_contexts, decide_columns, plain
from penchant.runtime.calls import Call, candidates_of, check_call, new_id
from penchant.runtime.columns import CONTEXT_NAME, Answers
from penchant.runtime.live_moment import LiveMoment
from penchant.runtime.live_person import LivePerson
from penchant.runtime.memory import Memory
from penchant.runtime.own_past import expose, expose_columns
from penchant.runtime.packs.latent import view_for
from penchant.runtime.packs.proposing import candidates
from penchant.runtime.together import decide_together
from penchant.words import Action, Decision, FrozenMap, Value

__all__ = [
    "decide_all",
    "decide_one",
    "decide_table",
    "decided",
    "decided_together",
    "keep",
    "take_back",
    "wait_for",
]

_NO_ROW = np.zeros(0)
_SHOWN = 3


def decide_one(memory: Memory, call: Call, now: datetime) -> Decision:
    """Decide a call, write the decision, then let it wait for its outcome.

    Raises:
        BadInput: For a call that cannot be decided.
    """
    with memory.lock:
        one = _answer(memory, call, now)
    if isinstance(one, Decision):
        return one
    keep(memory, [one], now)
    return one.decision


def decide_all(
    memory: Memory, calls: Sequence[Call | BadInput], now: datetime
) -> list[Decision | BadInput]:
    """Decide calls, write all decisions at once, then let them wait for their outcomes."""
    answers: list[Open | Decision | BadInput] = []
    kept = _kept(memory, calls)
    with memory.lock:
        together = decide_together(memory, calls, now, kept)
        for place, call in enumerate(calls):
            try:
                known = kept.get(place) or together.get(place)
                answers.append(known or _one(memory, call, now))
            except BadInput as error:
                answers.append(error)
    opened = [one for one in answers if isinstance(one, Open)]
    if opened:
        keep(memory, opened, now)
    return [one.decision if isinstance(one, Open) else one for one in answers]


def decide_table(
    memory: Memory, moment: str, people: list[str], contexts: object, now: datetime
) -> Answers:
    """Decide one moment for many; those a guardrail might speak about go one by one."""
    live = memory.moment(moment)
    given = checked_contexts(contexts, len(people))
    with memory.lock:
        places, others = plain(live, people, memory, now)
        draws = np.random.default_rng(memory.dice.getrandbits(64)).random(len(people))
        here = places >= 0
        names = [people[place] for place in np.flatnonzero(here).tolist()] if others else people
        asked = (names, places[here], given[here] if others else given)
        columns = decide_columns(live, asked, new_id(now, memory.dice), now, draws[here])
    memory.write(columns)
    with memory.lock:
        memory.pending.add_block(columns.made.id, columns, columns.made.closes_at)
        expose_columns(live.model, columns)
    calls = [
        Call(moment, people[place], {CONTEXT_NAME: given[place].tolist()}, None, draws[place])
        for place in others
    ]
    apart = zip(others, decide_all(memory, calls, now), strict=True)
    told = {place: answered(one) for place, one in apart}
    return Answers(columns, told, len(people))


def keep(memory: Memory, opened: Sequence[Open], now: datetime) -> None:
    """Write decisions at once, then let them wait for their outcomes."""
    try:
        memory.write([Decided(one.decision.person or NOBODY, now, one.decision) for one in opened])
    except StoreError:
        with memory.lock:
            for one in opened:
                take_back(memory, one)
        raise
    with memory.lock:
        for one in opened:
            wait_for(memory, one)


def _kept(memory: Memory, calls: Sequence[Call | BadInput]) -> dict[int, Decision]:
    """Give the decisions that calls of the same id got before, by the places of the calls."""
    kept: dict[int, Decision] = {}
    for place, call in enumerate(calls):
        if isinstance(call, Call) and call.id:
            found = memory.store.find(call.id)
            if found is not None:
                kept[place] = found
    return kept


def _one(memory: Memory, call: Call | BadInput, now: datetime) -> Open | BadInput:
    """Answer a call that is decided by itself."""
    return call if isinstance(call, BadInput) else decided(memory, call, now)


def _answer(memory: Memory, call: Call, now: datetime) -> Open | Decision:
    """Decide, or give the decision that a call of the same id got before."""
    kept = memory.store.find(call.id) if call.id else None
    return kept or decided(memory, call, now)


def decided(memory: Memory, call: Call, now: datetime) -> Open:
    """Decide under the lock, and count what is to be done towards the caps of its moment.

    Nothing else is kept yet but columns for names never seen before. Where the decision cannot be
    written, `take_back` undoes the count.
    """
    return decided_together(memory, call, now)[0]


def decided_together(memory: Memory, call: Call, now: datetime) -> list[Open]:
    """Decide as `decided` does, all positions of a slate where the call asks for one."""
    several = _undone(memory, call, now)
    for one in several:
        _count(memory, one)
    return several


def take_back(memory: Memory, one: Open) -> None:
    """Undo what `decided` counted; under the lock."""
    decision = one.decision
    if decision.person is not None:
        memory.people.person(decision.person).undone(decision)


def _undone(memory: Memory, call: Call, now: datetime) -> list[Open]:
    """Decide; what is decided counts for nothing yet."""
    live, person = memory.moment(call.moment), call.person
    context = check_call(call, memory.limits)
    given: tuple[Action, ...] = ()
    if call.actions is not None:
        given = candidates_of(call.actions, live.moment.name, live.actions, memory.limits)
    someone, standing, note = None, None, ""
    if person is not None:
        someone = memory.people.person(person)
        standing = someone.standing(person, live.moment)
    draw = memory.dice.random() if call.draw is None else call.draw
    name = call.id or new_id(now, memory.dice)
    question = Question(name, live.moment, now, draw, context, standing, given, call.opened_by)
    if call.k:
        question = question._replace(draws=_draws(memory, call, draw))
    sentence = refusal(question)
    if sentence and not live.moment.non_profiling:
        return [Open(fallback_only(question, sentence), _NO_ROW, _NO_ROW, 0, 0.0)]
    if sentence:
        someone = None
    giving = memory.packs.giving.get(call.moment)
    if giving is not None and call.actions is None:
        view = view_for(memory.packs, giving, someone, now)
        found, note = candidates(memory.packs, giving, view, context, memory.limits)
        question = question._replace(candidates=found)
    if someone is None:
        return live.decide(question, None, " ".join(filter(None, (sentence, note))))
    return _decided_for(live, question, someone, note)


def _draws(memory: Memory, call: Call, first: float) -> tuple[float, ...]:
    """Give the draws of the positions of a slate."""
    return tuple(call.draws or (first, *(memory.dice.random() for _ in range(call.k - 1))))


def _decided_for(
    live: LiveMoment, question: Question, someone: LivePerson, note: str
) -> list[Open]:
    """Decide with what the person stated; what of that cannot be used plays no part.

    A statement is kept as the person made it. Where it has another type than somebody's before, or
    there are more than a context may have, that must not keep them from an answer.
    """
    given = question.context
    known = someone.known(live.moment, question.at)
    try:
        if not known.names:
            return live.decide(question, someone, note)
        whole = FrozenMap({**given, **known})
        return live.decide(question._replace(context=whole), someone, note)
    except BadInput:
        if not known.names:
            raise
    live.context_row(given)  # what is wrong with the call itself is said, not left out
    context, unused = _usable(live, given, known)
    why = "it has another type than before, or there is more than a context may have"
    note = f"{note} What was stated as {unused} was not used: {why}.".strip()
    return live.decide(question._replace(context=context), someone, note)


def _usable(
    live: LiveMoment, given: FrozenMap[Value], known: FrozenMap[Value]
) -> tuple[FrozenMap[Value], str]:
    """Give a context with the statements that it can take, and the names of the others."""
    context, unused = dict(given), []
    for name, value in known.items():
        try:
            live.context_row({name: value})
            check_length(len(context.keys() | {name}), live.limits.features, "Features")
        except BadInput:
            unused.append(name)
        else:
            context[name] = value
    shown = ", ".join(f"`{name}`" for name in unused[:_SHOWN])
    rest = len(unused) - _SHOWN
    return FrozenMap(context), f"{shown} and {rest} more" if rest > 0 else shown


def wait_for(memory: Memory, one: Open) -> None:
    """Let a decision that is durable wait for its outcome."""
    if one.decision.expected:
        memory.pending.add(one)
        expose(memory.moments[one.decision.moment].model, one.decision)
        _count(memory, one)  # again, as the person may have been read anew before it was written


def _count(memory: Memory, one: Open) -> None:
    """Count a decision towards the caps of its moment, if it has guardrails."""
    decision = one.decision
    if decision.expected and decision.person is not None:
        moment = memory.moments[decision.moment].moment
        if moment.guardrails:
            memory.people.person(decision.person).done(decision)
