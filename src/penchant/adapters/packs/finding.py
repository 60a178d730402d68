"""Where packs are found: installed ones by entry point, one that is being written by its folder.

Rule 1: ours are found as a stranger's are: by the entry point group `penchant.packs`, which names
the module of the pack; its `pack.toml` lies beside that module.
Rule 2: nothing of a pack is loaded before it is asked for by name.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from msgspec.structs import replace

from penchant.adapters.packs.reading import FILE, read_pack
from penchant.contract.checking import problems
from penchant.contract.checking_parts import part_problems
from penchant.contract.declarations import Pack
from penchant.contract.installed import Installed
from penchant.contract.parts import Part
from penchant.errors import BadInput

__all__ = ["GROUP", "at_path", "file_below", "find_packs", "installed", "parts_of"]

GROUP = "penchant.packs"


def find_packs(names: Sequence[str]) -> tuple[Installed, ...]:
    """Give installed packs by their names, checked.

    Raises:
        BadInput: For one that is not installed, twice the same, or one that may not be used.
    """
    return tuple(_found(name) for name in dict.fromkeys(names))


def installed() -> tuple[tuple[str, str], ...]:
    """Give the name of every pack that is installed, and the distribution that brings it."""
    return tuple((one.name, one.dist.name if one.dist else "") for one in _entries().values())


def file_below(path: Path) -> Path:
    """Give the file of the one pack in a folder, or below it.

    Raises:
        BadInput: When there is none, or more than one.
    """
    if path.is_file():
        return path
    found = [
        one
        for one in sorted(path.rglob(FILE))
        if not any(part.startswith(".") for part in one.relative_to(path).parts)
    ]
    if len(found) != 1:
        there = "no" if not found else f"{len(found)}"
        raise BadInput(f"`{path}` holds {there} `{FILE}`. Name the folder of one pack.")
    return found[0]


def at_path(path: Path) -> tuple[Installed, tuple[str, ...]]:
    """Read the pack of a folder with its code, and give what stands against it.

    Raises:
        BadInput: When its file cannot be read.
    """
    file = path / FILE if path.is_dir() else path
    pack = read_pack(file)
    with_code = _modules_from(file.resolve().parent)
    parts = parts_of(pack, with_code)
    return Installed(pack, parts), (*problems(pack), *part_problems(pack, parts))


def parts_of(pack: Pack, loaded: Sequence[str] = (), *, claims: bool = True) -> dict[str, Part]:
    """Give what every `module:name` of a pack leads to; what leads nowhere is left out.

    Args:
        pack: As declared.
        loaded: Folders of modules to look into before all others.
        claims: Whether what measures its claims is wanted, too.
    """
    found: dict[str, Part] = {}
    for place in _places(pack, claims=claims):
        module, _, name = place.partition(":")
        part = getattr(_module(module, loaded), name, None)
        if callable(part):
            found[place] = part
    return found


def _found(name: str) -> Installed:
    """Give one installed pack."""
    entries = _entries()
    if name not in entries:
        known = ", ".join(f"`{one}`" for one in sorted(entries)) or "none"
        raise BadInput(
            f"No pack `{name}` is installed; there is {known}. Install the distribution that "
            "brings it, or leave it out."
        )
    pack = read_pack(_folder(entries[name]))
    if pack.name != name:
        raise BadInput(
            f"The entry point `{name}` leads to pack `{pack.name}`. Give both the same name."
        )
    parts = parts_of(pack, claims=False)
    unclaimed = replace(pack, claims=())  # an engine measures nothing
    against = (*problems(pack), *part_problems(unclaimed, parts))
    if against:
        raise BadInput(" ".join(against))
    return Installed(pack, parts)


def _entries() -> Mapping[str, EntryPoint]:
    """Give the entry points of packs by name; of two of one name the first on the path counts."""
    found: dict[str, EntryPoint] = {}
    for one in entry_points(group=GROUP):
        found.setdefault(one.name, one)
    return found


def _folder(entry: EntryPoint) -> Path:
    """Give the folder of the module that an entry point names.

    Raises:
        BadInput: When the module is not there.
    """
    try:
        spec = importlib.util.find_spec(entry.module)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise BadInput(
            f"The entry point of pack `{entry.name}` names a module `{entry.module}` that is not "
            "there. Install its distribution anew."
        )
    return Path(spec.origin).parent


def _places(pack: Pack, *, claims: bool) -> Iterator[str]:
    """Give every `module:name` that a pack names."""
    for ones in (pack.experts, pack.proposers, pack.planners, pack.importers, pack.exporters):
        yield from (one.part for one in ones)
    yield from (one.part for one in pack.pages)
    yield from (one.part for one in pack.examples)
    yield from (one.measure for one in pack.claims if claims)


def _module(name: str, loaded: Sequence[str]) -> ModuleType | None:
    """Import a module of a pack; None where there is none."""
    added = [one for one in loaded if one not in sys.path]
    if added and name:
        _let_go(name.partition(".")[0], added[0])
    sys.path[:0] = added
    try:
        return importlib.import_module(name) if name else None
    except ModuleNotFoundError:
        return None
    finally:
        for one in added:
            sys.path.remove(one)


def _let_go(package: str, folder: str) -> None:
    """Forget modules of a package that were imported from elsewhere than a folder.

    The pack that is checked is the one that lies there, whichever of its name came before.
    """
    for name, module in list(sys.modules.items()):
        is_of_it = name == package or name.startswith(f"{package}.")
        place = getattr(module, "__file__", None) or ""
        if is_of_it and place and not Path(place).is_relative_to(folder):
            del sys.modules[name]


def _modules_from(folder: Path) -> tuple[str, ...]:
    """Give the folders from which the modules beside a file can be imported by their full names."""
    top = folder
    while (top / "__init__.py").exists() and top.parent != top:
        top = top.parent
    return (str(top),)
