"""The JSON Schema of an export, made from the lines as they are declared.

It stands in docs/reference/export.schema.json; a test holds the file to this, and
`penchant export --schema` prints it.
"""

from typing import Any, get_args

import msgspec

from penchant.adapters.http.schemas import schemas_of
from penchant.runtime.rights.portable import SCHEMA, VERSION, Line

__all__ = ["export_schema"]


def export_schema() -> dict[str, Any]:
    """Give the schema of one line: which kinds there are, and what each holds.

    Example:
        >>> schema = export_schema()
        >>> schema["title"], "Header" in schema["$defs"]
        ('One line of an export of `penchant.person`, version 1', True)
    """
    lines, defs = schemas_of(get_args(Line))
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"One line of an export of `{SCHEMA}`, version {VERSION}",
        "oneOf": lines,
        "$defs": dict(sorted(defs.items())),
    }
    text = msgspec.json.encode(whole).replace(b"#/components/schemas/", b"#/$defs/")
    found: dict[str, Any] = msgspec.json.decode(text)
    return found
