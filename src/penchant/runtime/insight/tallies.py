"""Tallies: what became of decisions, by moment and day, as sums in bounded memory.

Loop: beside it. Facts come in as they are written or read from the journal, and are only queued;
they are summed when somebody looks or the queue is long, so that a decision pays next to nothing.
Rule 1: everything here is folded from facts and can be dropped; the order of facts changes nothing.
Rule 2: bounded: so many days and minutes a moment, declared names only, so many latest decisions.
Rule 3: a decision counts on the day it was taken, and so does what followed it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from penchant.journal import Block, Decided, Fact, Learned
from penchant.learn.confidence import Outcomes, no_outcomes, summed
from penchant.learn.pending import Open
from penchant.runtime.columns import DecidedColumns, LearnedColumns
from penchant.runtime.insight.counting import (
    DAY,
    MINUTE,
    Key,
    counted,
    counted_columns,
    followed,
    followed_columns,
)
from penchant.runtime.insight.recent import Recent
from penchant.words import Decision, Moment

__all__ = ["Day", "MomentTally", "Tallies"]

DAYS = 1_100  # three years by day; what is older stays in the sums over all time
ACTION_DAYS = 28  # on so many days each action is counted apart
MINUTES = 1_440
QUEUE = 2_048
SENTENCES = 32
SHARES = 8


class Day:
    """What was decided at one moment on one day, and what followed.

    `counts` are by the words of `counting`, `actions` by action and word.
    """

    __slots__ = ("actions", "counts", "outcomes")

    def __init__(self) -> None:
        """Start with nothing."""
        self.counts: Counter[str] = Counter()
        self.actions: Counter[tuple[str, str]] = Counter()
        self.outcomes: Outcomes = no_outcomes()

    def add(self, other: "Day") -> None:
        """Add another day."""
        self.counts.update(other.counts)
        self.actions.update(other.actions)
        self.outcomes = summed([self.outcomes, other.outcomes])


class MomentTally:
    """One moment: days, minutes, and how often the neutral answer was drawn under each share."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.days: dict[int, Day] = {}
        self.before: Day = Day()
        self.minutes: Counter[int] = Counter()
        self.ratios: dict[float, list[int]] = {}

    def add(self, counts: Counter[Key], share: float) -> None:
        """Add counts of decisions taken while that neutral share was declared."""
        ratio = self.ratios.setdefault(share, [0, 0])
        for key, n in counts.items():
            day = self.day(key.day)
            if key.action:
                day.actions[key.action, key.what] += n
            if not (key.action and key.what.startswith("rule: ")):
                day.counts[key.what] += n
            if key.what in {"personal", "neutral"}:
                ratio[0] += n * (key.what == "neutral")
                ratio[1] += n
        if len(self.ratios) > SHARES:
            del self.ratios[next(iter(self.ratios))]

    def day(self, number: int) -> Day:
        """Give a day (days since 1970); the oldest ones go into one sum."""
        found = self.days.get(number)
        if found is None:
            found = self.days[number] = Day()
            order = sorted(self.days)
            for old in order[:-ACTION_DAYS]:
                self.days[old].actions.clear()
            for old in order[:-DAYS]:
                self.before.add(self.days.pop(old))
        return found

    def count_minutes(self, minutes: Counter[int]) -> None:
        """Count decisions by minute; minutes of long ago are let go."""
        self.minutes.update(minutes)
        if len(self.minutes) > 2 * MINUTES:
            least = sorted(self.minutes)[-MINUTES]
            self.minutes = Counter({at: n for at, n in self.minutes.items() if at >= least})


class Tallies:
    """The tallies of an engine, kept under its lock."""

    def __init__(self, declared: Callable[[str], Moment]) -> None:
        """Start with nothing; `declared` gives a moment as it stands."""
        self.recent = Recent()
        self.refused: Counter[str] = Counter()
        """Sentences with which signals and outcomes were refused since the engine started."""
        self._declared = declared
        self._moments: dict[str, MomentTally] = {}
        self._decided: list[tuple[Decision, Moment]] = []
        self._learned: list[tuple[Open, Learned]] = []

    def written(self, facts: list[Fact] | Block) -> None:
        """Take in facts that are durable now; outcomes come with their decisions, by `learned`."""
        if isinstance(facts, list):
            declared = self._declared  # as it stands now: it may be another when this is summed
            self._decided += [
                (fact.decision, declared(fact.decision.moment))
                for fact in facts
                if type(fact) is Decided
            ]
            if len(self._decided) >= QUEUE:
                self.settle()
        elif isinstance(facts, DecidedColumns):
            self.settle()
            self._count_columns(facts)
        elif isinstance(facts, LearnedColumns) and facts.people:
            self._follow_columns(facts)

    def learned(self, pairs: Iterable[tuple[Open, Learned]]) -> None:
        """Take in what followed decisions."""
        self._learned.extend(pairs)
        if len(self._learned) >= QUEUE:
            self.settle()

    def refuse(self, sentences: Iterable[str]) -> None:
        """Count sentences with which something was refused; beyond so many they count as one."""
        for sentence in sentences:
            known = sentence in self.refused or len(self.refused) < SENTENCES
            self.refused[sentence if known else ""] += 1

    def moment(self, name: str) -> MomentTally:
        """Give the tally of one moment, with all facts in it."""
        self.settle()
        return self._tally(name)

    def forget(self, ids: Iterable[str]) -> None:
        """Let go of some people; sums that say nothing of them alone stay until the next start."""
        self.settle()
        self.recent.forget(ids)

    def settle(self) -> None:
        """Sum what is queued."""
        decided, self._decided = self._decided, []
        if decided:
            self._count(decided)
        learned, self._learned = self._learned, []
        for (moment, day), outcomes in followed(learned).items():
            self._follow(moment, day, outcomes)

    def _tally(self, moment: str) -> MomentTally:
        found = self._moments.get(moment)
        if found is None:
            found = self._moments[moment] = MomentTally()
        return found

    def _count(self, decided: Sequence[tuple[Decision, Moment]]) -> None:
        """Count decisions, those of each declaration apart."""
        self.recent.add([decision for decision, _ in decided])
        groups: dict[int, list[Decision]] = {}
        moments = {id(moment): moment for _, moment in decided}
        for decision, moment in decided:
            groups.setdefault(id(moment), []).append(decision)
        for which, decisions in groups.items():
            moment = moments[which]
            times = [int(one.at.timestamp()) for one in decisions]
            names = frozenset((moment.fallback, *(action.name for action in moment.actions)))
            tally = self._tally(moment.name)
            tally.add(counted(decisions, times, names), moment.neutral_share)
            tally.count_minutes(Counter(at // MINUTE for at in times))

    def _count_columns(self, block: DecidedColumns) -> None:
        self.recent.add_columns(block)
        moment, at = block.made.moment, int(block.made.at.timestamp())
        tally = self._tally(moment.name)
        tally.add(counted_columns(block), moment.neutral_share)
        tally.count_minutes(Counter({at // MINUTE: len(block)}))

    def _follow_columns(self, learned: LearnedColumns) -> None:
        made = learned.decided.made
        day = int(made.at.timestamp()) // DAY
        self._follow(made.moment.name, day, followed_columns(learned))

    def _follow(self, moment: str, number: int, outcomes: Outcomes) -> None:
        day = self._tally(moment).day(number)
        day.outcomes = summed([day.outcomes, outcomes])
