"""JSON schemas of nouns and bodies.

msgspec makes schemas of structs, but cannot write down the default of a field whose default is a
`FrozenMap`; such structs are mirrored here with an empty object instead, whole trees of them.
"""

from collections.abc import Sequence
from inspect import cleandoc
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

from penchant.frozen_map import FrozenMap

__all__ = ["schemas_of"]

_REF = "#/components/schemas/{name}"


def schemas_of(kinds: Sequence[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Give the schema of each type, and the components they refer to.

    Example:
        >>> from penchant.words import Reason
        >>> schemas, components = schemas_of([Reason])
        >>> schemas, list(components)
        ([{'$ref': '#/components/schemas/Reason'}], ['Reason'])
    """
    known: dict[type, type] = {}
    mirrors = [_mirror(kind, known) for kind in kinds]
    schemas, components = msgspec.json.schema_components(mirrors, ref_template=_REF)
    return list(schemas), components


def _mirror(kind: Any, known: dict[type, type]) -> Any:
    """Give a type with every struct in it mirrored."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _mirror_struct(kind, known)
    origin, inside = get_origin(kind), get_args(kind)
    if origin is None or origin is Annotated or not inside:
        return kind
    if origin is FrozenMap:  # in JSON it is what every mapping is
        return dict[str, _mirror(inside[0], known)]  # type: ignore[misc]  # made of parts
    told = tuple(_mirror(one, known) for one in inside)
    return Union[told] if origin in {Union, UnionType} else kind if told == inside else origin[told]  # noqa: UP007 - made of parts


def _mirror_struct(kind: type[Struct], known: dict[type, type]) -> type:
    """Give a struct of the same name, fields and tag, whose defaults can be written down."""
    if kind in known:
        return known[kind]
    config = kind.__struct_config__
    fields = []
    for one in msgspec.structs.fields(kind):
        default: Any = one.default
        if isinstance(one.default, FrozenMap):
            default = msgspec.field(default_factory=dict)
        elif one.default_factory is not NODEFAULT:
            default = msgspec.field(default_factory=one.default_factory)
        kept: Any = (one.name, _mirror(one.type, known), default)
        fields.append(kept[:2] if default is NODEFAULT else kept)
    known[kind] = msgspec.defstruct(
        kind.__name__,
        fields,
        namespace={"__doc__": cleandoc(kind.__doc__ or "")},
        tag=config.tag,
        tag_field=config.tag_field,
        rename={one.name: one.encode_name for one in msgspec.structs.fields(kind)},
        forbid_unknown_fields=config.forbid_unknown_fields,
        kw_only=True,
    )
    return known[kind]
