"""Keys: made by chance, kept as hashes, in a file that is replaced whole."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from penchant.adapters.http.access import (
    SCOPES,
    KeyFile,
    access_path,
    check_scopes,
    id_of,
    made,
    opens,
)
from penchant.errors import BadInput, StoreDamaged, StoreLocked

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place for keys."""
    return access_path(tmp_path / "people.db")


def test_a_key_opens_itself_and_nothing_else() -> None:
    """A key is known again by what is kept of it; another key, or a part of it, is not."""
    text, key = made(["decide:read"], NOW)
    other, _ = made(["decide:read"], NOW)

    assert opens(key, text.encode())
    assert not opens(key, other.encode())
    assert not opens(key, text[:-1].encode())
    assert id_of(text.encode()) == key.id


def test_a_key_has_256_bits_of_chance() -> None:
    """The secret of a key is 32 random bytes in text."""
    secrets = {made(["decide:read"], NOW)[0].split("_", 2)[2] for _ in range(50)}

    assert len(secrets) == 50
    assert all(len(secret) >= 43 for secret in secrets)


def test_the_file_holds_no_key(path: Path) -> None:
    """What is kept of a key is a hash; the file is its owner's alone."""
    text, key = made(["decide:read"], NOW, name="shop")
    KeyFile(path).add(key)

    kept = path.read_text()
    assert text not in kept
    assert text.split("_", 2)[2] not in kept
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_are_read_as_they_were_kept(path: Path) -> None:
    """Scopes, name, person and end come back."""
    _, key = made(SCOPES, NOW, name="shop", person="ada", expires_at=NOW + timedelta(days=1))
    KeyFile(path).add(key)

    assert KeyFile(path).keys == {key.id: key}


def test_two_writers_lose_nothing(path: Path) -> None:
    """A key that another process kept meanwhile is still there after a write."""
    one, other = KeyFile(path), KeyFile(path)
    first, second = made(["decide:read"], NOW)[1], made(["decide:read"], NOW)[1]
    one.add(first)
    other.add(second)
    one.revoke(second.id, NOW)

    assert KeyFile(path).keys[second.id].revoked_at == NOW
    assert first.id in KeyFile(path).keys


def test_two_writers_at_once_are_refused(path: Path) -> None:
    """While one process writes keys, another is told so."""
    from penchant.adapters.store.lock import FileLock  # noqa: PLC0415 - held for this test alone

    lock = FileLock(Path(f"{path}.lock"), path.name)
    try:
        with pytest.raises(StoreLocked, match=path.name):
            KeyFile(path).add(made(["decide:read"], NOW)[1])
    finally:
        lock.release()


def test_a_revoked_key_keeps_its_first_time(path: Path) -> None:
    """Revoking twice leaves the time of the first."""
    keys = KeyFile(path)
    key = made(["decide:read"], NOW)[1]
    keys.add(key)
    keys.revoke(key.id, NOW)

    assert keys.revoke(key.id, NOW + timedelta(days=1)).revoked_at == NOW


def test_only_a_key_that_is_there_can_be_revoked(path: Path) -> None:
    """An id of no key is an error that says where to look."""
    with pytest.raises(BadInput, match="penchant key list"):
        KeyFile(path).revoke("nobody", NOW)


@pytest.mark.parametrize("scopes", [["decide"], ["decide:read", "everything"], [""]])
def test_an_unknown_scope_is_an_error_that_lists_them(scopes: list[str]) -> None:
    """A scope that there is not is refused, and those that there are named."""
    with pytest.raises(BadInput, match="`signals:write`"):
        check_scopes(scopes)


def test_a_key_needs_a_scope() -> None:
    """A key that would open nothing is not made."""
    with pytest.raises(BadInput, match="at least one"):
        made([], NOW)


def test_a_file_that_goes_away_takes_its_keys_along(path: Path) -> None:
    """Removing the file revokes every key in it."""
    keys = KeyFile(path)
    keys.add(made(["decide:read"], NOW)[1])
    path.unlink()
    keys.refresh()

    assert keys.keys == {}


def test_an_unchanged_file_is_not_read_again(path: Path) -> None:
    """Looking again costs nothing while the file is the same."""
    keys = KeyFile(path)
    keys.add(made(["decide:read"], NOW)[1])
    before = keys.keys
    keys.refresh()

    assert keys.keys is before


def test_a_file_left_half_written_is_in_nobodys_way(path: Path) -> None:
    """What a crash left beside the file is overwritten, and readable by its owner alone."""
    beside = Path(f"{path}.new")
    beside.write_text("half")
    os.chmod(beside, 0o644)  # noqa: PTH101 - as a careless process would
    KeyFile(path).add(made(["decide:read"], NOW)[1])

    assert len(KeyFile(path).keys) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_of_the_first_version_is_read(path: Path) -> None:
    """Keys kept before the file had a sum still open; the next write adds one."""
    text, key = made(["decide:read"], NOW, name="shop")
    KeyFile(path).add(key)
    written = json.loads(path.read_text())
    path.write_text(json.dumps({"keys": written["keys"], "version": 1}))

    assert opens(KeyFile(path).keys[key.id], text.encode())
    KeyFile(path).add(made(["decide:read"], NOW)[1])
    assert json.loads(path.read_text())["version"] == 2


def test_a_changed_bit_lets_nobody_in(path: Path) -> None:
    """Whatever bit it is: no revoked key opens again, and no key opens more."""
    keys, key = KeyFile(path), made(["decide:read"], NOW, person="ada", expires_at=NOW)[1]
    for one in (key, made(["decide:read"], NOW)[1]):
        keys.add(one)
    keys.revoke(key.id, NOW)
    content, whole = path.read_bytes(), KeyFile(path).keys
    found, bits = 0, range(0, 8 * len(content), 13)
    for bit in bits:
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        try:
            assert KeyFile(path).keys == whole  # only where it is a space
        except StoreDamaged:
            found += 1
    assert found > len(bits) // 2
