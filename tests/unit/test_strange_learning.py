"""What is strange to learn from: a clear error, or numbers that are sane; never NaN in silence."""

import math
import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from engines import NAMED, PURPOSE, SHOP, Clock, agreed, engine_on, shop

from penchant import Action, Decision, Engine, Moment, Outcome
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import BadNumber

HUGE = 1e38
PEOPLE = tuple(f"p{number}" for number in range(5))


def sane(decision: Decision) -> None:
    """See that everything a decision says is finite, and its propensities sum to 1."""
    numbers = (
        *decision.weights,
        *decision.neutral,
        *decision.expected,
        *decision.personal,
        *decision.belief,
    )
    assert all(math.isfinite(number) for number in numbers)
    assert sum(decision.weights) == pytest.approx(1.0)
    assert min(decision.weights) > 0.0
    assert max(map(abs, decision.expected), default=0.0) < 3.0


def taught(
    engine: Engine, contexts: Any, *, rounds: int = 40, reward: Any = None, k: int = 0
) -> Decision:
    """Let people live through strange contexts; give a last decision, which is sane."""
    dice = random.Random(4)  # noqa: S311 - dice, not secrets
    for turn in range(rounds):
        person = PEOPLE[turn % len(PEOPLE)]
        context = contexts(turn)
        decisions = [engine.decide("home.hero", person=person, context=context)]
        if k:
            decisions += engine.decide_slate("home.hero", k, person=person, context=context)
        for one in decisions:
            sane(one)
            value = float(dice.random() < 0.4) if reward is None else reward
            engine.learn(one.id, reward=value)
    last = engine.decide("home.hero", person=PEOPLE[0], context=contexts(rounds))
    sane(last)
    explained = engine.explain(last.id)
    assert explained.sentences
    assert math.isfinite(explained.person_share)
    assert engine.profile(PEOPLE[0]).person == PEOPLE[0]
    return last


