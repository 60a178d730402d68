"""Teaching: items it takes until every skill of a course was mastered, by rule of choosing.

Everything here is SIMULATED, by `penchant.packs.school.simulated`, whose numbers were fitted to
real answers (`bench/simulator.py` tells how far it is from them). Each rule teaches the same
students, 20 items a day, a day apart, until each skill once stood at mastery (a chance of .75 on
its middling item, by the simulator's truth), at most `--most` items. All rules are handed the same
beliefs: those of a tracer that knows how students in general learn but not this one (`exact`), or
those of the pack's tracer, fitted to 300 other simulated students (`tracer`). Rivals: OATutor's
lowest mastery (also with its own knowledge tracing, BKT, at its default parameters), random items,
the order of the course in blocks of ten, and in blocks until three right answers in a row, as skill
builders do. Constants of ours were chosen on seeds 101 to 103.

    python bench/teaching.py
    python bench/teaching.py --world 2009
    python bench/teaching.py --builds-on 0.5

Results are kept line by line in `--results`; a run that is repeated goes on where it stopped.
"""

from __future__ import annotations

from measuring import machine, on_one_thread

if __name__ == "__main__":
    on_one_thread()

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from penchant.experts.item_bank import calibrated, empty
from penchant.experts.repetition import Memory, grade_of
from penchant.experts.tracing.tracer import Mastery, Tracer
from penchant.packs.school import simulated
from penchant.packs.school.simulated import FITTED, Class, Fitted, Learner
from penchant.packs.school.syllabus import Syllabus
from penchant.packs.school.teaching import USUAL, Pace, plan, remembers

DAY, MINUTE = 86_400.0, 60.0
A_DAY = 20
MASTERED, LOST = 0.75, 0.7
BLOCK, IN_A_ROW = 10, 3
BOUND = "seeing the truth (bound)"
WORLDS: Mapping[str, Fitted] = {
    "2017": FITTED,
    # Printed by bench/simulator.py for assistments2009; it has no times, so it fades as 2017 does.
    "2009": Fitted(0.383, 1.112, 0.633, 0.948, 0.753, (0.486, 0.227), (0.209, 0.277), FITTED.fades),
}


NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


class World(NamedTuple):
    """A class, the course as it is known, the tracer, and who is to be taught."""

    of: Class
    syllabus: Syllabus
    tracer: Tracer | None
    learners: Sequence[Learner]


class Taught(NamedTuple):
    """What came of one rule: of each student items, skills newly mastered, skills held a week on.

    A student with `most` items may not have got there.
    """

    items: tuple[int, ...]
    mastered: tuple[int, ...]
    held: tuple[int, ...]


def make_world(given: Any, seed: int) -> World:
    """Draw a class, let others answer at random, fit the tracer and the items from them."""
    dice = np.random.default_rng([seed, 11])
    of = simulated.classroom(
        dice,
        skills=given.skills,
        items=given.items,
        fitted=WORLDS[given.world],
        builds_on=given.builds_on,
    )
    names = [item.name for item in of.course.items]
    learners = [simulated.learner(of, dice) for _ in range(given.students)]
    if given.beliefs == "exact":
        known = [
            msgspec.structs.replace(item, difficulty=of.difficulty[item.name])
            for item in of.course.items
        ]
        course = msgspec.structs.replace(of.course, items=tuple(known))
        return World(of, Syllabus(course), None, learners)
    rows: list[tuple[int, str, tuple[str], bool, float]] = []
    for student in range(given.training):
        who = simulated.learner(of, dice)
        for n, place in enumerate(dice.integers(0, len(names), given.each).tolist()):
            at, item = _time(n), names[place]
            correct = bool(dice.random() < simulated.chance(of, who, item, at))
            who = simulated.answered(of, who, item, correct=correct, at=at)
            rows.append((student, item, (of.skill_of[item],), correct, at))
    place = {name: n for n, name in enumerate(names)}
    bank = calibrated(
        empty(names),
        np.array([row[0] for row in rows]),
        np.array([place[row[1]] for row in rows]),
        np.array([float(row[3]) for row in rows]),
    )
    items = tuple(
        msgspec.structs.replace(item, difficulty=float(a * b))
        for item, a, b in zip(of.course.items, bank.sharpness, bank.difficulty, strict=True)
    )
    syllabus = Syllabus(msgspec.structs.replace(of.course, items=items))
    return World(of, syllabus, Tracer.fit(rows), learners)


