"""Turns: what is asked together is answered together, and nothing is left without an answer."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from penchant.adapters.http.problems import Refusal
from penchant.adapters.http.turns import Lane


def test_questions_that_wait_share_a_turn() -> None:
    """While one turn runs the next gathers; each question gets its own answer."""
    turns: list[int] = []
    may_go = threading.Event()

    def run(questions: Sequence[int]) -> list[int]:
        may_go.wait(10)
        turns.append(len(questions))
        return [2 * one for one in questions]

    async def ask() -> list[int]:
        lane = Lane("test", run, most=64)
        asked = [lane.ask(number) for number in range(20)]
        asyncio.get_running_loop().call_later(0.05, may_go.set)
        answers = await asyncio.gather(*asked)
        await asyncio.to_thread(lane.close)
        return answers

    assert asyncio.run(ask()) == [2 * number for number in range(20)]
    assert sum(turns) == 20
    assert len(turns) <= 2


def test_a_turn_has_at_most_so_many_questions() -> None:
    """Questions beyond the most of a turn go into the next."""
    turns: list[int] = []
    may_go = threading.Event()

    def run(questions: Sequence[int]) -> list[int]:
        may_go.wait(10)
        turns.append(len(questions))
        return list(questions)

    async def ask() -> None:
        lane = Lane("test", run, most=4)
        asked = [lane.ask(number) for number in range(10)]
        may_go.set()
        await asyncio.gather(*asked)
        await asyncio.to_thread(lane.close)

    asyncio.run(ask())
    assert max(turns) <= 4
    assert sum(turns) == 10


def test_an_error_concerns_whom_it_concerns() -> None:
    """An exception among the answers is raised to its question alone."""

    def run(questions: Sequence[int]) -> list[int | Exception]:
        return [ValueError(str(one)) if one == 1 else one for one in questions]

    async def ask() -> list[object]:
        lane = Lane("test", run, most=64)
        told = await asyncio.gather(*(lane.ask(one) for one in range(3)), return_exceptions=True)
        await asyncio.to_thread(lane.close)
        return list(told)

    first, second, third = asyncio.run(ask())
    assert (first, third) == (0, 2)
    assert isinstance(second, ValueError)


def test_a_turn_that_fails_fails_for_all_of_it_and_for_nobody_else() -> None:
    """An exception of a whole turn is raised to each question; the next turn goes on."""

    def run(questions: Sequence[int]) -> list[int]:
        if -1 in questions:
            raise RuntimeError
        return list(questions)

    async def ask() -> int:
        lane = Lane("test", run, most=64)
        with pytest.raises(RuntimeError):
            await lane.ask(-1)
        answer = await lane.ask(7)
        await asyncio.to_thread(lane.close)
        return answer

    assert asyncio.run(ask()) == 7


def test_closing_answers_what_was_asked() -> None:
    """A lane that is closed answers every question before it stops, and may be closed twice."""

    async def ask() -> list[int]:
        lane: Lane[int, int] = Lane("test", list[int], most=2)
        asked = [lane.ask(number) for number in range(50)]
        await asyncio.to_thread(lane.close)
        await asyncio.to_thread(lane.close)
        return await asyncio.gather(*asked)

    assert asyncio.run(ask()) == list(range(50))


def test_a_closed_lane_says_so() -> None:
    """A question after the end is refused at once instead of waiting for ever."""

    async def ask() -> None:
        lane: Lane[int, int] = Lane("test", list[int], most=2)
        await asyncio.to_thread(lane.close)
        with pytest.raises(Refusal, match="stopped"):
            await lane.ask(1)

    asyncio.run(ask())


def test_who_hung_up_is_left_alone() -> None:
    """An answer for a question that nobody awaits any more is dropped."""
    may_go = threading.Event()

    def run(questions: Sequence[int]) -> list[int]:
        may_go.wait(10)
        return list(questions)

    async def ask() -> int:
        lane = Lane("test", run, most=64)
        gone, here = lane.ask(1), lane.ask(2)
        gone.cancel()
        may_go.set()
        answer = await here
        await asyncio.to_thread(lane.close)
        return answer

    assert asyncio.run(ask()) == 2
