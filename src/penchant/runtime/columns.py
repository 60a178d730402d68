"""Many decisions of one moment at once, in columns: the same answers, without objects.

Loop: Decide and Learn, for batches. For people whose consent holds, at moments without guardrails
of their own, what one decision does is done for n of them by one operation each; a `Decision` is
built when it is looked at.
Rule: the propensities are those of `decide.weighing`; a law holds the two to each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from penchant.decide.choices import Choices
from penchant.decide.drawing import draw_from
from penchant.decide.weighing import Weighing
from penchant.decide.weighing_many import Expectations, Faced, weigh_many
from penchant.journal import Decided, Learned
from penchant.learn.pending import Open
from penchant.model.drift import surprise
from penchant.model.folding import recent_of
from penchant.model.people import Posterior
from penchant.model.version import Version
from penchant.runtime.standing import Standings
from penchant.words import Decision, Explainer, FrozenMap, Moment, Refused, Value

__all__ = [
    "CONTEXT_NAME",
    "Answers",
    "DecidedColumns",
    "DrawnColumns",
    "LearnedColumns",
    "Made",
    "drawn",
    "weighed",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CONTEXT_NAME = "context"
"""The feature that a row of contexts given in columns is: a list of d numbers."""

_DIGITS = 9
"""Most digits of a place; no batch is longer."""


class Made(NamedTuple):
    """What n decisions share, and what went into each.

    Attributes:
        people: n ids; rows: (n,) their own rows; places: (n,) how they stood, in `standings`.
        given: (n, d) contexts as given; context: (n, dc) as encoded, float32.
        belief: (n, r) posterior means; draws: (n,).
        past: (n, K, P) what each had been shown, in hundredths; None where nobody counts.
    """

    id: str
    moment: Moment
    at: datetime
    closes_at: float
    version: int
    choices: Choices
    explainer: Explainer
    people: Sequence[str]
    standings: Standings
    places: Ints
    rows: Ints
    given: Floats
    context: NDArray[np.float32]
    belief: Floats
    draws: Floats
    past: NDArray[np.int16] | None = None


def weighed(
    choices: Choices,
    version: Version,
    context: Floats,
    posterior: Posterior,
    moment: Moment,
    *,
    faced: Faced | None = None,
) -> Weighing:
    """Give the propensities of n decisions, and what they rest on.

    Args:
        choices: The K declared actions.
        version: In force.
        context: (n, 1 + dc) scaled.
        posterior: Means (n, r) and covariances (n, r, r).
        moment: For its shares.
        faced: The actions as each meets them, where the version reaches beyond their columns.
    """
    weights = choices.scaled @ version.weights.T
    weights[:, : choices.own.shape[1]] += choices.own
    reward = version.link(weights @ context.T)
    variances = version.variances_of_many(context, choices.scaled)
    return weigh_many(
        _unsure_of_own(reward, choices, context)
        if variances is None
        else Expectations(reward, variances.bounds(), variances.at),
        choices,
        posterior,
        explore=moment.explore,
        neutral_share=moment.neutral_share,
        faced=faced,
    )


def _unsure_of_own(reward: Floats, choices: Choices, context: Floats) -> Expectations:
    """Say how unsure rewards (K, n) are by the own weights of actions; see `expectation`."""
    doubt = choices.doubt
    if doubt is None:
        return Expectations(reward, None, None)
    bound = np.sqrt(doubt @ (context[:, : doubt.shape[1]] ** 2).T)
    bound *= reward * (1.0 - reward)
    return Expectations(reward, bound, lambda actions, people: bound[actions, people] ** 2)


class DrawnColumns(NamedTuple):
    """The places of n actions drawn, and whether each was drawn as for a stranger."""

    places: Ints
    is_neutral: NDArray[np.bool_]


def drawn(weighed: Weighing, draws: Floats, neutral_share: float) -> DrawnColumns:
    """Draw n actions; `draws` (n,) in [0, 1). For each it is what `draw_from` gives."""
    weights, neutral = weighed.weights.T, weighed.neutral.T
    ends = np.cumsum(weights, axis=0)
    reached = draws * ends[-1]
    places = np.minimum(np.count_nonzero(ends <= reached, axis=0), len(weights) - 1)
    flat = places * len(draws) + np.arange(len(draws))
    rest = reached - (ends.take(flat) - weights.take(flat))
    return DrawnColumns(places, rest < neutral_share * neutral.take(flat))


class DecidedColumns:
    """n decisions of one moment, kept in columns until somebody looks at one.

    It is a block of facts for the journal and a sequence of decisions for the caller.
    """

    def __init__(self, made: Made, weighed: Weighing, drawn: DrawnColumns) -> None:
        """Keep what was decided; nothing is copied, so the arrays are the block's own."""
        self.made = made
        self.people: Sequence[str] = made.people
        self.weighed = weighed
        self.chosen, self.is_neutral = drawn
        self.waiting: NDArray[np.bool_] = np.ones(len(drawn.places), dtype=bool)
        self._gone: set[int] = set()

    def __len__(self) -> int:
        """Count the decisions."""
        return len(self.chosen)

    def __iter__(self) -> Iterator[Decided]:
        """Build the facts, in order."""
        return self._facts(range(len(self)))

    def of(self, person: str) -> Iterator[Decided]:
        """Build the facts of one person."""
        return self._facts(self._places(person))

    def place(self, decision: str) -> int:
        """Give the place of the decision of that id, or -1."""
        block, _, text = decision.rpartition(".")
        if block != self.made.id or not text.isdecimal() or len(text) > _DIGITS:
            return -1
        place = int(text)
        # `7` is a place, `07` and the 7 of another script are not: an id is one text alone.
        known = str(place) == text and place < len(self) and place not in self._gone
        return place if known else -1

    def find(self, decision: str) -> Decision | None:
        """Build the decision of that id, if it is one of these."""
        place = self.place(decision)
        return None if place < 0 else self.decision(place)

    def drop(self, person: str) -> int:
        """Blank everything of one person."""
        places = list(self._places(person))
        self._gone.update(places)
        self.waiting[places] = False
        made, people = self.made, list(self.people)
        for column in (made.given, made.context, made.belief, *self.weighed):
            column[places] = 0.0
        if made.past is not None:
            made.past[places] = 0
        for place in places:
            people[place] = ""
        self.people = people
        self.made = made._replace(people=people)
        return len(places)

    def decision(self, place: int) -> Decision:
        """Build one decision."""
        made, (weights, neutral, expected, personal) = self.made, self.weighed
        row, choices = tuple(weights[place].tolist()), made.choices
        chosen = int(self.chosen[place])
        strangers = tuple(neutral[place].tolist())
        draw = float(made.draws[place])
        was = draw_from(row, strangers, draw, made.moment.neutral_share)
        return Decision(
            id=f"{made.id}.{place}",
            moment=made.moment.name,
            person=made.people[place],
            at=made.at,
            action=choices.actions[chosen],
            propensity=row[chosen],
            mode="neutral" if was.is_neutral else "personal",
            names=choices.names,
            weights=row,
            neutral=strangers,
            expected=tuple(expected[place].tolist()),
            personal=tuple(personal[place].tolist()),
            belief=tuple(made.belief[place].tolist()),
            context=self._context(place),
            draw=draw,
            version=made.version,
            consent=made.standings.consents[made.places[place]],
            past=() if made.past is None else tuple(map(tuple, made.past[place].tolist())),
            explainer=made.explainer,
        )

    def opened(self, place: int) -> Open:
        """Give one decision as it waits for its outcome."""
        made, chosen = self.made, int(self.chosen[place])
        row = made.context[place].astype(np.float64)
        return Open(self.decision(place), row, made.choices.raw[chosen], chosen, made.closes_at)

    def _context(self, place: int) -> FrozenMap[Value]:
        row = self.made.given[place]
        return FrozenMap({CONTEXT_NAME: tuple(row.tolist())} if len(row) else {})

    def _places(self, person: str) -> Iterator[int]:
        return (place for place, one in enumerate(self.people) if one == person)

    def _facts(self, places: Iterable[int]) -> Iterator[Decided]:
        for place in places:
            if place not in self._gone:
                decision = self.decision(place)
                yield Decided(decision.person or "", decision.at, decision)


