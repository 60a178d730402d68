"""People whose outcomes teach nothing for now: kept, out of every sum, and back on their word.

Loop: Learn. Who restricts the use of what is kept about them is taken out of the sums over
everybody as if forgotten, but for the outcomes themselves, which stay in their places.
Rule: what rests is in no sum, in no round and in no posterior that decides; waking puts the same
contributions back (float64, about 1e-12 relative), whatever versions came between.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from penchant.learn import learner
from penchant.model.evidence import Resting, Rows
from penchant.model.folding import Memory, refold
from penchant.model.moment_model import MomentModel
from penchant.model.people import People, Posterior

__all__ = ["Asleep", "Known"]


class Known(NamedTuple):
    """What a model knows of one person: the posterior, and from how many outcomes."""

    posterior: Posterior
    n_outcomes: int


class Asleep:
    """The people of one model whose outcomes rest, by each of their ids."""

    def __init__(self, model: MomentModel) -> None:
        """Start with nobody."""
        self._model = model
        self._resting: dict[str, list[Resting]] = {}
        self._ids: dict[int, str] = {}
        self._looked_at = 0

    def __contains__(self, person: object) -> bool:
        """Tell whether the outcomes of an id rest."""
        return person in self._resting

    def lay_down(self, persons: Iterable[str]) -> None:
        """Let the outcomes of some ids rest that are in no sum yet."""
        for person in persons:
            row = self._model.people.row(person)
            self._ids[row] = person
            self._resting.setdefault(person, []).append(self._model.evidence.rest(row))

    def lay_down_late(self) -> None:
        """Let outcomes rest, too, that were under way when their person's were laid down."""
        start, self._looked_at = self._looked_at, len(self._model.evidence)
        if not self._resting:
            return
        for row in set(self._model.evidence.rows(start).person.tolist()) & self._ids.keys():
            self._resting[self._ids[row]].append(self._model.evidence.rest(row, start))

    def rest(self, persons: Sequence[str]) -> None:
        """Take the ids of one person, the one they go by first, out of every sum."""
        new = [person for person in persons if person not in self._resting]
        rows = [self._model.people.row(person) for person in new]
        mine = np.isin(self._model.evidence.rows().person, rows)
        learner.contribute(self._model, mine, -1.0)
        self.lay_down(new)
        self._follow(persons, any_changed=bool(mine.any()))

    def wake(self, persons: Sequence[str]) -> None:
        """Put the ids of one person, the one they go by first, back into every sum."""
        resting = [one for person in persons for one in self._let_go(person)]
        for one in resting:
            self._model.evidence.wake(one)
        mine = np.zeros(len(self._model.evidence), dtype=bool)
        for one in resting:
            mine[one.places] = True
        learner.contribute(self._model, mine, 1.0)
        self._follow(persons, any_changed=bool(mine.any()))

    def forget(self, person: str) -> int:
        """Blank the outcomes of an id that rests, and free it; give how many they were."""
        outcomes = 0
        for one in self._let_go(person):
            self._model.evidence.wake(one)
            self._model.evidence.forget(one.person)
            outcomes += len(one.places)
        return outcomes

    def known(self, persons: Sequence[str], at: float) -> Known | None:
        """Give what is known of a person whose outcomes rest; None when there are none."""
        model = self._model
        mine = [model.evidence.asleep(one) for id_ in persons for one in self._resting.get(id_, ())]
        rows = _together(mine)
        if rows is None or not len(rows.reward):
            return None
        alone = People(model.half_life)
        row = alone.row("")
        home = np.full(len(rows.reward), row)
        sums = refold(rows, home, model.version, 1, Memory(model.half_life))
        alone.adopt(sums, rows.between(0, 0), model.version)
        posterior = alone.posterior(row, model.version, at)
        return Known(posterior, len(rows.reward))

    def _let_go(self, person: str) -> list[Resting]:
        """Give what rests of an id, which rests no more."""
        self._ids = {row: one for row, one in self._ids.items() if one != person}
        return self._resting.pop(person, [])

    def _follow(self, persons: Sequence[str], *, any_changed: bool) -> None:
        """Let the person's own sums, and the version in force, follow what changed."""
        model = self._model
        if not any_changed:
            return
        home = model.people.row(persons[0])
        model.people.refold_one(home, model.evidence.rows(), model.version, anew=True)
        model.see_anew()
        learner.refresh(model)


def _together(parts: Sequence[Rows]) -> Rows | None:
    """Put the outcomes of several ids into one table; they share the features of actions."""
    if not parts:
        return None
    columns = zip(*(part[:-1] for part in parts), strict=True)
    return Rows._make((*(np.concatenate(column) for column in columns), parts[0].actions))
