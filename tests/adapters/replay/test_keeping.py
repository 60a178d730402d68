"""A replay's journal: made in memory, written whole at the end."""

from pathlib import Path

import pytest
from engines import agreed, engine_on, lived, shop

from penchant.adapters.replay.keeping import KeptAtTheEnd
from penchant.adapters.store.memory import MemoryStore
from penchant.adapters.store.sqlite import SqliteStore
from penchant.errors import StoreLocked


def test_the_file_holds_what_a_file_alone_would(tmp_path: Path) -> None:
    """Facts are those, in that order, that an engine on the file itself had written."""
    told = []
    for path in (tmp_path / "late.db", tmp_path / "live.db"):
        target = SqliteStore(path)
        engine = engine_on(KeptAtTheEnd(target) if path.stem == "late" else target)
        engine.declare(shop())
        agreed(engine, "ada", "ben")
        lived(engine, ("ada", "ben"), 60)
        engine.forget("ben")
        engine.close()
        engine.close()
        store = SqliteStore(path)
        told.append(list(store.read("ada")))
        assert not list(store.read("ben"))
        store.close()

    assert told[0] == told[1]
    assert len(told[0]) > 100


def test_the_file_is_taken_from_the_start(tmp_path: Path) -> None:
    """While a replay runs nobody else can begin to write where it will end."""
    store = KeptAtTheEnd(SqliteStore(tmp_path / "people.db"))
    with pytest.raises(StoreLocked):
        SqliteStore(tmp_path / "people.db")
    store.close()
    SqliteStore(tmp_path / "people.db").close()


def test_it_answers_like_the_store_in_memory() -> None:
    """What was appended can be read, found and forgotten before it is written."""
    store = KeptAtTheEnd(MemoryStore())
    engine = engine_on(store)
    engine.declare(shop())
    agreed(engine, "ada")
    decision = engine.decide("home.hero", person="ada")

    assert store.find(decision.id) is not None
    assert len(list(store.read("ada"))) == 2
    assert store.forgotten("ada") is None
    engine.forget("ada")
    assert store.forgotten("ada") is not None
    engine.close()
