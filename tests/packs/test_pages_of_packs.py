"""The packs that come with Penchant: each keeps the contract, its page says what it declares."""

import re
from pathlib import Path

import pytest

from penchant.adapters.packs.page import page_of
from penchant.adapters.packs.reading import NOUNS, read_pack
from penchant.adapters.packs.stories import SAYS, SHOWS
from penchant.contract.declarations import Name
from penchant.testing.packs import PACK_CHECKS, PackCheck

ROOT = Path(__file__).parents[2]
OURS = sorted(file.parent for file in (ROOT / "src" / "penchant" / "packs").glob("*/pack.toml"))
BESIDE = ROOT.parent / "shared" / "data"
"""Where data sets lie that do not ship, on a machine that has them."""


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let claims find their data, where they are there."""
    if BESIDE.is_dir():
        monkeypatch.setenv("PENCHANT_DATA", str(BESIDE))


@pytest.mark.parametrize("check", PACK_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("folder", OURS, ids=lambda folder: folder.name)
def test_ours_keep_the_contract(folder: Path, check: PackCheck) -> None:
    """By the same kit as a stranger's."""
    check(folder)


@pytest.mark.parametrize("key", ["pack", *NOUNS])
def test_each_key_of_the_file_is_documented(key: str) -> None:
    """Every list, and each field of what it holds."""
    page = (ROOT / "docs" / "reference" / "pack.md").read_text("utf-8")
    noun = NOUNS.get(key, Name)
    missing = [name for name in noun.__struct_fields__ if f"`{name}`" not in page]

    assert not missing
    assert f"`[{key}]`" in page if key == "pack" else f"`[[{key}]]`" in page


def test_each_line_of_a_story_is_documented() -> None:
    """What a line may say stands in the reference with an example that is understood."""
    page = (ROOT / "docs" / "reference" / "pack.md").read_text("utf-8")
    lines = re.findall(r"`([^`]+)`", page[page.index("## Stories") :])
    for table in (SAYS, SHOWS):
        unseen = [one for one in table if not any(re.fullmatch(one, line) for line in lines)]
        assert not unseen


@pytest.mark.parametrize("folder", OURS, ids=lambda folder: folder.name)
def test_the_page_of_a_pack_is_what_it_declares(folder: Path) -> None:
    """What is kept, what for, how long, and what is claimed against what, stands in the docs."""
    page = ROOT / "docs" / "reference" / "packs" / f"{folder.name}.md"

    assert page.read_text("utf-8") == page_of(read_pack(folder)), (
        f"Write it anew: penchant pack show {folder.name} > {page.relative_to(ROOT)}"
    )
