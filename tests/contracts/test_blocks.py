"""Every block of facts passes every check of the kit, alone and in each store; broken ones fail."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from engines import SHOP, SPORTS, agreed, engine_on, lived, shop

from penchant.adapters.store.memory import MemoryStore
from penchant.adapters.store.sqlite import SqliteStore
from penchant.journal import Decided, Fact, Store
from penchant.runtime.columns import Answers, DecidedColumns, LearnedColumns
from penchant.testing import blocks, kept_blocks
from penchant.testing.blocks import BLOCK_CHECKS, FactBlock, Make
from penchant.testing.kept_blocks import KEPT_BLOCK_CHECKS, MakeStore
from penchant.testing.stores import facts_of
from penchant.words import Decision

Check = Callable[[Make], None]
KeptCheck = Callable[[MakeStore, Make], None]
PEOPLE = ("ada", "bo", "cy")


def decided() -> DecidedColumns:
    """Give decisions in columns for three people, one of them twice, of whom something is known."""
    engine = engine_on()
    engine.declare(shop(SHOP, reward_range=(-1.0, 3.0)))
    agreed(engine, *PEOPLE)
    lived(engine, PEOPLE, rounds=len(SPORTS))
    contexts = np.linspace(-1.0, 1.0, 8).reshape(4, 2)
    answers = engine.decide_many("home.hero", people=[*PEOPLE, "ada"], contexts=contexts)
    assert isinstance(answers, Answers)
    assert not answers.apart
    return answers.columns


def learned() -> LearnedColumns:
    """Give what followed these decisions, not in their order."""
    columns = decided()
    places = np.array([3, 1, 0], dtype=np.int64)
    return LearnedColumns(columns, places, np.array([3.0, -1.0, 0.5]), columns.made.at)


def plain() -> FactBlock:
    """Give facts of every kind."""
    return FactBlock([*facts_of("ada"), *facts_of("bo"), *facts_of("ada")[:2]])


BLOCKS: dict[str, Make] = {"decided": decided, "learned": learned, "plain": plain}
STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": lambda path: SqliteStore(path / "people.db"),
}


@pytest.mark.parametrize("make", BLOCKS.values(), ids=BLOCKS.keys())
@pytest.mark.parametrize("check", BLOCK_CHECKS, ids=lambda check: check.__name__[6:])
def test_the_block_keeps_its_contract(check: Check, make: Make) -> None:
    """The block does what the check says."""
    check(make)


@pytest.mark.parametrize("open_at", STORES.values(), ids=STORES.keys())
@pytest.mark.parametrize("make", BLOCKS.values(), ids=BLOCKS.keys())
@pytest.mark.parametrize("check", KEPT_BLOCK_CHECKS, ids=lambda check: check.__name__[6:])
def test_the_block_is_kept_as_its_facts(
    check: KeptCheck, make: Make, open_at: Callable[[Path], Store], tmp_path: Path
) -> None:
    """In a store the block is what its facts would be, appended one by one."""
    check(lambda: open_at(tmp_path), make)


class _Broken(FactBlock):
    """Is right; each class below breaks one thing."""

    def __init__(self) -> None:
        """Hold facts of every kind, one person's not in a row."""
        super().__init__(plain())


class _Misnamed(_Broken):
    """Names its people in another order."""

    def __init__(self) -> None:
        """Turn the people around."""
        super().__init__()
        self.people = self.people[::-1]


class _Spent(_Broken):
    """Can be looked at once."""

    def __iter__(self) -> Iterator[Fact]:
        """Give the facts, then no more."""
        given = [fact for fact in self._facts if fact is not None]
        self._facts = []
        return iter(given)


class _Shared(_Broken):
    """Gives everybody the facts of all."""

    def of(self, person: str) -> Iterator[Fact]:
        """Pass over whose facts are asked for."""
        del person
        return iter(self)


class _Guessing(_Broken):
    """Finds some decision for any id."""

    def find(self, decision: str) -> Decision | None:
        """Give the first there is."""
        del decision
        return next((fact.decision for fact in self if isinstance(fact, Decided)), None)


class _Sparing(_Broken):
    """Drops the first fact of a person alone."""

    def drop(self, person: str) -> int:
        """Blank one fact, and say that all are gone."""
        mine = list(self.of(person))
        self._facts = [fact for fact in self._facts if not mine or fact is not mine[0]]
        return len(mine)


class _Recounting(_Broken):
    """Counts as often as it is asked."""

    def drop(self, person: str) -> int:
        """Count what is gone already as well."""
        super().drop(person)
        return 1


class _Stale(_Broken):
    """Gives what was there when the look began."""

    def __iter__(self) -> Iterator[Fact]:
        """Copy the facts first."""
        return iter([fact for fact in self._facts if fact is not None])


BROKEN: tuple[tuple[Make, Check], ...] = (
    (_Misnamed, blocks.check_it_says_whose_facts_they_are),
    (_Spent, blocks.check_facts_are_built_alike),
    (_Shared, blocks.check_each_has_their_own),
    (_Guessing, blocks.check_decisions_are_found),
    (_Sparing, blocks.check_dropping_leaves_the_others),
    (_Recounting, blocks.check_dropping_twice_is_harmless),
    (_Stale, blocks.check_a_look_leaves_out_the_dropped),
)
KEPT_BROKEN: tuple[tuple[Make, KeptCheck], ...] = (
    (_Shared, kept_blocks.check_it_is_read_as_its_facts),
    (_Sparing, kept_blocks.check_it_is_forgotten_as_its_facts),
)


@pytest.mark.parametrize(("broken", "check"), BROKEN)
def test_a_broken_block_fails_its_check(broken: Make, check: Check) -> None:
    """What the check is for makes it fail."""
    with pytest.raises(AssertionError):
        check(broken)


@pytest.mark.parametrize(("broken", "check"), KEPT_BROKEN)
def test_a_broken_block_fails_in_a_store(broken: Make, check: KeptCheck) -> None:
    """A store that keeps the block whole gives what the block gives."""
    with pytest.raises(AssertionError):
        check(MemoryStore, broken)


def test_every_check_of_blocks_is_seen_to_fail() -> None:
    """The broken blocks above leave out no check of the kit."""
    assert {check for _, check in BROKEN} == set(BLOCK_CHECKS)
    assert {check for _, check in KEPT_BROKEN} == set(KEPT_BLOCK_CHECKS)
