"""The schema of an export: the file in the reference is the one the lines have, and they fit it."""

import json
from pathlib import Path
from typing import Any

import pytest
from engines import NAMED, PURPOSE, agreed, engine_on, lived, shop

from penchant import Signal
from penchant.adapters.export_schema import export_schema

FILE = Path(__file__).parents[2] / "docs" / "reference" / "export.schema.json"

KINDS = {"array": list, "object": dict, "string": str, "integer": int, "boolean": bool}


def test_the_file_is_the_schema_of_the_lines() -> None:
    """A line that changed has its new schema in the reference."""
    assert json.loads(FILE.read_text("utf-8")) == export_schema(), (
        "Write it anew: penchant export --schema > docs/reference/export.schema.json"
    )


def fits(value: Any, schema: dict[str, Any], defs: dict[str, Any]) -> bool:
    """Tell whether a value is as a schema has it; of JSON Schema, what is used here."""
    if "$ref" in schema:
        return fits(value, defs[schema["$ref"].rpartition("/")[2]], defs)
    among = schema.get("anyOf") or schema.get("oneOf")
    if among:
        return any(fits(value, one, defs) for one in among)
    is_kind = "enum" not in schema or value in schema["enum"]
    return is_kind and is_of(value, schema.get("type")) and holds(value, schema, defs)


def is_of(value: Any, kind: str | None) -> bool:
    """Tell whether a value has a type."""
    if kind == "null":
        return value is None
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return kind is None or isinstance(value, KINDS[kind])


def holds(value: Any, schema: dict[str, Any], defs: dict[str, Any]) -> bool:
    """Tell whether what a value holds is as its schema has it."""
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return all(fits(one, schema["items"], defs) for one in value)
    if not isinstance(value, dict):
        return True
    others = schema.get("additionalProperties")
    schemas = {**dict.fromkeys(value, others), **schema.get("properties", {})}
    return set(schema.get("required", ())) <= value.keys() and all(
        not isinstance(schemas[name], dict) or fits(one, schemas[name], defs)
        for name, one in value.items()
    )


@pytest.mark.parametrize("named", [False, True], ids=["features", "names"])
def test_every_line_of_an_export_fits_the_schema(*, named: bool) -> None:
    """Each line is of exactly one kind, and as that kind is described."""
    engine = engine_on()
    engine.declare(shop(NAMED) if named else shop())
    agreed(engine, "ada", "bea")
    lived(engine, ["ada", "bea"], 12)
    for kind, data in (
        ("belief.corrected", {"belief": "rhythm", "is": "evenings"}),
        ("never.stated", {"name": "n", "text": "no", "action": "ball"}),
        ("person.merged", {"from": "phone"}),
        ("person.restricted", {}),
    ):
        assert engine.observe(Signal(kind, "ada", data=data))
    assert engine.observe(Signal("shop.viewed", "bea", data={"near": [1, 2.5]}), purpose=PURPOSE)
    schema = export_schema()
    defs = schema["$defs"]
    for person in ("ada", "bea"):
        for line in map(json.loads, engine.export(person).splitlines()):
            whole = [one for one in schema["oneOf"] if fits(line, one, defs)]
            assert len(whole) == 1, line["type"]
            assert line.keys() <= defs[whole[0]["$ref"].rpartition("/")[2]]["properties"].keys()


def test_what_does_not_fit_is_told() -> None:
    """A line of no kind, without what it needs or with another type fits nothing."""
    schema = export_schema()
    header = {"type": "header", "schema": "s", "version": 1, "person": "a", "ids": [], "at": "t"}
    for wrong in ({"type": "other"}, {"type": "header"}, {**header, "version": "1"}):
        assert not any(fits(wrong, one, schema["$defs"]) for one in schema["oneOf"])
    assert sum(fits(header, one, schema["$defs"]) for one in schema["oneOf"]) == 1
