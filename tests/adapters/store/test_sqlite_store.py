"""The SQLite store as a file: what stays, what is shared, what is refused, what is forgotten."""

import base64
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from adapters.store.files import KEK, all_bytes, column, fill, plain, read_closed, sqlite_at

from penchant.adapters.store import KEK_VARIABLE, open_store
from penchant.adapters.store.committing import Append, Committer
from penchant.adapters.store.forgetting import Forgetting
from penchant.adapters.store.schema import JOURNAL, connect, migrate
from penchant.adapters.store.sqlite import SqliteStore, StoreLimits
from penchant.errors import BadInput, StoreDamaged, StoreFailed, StoreLocked, StoreTooNew
from penchant.journal import Decided, Observed
from penchant.testing.stores import a_decision, facts_of, signals
from penchant.words import FrozenMap, Signal

AT = datetime(2026, 11, 22, tzinfo=UTC)


def test_facts_stay_when_the_store_is_closed(tmp_path: Path) -> None:
    """A store opened again has what it had, and goes on."""
    path = tmp_path / "people.db"
    kept = fill(path, "ada", "bo")

    assert read_closed(path) == kept
    kept += fill(path, "ada")
    assert read_closed(path) == kept


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    """Every file of a store is private to the account that runs it."""
    fill(tmp_path / "people.db", "ada")

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == dict.fromkeys(
        ("people.db", "people.db.keys", "people.db.kek", "people.db.lock"), 0o600
    )


def test_nothing_personal_is_in_the_clear(tmp_path: Path) -> None:
    """Neither ids nor contents can be read from the files, while open or closed."""
    path = tmp_path / "people.db"
    store = SqliteStore(path)
    store.append(facts_of("ada-lovelace"))
    files = all_bytes(tmp_path)
    store.close()
    files += all_bytes(tmp_path)

    assert b"observed" in files  # the kind of a fact is outside its seal
    for told in (b"ada-lovelace", b"shop.viewed", b"sneakers", b"recommendation", b"d-ada"):
        assert told not in files


def test_the_forgotten_is_in_no_file(tmp_path: Path) -> None:
    """After forgetting, neither a planted text, nor its sealed form, nor its key is anywhere."""
    path = tmp_path / "people.db"
    marker = "marker-5b1f0c"
    store = SqliteStore(path)
    planted = Observed("ada", AT, Signal("a.b", "ada", AT, FrozenMap({"said": marker * 40})))
    store.append([planted, *signals("bo", 30), *facts_of("ada")])
    secrets = secrets_of(path, len(facts_of("ada")) + 1)
    assert len(secrets) == len(facts_of("ada")) + 2
    assert all(secret in all_bytes(tmp_path) for secret in secrets)

    store.forget("ada", AT)

    for files in (all_bytes(tmp_path), closed_bytes(store, tmp_path)):
        assert marker.encode() not in files
        assert not [secret for secret in secrets if secret in files]
    assert read_closed(path) == plain(signals("bo", 30))


def test_of_many_entries_the_room_is_emptied_behind_the_receipt(tmp_path: Path) -> None:
    """Nothing can be read at once; the entries are empty by the time the store is closed."""
    path = tmp_path / "people.db"
    store = SqliteStore(path, limits=StoreLimits(emptied_at_once=10))
    store.append([*signals("ada", 95), *signals("bo", 3)])
    secrets = secrets_of(path, 95)

    receipt = store.forget("ada", AT)
    store.append(signals("ada", 2))

    assert receipt.entries == 95
    assert plain(list(store.read("ada"))) == plain(signals("ada", 2))
    assert store.forget("ada", AT).entries == 2
    store.append(signals("ada", 1))
    files = closed_bytes(store, tmp_path)
    assert not [secret for secret in secrets if secret in files]
    assert column(path, "SELECT done FROM erasure") == [1, 1]
    assert read_closed(path) == plain([*signals("bo", 3), *signals("ada", 1)])


