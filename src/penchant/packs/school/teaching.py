"""Teaching: what comes next for one student, and why: the most learning that is doable today.

Place: Decide of the school pack. Takes what is believed of each skill, what is due for review,
goals and overrides; gives steps in order, to be made anew after each answer.
Rule 1: pure; beliefs, memories and the time come in as arguments.
Rule 2: a skill waits until its prerequisites are known well enough, and it is said for what.
Rule 3: an item's chance of a right answer lies inside the success band where any item's does.
Rule 4: each step has a reason for the student and one for the teacher; both may override it.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.pack import Memory, due_at, recalled, reviewed
from penchant.packs.school.pace import USUAL, Pace
from penchant.packs.school.steering import NO_WISHES, Traits, Wishes, leaning_now
from penchant.packs.school.syllabus import Syllabus
from penchant.packs.school.wording import Facts, for_student, for_teacher, waiting

__all__ = ["USUAL", "Known", "Pace", "Plan", "Step", "plan", "remembers"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Kind = Literal["new", "practice", "review", "asked"]

UNKNOWN_SD = 1.0  # logits; a skill of which nothing is believed is as wide as students are
LEAST_SD = 0.2  # logits; no belief is so sure that one more item could not matter
NEARLY = 1e-9
DAY = 86_400.0
PROBIT = 1.702  # the logistic curve with this slope is nearest to the normal one


class Known(Protocol):
    """What is believed of one skill; the tracer's `Mastery` is one."""

    @property
    def probability(self) -> float:
        """Chance of a right answer to a usual item of the skill."""

    @property
    def sd(self) -> float:
        """How far that may be off."""

    @property
    def answers(self) -> int:
        """How many answers it rests on."""


class Step(Struct, frozen=True):
    """One thing to do, with what it was chosen for; `worth` is in skills mastered per item."""

    item: str
    skills: tuple[str, ...]
    kind: Kind
    chance: float
    worth: float
    seconds: float
    traits: Traits
    for_student: str
    for_teacher: str


class Plan(NamedTuple):
    """Steps in order, and in sentences what waits, and for what."""

    steps: tuple[Step, ...]
    waiting: tuple[str, ...]


def plan(
    syllabus: Syllabus,
    known: Mapping[str, Known],
    at: float,
    *,
    memories: Mapping[str, Memory] | None = None,
    seen: Mapping[str, float] | None = None,
    wishes: Wishes = NO_WISHES,
    seconds: float = np.inf,
    most: int = 1,
    pace: Pace = USUAL,
) -> Plan:
    """Plan the next steps of one student.

    Args:
        syllabus: What is taught.
        known: What is believed of each skill; one that is missing is not known at all.
        at: Now, in seconds since 1970.
        memories: Of the skills once mastered, as `remembers` keeps them: they rest until due.
        seen: Items answered, with when; one comes again only when its skill has no other.
        wishes: Goals and overrides.
        seconds: Today's time.
        most: How many steps to plan ahead.
        pace: How the course is taught.

    Returns:
        Steps, the first to do now; none when nothing fits the time, or nothing is there to do.

    Example:
        >>> from penchant.packs.school.course import Course, Item, Skill
        >>> items = (Item("2+2", ("add",), right=("4",)), Item("2*2", ("times",), right=("4",)))
        >>> skills = (Skill("add"), Skill("times", "", ("add",)))
        >>> first = plan(Syllabus(Course("sums", items, skills)), {}, at=0.0)
        >>> first.steps[0].item, first.waiting
        ('2+2', ('`times` waits for `add` (mastery 50 %, 60 % needed).',))

    Source: own; the item with the greatest expected rise in skills mastered per item, at the best
    of several horizons (an index as in Gittins 1979).
    """
    desk = _Desk(syllabus, pace, at, memories or {}, wishes)
    desk.stay_with(seen or {}, at)
    levels = desk.levels(known)
    held_back = desk.held_back(levels)
    met = seen or {}
    fresh = np.array([name not in met for name in syllabus.items], bool)
    today = np.array([met.get(name, -np.inf) >= at - DAY / 2 for name in syllabus.items], bool)
    steps: list[Step] = []
    while len(steps) < most:
        ranked, worth = desk.ranked(levels, (fresh, today), seconds)
        if not len(ranked):
            break
        steps.append(desk.step(levels, ranked[:2], worth))
        seconds -= steps[-1].seconds
        fresh[ranked[0]], today[ranked[0]] = False, True
        levels = desk.expected(levels, int(ranked[0]))
    return Plan(tuple(steps), held_back)


