"""The check kit of estimators: what a kind of belief must do, whatever it counts.

A state is a sum: parts join in any order, and of nothing it is zero. Saying it changes nothing.
Each check takes `make`, which gives a new estimator, and evidence of one person to try it on;
who has an estimator of something these samples do not hold gives evidence that does.
"""

import math
import pickle
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from penchant.algebra import TOLERANCE
from penchant.journal import Observed
from penchant.profile.beliefs import Estimator, update
from penchant.profile.evidence import Evidence, Experience
from penchant.testing.expecting import checks_of, expect
from penchant.words import Action, Belief, FrozenMap, Signal, Value

__all__ = ["ESTIMATOR_CHECKS", "EVIDENCE", "NOW", "Make", "agree", "some_evidence"]

Make = Callable[[], Estimator[Any]]
Beliefs = tuple[Belief, ...]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
_TIMES = (NOW - 9_000 * DAY, NOW, NOW + DAY, NOW + 9_000 * DAY)
_NATURES = ("explicit", "implicit", "contextual", "sensed")


def some_evidence(count: int, *, seed: int = 7) -> tuple[Evidence, ...]:
    """Give signals and experiences of two years, the oldest first, many at one time."""
    dice = random.Random(seed)  # noqa: S311 - dice, not secrets
    ages = sorted((dice.randrange(17_520) // 5 * 5 for _ in range(count)), reverse=True)
    return tuple(_one(dice, NOW - timedelta(hours=age), n) for n, age in enumerate(ages))


def _one(dice: random.Random, at: datetime, n: int) -> Evidence:
    """Give one piece of evidence: every kind of value, and names in every script."""
    values: dict[str, Value] = {
        "item": dice.choice(["sneakers", "fins", "Füße", "靴"]),
        "new": dice.choice([True, False]),
        "count": dice.randrange(-3, 4),
        "price": dice.uniform(-1e6, 1e6),
        "taste": (0.1, dice.random()),
        "text": "x" * dice.choice([1, 500]),
    }
    data = FrozenMap({name: values[name] for name in dice.sample(sorted(values), 3)})
    if n % 2:
        action = Action(dice.choice("ab"), data)
        likes = 0.8 if data.get("new") else 0.2
        return Experience(at, dice.choice(["home", "mail"]), action, float(dice.random() < likes))
    kind = dice.choice(["shop.viewed", "shop.bought", "run.ended"])
    nature: Any = dice.choice(_NATURES)
    return Observed("ada", at, Signal(kind, "ada", at, data, nature), "shop")


EVIDENCE = some_evidence(120)
"""What the checks try an estimator on when nothing else is given."""


def check_the_same_evidence_says_the_same(
    make: Make, evidence: Sequence[Evidence] = EVIDENCE
) -> None:
    """Two estimators that saw the same say the same: there is no clock and no dice in it."""
    one, other = make(), make()
    for now in _TIMES:
        mine, its = one.say(one.see(evidence), now), other.say(other.see(evidence), now)
        expect(mine == its, "The same evidence says two things.")


def check_of_nothing_it_is_zero(make: Make, evidence: Sequence[Evidence] = EVIDENCE) -> None:
    """Joining what no evidence says changes nothing, from either side."""
    one = make()
    state, zero = one.see(evidence), one.see(())
    for joined in (one.join(state, zero), one.join(zero, state)):
        agree(one.say(joined, NOW), one.say(state, NOW), "After joining nothing")
    agree(one.say(one.join(zero, zero), NOW), one.say(zero, NOW), "Nothing and nothing")


def check_nothing_is_believed_of_nothing(
    make: Make, evidence: Sequence[Evidence] = EVIDENCE
) -> None:
    """Without evidence a belief is not sure at all, whatever was seen of others."""
    one = make()
    one.see(evidence)
    sure = [belief.sure for belief in one.say(one.see(()), NOW)]
    expect(not any(sure), "It is sure of something without any evidence.")


def check_parts_join_like_sums(make: Make, evidence: Sequence[Evidence] = EVIDENCE) -> None:
    """Seen in parts, joined in any order and grouping, or one by one: as if seen at once."""
    one, at_once = make(), make().say(make().see(evidence), NOW)
    for first, last in _cuts(len(evidence)):
        a, b, c = map(one.see, (evidence[:first], evidence[first:last], evidence[last:]))
        for joined in (
            one.join(one.join(a, b), c),
            one.join(a, one.join(c, b)),
            one.join(one.join(c, a), b),
        ):
            agree(one.say(joined, NOW), at_once, f"In parts, cut at {first} and {last}")
    slowly = one.see(())
    for piece in evidence:
        slowly = update(one, slowly, (piece,))
    agree(one.say(slowly, NOW), at_once, "One by one")


def check_any_order_says_the_same(make: Make, evidence: Sequence[Evidence] = EVIDENCE) -> None:
    """Evidence seen backwards says the same, and the list that was given stays as it was."""
    one = make()
    backwards = list(reversed(evidence))
    agree(one.say(one.see(backwards), NOW), one.say(one.see(evidence), NOW), "Backwards")
    expect(backwards == list(reversed(evidence)), "It changed the evidence it was given.")


def check_states_are_values(make: Make, evidence: Sequence[Evidence] = EVIDENCE) -> None:
    """Neither joining nor saying, now or at another time, changes a state."""
    one, middle = make(), len(evidence) // 2
    states = one.see(evidence[:middle]), one.see(evidence[middle:])
    before = [one.say(state, NOW) for state in states]
    for now in _TIMES:
        one.say(one.join(*states), now)
        one.say(states[0], now)
    expect([one.say(state, NOW) for state in states] == before, "A state was changed.")


def check_beliefs_can_be_read(make: Make, evidence: Sequence[Evidence] = EVIDENCE) -> None:
    """A belief has a name of its own, words, a sureness in 0..1 and finite numbers, at any time."""
    one = make()
    for state in (one.see(()), one.see(evidence[:1]), one.see(evidence)):
        for now in _TIMES:
            beliefs = one.say(state, now)
            names = [belief.name for belief in beliefs]
            expect(len(set(names)) == len(names), "Two beliefs have one name.")
            for belief in beliefs:
                expect(belief.name.strip() and belief.says.strip(), "A belief says nothing.")
                expect(0 <= belief.sure <= 1, f"A belief is sure to {belief.sure}, not 0..1.")
                numbers = map(math.isfinite, belief.data.values())
                expect(all(numbers), "A belief holds a number that is none.")


def check_memory_is_bounded(make: Make, evidence: Sequence[Evidence] = EVIDENCE) -> None:
    """With ever new names and values a state stops growing, or grows by a few bytes at most."""
    one, sizes = make(), list[int]()
    state = one.see(evidence)
    for start in range(0, 6_000, 1_000):
        state = update(one, state, tuple(_ever_new(start, 1_000)))
        sizes.append(len(pickle.dumps(state)))
    expect(sizes[-1] <= 1.1 * sizes[2] + 100, f"A state grew without bound: {sizes} bytes.")


def agree(one: Beliefs, other: Beliefs, what: str) -> None:
    """Hold beliefs against each other: words equal, numbers within `algebra.TOLERANCE`."""
    names = [[(belief.name, belief.says) for belief in beliefs] for beliefs in (one, other)]
    expect(names[0] == names[1], f"{what}, other words are said.")
    for mine, its in zip(one, other, strict=True):
        expect(mine.data.keys() == its.data.keys(), f"{what}, `{its.name}` holds other numbers.")
        pairs = [(mine.sure, its.sure), *((mine.data[name], its.data[name]) for name in its.data)]
        close = (math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE) for a, b in pairs)
        expect(all(close), f"{what}, the numbers of `{its.name}` differ.")


def _cuts(count: int) -> tuple[tuple[int, int], ...]:
    """Give places to cut evidence at; some parts are empty."""
    return (0, 0), (0, count), (count // 3, count // 2), (min(1, count), count)


def _ever_new(start: int, count: int) -> Iterator[Evidence]:
    """Give evidence in which no kind, name or value comes twice."""
    for n in range(start, start + count):
        data = FrozenMap({f"name{n:06}": f"value{n:06}"})
        at = NOW - timedelta(minutes=10_000 - n)
        yield Observed("ada", at, Signal(f"x.kind{n:06}", "ada", at, data), "shop")
        yield Experience(at, f"moment{n:06}", Action("a", data), 1.0)


ESTIMATOR_CHECKS: tuple[Callable[..., None], ...] = checks_of(globals())
"""Every check, found by its name; each takes `make`, and evidence where the usual does not do."""
