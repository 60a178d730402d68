"""Versions in the journal: damage is told, and what was in force is in force again."""

import pytest
from engines import NAMED, NOW, SHOP, Clock, agreed, engine_on, lived, shop

from penchant import Action, Engine, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import StoreDamaged
from penchant.journal import Derived


@pytest.mark.parametrize("numbers", [b"", b"\xc1", b"\x90", b"not a version"])
def test_a_version_that_cannot_be_read_is_damage(numbers: bytes) -> None:
    """It is found when the engine opens, before anything is decided on it."""
    store = MemoryStore()
    engine_on(store).declare(shop())
    store.append([Derived(NOW, "home.hero", 1, numbers)])

    with pytest.raises(StoreDamaged, match=r"Version 1 of moment `home\.hero` cannot be read"):
        engine_on(store)


def busy(store: MemoryStore, actions: tuple[Action, ...]) -> Engine:
    """Give an engine in which a round is under way.

    Of 65 outcomes the 66th would end it, where actions are known by name of 140 the 144th.
    """
    engine = engine_on(store, clock=Clock())
    engine.declare(shop(actions))
    agreed(engine, *(f"p{i}" for i in range(5)), "ada", "bea")
    lived(engine, [f"p{i}" for i in range(5)], 13 if actions is SHOP else 28)
    return engine


@pytest.mark.parametrize("actions", [SHOP, NAMED])
@pytest.mark.parametrize("what", ["forget p1", "forget ada", "merge"])
def test_what_ends_a_round_under_way_is_written(actions: tuple[Action, ...], what: str) -> None:
    """Forgetting, also of somebody without outcomes, and merging take it into force at once."""
    store = MemoryStore()
    engine = busy(store, actions)
    before = engine.decide("home.hero", person="p2", draw=0.5)
    if what == "merge":
        assert engine.observe(Signal("person.merged", "bea", data={"from": "ada"}))
    else:
        engine.forget(what.split()[1])
    first = engine.decide("home.hero", person="p2", draw=0.5)
    again = engine_on(store, clock=Clock()).decide("home.hero", person="p2", draw=0.5)

    assert first.version > before.version
    assert again.version == first.version
    assert again.expected == pytest.approx(first.expected, abs=1e-9)
    assert again.belief == pytest.approx(first.belief, abs=1e-9)
    assert engine_on(store).explain(first.id) == engine.explain(first.id)
