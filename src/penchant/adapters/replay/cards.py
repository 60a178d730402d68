"""Cards: what is known of a few people at their last moment, and why it was decided so.

Everything here is asked of the engine by its public verbs; nothing is worked out anew.
"""

from collections import Counter
from collections.abc import Sequence

from penchant.adapters.replay.driving import Driven
from penchant.adapters.replay.report import Card, Known
from penchant.adapters.replay.rows import Row
from penchant.engine import Engine

__all__ = ["CardMaker"]


class CardMaker:
    """Makes a card when a person's last moment has been; whose is settled before the replay."""

    def __init__(self, rows: Sequence[Row], *, people: int) -> None:
        """Choose those with the most measured moments, ties by their id; find their last moment."""
        measured = Counter(row.person for row in rows if row.reward is not None)
        order = sorted(measured, key=lambda person: (-measured[person], person))
        self._people = order[:people]
        chosen = set(self._people)
        self._last = {
            row.person: row.line for row in rows if row.action is not None and row.person in chosen
        }
        self._moments: Counter[str] = Counter()
        self._learned: Counter[str] = Counter()
        self._cards: dict[str, Card] = {}

    def see(self, engine: Engine, one: Driven) -> None:
        """Count a moment; make the person's card when it was their last."""
        person = one.row.person
        self._moments[person] += 1
        if person in self._last and one.row.line == self._last[person]:
            self._cards[person] = self._card(engine, one)
        self._learned[person] += one.accepted and one.row.reward is not None

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards, those of whom most is known first."""
        return tuple(self._cards[person] for person in self._people if person in self._cards)

    def _card(self, engine: Engine, last: Driven) -> Card:
        """Ask the engine about a person, at the time of their last decision."""
        person = last.row.person
        profile = engine.profile(person)
        return Card(
            person=person,
            moments=self._moments[person],
            learned=self._learned[person],
            traits=tuple(f"{trait.name} = {trait.value}" for trait in profile.traits),
            beliefs=tuple(Known(one.name, one.says, one.sure) for one in profile.beliefs),
            decided_at=last.row.at.isoformat(timespec="minutes"),
            context=last.row.context,
            action=last.action,
            propensity=last.propensity,
            sentences=engine.explain(last.decision).sentences,
        )
