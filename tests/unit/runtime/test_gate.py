"""The gate: many pass at once, one has it alone."""

import threading

from engines import agreed, engine_on, shop

from penchant.adapters.store import MemoryStore
from penchant.journal import Fact
from penchant.runtime.gate import Gate

PATIENCE_SECONDS = 10.0


def test_many_are_inside_at_once() -> None:
    """Two threads meet inside; a gate that let one in at a time would never let them."""
    gate, both = Gate(), threading.Barrier(2, timeout=PATIENCE_SECONDS)

    def pass_through() -> None:
        with gate:
            both.wait()

    other = threading.Thread(target=pass_through)
    other.start()
    pass_through()
    other.join(PATIENCE_SECONDS)

    assert not other.is_alive()


def test_who_has_it_alone_waits_for_those_inside_and_keeps_others_out() -> None:
    """The order is: inside, alone, outside."""
    gate, told = Gate(), []
    inside, go_on, asked = threading.Event(), threading.Event(), threading.Event()

    def stay() -> None:
        with gate:
            inside.set()
            go_on.wait(PATIENCE_SECONDS)
            told.append("inside")

    def alone() -> None:
        asked.set()
        with gate.alone():
            told.append("alone")

    threads = [threading.Thread(target=stay), threading.Thread(target=alone)]
    threads[0].start()
    assert inside.wait(PATIENCE_SECONDS)
    threads[1].start()
    assert asked.wait(PATIENCE_SECONDS)
    go_on.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    with gate:
        told.append("outside")

    assert told == ["inside", "alone", "outside"]


class SlowStore(MemoryStore):
    """A store whose next append waits until it is told to go on."""

    def __init__(self) -> None:
        """Start quick."""
        super().__init__()
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.is_slow = False

    def append(self, facts: object) -> None:
        """Wait, then keep."""
        if self.is_slow:
            self.is_slow = False
            self.reached.set()
            assert self.go_on.wait(PATIENCE_SECONDS)
        super().append(facts)  # type: ignore[arg-type]


def test_forgetting_waits_for_a_decision_under_way() -> None:
    """A decision that was being written when its person was forgotten is forgotten with them."""
    store = SlowStore()
    engine = engine_on(store)
    engine.declare(shop())
    agreed(engine, "ada")
    store.is_slow = True
    deciding = threading.Thread(target=engine.decide, args=["home.hero"], kwargs={"person": "ada"})
    deciding.start()
    assert store.reached.wait(PATIENCE_SECONDS)
    forgetting = threading.Thread(target=engine.forget, args=["ada"])
    forgetting.start()
    forgetting.join(0.2)  # long enough for one that does not wait
    assert forgetting.is_alive()
    store.go_on.set()
    for thread in (deciding, forgetting):
        thread.join(PATIENCE_SECONDS)

    assert not forgetting.is_alive()
    kept: list[Fact] = list(store.read("ada"))
    assert kept == []
