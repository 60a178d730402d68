"""Claims of a pack, measured: its code is handed the files of the data set that it names.

Rule: data are not fetched. They lie in a folder of data sets (`PENCHANT_DATA`), one folder each; a
claim whose data are not there is not measured, and that is said.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from penchant.contract.claims import Judged, judged
from penchant.contract.declarations import Claim
from penchant.contract.installed import Installed
from penchant.contract.parts import Measured
from penchant.errors import BadInput

__all__ = ["DATA_VARIABLE", "SIMULATED", "judge", "unmeasurable"]

DATA_VARIABLE = "PENCHANT_DATA"
SIMULATED = "simulated"
"""The data of a claim that makes its own."""


def judge(
    installed: Installed, *, environ: Mapping[str, str] = os.environ
) -> Iterator[Judged | tuple[Claim, str]]:
    """Measure every claim of a pack; give why not, where its data are not there.

    Raises:
        BadInput: When what a claim names measures nothing.
    """
    for claim in installed.pack.claims:
        reason = unmeasurable(claim, environ)
        if reason:
            yield claim, reason
            continue
        measure: Callable[..., object] = installed.parts[claim.measure]
        try:
            measured = measure(_reader(claim, environ))
        except ModuleNotFoundError as missing:
            yield claim, f"`{missing.name}`, which reads its data, is not installed"
            continue
        if not isinstance(measured, Measured):
            raise BadInput(
                f"`{installed.pack.place}`, key `claims.{claim.name}.measure`: it gave a "
                f"`{type(measured).__name__}`, and must give a `Measured`."
            )
        yield judged(claim, measured)


def unmeasurable(claim: Claim, environ: Mapping[str, str] = os.environ) -> str:
    """Say why a claim cannot be measured here; "" where it can."""
    if claim.data == SIMULATED or _folder(claim, environ) is not None:
        return ""
    return f"its data `{claim.data}` are not here; `{DATA_VARIABLE}` names the folder of data sets"


def _folder(claim: Claim, environ: Mapping[str, str]) -> Path | None:
    """Give where the data of a claim lie; None where they do not."""
    root = environ.get(DATA_VARIABLE)
    folder = Path(root) / claim.data if root else None
    return folder if folder is not None and folder.is_dir() else None


def _reader(claim: Claim, environ: Mapping[str, str]) -> Callable[[str], bytes]:
    """Give what reads a file of a claim's data set by its name."""
    folder = _folder(claim, environ)

    def read(name: str) -> bytes:
        if folder is None:
            raise BadInput(f"Claim `{claim.name}` is simulated, so there is no file `{name}`.")
        file = (folder / name).resolve()
        if not file.is_relative_to(folder.resolve()):
            raise BadInput(f"Claim `{claim.name}` reads `{name}`, which is not of its data set.")
        return file.read_bytes()

    return read