@pytest.fixture(params=[SHOP, NAMED], ids=["by features", "by name"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give an engine with a shop to which people agreed."""
    engine = engine_on()
    engine.declare(shop(request.param))
    agreed(engine, *PEOPLE)
    return engine


STRANGE: Mapping[str, Any] = {
    "none at all": lambda _: {},
    "constant": lambda _: {"x": 5.0, "yes": True, "text": "same"},
    "collinear": lambda turn: {"a": turn, "b": 2 * turn, "c": -turn, "d": 3 * turn + 1},
    "collinear lists": lambda turn: {"v": [float(turn), 2.0 * turn, 0.0, 1.0]},
    "huge": lambda turn: {"a": HUGE * (-1) ** turn, "b": HUGE / (1 + turn)},
    "tiny": lambda turn: {"a": 1e-300 * turn, "b": 5e-324},
    "huge, then small": lambda turn: {"a": HUGE if turn == 0 else float(turn % 3)},
    "one that comes once": lambda turn: {"a": 1.0} if turn == 7 else {"b": float(turn % 2)},
    "new names each time": lambda turn: {f"n{turn}": float(turn)},
    "new texts each time": lambda turn: {"t": f"text {turn}"},
    "nearly constant": lambda turn: {"a": 1e9 + 1e-3 * (turn % 2)},
}


@pytest.mark.parametrize("contexts", STRANGE.values(), ids=STRANGE)
def test_strange_contexts_leave_sane_numbers(engine: Engine, contexts: Any) -> None:
    """Constant, collinear, huge, tiny, or never twice the same: decisions go on."""
    taught(engine, contexts, k=2)


def test_strange_features_of_actions_leave_sane_numbers() -> None:
    """The same for actions: alike, collinear, huge, or with nothing in common."""
    strange = (
        Action("same", {"a": 1.0, "b": 2.0}),
        Action("again", {"a": 1.0, "b": 2.0}),
        Action("double", {"a": 2.0, "b": 4.0}),
        Action("huge", {"a": HUGE, "b": -HUGE}),
        Action("other", {"c": 1e-300, "t": "x" * 100}),
        Action("bare"),
        Action("long", {"v": [0.0] * 50}),
    )
    engine = engine_on()
    engine.declare(shop(strange))
    agreed(engine, *PEOPLE)

    taught(engine, lambda turn: {"hour": turn % 24}, k=3, rounds=80)


@pytest.mark.parametrize("reward", [0.0, 0.5, 1.0])
def test_rewards_that_are_all_equal_tell_nothing_apart(engine: Engine, reward: float) -> None:
    """The expectation comes near it, and no action is far above another."""
    last = taught(engine, lambda turn: {"hour": turn % 24}, reward=reward, rounds=200)

    scores = np.array(last.expected) + np.array(last.personal)
    known = scores[:4] if len(scores) == 5 else scores
    assert float(np.abs(known - reward).min()) < 0.15


def test_one_action_alone_is_decided_and_learned() -> None:
    """It is chosen where something must be shown, and else stands beside nothing."""
    for default, chosen in (("only", {"only"}), ("", {"only", "nothing"})):
        engine = engine_on()
        engine.declare(shop([Action("only")], default=default))
        agreed(engine, *PEOPLE)
        last = taught(engine, lambda turn: {"hour": turn % 24}, k=2)
        assert set(last.names) == chosen


def test_no_actions_at_all_leave_nothing() -> None:
    """A moment without actions answers nothing, and learns from it."""
    engine = engine_on()
    engine.declare(Moment("home.hero", PURPOSE))
    agreed(engine, *PEOPLE)

    assert taught(engine, lambda _: {}, k=2).names == ("nothing",)


def test_nobody_at_all_teaches_people_in_general() -> None:
    """Decisions for nobody are learned from, and a first person is decided for."""
    engine = engine_on()
    engine.declare(shop())
    for turn in range(100):
        decision = engine.decide("home.hero", context={"hour": turn % 24})
        sane(decision)
        engine.learn(decision.id, reward=float(decision.action.name == "fins"))
    agreed(engine, "ada")
    first = engine.decide("home.hero", person="ada", context={"hour": 9})

    sane(first)
    assert first.propensities["fins"] == max(first.weights)
    assert set(first.personal) == {0.0}


def test_one_person_alone_is_learned() -> None:
    """With nobody to compare, differences between people stay small, and numbers sane."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada")
    for turn in range(150):
        one = engine.decide("home.hero", person="ada", context={"hour": turn % 24})
        sane(one)
        engine.learn(one.id, reward=float(one.action.name == "bike"))

    last = engine.decide("home.hero", person="ada", context={"hour": 9})
    assert last.propensities["bike"] == max(last.weights)


def test_actions_that_are_renamed_begin_anew() -> None:
    """What was learned of a name stays with it; the new one starts from its features."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, *PEOPLE)
    for turn in range(150):
        one = engine.decide("home.hero", person=PEOPLE[turn % 5], context={"hour": turn % 24})
        engine.learn(one.id, reward=float(one.action.name == "fins"))
    renamed = [Action("flippers" if one.name == "fins" else one.name, one.features) for one in SHOP]
    engine.declare(shop(renamed))
    after = engine.decide("home.hero", person="p0", context={"hour": 9})
    sane(after)
    assert after.propensities["flippers"] == max(after.weights)
    engine.declare(shop([*renamed, SHOP[1]]))
    sane(engine.decide("home.hero", person="p0", context={"hour": 9}))

    named = engine_on()
    named.declare(shop(NAMED))
    agreed(named, *PEOPLE)
    taught(named, lambda turn: {"hour": turn % 24}, rounds=120)
    named.declare(shop([Action(f"new {one.name}") for one in NAMED]))
    sane(named.decide("home.hero", person="p0", context={"hour": 9}))
    taught(named, lambda turn: {"hour": turn % 24}, rounds=40)


def test_features_that_come_to_actions_known_by_name_are_taken_up() -> None:
    """A moment goes from names to features, and numbers stay sane on the way."""
    engine = engine_on()
    engine.declare(shop(NAMED))
    agreed(engine, *PEOPLE)
    taught(engine, lambda turn: {"hour": turn % 24}, rounds=100)
    engine.declare(shop(SHOP))

    taught(engine, lambda turn: {"hour": turn % 24}, rounds=200)


@pytest.mark.parametrize("reward", [math.nan, math.inf, -math.inf, 10**400, "1", None, True])
def test_a_reward_that_is_no_number_is_told_and_teaches_nothing(reward: Any) -> None:
    """The decision waits on, at every position of a slate too."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada")
    decisions = [
        engine.decide("home.hero", person="ada"),
        *engine.decide_slate("home.hero", 2, person="ada"),
    ]
    for one in decisions:
        with pytest.raises(BadNumber):
            engine.learn(one.id, reward=reward)
        assert engine.learn(one.id, reward=0.5)


