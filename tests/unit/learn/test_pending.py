"""Pending: decisions that wait for what follows."""

from collections.abc import Iterable

import numpy as np
import pytest
from engines import NOW
from numpy.typing import NDArray

from penchant.learn.pending import Open, Pending
from penchant.words import Action, Decision


def opened(name: str, person: str | None = "ada", closes_at: float = 10.0) -> Open:
    """Give a decision that waits."""
    decision = Decision(
        id=name,
        moment="m",
        person=person,
        at=NOW,
        action=Action("a"),
        propensity=1.0,
        mode="personal",
        names=("a",),
        weights=(1.0,),
        neutral=(1.0,),
    )
    return Open(decision, np.zeros(1), np.zeros(1), 0, closes_at)


def filled(names: Iterable[str], most: int = 3, **more: str | None) -> Pending:
    """Give a table in which decisions wait."""
    pending = Pending(most)
    for name in names:
        pending.add(opened(name, **more))  # type: ignore[arg-type]  # a person
    return pending


class Block:
    """Decisions in columns, as the table sees them."""

    def __init__(self, name: str, people: list[str]) -> None:
        """Let one decision of each person wait."""
        self.name, self.people = name, people
        self.waiting: NDArray[np.bool_] = np.ones(len(people), dtype=bool)

    def place(self, decision: str) -> int:
        """Give the place of a decision, -1 for none."""
        place = int(decision.rpartition(".")[2])
        return place if place < len(self.people) else -1

    def opened(self, place: int) -> Open:
        """Build one."""
        return opened(f"{self.name}.{place}", self.people[place], 5.0)

    def drop(self, person: str) -> int:
        """Forget a person."""
        mine = [place for place, one in enumerate(self.people) if one == person]
        self.waiting[mine] = False
        return len(mine)


def test_a_decision_is_taken_once() -> None:
    """The second time there is a reason instead."""
    pending = filled(["d1", "d2"])
    one = pending.take("d1")

    assert isinstance(one, Open)
    assert one.decision.id == "d1"
    assert pending.take("d1") == "Its outcome was learned before; the first one counts."
    assert pending.take("d9") == "No decision of that id waits for an outcome."
    assert len(pending) == 1


def test_what_was_put_back_can_be_taken_again() -> None:
    """As if it had never been taken."""
    pending = filled(["d1"])
    one = pending.take("d1")
    assert isinstance(one, Open)
    pending.put_back(one)

    assert isinstance(pending.take("d1"), Open)


def test_the_oldest_of_too_many_is_let_go() -> None:
    """Of one person and moment; others have room of their own, nobody has no bound."""
    pending = filled(["d1", "d2", "d3", "d4"])
    pending.add(opened("b1", "bea"))
    for i in range(9):
        pending.add(opened(f"n{i}", None))

    assert pending.take("d1") == (
        "Its outcome came too late: 3 newer decisions of the same person and moment were open."
    )
    assert all(isinstance(pending.take(name), Open) for name in ("d2", "b1", "n0", "n8"))
    assert len(pending) == 9


def test_what_was_taken_makes_room() -> None:
    """In the middle as at either end."""
    pending = filled(["d1", "d2", "d3"])
    for name in ("d2", "d3", "d1"):
        assert isinstance(pending.take(name), Open)
        pending.add(opened(f"{name}-again"))

    assert len(pending) == 3
    assert isinstance(pending.take("d2-again"), Open)


def test_windows_close_in_their_order() -> None:
    """Only those that ended before now, each once; its outcome is then refused."""
    pending = Pending(9)
    for name, closes_at in (("late", 30.0), ("early", 10.0), ("taken", 5.0), ("edge", 20.0)):
        pending.add(opened(name, closes_at=closes_at))
    pending.take("taken")

    assert pending.due_at() == 5.0
    assert [one.decision.id for one in pending.close(20.0)] == ["early"]
    assert [one.decision.id for one in pending.close(20.1)] == ["edge"]
    assert list(pending.close(20.1)) == []
    assert pending.take("early") == "Its window had closed before its outcome came."
    assert isinstance(pending.take("late"), Open)


def test_a_decision_put_back_closes_once() -> None:
    """Its time stands in the heap twice, and ends once."""
    pending = filled(["d1"])
    one = pending.take("d1")
    assert isinstance(one, Open)
    pending.put_back(one)

    assert [one.decision.id for one in pending.close(99.0)] == ["d1"]


def test_whoever_is_forgotten_waits_for_nothing() -> None:
    """At every moment, in columns too; others go on waiting."""
    pending, block = filled(["d1", "d2"]), Block("b", ["ada", "bea"])
    pending.add(opened("e1", "bea"))
    pending.add_block("b", block, 5.0)
    pending.drop("ada")

    assert pending.take("d1") == "No decision of that id waits for an outcome."
    assert isinstance(pending.take("b.0"), str)
    assert isinstance(pending.take("b.1"), Open)
    assert [one.decision.id for one in pending.close(99.0)] == ["e1"]


def test_decisions_in_columns_are_taken_and_closed_one_by_one() -> None:
    """What was not taken closes with its block."""
    pending = Pending(3)
    pending.add_block("b", Block("b", ["ada", "bea", "cleo"]), 5.0)
    one = pending.take("b.1")

    assert isinstance(one, Open)
    assert one.decision.person == "bea"
    assert "first one counts" in str(pending.take("b.1"))
    assert isinstance(pending.take("b.7"), str)
    assert [one.decision.id for one in pending.close(6.0)] == ["b.0", "b.2"]
    assert isinstance(pending.take("b.0"), str)


@pytest.mark.parametrize("n", [3_000])
def test_times_to_close_are_kept_for_what_waits_alone(n: int) -> None:
    """Decisions answered at once leave nothing behind; those that wait still close."""
    pending = filled(["stays"], person=None)
    for i in range(n):
        pending.add(opened(f"d{i}", closes_at=1e9))
        pending.take(f"d{i}")
    pending.add_block("b", Block("b", ["bea"]), 5.0)
    for i in range(n):
        pending.add(opened(f"e{i}", closes_at=1e9))
        pending.take(f"e{i}")
    sizes = [len(held) for held in vars(pending).values() if isinstance(held, list)]

    assert max(sizes) < n
    assert [one.decision.id for one in pending.close(99.0)] == ["b.0", "stays"]
