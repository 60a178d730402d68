"""Layers: which part of Penchant may know which, and no two modules know each other in a ring."""

import re
from ast import Call, unparse, walk
from collections.abc import Mapping, Sequence

from architecture.sources import Import, Source, at, imports_of

__all__ = ["FREE", "LAYERS", "cycles", "layers", "packs", "purity", "stars"]

# From the outside in. A module may import from layers below its own, and from its own part;
# parts that share a layer do not know each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("penchant.adapters",),
    ("penchant.laboratory",),
    ("penchant.engine",),
    ("penchant.runtime",),
    ("penchant.loop", "penchant.pack"),
    ("penchant.contract",),
    (
        "penchant.experts",
        "penchant.signals",
        "penchant.profile",
        "penchant.decide",
        "penchant.deliver",
        "penchant.learn",
    ),
    ("penchant.guard",),
    ("penchant.model",),
    ("penchant.journal",),
    ("penchant.algebra",),
    ("penchant.words",),
    ("penchant.openings", "penchant.stated"),
    ("penchant.limits",),
    ("penchant.frozen_map",),
    ("penchant.errors",),
)

# These may import anything; in return nothing inside the package imports them.
FREE: Mapping[str, str] = {
    "penchant": "the composition root: it joins the engine to its adapters",
    "penchant.__main__": "starts the command line",
    "penchant.testing": "check kits look at every part",
}

# Clock, dice, disk, net: these come into the inner rings as arguments.
IMPURE = frozenset(
    {
        *("asyncio", "fcntl", "glob", "http", "logging", "os", "pathlib", "random", "secrets"),
        *("shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading"),
        *("time", "urllib", "uuid", "cryptography", "rich", "typer"),
    }
)
IMPURE_CALLS = re.compile(r"open|(.+\.)?(datetime\.(now|utcnow|today)|date\.today)")
PURE = frozenset({"pathlib.PurePosixPath", "urllib.parse", "uuid.UUID", "uuid.uuid5"})
"""Of those modules, what neither looks at the machine nor throws dice."""
OUTER_RINGS = ("penchant.adapters", "penchant.engine", "penchant.runtime")


def layers(sources: Sequence[Source]) -> list[str]:
    """Find imports that point outward or sideways, and modules that no layer names."""
    modules = {one.module for one in sources}
    findings = []
    for one in sources:
        if one.module in FREE or _part(one.module, FREE) == "penchant.testing" or _is_pack(one):
            continue
        if _layer(one.module) is None:
            findings.append(at(one, 1, f"`{one.module}` stands in no layer; name it in LAYERS"))
            continue
        for found in imports_of(one):
            target = _inside(found, modules)
            if target and (sentence := _objection(one.module, target)):
                findings.append(at(one, found.line, sentence))
    return findings


def packs(sources: Sequence[Source]) -> list[str]:
    """Find packs that reach past `penchant.pack`, and parts that know a pack by name."""
    modules = {one.module for one in sources}
    findings = []
    for one in sources:
        for found in imports_of(one):
            target = _inside(found, modules)
            if target is None:
                continue
            own = ".".join(one.module.split(".")[:3])
            if _is_pack(one) and target != "penchant.pack" and not _below(target, own):
                sentence = f"a pack imports `penchant.pack` only, not `{target}`"
                findings.append(at(one, found.line, sentence))
            if not _is_pack(one) and _below(target, "penchant.packs"):
                sentence = f"`{target}` is a pack; packs are found by entry point, never imported"
                findings.append(at(one, found.line, sentence))
    return findings


def cycles(sources: Sequence[Source]) -> list[str]:
    """Find rings of modules that import each other, inside functions too, for types aside."""
    modules = {one.module for one in sources}
    graph = {
        one.module: sorted(
            {
                target
                for found in imports_of(one)
                if not found.is_for_types and (target := _inside(found, modules))
            }
            - {one.module}
        )
        for one in sources
    }
    paths = {one.module: one for one in sources}
    rings = {ring for module in graph if (ring := _ring_through(module, graph))}
    return [at(paths[ring[0]], 1, "import cycle: " + " → ".join(ring)) for ring in sorted(rings)]


def stars(sources: Sequence[Source]) -> list[str]:
    """Find `import *`, which hides where a name comes from."""
    return [
        at(one, found.line, "`import *` hides where a name comes from; name what is needed")
        for one in sources
        for found in imports_of(one)
        if found.is_star
    ]


def purity(sources: Sequence[Source]) -> list[str]:
    """Find clock, dice, disk and net in the inner rings and in packs."""
    findings = []
    for one in sources:
        if one.module in FREE or _part(one.module, (*OUTER_RINGS, "penchant.testing")):
            continue
        findings += [
            at(one, found.line, f"`{name}` is clock, dice, disk or net; take it as an argument")
            for found in imports_of(one)
            if (name := found.targets[-1]).split(".")[0] in IMPURE
            and PURE.isdisjoint(found.targets)
        ]
        findings += [
            at(one, node.lineno, f"`{unparse(node)}` is clock or disk; take it as an argument")
            for node in walk(one.tree)
            if isinstance(node, Call) and IMPURE_CALLS.fullmatch(unparse(node.func))
        ]
    return findings


def _below(module: str, part: str) -> bool:
    return module == part or module.startswith(f"{part}.")


def _part(module: str, parts: Mapping[str, str] | Sequence[str]) -> str | None:
    """Give the part a module belongs to; the root itself has no parts below it here."""
    return next((part for part in parts if part != "penchant" and _below(module, part)), None)


def _is_pack(one: Source) -> bool:
    return _below(one.module, "penchant.packs")


def _layer(module: str) -> tuple[int, str] | None:
    for depth, parts in enumerate(LAYERS):
        if part := _part(module, parts):
            return depth, part
    return None


def _inside(found: Import, modules: set[str]) -> str | None:
    """Give the module of this package that an import means, or None for one from outside."""
    if found.targets[-1].split(".")[0] != "penchant":
        return None
    return next((name for name in found.targets if name in modules), found.targets[-1])


def _objection(module: str, target: str) -> str | None:
    if target in FREE or _part(target, FREE):
        return f"`{module}` may not import `{target}`, which stands outside all layers"
    here, there = _layer(module), _layer(target)
    if here is None or there is None or here == there or here[0] < there[0]:
        return None
    if here[0] == there[0]:
        return f"`{here[1]}` and `{there[1]}` are siblings and do not know each other"
    return f"`{module}` imports outward: `{target}` is further out"


def _ring_through(start: str, graph: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Give the shortest ring through a module, begun at its first name in the alphabet."""
    roads: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for road in roads:
        for target in graph.get(road[-1], ()):
            if target == start:
                first = road.index(min(road))
                ring = road[first:] + road[:first]
                return (*ring, ring[0])
            if target not in seen:
                seen.add(target)
                roads.append((*road, target))
    return None
