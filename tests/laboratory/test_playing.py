"""Playing: every decision is taken once, every answer arrives when it is due, and scores add up."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from laboratory.lives import SMALL, engine_of

from penchant.errors import BadInput
from penchant.laboratory import (
    Answering,
    Clock,
    EnginePlayer,
    Floats,
    Ints,
    Limits,
    Round,
    Shape,
    drawn_people,
    limits,
    make_world,
    part,
    play,
    score,
)

TINY = replace(SMALL, people=7, rounds=6)


class Taker:
    """A player who takes what is best, or a position; it remembers what it was asked and told."""

    def __init__(self, position: int | None = None, batch: int = 3) -> None:
        """Take this position; None is the best."""
        self.batch, self.position = batch, position
        self.asked: list[tuple[int, int]] = []
        self.told: list[tuple[int, int, int]] = []
        self.now = -1

    def decide(self, step: Round, rows: Ints) -> Ints:
        """Choose."""
        self.now = step.number
        self.asked += [(step.number, row) for row in rows.tolist()]
        best = step.expected[rows].argmax(axis=1)
        return best if self.position is None else np.full(len(rows), self.position)

    def learn(self, step: Round, rows: Ints, rewards: Floats) -> None:
        """Remember."""
        assert set(rewards.tolist()) <= {0.0, 1.0}
        self.told += [(step.number, row, self.now) for row in rows.tolist()]


@pytest.mark.parametrize("batch", [1, 3, 7, 50])
def test_everybody_decides_once_a_round_and_is_told_once(batch: int) -> None:
    """Whatever the size of a batch; who takes the best earns the best."""
    world, taker = make_world("linear", 1, TINY), Taker(batch=batch)
    counted: list[tuple[int, int]] = []
    chances = play(world, taker, lambda done, of: counted.append((done, of)))

    assert set(Counter(taker.asked).values()) == {1}
    assert len(taker.asked) == len(taker.told) == chances.size == 42
    assert np.array_equal(chances, limits(world).best)
    assert counted[-1] == (42, 42)


def test_nothing_earns_nothing() -> None:
    """Where nothing is shown the chance of a reward is 0."""
    assert not play(make_world("ideal", 1, TINY), Taker(-1)).any()


def test_late_answers_arrive_when_they_are_due_and_missing_ones_never() -> None:
    """No answer comes before its round, and none of those that were lost."""
    answering = Answering(delay=2, missing=0.3)
    world, taker = make_world("linear", 1, TINY, answering), Taker()
    play(world, taker)
    due = {number: world.round(number).due for number in range(6)}
    wanted = {
        (number, row)
        for number, each in due.items()
        for row in range(7)
        if each[row] == number + 1 or 0 < each[row] < 6
    }

    assert {one[:2] for one in taker.told} == wanted
    for number, row, now in taker.told:
        assert now == due[number][row] - 1


def test_only_those_who_are_there_play() -> None:
    """In the rounds asked for; of the others nothing is said."""
    world, taker = make_world("linear", 1, TINY), Taker()
    who = np.arange(7) < 3
    chances = play(world, taker, rounds=range(2, 5), who=who)

    assert chances.shape == (3, 7)
    assert np.isnan(chances[:, ~who]).all()
    assert np.array_equal(chances[:, who], limits(world).best[2:5][:, who])
    assert {number for number, _ in taker.asked} == {2, 3, 4}


def test_limits_live_with_what_they_showed() -> None:
    """Where tastes wear off, the best of one who always takes the best is below the untouched."""
    world = make_world("ideal", 1, replace(TINY, is_fixed=True))
    known = limits(world)
    fresh = np.array([world.round(number).expected.max(axis=1).mean() for number in range(6)])

    assert known.best[0].mean() == pytest.approx(fresh[0])
    assert known.best[1:].mean() < fresh[1:].mean()
    assert (known.best.mean(axis=1) > known.random.mean(axis=1)).all()


def test_scores_are_shares_of_what_could_be_gained() -> None:
    """0 for random, 1 for the best, with an interval over people that holds the value."""
    world = make_world("linear", 2, replace(SMALL, rounds=8))
    known, rounds = limits(world), part("overall", 8)
    drawn = drawn_people(50, 200, np.random.default_rng(0))
    half = (known.random + known.best) / 2
    half[:, ::2] += 0.01

    assert score(known.random, known, rounds).value == 0
    assert score(known.best, known, rounds).value == 1
    found = score(half, known, rounds, drawn)
    assert 0.5 < found.low < found.value < found.high < 0.6
    who = np.arange(50) % 2 == 1
    assert score(half, known, rounds, who=who).value == pytest.approx(0.5)
    assert np.isnan(score(half, known, rounds).low)


def test_where_nothing_can_be_gained_there_is_no_score() -> None:
    """All choices alike: no number is made up."""
    flat = Limits(np.ones((2, 3)), np.ones((2, 3)))

    assert np.isnan(score(np.ones((2, 3)), flat, part("overall", 2)).value)
    with pytest.raises(BadInput, match="There is no part `middle`"):
        part("middle", 10)


@pytest.mark.parametrize("kind", ["linear", "ideal"])
def test_the_engine_plays_the_same_game_again(kind: str) -> None:
    """Same seed, same clock, same dice: the same choices, and a log of them in order of time."""
    world = make_world(kind, 3, replace(TINY, is_fixed=True), Answering(missing=0.2, delay=1))
    games = []
    for _ in range(2):
        clock = Clock()
        with engine_of(clock) as engine:
            player = EnginePlayer(world, engine, clock, keeps=True)
            games.append((play(world, player), list(player.log())))
    log = games[0][1]

    assert np.array_equal(games[0][0], games[1][0])
    assert [one.action for one in log] == [one.action for one in games[1][1]]
    assert [one.at for one in log] == sorted(one.at for one in log)
    assert len(log) == 42
    assert any(one.reward is None for one in log)
    assert all(0 < one.propensity <= 1 for one in log)


@pytest.mark.parametrize("way", ["pooled", "separate"])
def test_other_ways_know_nobody(way: str) -> None:
    """Neither for nobody in particular nor with a moment each does the engine know a person."""
    world = make_world("linear", 1, Shape(people=3, rounds=3, items=6, slate=3, features=2))
    clock = Clock()
    with engine_of(clock) as engine:
        play(world, EnginePlayer(world, engine, clock, way=way))  # type: ignore[arg-type]
        assert not any(one.name.startswith("taste") for one in engine.profile("p0").beliefs)
