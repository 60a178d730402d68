"""Every store passes every check of the kit."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from penchant.adapters.store.memory import MemoryStore
from penchant.adapters.store.sqlite import SqliteStore
from penchant.journal import Block, Fact, Store
from penchant.testing.stores import STORE_CHECKS, Make

Check = Callable[[Make], None]
STORES: tuple[Callable[[Path], Store], ...] = (
    lambda _: MemoryStore(),
    lambda path: SqliteStore(path / "people.db"),
)


@pytest.mark.parametrize("open_at", STORES, ids=("memory", "sqlite"))
@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__[6:])
def test_the_store_keeps_its_contract(
    check: Check, open_at: Callable[[Path], Store], tmp_path: Path
) -> None:
    """The store does what the check says."""
    check(lambda: open_at(tmp_path))


class _Forgetful(MemoryStore):
    """Loses the last fact of each batch."""

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep all but the last."""
        super().append(list(facts)[:-1])


def _fails(check: Check) -> bool:
    """Whether a check fails a store that loses facts."""
    try:
        check(_Forgetful)
    except AssertionError:
        return True
    return False


def test_the_kit_finds_a_store_that_loses_facts() -> None:
    """A store that drops facts fails most checks, and says so in a sentence."""
    failed = [check for check in STORE_CHECKS if _fails(check)]

    assert len(failed) > len(STORE_CHECKS) / 2
