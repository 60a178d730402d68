"""Where data sets lie that do not ship: in the folder `PENCHANT_DATA`, one folder a kind."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["data_folder"]

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Looked into where the variable is not set."""


def data_folder(*parts: str) -> Path | None:
    """Give a folder of data, or None where it is not here."""
    folder = Path(os.environ.get("PENCHANT_DATA", _BESIDE)).joinpath(*parts)
    return folder if folder.is_dir() else None
