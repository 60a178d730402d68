"""Stores: where the facts of the journal live. Each passes `testing/stores.py`.

Loop: below the engine; everything a person's model rests on is written here before it is used.
Rule: importing this module loads neither SQLite nor ciphers; `open_store` does, when a file is
asked for.
"""

import os
from collections.abc import Mapping

from penchant.adapters.store.memory import MemoryStore
from penchant.errors import BadInput
from penchant.journal import Store

__all__ = ["KEK_VARIABLE", "MemoryStore", "open_store"]

KEK_VARIABLE = "PENCHANT_KEK"
"""Where a key-encryption key may be given, as base64 of 32 bytes; else it lies in a file."""


def open_store(path: str | None, *, environ: Mapping[str, str] = os.environ) -> Store:
    """Open the store at `path`, or one in memory for None.

    Args:
        path: The file of the journal; keys go to `path.keys`, beside it.
        environ: Where `PENCHANT_KEK` is looked up.

    Raises:
        StoreLocked: When another process, or another store of this one, has the file.
        StoreDamaged: When the files do not fit together; nothing is served.
        StoreTooNew: When a later version of Penchant wrote them.
        StoreFailed: When the disk does not do what is asked.
        BadInput: When `PENCHANT_KEK` is no base64 of 32 bytes.

    Example:
        >>> store = open_store(None)
        >>> list(store.read("ada"))
        []
        >>> store.close()
    """
    if path is None:
        return MemoryStore()
    from penchant.adapters.store.sqlite import SqliteStore

    return SqliteStore(path, kek=_given_kek(environ))


def _given_kek(environ: Mapping[str, str]) -> bytes | None:
    """Give the 32 bytes of the variable, or None when it is not set."""
    import base64
    import binascii

    text = environ.get(KEK_VARIABLE)
    if text is None:
        return None
    try:
        kek = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        kek = b""
    if len(kek) != 32:  # noqa: PLR2004 - AES-256
        raise BadInput(
            f"`{KEK_VARIABLE}` must be the base64 of 32 bytes; what is set there is not. "
            f"Make one with `openssl rand -base64 32`."
        )
    return kek
