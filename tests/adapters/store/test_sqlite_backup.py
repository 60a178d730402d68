"""Backups: an older journal or an older key file, put back, brings back nobody forgotten since."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from adapters.store.files import KEK, NAME, all_bytes, column, plain, read_closed, sqlite_at
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from penchant.adapters.store.sealing import bound
from penchant.adapters.store.sqlite import SqliteStore
from penchant.errors import StoreDamaged
from penchant.testing.stores import facts_of, signals

AT = datetime(2026, 11, 22, tzinfo=UTC)
KEYS = f"{NAME}.keys"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Give a store with two people, of which a backup was made while it ran."""
    (tmp_path / "live").mkdir()
    store = SqliteStore(tmp_path / "live" / NAME)
    store.append([*facts_of("ada"), *facts_of("bo")])
    back_up(tmp_path / "live", tmp_path / "backup")
    yield store
    store.close()


def back_up(live: Path, to: Path) -> None:
    """Copy both files while their owner writes on, the journal first."""
    to.mkdir()
    for name in (NAME, KEYS):
        with sqlite_at(live / name) as one, sqlite_at(to / name) as other:
            one.backup(other)


def put_back(tmp_path: Path, name: str, backup: str = "backup") -> Path:
    """Replace one file of a closed store with that of a backup, and give the journal's path."""
    live = tmp_path / "live"
    for ending in ("-wal", "-shm"):
        (live / f"{name}{ending}").unlink(missing_ok=True)
    (live / name).write_bytes((tmp_path / backup / name).read_bytes())
    return live / NAME


def sealed_of(path: Path) -> list[bytes]:
    """Give the beginning of each entry that is sealed in a journal."""
    return column(path, "SELECT substr(sealed, 1, 24) FROM entry WHERE ref IS NOT NULL ORDER BY id")


def test_whoever_was_forgotten_stays_so_when_an_older_journal_is_put_back(
    store: SqliteStore, tmp_path: Path
) -> None:
    """Their entries are emptied before anything is served; the others have theirs as of then."""
    secret, _ = sealed_of(tmp_path / "backup" / NAME)
    receipt = store.forget("ada", AT)
    store.append(signals("bo", 1))
    store.close()
    path = put_back(tmp_path, NAME)
    assert secret in all_bytes(path.parent)

    with closing(SqliteStore(path)) as restored:
        assert secret not in all_bytes(path.parent)
        assert list(restored.read("ada")) == []
        assert restored.find("d-ada") is None
        assert plain(list(restored.read())) == plain(facts_of("bo"))
        assert restored.forgotten("ada") == receipt.at == AT
        assert restored.forget("ada", AT).entries == 0


def test_whoever_comes_back_after_that_is_kept(store: SqliteStore, tmp_path: Path) -> None:
    """The old forgetting does not concern what they did since, at however many openings."""
    store.forget("ada", AT)
    store.close()
    path = put_back(tmp_path, NAME)

    for start in range(3):
        with closing(SqliteStore(path)) as restored:
            restored.append(signals("ada", 1, start=start))
    assert read_closed(path) == plain([*facts_of("bo"), *signals("ada", 3)])


def test_whoever_had_come_back_before_it_was_put_back_goes_on(
    store: SqliteStore, tmp_path: Path
) -> None:
    """What they did before they were forgotten is gone, their later key is still good."""
    store.forget("ada", AT)
    store.append(signals("ada", 1))
    back_up(tmp_path / "live", tmp_path / "later")
    store.close()

    with closing(SqliteStore(put_back(tmp_path, NAME))) as restored:
        assert list(restored.read("ada")) == []
        restored.append(signals("ada", 2))
        assert plain(list(restored.read("ada"))) == plain(signals("ada", 2))
    path = put_back(tmp_path, NAME, "later")  # which is the one that was meant
    assert read_closed(path) == plain([*facts_of("bo"), *signals("ada", 1)])


def test_somebody_the_older_journal_never_knew_may_come_again(
    store: SqliteStore, tmp_path: Path
) -> None:
    """Met and forgotten after the backup, they get a key that none of theirs was before."""
    store.append(signals("cy", 4))
    store.forget("cy", AT)
    store.close()
    path = put_back(tmp_path, NAME)

    for start in range(2):
        with closing(SqliteStore(path)) as restored:
            restored.append(signals("cy", 1, start=start))
    assert read_closed(path) == plain([*facts_of("ada"), *facts_of("bo"), *signals("cy", 2)])


def test_backups_of_several_times_bring_nobody_back(store: SqliteStore, tmp_path: Path) -> None:
    """Forgotten twice, with a backup of each time between: none of them is read again."""
    store.forget("ada", AT)
    store.append(signals("ada", 5))
    back_up(tmp_path / "live", tmp_path / "between")
    store.forget("ada", AT)
    store.close()

    for backup in ("between", "backup", "between"):
        path = put_back(tmp_path, NAME, backup)
        assert read_closed(path) == plain(facts_of("bo"))
        assert read_closed(path) == plain(facts_of("bo"))


def test_a_key_that_comes_back_from_a_backup_is_destroyed_again(
    store: SqliteStore, tmp_path: Path
) -> None:
    """An older key file brings the key of the forgotten back; it does not outlive the opening."""
    wrapped = column(tmp_path / "backup" / KEYS, "SELECT wrapped FROM key")
    assert len(wrapped) == 2
    store.forget("ada", AT)
    store.forget("bo", AT)
    store.close()
    path = put_back(tmp_path, KEYS)
    assert all(key in all_bytes(path.parent) for key in wrapped)

    assert read_closed(path) == []

    assert not [key for key in wrapped if key in all_bytes(path.parent)]
    assert column(path.parent / KEYS, "SELECT count(*) FROM key") == [0]


