"""Removing some facts of a SQLite store: nothing of them is left, and nobody else can say so."""

from pathlib import Path

import pytest
from adapters.store.files import all_bytes, column, plain, read_closed, sqlite_at

from penchant.adapters.store.sqlite import SqliteStore
from penchant.errors import StoreDamaged, StoreFailed
from penchant.journal import Fact, Observed
from penchant.testing.stores import facts_of, signals

SEALED = "SELECT sealed FROM entry WHERE stream = 1 AND seq IN (2, 4)"


def is_even(fact: Fact) -> bool:
    """Choose the signals with an even number."""
    return isinstance(fact, Observed) and int(fact.signal.data.get("n", 1)) % 2 == 0  # type: ignore[arg-type]  # a number here


def removed(path: Path) -> list[bytes]:
    """Keep six signals, remove three of them, and give what lay in their place before."""
    store = SqliteStore(path)
    store.append(signals("ada", 6, start=1))
    store.append(signals("bo", 2))
    store.close()
    sealed = column(path, SEALED)
    store = SqliteStore(path)
    assert store.remove(["ada"], is_even) == 3
    store.close()
    return sealed


def test_what_was_removed_is_in_no_file(tmp_path: Path) -> None:
    """Not even its noise is left, and the store opens and goes on."""
    path = tmp_path / "people.db"
    sealed = removed(path)

    assert sealed
    assert not [one for one in sealed if one in all_bytes(tmp_path)]
    odd = [one for one in signals("ada", 6, start=1) if not is_even(one)]
    assert read_closed(path) == plain([*odd, *signals("bo", 2)])


def test_nothing_is_left_while_it_is_open_either(tmp_path: Path) -> None:
    """When the call returns, neither the file nor its log holds what was removed."""
    path = tmp_path / "people.db"
    store = SqliteStore(path)
    store.append(signals("ada", 6, start=1))
    with sqlite_at(path) as connection:
        sealed = [row[0] for row in connection.execute(SEALED)]
    store.remove(["ada"], is_even)
    files = all_bytes(tmp_path)
    store.close()

    assert sealed
    assert not [one for one in sealed if one in files]


def test_an_entry_that_somebody_else_emptied_is_damage(tmp_path: Path) -> None:
    """Without the key-encryption key nobody can say that an entry was removed."""
    path = tmp_path / "people.db"
    removed(path)
    with sqlite_at(path) as connection:
        connection.execute(
            "UPDATE entry SET kind = 'removed', ref = NULL, sealed = NULL,"
            " nonce = (SELECT nonce FROM entry WHERE seq = 2 LIMIT 1) WHERE seq = 3"
        )

    store = SqliteStore(path)
    with pytest.raises(StoreDamaged, match="not whole at seq 3"):
        list(store.read("ada"))
    store.close()


def test_an_emptied_entry_that_says_nothing_is_damage(tmp_path: Path) -> None:
    """An entry is removed by its own word only, not because it is empty."""
    path = tmp_path / "people.db"
    removed(path)
    with sqlite_at(path) as connection:
        connection.execute("UPDATE entry SET kind = NULL, nonce = NULL WHERE seq = 2")

    store = SqliteStore(path)
    with pytest.raises(StoreDamaged, match="not whole at seq 2"):
        list(store.read("ada"))
    store.close()


def test_a_damaged_entry_keeps_everything(tmp_path: Path) -> None:
    """Where one entry does not open, nothing of its person is removed."""
    path = tmp_path / "people.db"
    store = SqliteStore(path)
    store.append(signals("ada", 4))
    with sqlite_at(path) as connection:
        connection.execute("UPDATE entry SET sealed = zeroblob(40) WHERE seq = 4")
    with pytest.raises(StoreDamaged):
        store.remove(["ada"], lambda _: True)
    store.close()

    assert len(column(path, "SELECT 1 FROM entry WHERE sealed IS NOT NULL")) == 4


def test_a_reader_in_the_way_is_told(tmp_path: Path) -> None:
    """The entries are empty then; calling again empties the log, too."""
    path = tmp_path / "people.db"
    store = SqliteStore(path)
    store.append(signals("ada", 6, start=1))
    sealed = column(path, SEALED)
    with sqlite_at(path) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM entry").fetchone()
        with pytest.raises(StoreFailed, match="another program reads"):
            store.remove(["ada"], is_even)
    assert store.remove(["ada"], is_even) == 0
    files = all_bytes(tmp_path)
    store.close()

    assert not [one for one in sealed if one in files]


def test_a_removal_that_stops_halfway_goes_on(tmp_path: Path) -> None:
    """Of each person all goes or nothing; called again the rest goes."""
    path = tmp_path / "people.db"
    store = SqliteStore(path)
    store.append([*signals("ada", 4), *signals("bo", 4)])
    asked: list[Fact] = []

    def stumbling(fact: Fact) -> bool:
        asked.append(fact)
        if len(asked) == 7:
            raise RuntimeError("stumbled")
        return is_even(fact)

    with pytest.raises(StoreFailed):
        store.remove(["ada", "bo"], stumbling)
    halfway = [len(list(store.read(person))) for person in ("ada", "bo")]
    store.remove(["ada", "bo"], is_even)
    whole = [len(list(store.read(person))) for person in ("ada", "bo")]
    store.close()

    assert halfway == [2, 4]
    assert whole == [2, 2]


def test_a_stream_of_nothing_but_gaps_is_forgotten_like_any(tmp_path: Path) -> None:
    """Of somebody of whom everything was removed, the key can still be destroyed."""
    path = tmp_path / "people.db"
    store = SqliteStore(path)
    store.append(facts_of("ada"))
    store.remove(["ada"], lambda _: True)
    store.close()
    store = SqliteStore(path)
    receipt = store.forget("ada", signals("ada", 1)[0].at)
    store.append(signals("ada", 1))
    store.close()

    assert receipt.entries == len(facts_of("ada"))
    assert read_closed(path) == plain(signals("ada", 1))
