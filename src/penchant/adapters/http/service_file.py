"""Where a service that runs can be reached, for programs of the same user: `PATH.service`.

It holds an address and a key that ends with the service, so it is readable by its owner alone.
"""

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

__all__ = ["ServiceAddress", "find_service", "forget_service", "leave_service"]


class ServiceAddress(Struct, frozen=True):
    """Where a service is, and what opens it."""

    url: str
    token: str
    pid: int


def leave_service(database: Path, address: ServiceAddress) -> None:
    """Write the file, whole or not at all."""
    path = _path(database)
    beside = Path(f"{path}.new")
    with suppress(FileNotFoundError):
        beside.unlink()
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(msgspec.json.encode(address))
    beside.replace(path)


def find_service(database: Path) -> ServiceAddress | None:
    """Give the address that a service left, or None; it may have ended without taking it away."""
    try:
        return msgspec.json.decode(_path(database).read_bytes(), type=ServiceAddress)
    except (OSError, msgspec.DecodeError):
        return None


def forget_service(database: Path) -> None:
    """Take the file away."""
    _path(database).unlink(missing_ok=True)


def _path(database: Path) -> Path:
    return Path(f"{database}.service")