def _time(n: int) -> float:
    """Give when the n-th item is answered: 20 a day, one a minute."""
    return n // A_DAY * DAY + n % A_DAY * MINUTE


class Filter:
    """Beliefs of a tracer that knows how students in general learn: exact, on 9 x 9 nodes.

    It knows the population (`Class` and `Fitted`), not this student.
    """

    def __init__(self, of: Class) -> None:
        self.of = of
        self.ability, self.within = WEIGHTS, {name: np.tile(WEIGHTS, (9, 1)) for name in of.harder}
        self.past: dict[str, list[tuple[float, bool]]] = {name: [] for name in of.harder}

    def levels(self, skill: str, at: float) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Give the level of a skill at each pair of nodes."""
        fitted, past = self.of.fitted, tuple(self.past[skill])
        middling = Learner(
            {skill: fitted.level - self.of.harder[skill]}, {skill: past} if past else {}
        )
        level = simulated.level(self.of, middling, skill, at) if self.of.builds_on >= 1 else 0.0
        if self.of.builds_on < 1:  # it does not know what is missing, so it takes all to be there
            free = msgspec.structs.replace(self.of, builds_on=1.0)
            level = simulated.level(free, middling, skill, at)
        return np.asarray(level + fitted.students * NODES[:, None] + fitted.within * NODES)

    def mastery(self, skill: str, at: float) -> Mastery:
        """Give what is believed of a skill."""
        weight, level = self.ability[:, None] * self.within[skill], self.levels(skill, at)
        mean = float((weight * level).sum())
        sd = float(np.sqrt((weight * (level - mean) ** 2).sum()))
        chance = 1 / (1 + np.exp(-mean))
        return Mastery(float(chance), float(sd * chance * (1 - chance)), len(self.past[skill]))

    def take(self, item: str, at: float, *, correct: bool) -> None:
        """Learn from an answer."""
        skill = self.of.skill_of[item]
        chance = 1 / (1 + np.exp(self.of.difficulty[item] - self.levels(skill, at)))
        here = self.within[skill] * (chance if correct else 1 - chance)
        self.ability = self.ability * here.sum(axis=1)
        self.ability = self.ability / self.ability.sum()
        self.within[skill] = here / here.sum(axis=1, keepdims=True)
        self.past[skill].append((at, correct))


class Desk:
    """What a rule sees of one student: beliefs, what was answered, and dice of its own."""

    def __init__(self, world: World, student: str, seed: Sequence[int]) -> None:
        self.world, self.student = world, student
        self.filter = Filter(world.of) if world.tracer is None else None
        self.memories: dict[str, Memory] = {}
        self.skills = [skill.name for skill in world.of.course.skills]
        self.seen: dict[str, float] = {}
        self.log: list[tuple[str, bool]] = []
        self.dice = np.random.default_rng(seed)
        self.bkt = dict.fromkeys(self.skills, 0.1)
        self.last: tuple[str, bool] | None = None
        self.truth: tuple[Learner, frozenset[str]] = (Learner({}, {}), frozenset())

    def known(self, at: float) -> Mapping[str, Mastery]:
        """Give the tracer's belief of every skill; of one never answered what it would predict."""
        if self.filter is not None or self.world.tracer is None:
            return {name: self.filter.mastery(name, at) for name in self.skills if self.filter}
        found = self.world.tracer.mastery(self.student)
        rest = {
            name: Mastery(self.world.tracer.predict(self.student, None, (name,)), 0.22, 0)
            for name in self.skills
            if name not in found
        }
        return {**found, **rest}

    def some(self, skill: str) -> str:
        """Give any item of a skill, one not answered before if there is one."""
        names = [item.name for item in self.world.of.course.items_of(skill)]
        fresh = [name for name in names if name not in self.seen] or names
        return fresh[int(self.dice.integers(len(fresh)))]

    def take(self, item: str, at: float, *, correct: bool) -> None:
        """Note an answer."""
        skill = self.world.of.skill_of[item]
        if self.filter is not None:
            self.filter.take(item, at, correct=correct)
        elif self.world.tracer is not None:
            self.world.tracer.answer(self.student, item, (skill,), correct, at)
        self.seen[item] = at
        self.log.append((skill, correct))
        self.last = item, correct
        self.bkt[skill] = _bkt(self.bkt[skill], correct=correct)

    def remember(self, item: str, at: float, *, correct: bool, pace: Pace) -> None:
        """Keep what is mastered for reviews; only our rule asks for it."""
        skill = self.world.of.skill_of[item]
        grade = grade_of(correct=correct)
        self.memories = remembers(
            self.memories, skill, self.known(at)[skill], grade=grade, at=at, pace=pace
        )