def test_room_that_cannot_be_emptied_now_is_emptied_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk fails behind the receipt, nothing can be read all the same."""
    path = tmp_path / "people.db"
    store = SqliteStore(path, limits=StoreLimits(emptied_at_once=10))
    store.append([*signals("ada", 25), *signals("bo", 3)])
    secrets = secrets_of(path, 25)

    def full(*given: object) -> None:
        raise sqlite3.OperationalError(given)

    with monkeypatch.context() as failing:
        failing.setattr(Forgetting, "empty_entries", full)
        assert store.forget("ada", AT).entries == 25
        assert list(store.read("ada")) == []
        store.close()
    assert column(path, "SELECT done FROM erasure") == [2]

    assert read_closed(path) == plain(signals("bo", 3))
    assert not [secret for secret in secrets if secret in all_bytes(tmp_path)]
    assert column(path, "SELECT done FROM erasure") == [1]


def secrets_of(path: Path, length: int) -> list[bytes]:
    """Give a part of each entry of the one stream of a length, and its key, as on the disk."""
    (name,) = column(path, "SELECT pseudonym FROM stream WHERE seq = ?", length)
    return [
        *column(
            path,
            "SELECT substr(e.sealed, 1, 24) FROM entry e JOIN stream s ON s.id = e.stream"
            " WHERE s.pseudonym = ?",
            name,
        ),
        *column(
            path.with_name(path.name + ".keys"), "SELECT wrapped FROM key WHERE pseudonym = ?", name
        ),
    ]


def closed_bytes(store: SqliteStore, folder: Path) -> bytes:
    """Close a store and give what its files hold then."""
    store.close()
    return all_bytes(folder)


def test_callers_share_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What 64 threads append at once takes far fewer commits than appends."""
    commits: list[int] = []
    commit = Committer.commit

    def counted(self: Committer, batch: Sequence[Append]) -> None:
        commits.append(len(batch))
        commit(self, batch)

    monkeypatch.setattr(Committer, "commit", counted)
    store = SqliteStore(tmp_path / "people.db")
    start = threading.Barrier(64)

    def write(number: int) -> None:
        start.wait()
        for n in range(5):
            store.append(signals(f"p{number}", 1, start=n))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(commits) == 64 * 5
    assert len(commits) < 64 * 5 / 4
    assert len(list(store.read())) == 64 * 5
    store.close()


def test_small_bounds_change_nothing_but_speed(tmp_path: Path) -> None:
    """A store that keeps one key at hand and reads two rows at a time gives the same facts."""
    path = tmp_path / "people.db"
    kept = fill(path, "ada", "bo", "cy")
    store = SqliteStore(path, limits=StoreLimits(batch_facts=1, chunk_rows=2, keys_cached=1))
    store.append(facts_of("bo"))

    assert plain(list(store.read())) == kept + plain(facts_of("bo"))
    assert plain(list(store.read("bo"))) == plain(facts_of("bo")) * 2
    store.close()


def test_what_cannot_be_encoded_is_not_kept(tmp_path: Path) -> None:
    """A batch with a number no file can hold fails whole, and the store goes on."""
    store = SqliteStore(tmp_path / "people.db")
    huge = Observed("ada", AT, Signal("a.b", "ada", AT, FrozenMap({"n": 2**70})))

    with pytest.raises(OverflowError):
        store.append([*signals("ada", 1), huge])
    store.append(signals("ada", 1))

    assert plain(list(store.read())) == plain(signals("ada", 1))
    store.close()


def test_a_second_opener_is_told(tmp_path: Path) -> None:
    """Neither this process nor another one can open a file that is owned."""
    path = tmp_path / "people.db"
    store = SqliteStore(path)

    with pytest.raises(StoreLocked, match=r"`people\.db` is in use by this process"):
        SqliteStore(path)
    answer = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", OPEN, str(path)], capture_output=True, text=True, check=False
    )
    assert "StoreLocked: `people.db` is in use by process " in answer.stderr
    store.close()
    assert read_closed(path) == []


OPEN = "import sys; from penchant.adapters.store import open_store; open_store(sys.argv[1])"


def test_a_key_may_come_from_the_environment(tmp_path: Path) -> None:
    """With PENCHANT_KEK set, no key-encryption key is written; without it, nothing opens."""
    path = tmp_path / "people.db"
    given = {KEK_VARIABLE: base64.b64encode(KEK).decode()}
    store = open_store(str(path), environ=given)
    store.append(signals("ada", 1))
    store.close()

    assert not (tmp_path / "people.db.kek").exists()
    assert read_closed(path, kek=KEK) == plain(signals("ada", 1))
    with pytest.raises(StoreDamaged, match="key-encryption key, is missing"):
        open_store(str(path), environ={})


@pytest.mark.parametrize("text", ["", "short", "!" * 44, base64.b64encode(bytes(31)).decode()])
def test_a_wrong_variable_is_told(text: str, tmp_path: Path) -> None:
    """What is no base64 of 32 bytes is refused, and not shown."""
    with pytest.raises(BadInput, match="must be the base64 of 32 bytes") as caught:
        open_store(str(tmp_path / "people.db"), environ={KEK_VARIABLE: text})

    assert not text or text not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_key_opens_nothing(tmp_path: Path) -> None:
    """Another key-encryption key is found out before anything is read."""
    path = tmp_path / "people.db"
    fill(path, "ada", kek=KEK)

    with pytest.raises(StoreDamaged, match="does not fit"):
        SqliteStore(path, kek=KEK[::-1])
    assert read_closed(path, kek=KEK) == plain(facts_of("ada"))


