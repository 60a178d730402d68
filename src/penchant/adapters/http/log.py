"""The log of the service: one JSON object a line, on stderr, without personal contents.

Rule 1: a request is named by the template of its route, never by its path: ids stand in paths.
Rule 2: of an error its type and its place are told, not its message: messages quote values.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["log_to", "logger"]

logger = logging.getLogger("penchant.http")
_FRAMES = 8


class _AsJson(logging.Formatter):
    """Makes a line of a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        told: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            told |= _place(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def log_to(stream: Any = None) -> None:
    """Write the log of the service, and the server's warnings, to a stream; else to stderr."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_AsJson())
    for name, level in (("penchant.http", logging.INFO), ("uvicorn", logging.WARNING)):
        one = logging.getLogger(name)
        one.handlers, one.propagate = [handler], False
        one.setLevel(level)


def _place(wrong: BaseException) -> dict[str, Any]:
    """Say what kind of error it was and where, innermost last."""
    frames = traceback.extract_tb(wrong.__traceback__)[-_FRAMES:]
    return {
        "error": type(wrong).__name__,
        "where": [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames],
    }