def test_a_key_file_that_is_too_old_is_told(store: SqliteStore, tmp_path: Path) -> None:
    """Entries without a key that nobody destroyed are damage, whoever returned among them."""
    store.forget("ada", AT)
    back_up(tmp_path / "live", tmp_path / "between")
    store.append(signals("ada", 1))
    store.close()

    for backup in ("backup", "between"):
        path = put_back(tmp_path, KEYS, backup)
        with pytest.raises(StoreDamaged, match="no key and no forgetting: the key file is another"):
            SqliteStore(path)


@pytest.mark.parametrize("version", [1, 3, "text", 0])
def test_a_changed_version_destroys_nothing(
    version: object, store: SqliteStore, tmp_path: Path
) -> None:
    """What the journal says of a key is held against the key before anybody is forgotten for it."""
    store.forget("ada", AT)
    store.append(signals("ada", 1))
    store.close()
    path = tmp_path / "live" / NAME
    before = column(path.parent / KEYS, "SELECT wrapped FROM key ORDER BY wrapped")
    with sqlite_at(path) as connection:
        connection.execute("UPDATE stream SET key_version = ? WHERE erased > 0", (version,))

    with pytest.raises(StoreDamaged):
        SqliteStore(path)

    assert column(path.parent / KEYS, "SELECT wrapped FROM key ORDER BY wrapped") == before
    with sqlite_at(path) as connection:
        connection.execute("UPDATE stream SET key_version = 2 WHERE erased > 0")
    assert read_closed(path) == plain([*facts_of("bo"), *signals("ada", 1)])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE destroyed SET version = 'text'",
        "UPDATE destroyed SET at = x''",
        "UPDATE key SET version = 'text'",
    ],
)
def test_a_changed_word_of_a_destroyed_key_is_found(
    statement: str, store: SqliteStore, tmp_path: Path
) -> None:
    """What is no number where one belongs is damage, not an error of another kind."""
    store.forget("ada", AT)
    store.close()
    path = tmp_path / "live" / NAME
    with sqlite_at(path.parent / KEYS) as connection:
        assert connection.execute(statement).rowcount > 0

    with pytest.raises(StoreDamaged):
        SqliteStore(path)


def test_files_of_the_first_version_take_the_road(tmp_path: Path) -> None:
    """Files from before keys were counted hold what they held, and remember whom they forgot."""
    (tmp_path / "live").mkdir()
    path = tmp_path / "live" / NAME
    store = SqliteStore(path, kek=KEK)
    store.append([*facts_of("ada"), *facts_of("bo"), *signals("cy", 2)])
    for person in ("bo", "cy"):
        store.forget(person, AT)
    store.append(signals("cy", 1))
    back_up(tmp_path / "live", tmp_path / "before")
    store.forget("cy", AT)
    store.append(signals("cy", 3))
    store.close()
    for folder in ("live", "before"):
        make_first_version(tmp_path / folder)

    assert read_closed(path, kek=KEK) == plain([*facts_of("ada"), *signals("cy", 3)])
    assert column(path.parent / KEYS, "SELECT count(*) FROM destroyed") == [2]
    put_back(tmp_path, NAME, "before")
    assert read_closed(path, kek=KEK) == plain(facts_of("ada"))


def make_first_version(folder: Path) -> None:
    """Give files the tables they had first; a key's version was the place from which it sealed."""
    wrapper = AESGCM(KEK)
    with sqlite_at(folder / NAME) as journal, sqlite_at(folder / KEYS) as keys:
        starts = dict(journal.execute("SELECT pseudonym, erased + 1 FROM stream"))
        for name, version, nonce, wrapped in keys.execute("SELECT * FROM key").fetchall():
            key = wrapper.decrypt(nonce, wrapped, bound(name, version.to_bytes(8, "big")))
            first = wrapper.encrypt(nonce, key, bound(name, starts[name].to_bytes(8, "big")))
            keys.execute(
                "UPDATE key SET version = ?, wrapped = ? WHERE pseudonym = ?",
                (starts[name], first, name),
            )
        journal.execute("ALTER TABLE stream DROP COLUMN key_version")
        keys.execute("DROP TABLE destroyed")
        for connection in (journal, keys):
            connection.execute("PRAGMA user_version = 1")


OPENING = """
import importlib, os, signal, sys
from penchant.adapters.store.sqlite import SqliteStore

path, module, owner, method, when = sys.argv[1:]
kind = getattr(importlib.import_module("penchant.adapters.store." + module), owner)
step = getattr(kind, method)

def dying(*given):
    if when == "after":
        step(*given)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(kind, method, dying)
SqliteStore(path)
"""

POINTS = (
    ("forgetting", "Forgetting", "say_again", "before"),
    ("forgetting", "Forgetting", "say_again", "after"),
    ("keys", "Keyring", "erase", "before"),
    ("keys", "Keyring", "erase", "after"),
    ("forgetting", "Forgetting", "empty_entries", "after"),
    ("forgetting", "Forgetting", "mark_done", "after"),
)


@pytest.mark.parametrize("point", POINTS, ids="-".join)
def test_an_opening_that_was_killed_is_done_by_the_next(
    point: tuple[str, ...], store: SqliteStore, tmp_path: Path
) -> None:
    """Wherever the opening of a restored journal dies, nobody forgotten since is read again."""
    secret, _ = sealed_of(tmp_path / "backup" / NAME)
    store.forget("ada", AT)
    store.close()
    path = put_back(tmp_path, NAME)
    child = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", OPENING, str(path), *point], check=False
    )
    assert child.returncode == -signal.SIGKILL

    assert read_closed(path) == plain(facts_of("bo"))

    assert secret not in all_bytes(path.parent)