def test_keys_of_another_store_open_nothing(tmp_path: Path) -> None:
    """Two stores under one key-encryption key do not share their key files."""
    for name in ("one.db", "two.db"):
        fill(tmp_path / name, "ada", kek=KEK)
    (tmp_path / "two.db.keys").replace(tmp_path / "one.db.keys")

    with pytest.raises(StoreDamaged, match="belongs to another store"):
        SqliteStore(tmp_path / "one.db", kek=KEK)


def test_a_later_version_is_left_alone(tmp_path: Path) -> None:
    """A file written by a later Penchant is not touched."""
    path = tmp_path / "people.db"
    kept = fill(path, "ada")
    with sqlite_at(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(JOURNAL.migrations) + 1}")

    with pytest.raises(StoreTooNew, match="Update Penchant"):
        SqliteStore(path)
    with sqlite_at(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(JOURNAL.migrations)}")
    assert read_closed(path) == kept


def test_a_file_takes_the_road_to_a_later_version(tmp_path: Path) -> None:
    """A real file of today comes to a version with one more step, with all it holds."""
    path = tmp_path / "people.db"
    kept = fill(path, "ada")

    def with_a_column(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE stream ADD COLUMN shard INTEGER NOT NULL DEFAULT 7")

    later = JOURNAL._replace(migrations=(*JOURNAL.migrations, with_a_column))
    connection = connect(path, busy_seconds=1)
    migrate(connection, later, path)
    migrate(connection, later, path)

    assert connection.execute("SELECT DISTINCT shard FROM stream").fetchall() == [(7,)]
    assert connection.execute("SELECT count(*) FROM entry").fetchone() == (len(kept),)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(later.migrations),)
    connection.close()


def test_a_step_that_fails_leaves_the_file_where_it_was(tmp_path: Path) -> None:
    """A migration is whole or not at all."""
    path = tmp_path / "people.db"
    kept = fill(path, "ada")

    def stumbling(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM entry")
        raise KeyboardInterrupt

    connection = connect(path, busy_seconds=1)
    with pytest.raises(KeyboardInterrupt):
        migrate(connection, JOURNAL._replace(migrations=(*JOURNAL.migrations, stumbling)), path)
    connection.close()

    assert read_closed(path) == kept


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    """A database that is not ours is refused, and keeps its bytes; so is a file that is none."""
    path, text = tmp_path / "notes.db", tmp_path / "letter.db"
    with sqlite_at(path) as connection:
        connection.execute("CREATE TABLE note (text)")
    text.write_text("Dear Ada, " * 500)
    before = text.read_bytes()

    with pytest.raises(StoreDamaged, match="no journal of Penchant"):
        SqliteStore(path)
    with pytest.raises(StoreDamaged):
        SqliteStore(text)
    assert text.read_bytes() == before
    assert column(path, "SELECT name FROM sqlite_master") == ["note"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Where nothing can be written, the message says which file and why."""
    with pytest.raises(StoreFailed, match=r"people\.db"):
        SqliteStore(tmp_path / "absent" / "people.db")


def test_forgetting_waits_for_no_one_for_ever(tmp_path: Path) -> None:
    """Another program that reads the keys delays a forgetting, which then can be finished."""
    path = tmp_path / "people.db"
    store = SqliteStore(path, limits=StoreLimits(busy_seconds=0.05))
    store.append([*facts_of("ada"), *facts_of("bo")])
    with sqlite_at(tmp_path / "people.db") as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        with pytest.raises(StoreFailed, match="cannot be emptied while another program reads"):
            store.forget("ada", AT)
        assert list(store.read("ada")) == []
        with pytest.raises(StoreFailed, match="is being forgotten"):
            store.append(signals("ada", 1))
        store.append(signals("bo", 1))

    receipt = store.forget("ada", AT)

    assert receipt.entries == len(facts_of("ada"))
    store.append(signals("ada", 1))
    assert plain(list(store.read("ada"))) == plain(signals("ada", 1))
    store.close()


def test_a_decision_is_found_among_many(tmp_path: Path) -> None:
    """Finding goes by the id of the decision, whoever it was for."""
    store = SqliteStore(tmp_path / "people.db")
    store.append([Decided(f"p{n % 7}", AT, a_decision(f"d-{n}", f"p{n % 7}")) for n in range(50)])

    found = [store.find(f"d-{n}") for n in range(50)]

    assert [one.person for one in found if one] == [f"p{n % 7}" for n in range(50)]
    store.close()
