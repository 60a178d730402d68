"""Repeats at the same time: a signal that several callers bring is kept once, or told to fail."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from engines import PURPOSE, agreed, engine_on, shop

from penchant import Accepted, Engine, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import StoreFailed
from penchant.journal import Block, Fact

VIEWED = Signal("shop.viewed", "ada", id="s-1")


class Gated(MemoryStore):
    """A store that keeps nothing until it is let, and fails as often as it is told."""

    def __init__(self) -> None:
        """Start open."""
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.met = threading.Event()
        self.fails = 0

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Say that somebody is here, wait, then keep or fail."""
        self.met.set()
        assert self.gate.wait(10)
        if self.fails:
            self.fails -= 1
            raise StoreFailed("The disk is full.")
        super().append(facts)


@pytest.fixture
def store() -> Gated:
    """Give a store."""
    return Gated()


@pytest.fixture
def engine(store: Gated) -> Engine:
    """Give an engine on it, with somebody who agreed under two ids."""
    engine = engine_on(store)
    engine.declare(shop())
    agreed(engine, "ada", "phone")
    engine.observe(Signal("person.merged", "ada", data={"from": "phone"}))
    store.met.clear()
    store.gate.clear()
    return engine


def brought(engine: Engine, store: Gated, *signals: Signal) -> list[object]:
    """Let callers bring signals, one each, all of them before the first is written."""

    def bring(signal: Signal) -> object:
        try:
            return engine.observe(signal, purpose=PURPOSE)
        except StoreFailed as error:
            return error

    with ThreadPoolExecutor(len(signals)) as threads:
        first = threads.submit(bring, signals[0])
        assert store.met.wait(10)
        others = [threads.submit(bring, one) for one in signals[1:]]
        store.gate.set()
        return [one.result() for one in (first, *others)]


def test_it_is_kept_once(engine: Engine, store: Gated) -> None:
    """All are told that it is kept, under whichever id of theirs, and it is there once."""
    phone = Signal("shop.viewed", "phone", id="s-1")

    assert brought(engine, store, VIEWED, VIEWED, phone, VIEWED) == [Accepted()] * 4
    assert engine.export("ada").count('"kind":"shop.viewed"') == 1


def test_nobody_is_told_that_it_is_kept_when_it_is_not(engine: Engine, store: Gated) -> None:
    """Where the first write fails a repeat tries by itself; each is told what became of its own."""
    store.fails = 2
    told = brought(engine, store, VIEWED, VIEWED, VIEWED, VIEWED)

    assert [isinstance(one, StoreFailed) for one in told].count(True) == 2
    assert told.count(Accepted()) == 2
    assert engine.export("ada").count('"kind":"shop.viewed"') == 1


def test_others_do_not_wait(engine: Engine, store: Gated) -> None:
    """A signal without an id, or with another one, is no repeat."""
    others = [Signal("shop.viewed", "ada"), Signal("shop.viewed", "ada", id="s-2")]

    assert brought(engine, store, VIEWED, *others, others[0]) == [Accepted()] * 4
    assert engine.export("ada").count('"kind":"shop.viewed"') == 4