class LearnedColumns:
    """Outcomes of decisions that were taken in columns: a block of facts for the journal."""

    def __init__(
        self,
        decided: DecidedColumns,
        places: Ints,
        rewards: Floats,
        at: datetime,
        version: Version | None = None,
    ) -> None:
        """Keep the rewards (n,) of the decisions at `places` (n,); `version` is in force."""
        self.decided = decided
        self.places = places
        self.rewards = rewards
        self.at = at
        self.noise = version.noise if version is not None and version.round else np.inf
        self.past = self._past()
        self.carried = np.zeros(len(places))
        if version is not None and len(version.reach.mean):
            self.carried = recent_of(self.past, len(version.reach.mean)) @ version.reach.mean
        people = decided.people
        is_all = len(places) == len(people)
        self.people: Sequence[str] = people if is_all else [people[one] for one in places.tolist()]

    @property
    def scaled(self) -> Floats:
        """The rewards in 0..1, (n,)."""
        low, high = self.decided.made.moment.reward_range
        return np.asarray((self.rewards - low) / (high - low))

    @property
    def predicted(self) -> Floats:
        """What people in general were expected to give for the actions chosen, (n,)."""
        expected = self.decided.weighed.expected
        return np.asarray(expected[self.places, self.decided.chosen[self.places]])

    @property
    def believed(self) -> Floats:
        """What each person was believed to add to the reward of the action chosen, (n,)."""
        personal = self.decided.weighed.personal
        return np.asarray(personal[self.places, self.decided.chosen[self.places]])

    @property
    def rest(self) -> Floats:
        """What neither people in general nor the person explained of the rewards, (n,)."""
        return np.asarray(self.scaled - self.predicted - self.believed)

    @property
    def surprise(self) -> Floats:
        """How far each outcome speaks against what was believed of its person, (n,)."""
        return surprise(self.scaled - self.predicted, self.believed, self.noise)

    def _past(self) -> NDArray[np.float32]:
        """Give what each had been shown of the action chosen, (n, P); P = 0 where nobody counts."""
        past, places = self.decided.made.past, self.places
        if past is None:
            return np.zeros((len(places), 0), dtype=np.float32)
        return past[places, self.decided.chosen[places]].astype(np.float32)

    def __iter__(self) -> Iterator[Learned]:
        """Build the facts, in order."""
        return self._facts(range(len(self.places)))

    def of(self, person: str) -> Iterator[Learned]:
        """Build the facts of one person."""
        return self._facts(index for index, one in enumerate(self.people) if one == person)

    def find(self, decision: str) -> Decision | None:
        """Give None: outcomes are no decisions."""
        del decision
        return None

    def drop(self, person: str) -> int:
        """Blank everything of one person."""
        mine = [index for index, one in enumerate(self.people) if one == person]
        self.rewards[mine] = 0.0
        self.carried[mine] = 0.0
        self.past[mine] = 0.0
        self.people = ["" if one == person else one for one in self.people]
        return len(mine)

    def _facts(self, indices: Iterable[int]) -> Iterator[Learned]:
        made, scaled, predicted, rest = self.decided.made, self.scaled, self.predicted, self.rest
        surprised = self.surprise
        for index in indices:
            if self.people[index]:
                yield Learned(
                    person=self.people[index],
                    at=self.at,
                    decision=f"{made.id}.{int(self.places[index])}",
                    moment=made.moment.name,
                    reward=float(self.rewards[index]),
                    scaled=float(scaled[index]),
                    predicted=float(predicted[index]),
                    version=made.version,
                    rest=float(rest[index]),
                    carried=float(self.carried[index]),
                    surprise=float(surprised[index]),
                )


class Answers(Sequence[Decision | Refused]):
    """The answers of a columnar call, in order; decisions are built when they are looked at."""

    def __init__(
        self, columns: DecidedColumns, apart: Mapping[int, Decision | Refused], n: int
    ) -> None:
        """Put n answers together: those `apart` by their place, the others from the columns."""
        self.columns = columns
        self.apart = apart
        places = np.ones(n, dtype=bool)
        places[list(apart)] = False
        self.places: Ints = np.where(places, np.cumsum(places) - 1, -1)

    def __len__(self) -> int:
        """Count the answers."""
        return len(self.places)

    @overload
    def __getitem__(self, place: int) -> Decision | Refused: ...
    @overload
    def __getitem__(self, place: slice) -> list[Decision | Refused]: ...
    def __getitem__(self, place: int | slice) -> Decision | Refused | list[Decision | Refused]:
        """Build one answer, or a list of them."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        inside = int(self.places[place])
        return self.apart[place % len(self)] if inside < 0 else self.columns.decision(inside)
