"""Cards: what is known of a few people when the log ends, and why their last decision was taken.

Everything here is asked of the engine by its public verbs; nothing is worked out anew.
"""

from collections.abc import Sequence

from penchant.adapters.replay.driving import Driven
from penchant.adapters.replay.report import Card, Known
from penchant.engine import Engine

__all__ = ["cards"]


def cards(engine: Engine, driven: Sequence[Driven], *, people: int) -> tuple[Card, ...]:
    """Give the cards of those of whom most was learned, ties by the order they came in."""
    of_person: dict[str, list[Driven]] = {}
    for one in driven:
        of_person.setdefault(one.row.person, []).append(one)
    chosen = sorted(of_person, key=lambda person: -_learned(of_person[person]))[:people]
    return tuple(_card(engine, person, of_person[person]) for person in chosen)


def _learned(moments: Sequence[Driven]) -> int:
    """Count the outcomes that were learned."""
    return sum(one.accepted and one.row.reward is not None for one in moments)


def _card(engine: Engine, person: str, moments: Sequence[Driven]) -> Card:
    profile, last = engine.profile(person), moments[-1]
    explanation = engine.explain(last.decision)
    return Card(
        person=person,
        moments=len(moments),
        learned=_learned(moments),
        traits=tuple(f"{trait.name} = {trait.value}" for trait in profile.traits),
        beliefs=tuple(Known(one.name, one.says, one.sure) for one in profile.beliefs),
        decided_at=last.row.at.isoformat(timespec="minutes"),
        action=last.action,
        propensity=last.propensity,
        sentences=explanation.sentences,
    )
