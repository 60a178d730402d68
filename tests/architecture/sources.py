"""Sources: Python files read as trees, and the imports found in them.

Nothing here is imported or run; a file is judged by its text alone, so that a broken
module is still judged and a check costs milliseconds.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Import", "Source", "at", "imports_of", "read_tree", "source"]

TYPE_GUARDS = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


class Source(NamedTuple):
    """One Python file: its dotted name, its path for messages, its lines and its tree."""

    module: str
    path: str
    n_lines: int
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """Whether this is the `__init__.py` of a package."""
        return self.path.endswith("__init__.py")


class Import(NamedTuple):
    """One import as written: what may be meant by it, longest name first."""

    line: int
    targets: tuple[str, ...]
    is_star: bool
    is_for_types: bool


def source(path: str, text: str) -> Source:
    """Read one file from its text; `path` is relative to the folder that is on `sys.path`."""
    parts = path.removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        parts.pop()
    return Source(".".join(parts), path, len(text.splitlines()), ast.parse(text, path))


def read_tree(root: Path, under: str) -> tuple[Source, ...]:
    """Read every Python file of the folder `under`, with names relative to `root`."""
    files = sorted((root / under).rglob("*.py"))
    return tuple(
        source(file.relative_to(root).as_posix(), file.read_text("utf-8")) for file in files
    )


def at(where: Source, line: int, sentence: str) -> str:
    """Give a finding the form that editors and terminals can jump to."""
    return f"{where.path}:{line}: {sentence}"


def imports_of(where: Source) -> Iterator[Import]:
    """Give every import of a file, those inside functions and by `import_module` included."""
    yield from _imports_below(where, where.tree, is_for_types=False)


def _imports_below(where: Source, node: ast.AST, *, is_for_types: bool) -> Iterator[Import]:
    found = _import_at(where, node)
    if found is not None:
        yield from (one._replace(is_for_types=is_for_types) for one in found)
    for child in ast.iter_child_nodes(node):
        guarded = isinstance(node, ast.If) and child in node.body and _asks_for_types(node)
        yield from _imports_below(where, child, is_for_types=is_for_types or guarded)


def _asks_for_types(node: ast.If) -> bool:
    return ast.unparse(node.test) in TYPE_GUARDS


def _import_at(where: Source, node: ast.AST) -> Sequence[Import] | None:
    match node:
        case ast.Import():
            return [_plain(node.lineno, alias.name) for alias in node.names]
        case ast.ImportFrom():
            return _from(where, node)
        case ast.Call(func=ast.Name(id="import_module" | "__import__"), args=[first, *_]):
            return _by_call(node, first)
        case ast.Call(func=ast.Attribute(attr="import_module"), args=[first, *_]):
            return _by_call(node, first)
    return None


def _plain(line: int, name: str, *, is_star: bool = False) -> Import:
    return Import(line, (name,), is_star, is_for_types=False)


def _by_call(node: ast.Call, first: ast.expr) -> Sequence[Import] | None:
    match first:
        case ast.Constant(value=str(name)):
            return [_plain(node.lineno, name)]
    return None


def _from(where: Source, node: ast.ImportFrom) -> Sequence[Import]:
    """Tell `from a import b` as `a.b`, if that is a module, else `a`."""
    origin = node.module or ""
    if node.level:
        parts = where.module.split(".")
        kept = len(parts) - node.level + (1 if where.is_package else 0)
        origin = ".".join([*parts[:kept], *([origin] if origin else [])])
    return [
        _plain(node.lineno, origin, is_star=True)
        if alias.name == "*"
        else Import(
            node.lineno, (f"{origin}.{alias.name}", origin), is_star=False, is_for_types=False
        )
        for alias in node.names
    ]
