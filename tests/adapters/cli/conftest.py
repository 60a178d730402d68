"""What the tests of the command line start from."""

from pathlib import Path

import pytest
from adapters.cli.shop import Shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Open a shop in a folder of its own, and stand in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PENCHANT_DB", raising=False)
    monkeypatch.delenv("PENCHANT_KEK", raising=False)
    return Shop(tmp_path)