def test_rewards_on_a_huge_scale_are_learned() -> None:
    """They are brought to 0..1, whatever the range."""
    engine = engine_on()
    engine.declare(shop(reward_range=(-HUGE, HUGE), outcome=Outcome("earned", window="30m")))
    agreed(engine, *PEOPLE)

    taught(engine, lambda turn: {"hour": turn % 24}, reward=0.9 * HUGE, k=2)


COLUMNS: Mapping[str, Any] = {
    "none": lambda _, n: np.zeros((n, 0)),
    "constant": lambda _, n: np.ones((n, 3)),
    "huge": lambda dice, n: dice.choice([-HUGE, HUGE], size=(n, 2)),
    "tiny": lambda dice, n: 1e-300 * dice.normal(size=(n, 2)),
    "collinear": lambda dice, n: np.repeat(dice.normal(size=(n, 1)), 6, axis=1),
    "huge, once": lambda dice, n: np.vstack([np.full((1, 2), HUGE), dice.normal(size=(n - 1, 2))]),
    "nearly constant": lambda dice, n: 1e9 + 1e-3 * dice.integers(0, 2, (n, 2)),
    "whole": lambda dice, n: dice.integers(0, 9, (n, 2)),
    "yes or no": lambda dice, n: dice.random((n, 2)) < 0.5,
}


@pytest.mark.parametrize("who", [PEOPLE, PEOPLE[:1], (None,)], ids=["people", "one", "nobody"])
@pytest.mark.parametrize("table", COLUMNS.values(), ids=COLUMNS)
def test_strange_columns_leave_sane_numbers(engine: Engine, table: Any, who: Any) -> None:
    """The same in columns, of many people, of one and of nobody; rewards at times all equal."""
    dice = np.random.default_rng(6)
    for turn in range(12):
        answers = engine.decide_many("home.hero", people=[*who * 40][:40], contexts=table(dice, 40))
        rewards = (dice.random(40) < 0.3).astype(float) if turn > 3 else np.ones(40)
        assert all(engine.learn_many(answers, rewards=rewards))
        for answer in (answers[0], answers[39]):
            assert isinstance(answer, Decision)
            sane(answer)


def test_a_person_with_very_many_decisions_takes_no_more_room() -> None:
    """100,000 decisions of one person: the same sums, the same posterior width, sane numbers."""
    engine = engine_on(clock=Clock())
    engine.declare(shop(NAMED))
    agreed(engine, "ada")
    model = engine._memory.moments["home.hero"].model  # noqa: SLF001 - what it holds is meant

    def held() -> int:
        """Count the numbers that are kept of ada, her outcomes in the journal aside."""
        row = model.people.homes.find("ada")
        sums = model.people._sums  # noqa: SLF001 - as above
        return sum(np.asarray(column[row]).size for column in (*sums, *model.people.held))

    rng, sizes = np.random.default_rng(3), []
    for _ in range(20):
        contexts = rng.normal(size=(5_000, 2))
        answers = engine.decide_many("home.hero", people=["ada"] * 5_000, contexts=contexts)
        chosen = answers.columns.chosen  # type: ignore[attr-defined]  # columns, as asked
        rewards = (rng.random(5_000) < np.where(chosen == 1, 0.7, 0.3)).astype(float)
        assert all(engine.learn_many(answers, rewards=rewards))
        sizes.append(held())
    last = engine.decide("home.hero", person="ada", context={"context": [0.0, 0.0]})

    sane(last)
    assert len(set(sizes[1:])) == 1
    assert last.propensities["fins"] == max(last.weights)


def test_more_actions_than_have_columns_are_read_again_as_they_were() -> None:
    """Two hundred names, of which the last share columns: the same journal, the same numbers."""
    actions = [Action(f"a{number}") for number in range(200)]
    store, dice = MemoryStore(), np.random.default_rng(2)
    engine = engine_on(store)
    engine.declare(Moment("many", purpose="p", actions=actions, default="a0", explore=1))
    for _ in range(60):
        shown = engine.decide("many")
        engine.learn(shown.id, reward=float(dice.random()))
    told = engine.decide("many", draw=0.5)
    again = engine_on(store).decide("many", draw=0.5)

    sane(told)
    assert again.expected == pytest.approx(told.expected, abs=1e-9)
    assert again.weights == pytest.approx(told.weights, abs=1e-9)