def remembers(
    memories: Mapping[str, Memory],
    skill: str,
    known: Known,
    *,
    grade: int,
    at: float,
    pace: Pace = USUAL,
) -> dict[str, Memory]:
    """Give the memories after an answer: a skill that was just mastered goes over to reviews.

    Args:
        memories: What was kept before.
        skill: What was answered.
        known: What is believed of it now, the answer included.
        grade: Of the answer, 1 to 4, as `review.grade_of` gives it.
        at: When, in seconds since 1970.
        pace: Says from where a skill counts as mastered, and below what it has to be learned anew.

    Returns:
        The memories now; a new mapping.

    Example:
        >>> from penchant.pack import Mastery
        >>> list(remembers({}, "add", Mastery(0.9, 0.05, 8), grade=3, at=0.0))
        ['add']
    """
    found = dict(memories)
    if known.probability >= pace.mastered or (skill in found and known.probability >= pace.lost):
        found[skill] = reviewed(found.get(skill), grade, at)
    else:
        found.pop(skill, None)
    return found


class _Levels(NamedTuple):
    """Skills on the logistic scale, by number: mean, spread, right and wrong answers so far."""

    mean: Floats
    sd: Floats
    right: Floats
    wrong: Floats


class _Desk:
    """What one call of `plan` works with."""

    def __init__(
        self,
        syllabus: Syllabus,
        pace: Pace,
        at: float,
        memories: Mapping[str, Memory],
        wishes: Wishes,
    ) -> None:
        self.syllabus, self.pace, self.wishes = syllabus, pace, wishes
        names = tuple(syllabus.place)
        self.names = names
        # A skill that is due is recalled with less than 1; one that is not due counts as there.
        due = [m for name in names if (m := memories.get(name)) and due_at(m, pace.retention) <= at]
        late = {id(one): recalled(one, at) for one in due}
        self.recall = np.array([late.get(id(memories.get(name)), 1.0) for name in names])
        self.rests = np.array([name in memories for name in names], bool) & (self.recall >= 1)
        wanted = [len(wishes.goals & ({name} | syllabus.leads_to[name])) for name in names]
        open_ahead = np.array([len(syllabus.leads_to[name]) for name in names], np.float64)
        self.weight = 1 + open_ahead / max(len(names), 1) + pace.goal_weight * np.array(wanted)
        skipped = wishes.skipped
        items = syllabus.course.item_named
        self.open = np.array(
            [not skipped & {name, *items[name].skills} for name in syllabus.items], bool
        )
        self.lengths = np.nan_to_num(syllabus.seconds, nan=pace.usual_seconds)

    def stay_with(self, seen: Mapping[str, float], at: float) -> None:
        """Let the skill answered last today weigh more: what was begun is brought to its end."""
        today = [(when, name) for name, when in seen.items() if at - DAY / 2 <= when <= at]
        item = self.syllabus.course.item_named.get(max(today)[1]) if today else None
        for skill in item.skills if item else ():
            if skill in self.syllabus.place:
                self.weight[self.syllabus.place[skill]] *= 1 + self.pace.stay

    def levels(self, known: Mapping[str, Known]) -> _Levels:
        """Bring beliefs to the logistic scale."""
        rows = [_level(known.get(name)) for name in self.names]
        return _Levels(*np.array(rows, np.float64).reshape(len(rows), 4).T)

    def chances(self, levels: _Levels) -> Floats:
        """Give the chance of a right answer to each item: the mean over its skills, in logits."""
        item, skill = self.syllabus.pairs
        counts = np.maximum(np.bincount(item, minlength=len(self.syllabus.items)), 1)
        level = np.bincount(item, levels.mean[skill], len(self.syllabus.items)) / counts
        return _logistic(level - self.syllabus.harder)

    def lacking(self, levels: _Levels) -> Bools:
        """Tell which prerequisite (column) each skill (row) still waits for."""
        ready = _logistic(levels.mean) >= self.pace.ready
        return np.asarray(self.syllabus.before & ~ready)

    def held_back(self, levels: _Levels) -> tuple[str, ...]:
        """Say which skills wait, and for what."""
        mastery = _logistic(levels.mean)
        return tuple(
            waiting(
                name,
                [(self.names[n], float(mastery[n])) for n in np.flatnonzero(row)],
                self.pace.ready,
            )
            for name, row in zip(self.names, self.lacking(levels), strict=True)
            if row.any()
        )

    def ranked(
        self, levels: _Levels, met: tuple[Bools, Bools], seconds: float
    ) -> tuple[Ints, Floats]:
        """Give the items that may come next, the best first, and what each item is worth.

        `met` says which items are fresh, and which were answered today.
        """
        fresh, today = met
        item, skill = self.syllabus.pairs
        n = len(self.syllabus.items)
        pinned = [name for name in self.wishes.pinned if name in self.syllabus.items]
        first = [self.syllabus.items.index(name) for name in pinned]
        chance, worth = self.chances(levels), self.worth(levels)
        fits: Bools = np.asarray(self.open & (self.lengths <= seconds + NEARLY))
        first = [one for one in first if fits[one] and fresh[one]]
        if first:
            return np.array(first), worth
        shut: Bools = np.asarray(self.lacking(levels).any(axis=1))
        may = fits & ~(np.bincount(item, shut[skill], n) > 0)
        # What was mastered and is not due yet rests, as long as there is anything else.
        awake = may & ~(np.bincount(item, self.rests[skill], n) > 0)
        may = awake if awake.any() else may
        # Items that were seen come again only where a skill has no others left, and on another day.
        rested = may & ~today
        may = rested if rested.any() else may
        left = np.bincount(skill, (may & fresh)[item], len(self.names)) > 0
        may &= fresh | ~(np.bincount(item, left[skill], n) > 0)
        due = np.bincount(item, self.recall[skill] < 1, n) > 0
        low, high = self.pace.band
        outside = np.maximum(low - chance, np.where(due, 0.0, chance - high)).clip(0.0)
        if not may.any():
            return np.zeros(0, np.int64), worth
        may &= outside <= outside[may].min() + NEARLY
        found = np.flatnonzero(may)
        return found[np.argsort(-worth[found], kind="stable")], worth

    def worth(self, levels: _Levels) -> Floats:
        """Give the expected rise in skills mastered per item, goals weighing more."""
        item, skill = self.syllabus.pairs
        n = len(self.syllabus.items)
        rise = self._rise(levels, self.chances(levels)[item], skill)
        rise += 1 - self.recall[skill]  # what would be lost without a review
        worth = np.bincount(item, self.weight[skill] * rise, n)
        return np.asarray(worth * np.exp(self.traits(levels) @ leaning_now(self.wishes)))

    def _rise(self, levels: _Levels, chance: Floats, skill: Ints) -> Floats:
        """Give the rise in the chance that a skill is mastered, an item, at the best horizon."""
        mean, sd, right, wrong = (column[skill] for column in levels)
        goal = np.log(self.pace.mastered / (1 - self.pace.mastered))
        now = _logistic(PROBIT * (mean - goal) / sd)
        best = np.zeros(len(skill))
        for n in self.pace.horizons:
            gain = self.pace.right * np.log1p(n * chance / (1 + right))
            gain += self.pace.wrong * np.log1p(n * (1 - chance) / (1 + wrong))
            best = np.maximum(best, (_logistic(PROBIT * (mean + gain - goal) / sd) - now) / n)
        return best

    def traits(self, levels: _Levels) -> Floats:
        """Give the traits of a step on each item: ``(n_items, 3)``."""
        item, skill = self.syllabus.pairs
        n = len(self.syllabus.items)
        due = np.bincount(item, self.recall[skill] < 1, n) > 0
        new = np.bincount(item, (levels.right + levels.wrong)[skill], n) <= 0
        return np.stack([due, new, 2 * self.chances(levels) - 1], axis=1).astype(np.float64)

    def expected(self, levels: _Levels, item: int) -> _Levels:
        """Give the levels as they are expected once an item was answered."""
        chance = float(self.chances(levels)[item])
        here = self.syllabus.pairs[1][self.syllabus.pairs[0] == item]
        right, wrong, mean = levels.right.copy(), levels.wrong.copy(), levels.mean.copy()
        mean[here] += self.pace.right * np.log1p(chance / (1 + right[here]))
        mean[here] += self.pace.wrong * np.log1p((1 - chance) / (1 + wrong[here]))
        right[here] += chance
        wrong[here] += 1 - chance
        self.recall[here] = 1.0  # reviewed
        return _Levels(mean, levels.sd, right, wrong)

    def step(self, levels: _Levels, best: Ints, worth: Floats) -> Step:
        """Make the step on the best item, with its reasons; the second is told as next best."""
        number = int(best[0])
        traits = Traits(*self.traits(levels)[number].tolist())
        kind: Kind = "review" if traits.review else "new" if traits.new else "practice"
        kind = "asked" if self.syllabus.items[number] in self.wishes.pinned else kind
        facts = self._facts(levels, best, worth, kind)
        skills = self.syllabus.pairs[1][self.syllabus.pairs[0] == number]
        return Step(
            facts.item,
            tuple(self.names[n] for n in skills),
            kind,
            facts.chance,
            facts.worth,
            float(self.lengths[number]),
            traits,
            for_student(facts),
            for_teacher(facts, self.pace.band),
        )

    def _facts(self, levels: _Levels, best: Ints, worth: Floats, kind: Kind) -> Facts:
        """Gather what a step was chosen by; of its skills the one that is known least."""
        number = int(best[0])
        skills = self.syllabus.pairs[1][self.syllabus.pairs[0] == number]
        weakest = int(skills[levels.mean[skills].argmin()])
        skill = self.names[weakest]
        chance = float(self.chances(levels)[number])
        mastery = float(_logistic(levels.mean)[weakest])
        low, high = self.pace.band
        goals = self.wishes.goals & ({skill} | self.syllabus.leads_to[skill])
        return Facts(
            item=self.syllabus.items[number],
            skill=skill,
            kind=kind,
            chance=chance,
            mastery=mastery,
            unsure=float(levels.sd[weakest]) * mastery * (1 - mastery),
            answers=round(float(levels.right[weakest] + levels.wrong[weakest])),
            worth=float(worth[number]),
            recall=float(self.recall[weakest]),
            needed_for=tuple(sorted(goals)),
            runner_up=self.syllabus.items[int(best[1])] if len(best) > 1 else "",
            runner_up_worth=float(worth[best[1]]) if len(best) > 1 else 0.0,
            in_band=low - NEARLY <= chance <= high + NEARLY or kind == "review",
            leans=bool(np.abs(leaning_now(self.wishes)).max() > NEARLY),
        )


def _level(known: Known | None) -> tuple[float, float, float, float]:
    """Bring one belief to the logistic scale: mean, spread, right and wrong answers."""
    if known is None:
        return 0.0, UNKNOWN_SD, 0.0, 0.0
    chance = min(max(known.probability, 1e-3), 1 - 1e-3)
    sd = max(known.sd / (chance * (1 - chance)), LEAST_SD)
    right = chance * known.answers
    return float(np.log(chance / (1 - chance))), sd, right, known.answers - right


def _logistic(z: Floats) -> Floats:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))