def _bkt(known: float, *, correct: bool) -> float:
    """Trace knowledge as OATutor does by default: guess, slip and transit 0.1."""
    right, wrong = (0.9, 0.1) if correct else (0.1, 0.9)
    after = known * right / (known * right + (1 - known) * wrong)
    return after + (1 - after) * 0.1


Rule = Callable[[Desk, float], str]


def ours(pace: Pace) -> Rule:
    """Choose as the planner does."""

    def rule(desk: Desk, at: float) -> str:
        if desk.last is not None:
            desk.remember(desk.last[0], at, correct=desk.last[1], pace=pace)
        known = desk.known(at)
        given = plan(
            desk.world.syllabus, known, at, memories=desk.memories, seen=desk.seen, pace=pace
        )
        return given.steps[0].item

    return rule


def lowest(desk: Desk, at: float) -> str:
    """Choose an item of the skill with the lowest mastery, as the tracer believes."""
    known = desk.known(at)
    return desk.some(min(desk.skills, key=lambda name: known[name].probability))


def lowest_bkt(desk: Desk, _: float) -> str:
    """Choose an item of the skill with the lowest mastery, as OATutor's own tracing believes."""
    least = min(desk.bkt.values())
    tied = [name for name in desk.skills if desk.bkt[name] == least]
    return desk.some(tied[int(desk.dice.integers(len(tied)))])


def at_random(desk: Desk, _: float) -> str:
    """Choose any item."""
    return desk.some(desk.skills[int(desk.dice.integers(len(desk.skills)))])


