"""Finding packs: a stranger's is found by its entry point, as ours are."""

import importlib
import sys
from pathlib import Path

import pytest
from packs.strangers import PACE, STRANGER

from penchant import Engine
from penchant.adapters.packs.finding import at_path, file_below, find_packs, installed
from penchant.errors import BadInput
from penchant.testing.packs import PACK_CHECKS, PackCheck


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stranger's distribution where Python looks for installed ones."""
    monkeypatch.syspath_prepend(str(STRANGER))
    importlib.invalidate_caches()


def lay_down(folder: Path, name: str, entry: str) -> None:
    """Leave a distribution that has an entry point and nothing else."""
    info = folder / f"penchant_{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: penchant-{name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[penchant.packs]\n{name} = {entry}\n")


@pytest.mark.usefixtures("on_path")
def test_a_strangers_pack_is_found_by_its_entry_point() -> None:
    """It is listed with its distribution, and an engine opens with it by name."""
    assert ("pace", "penchant-pace") in installed()
    with Engine.open(packs=["pace", "pace"]) as engine:
        assert [pack.name for pack in engine.packs] == ["pace"]
        assert [moment.name for moment in engine.many.moments()] == [
            "pace.next_run",
            "pace.plan_b",
        ]


def test_without_it_the_engine_says_which_there_are() -> None:
    """A pack that is not installed is an error before any file is made."""
    with pytest.raises(BadInput, match=r"No pack `pace` is installed; there is .*`school`"):
        Engine.open("never-made.db", packs=["pace"])
    assert not Path("never-made.db").exists()


def test_an_entry_point_that_leads_nowhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a distribution is named, with what to do."""
    lay_down(tmp_path, "gone", "penchant_gone.inside")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(BadInput, match=r"names a module `penchant_gone\.inside` that is not there"):
        find_packs(["gone"])


@pytest.mark.usefixtures("on_path")
def test_an_entry_point_has_the_name_of_its_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is opened by a name is the pack of that name."""
    lay_down(tmp_path, "speed", "penchant_pace")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(BadInput, match="The entry point `speed` leads to pack `pace`"):
        find_packs(["speed"])


@pytest.mark.usefixtures("on_path")
def test_a_pack_that_may_not_be_used_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `penchant pack check` refuses, an engine refuses too, with the same sentence."""
    package = tmp_path / "penchant_dark"
    package.mkdir()
    (package / "__init__.py").write_text('"""A pack."""\n')
    text = (PACE / "pack.toml").read_text("utf-8").replace("pace.", "dark.")
    text = text.replace('name = "pace"', 'name = "dark"').replace(
        "penchant_dark.", "penchant_pace."
    )
    (package / "pack.toml").write_text(text.replace('risk = "human"', 'risk = "auto"'))
    lay_down(tmp_path, "dark", "penchant_dark")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(BadInput, match="It cannot be undone, and `auto` lets it happen by itself"):
        Engine.open(packs=["dark"])


def test_a_pack_is_found_below_a_folder(tmp_path: Path) -> None:
    """One is found, none and two are told."""
    assert file_below(STRANGER) == PACE / "pack.toml"
    assert file_below(PACE / "pack.toml") == PACE / "pack.toml"
    with pytest.raises(BadInput, match=r"holds no `pack\.toml`"):
        file_below(tmp_path)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.toml").touch()
    with pytest.raises(BadInput, match=r"holds 2 `pack\.toml`"):
        file_below(tmp_path)


def test_reading_a_pack_leaves_the_path_as_it_was() -> None:
    """A pack that is being written is imported from its folder, and nothing else is."""
    before = list(sys.path)
    at_path(PACE)

    assert sys.path == before


@pytest.mark.parametrize("check", PACK_CHECKS, ids=lambda check: check.__name__)
def test_the_strangers_pack_keeps_the_contract(check: PackCheck) -> None:
    """Its declarations, its code, its stories and its claims."""
    check(PACE)
