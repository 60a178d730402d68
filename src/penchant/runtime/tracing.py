"""Tracing: a decision explained, and what became of it where it was to be brought to somebody."""

from msgspec.structs import replace

from penchant.deliver.letter import letter_of
from penchant.errors import UnknownDecision
from penchant.journal import Claimed, Settled
from penchant.runtime.calls import check_decision
from penchant.runtime.live_moment import declared_at
from penchant.runtime.memory import Memory
from penchant.words import Decision, Explanation, Reason

__all__ = ["explained"]


def explained(memory: Memory, decision_id: str) -> Explanation:
    """Explain a decision from its record.

    Raises:
        UnknownDecision: When no decision of that id is kept.
    """
    decision = memory.store.find(check_decision(decision_id))
    if decision is None:
        msg = f"No decision `{decision_id[:64]}` is kept. Was its person forgotten?"
        raise UnknownDecision(msg)
    with memory.lock:
        explanation = memory.moment(decision.moment).explain(decision)
    sentence = _became(memory, decision)
    if not sentence:
        return explanation
    return replace(
        explanation,
        sentences=(*explanation.sentences, sentence),
        reasons=(*explanation.reasons, Reason(sentence, "note")),
    )


def _became(memory: Memory, decision: Decision) -> str:
    """Say what became of a decision that opened by itself; "" where there was nothing to bring."""
    if not decision.opened_by or decision.person is None:
        return ""
    live = memory.moment(decision.moment)
    moment = declared_at(live.declared, decision.at) or live.moment
    letter = letter_of(decision, moment, decision.at)
    if letter is None:
        return ""
    last: Claimed | Settled | None = None
    for fact in memory.store.read(decision.person):
        if isinstance(fact, Claimed | Settled) and fact.decision == decision.id:
            last = fact
    if last is None or (isinstance(last, Settled) and last.how == "returned"):
        return f"It waits for `{letter.channel}` to bring it."
    if isinstance(last, Claimed):
        return f"`{letter.channel}` has taken it; what became of it is not known yet."
    if last.how == "sent":
        return f"It was brought by `{letter.channel}`."
    return last.sentence if last.how == "unknown" else f"It was not sent. {last.sentence}".strip()