def in_blocks(desk: Desk, _: float) -> str:
    """Take the skills in the order of the course, ten items each, again and again."""
    return desk.some(desk.skills[len(desk.log) // BLOCK % len(desk.skills)])


def in_a_row(desk: Desk, _: float) -> str:
    """Take the skills in the order of the course, each until three right answers in a row."""
    place, row = 0, 0
    for _skill, correct in desk.log:
        row = row + 1 if correct else 0
        if row == IN_A_ROW:
            place, row = place + 1, 0
    return desk.some(desk.skills[place % len(desk.skills)])


def seeing(desk: Desk, at: float) -> str:
    """See the truth, which nobody does: the easiest item of the nearest skill not yet mastered."""
    of, (who, done) = desk.world.of, desk.truth
    left = [name for name in desk.skills if name not in done]
    ready = [name for name in left if set(of.course.skill_named[name].prerequisites) <= done]
    skill = max(ready or left, key=lambda name: simulated.level(of, who, name, at))
    names = [item.name for item in of.course.items_of(skill)]
    fresh = [name for name in names if name not in desk.seen] or names
    return min(fresh, key=lambda name: of.difficulty[name])


PACE = msgspec.structs.replace(USUAL, mastered=MASTERED, lost=LOST)


def rules(pace: Pace = PACE) -> Mapping[str, Rule]:
    """Name the rules."""
    return {
        "ours": ours(pace),
        "lowest mastery, same beliefs": lowest,
        "lowest mastery, BKT": lowest_bkt,
        "random": at_random,
        "fixed order, blocks of 10": in_blocks,
        "fixed order, 3 right in a row": in_a_row,
        BOUND: seeing,
    }


def teach(world: World, rule: Rule, most: int, seed: int) -> Taught:
    """Teach every student by one rule."""
    counts, held, reached = [], [], []
    for number, start in enumerate(world.learners):
        who, desk = start, Desk(world, f"taught {number}", [seed, number, 5])
        luck = np.random.default_rng([seed, number, 6])
        done = _mastered(world.of, who, 0.0)
        first, n = len(done), 0
        while n < most and len(done) < len(desk.skills):
            at = _time(n)
            desk.truth = who, frozenset(done)
            item = rule(desk, at)
            correct = bool(luck.random() < simulated.chance(world.of, who, item, at))
            who = simulated.answered(world.of, who, item, correct=correct, at=at)
            desk.take(item, at, correct=correct)
            n += 1
            done |= _mastered(world.of, who, at, world.of.skill_of[item])
        if world.tracer is not None:
            world.tracer.forget(desk.student)
        counts.append(n)
        reached.append(len(done) - first)
        held.append(len(_mastered(world.of, who, _time(n) + 7 * DAY)))
    return Taught(tuple(counts), tuple(reached), tuple(held))


def _mastered(of: Class, who: Learner, at: float, *names: str) -> set[str]:
    """Give the skills that stand at mastery, by the simulator's truth."""
    goal = np.log(MASTERED / (1 - MASTERED))
    asked = names or tuple(of.harder)
    return {name for name in asked if simulated.level(of, who, name, at) >= goal}


def interval(values: Sequence[float]) -> str:
    """Give mean and 95 % interval over seeds (bootstrap)."""
    dice, taken = np.random.default_rng(0), np.array(values)
    low, high = np.percentile(dice.choice(taken, (4_000, len(taken))).mean(axis=1), [2.5, 97.5])
    return f"{taken.mean():.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Teach and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seeds", type=int, default=10)
    given.add_argument("--first", type=int, default=0)
    given.add_argument("--world", choices=tuple(WORLDS), default="2017")
    given.add_argument("--beliefs", choices=("exact", "tracer"), default="exact")
    given.add_argument("--builds-on", type=float, default=1.0)
    given.add_argument("--students", type=int, default=24)
    given.add_argument("--training", type=int, default=300)
    given.add_argument("--each", type=int, default=60)
    given.add_argument("--skills", type=int, default=8)
    given.add_argument("--items", type=int, default=60)
    given.add_argument("--most", type=int, default=400)
    given.add_argument("--results", type=Path, default=Path("build/teaching.jsonl"))
    asked = given.parse_args()
    asked.results.parent.mkdir(parents=True, exist_ok=True)
    found: dict[str, Taught] = {}
    if asked.results.exists():
        lines = asked.results.read_text("utf-8").splitlines()
        found = {row["key"]: Taught(*row["taught"]) for row in map(json.loads, lines)}
    seeds = range(asked.first, asked.first + asked.seeds)
    mark = f"{asked.world} {asked.beliefs} {asked.builds_on:g} {asked.students} {asked.most}"
    for seed in seeds:
        waiting = [name for name in rules() if f"{mark} {seed} {name}" not in found]
        world = make_world(asked, seed) if waiting else None
        for name in waiting:
            if world is not None:
                taught = teach(world, rules()[name], asked.most, seed)
                found[f"{mark} {seed} {name}"] = taught
                with asked.results.open("a", encoding="utf-8") as file:
                    line = {"key": f"{mark} {seed} {name}", "taught": taught}
                    file.write(json.dumps(line) + "\n")
                print(mark, seed, name, taught, flush=True)
    report(found, mark, seeds, asked)


def report(found: Mapping[str, Taught], mark: str, seeds: Sequence[int], asked: Any) -> None:
    """Print a table, and how far below each rival ours is."""
    print(machine())
    print(
        f"SIMULATED: fitted to assistments{asked.world}, {asked.students} students a seed, "
        f"{asked.skills} skills of {asked.items} items, missing prerequisites leave "
        f"{asked.builds_on:g} of what practice adds, beliefs: {asked.beliefs}, {len(seeds)} seeds, "
        f"at most {asked.most} items. Within reach: done in half of that by who sees the truth"
    )
    print("rule | items, all | items, within reach | finished | items a skill | held | ours below")
    table = {name: [found[f"{mark} {seed} {name}"] for seed in seeds] for name in rules()}
    near = [np.array(one.items) <= asked.most / 2 for one in table[BOUND]]
    items = {
        name: [
            (np.mean(one.items), np.array(one.items)[reach].mean())
            for one, reach in zip(rows, near, strict=True)
        ]
        for name, rows in table.items()
    }
    for name, rows in table.items():
        cells = [interval([pair[n] for pair in items[name]]) for n in (0, 1)]
        cells.append(interval([np.mean(np.array(one.items) < asked.most) for one in rows]))
        cells.append(interval([sum(one.items) / max(sum(one.mastered), 1) for one in rows]))
        cells.append(interval([np.mean(one.held) / asked.skills for one in rows]))
        below = [
            interval([1 - a[n] / b[n] for a, b in zip(items["ours"], items[name], strict=True)])
            for n in (0, 1)
        ]
        print(f"{name} | {' | '.join(cells)} | all {below[0]}, within reach {below[1]}")


if __name__ == "__main__":
    main()
