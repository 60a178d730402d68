"""Sizes and names: how large a thing may grow, and what it may not be called."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from architecture.sources import Source, at

__all__ = [
    "WIDE_CLASSES",
    "class_sizes",
    "docstrings_of_tests",
    "function_sizes",
    "headers",
    "module_sizes",
    "names",
    "parameters",
    "protocol_sizes",
]

MODULE_LINES = 400
FUNCTION_LINES = 40
HEADER_LINES = 12
PUBLIC_METHODS = 10
PROTOCOL_METHODS = 3
POSITIONAL = 5
BANNED = frozenset({"utils", "helpers", "common", "base", "misc", "manager"})

# Classes whose public methods are fixed elsewhere, each with its reason.
WIDE_CLASSES: Mapping[str, str] = {
    "penchant.adapters.cli.remote.Remote": "the verbs of the engine, as commands ask a service",
    "penchant.adapters.client.client.AsyncClient": "the verbs of the engine, awaited",
    "penchant.adapters.client.client.Client": "the verbs of the engine, over HTTP",
    "penchant.engine.Engine": "the public surface; its verbs are fixed by what callers rely on",
}

# Modules whose opening text may be longer, each with its reason.
LONG_HEADERS: Mapping[str, str] = {
    "penchant.errors": "the tree of errors is drawn at its top",
}

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def module_sizes(sources: Sequence[Source]) -> list[str]:
    """Find modules that grew too long."""
    return [
        at(one, 1, f"{one.n_lines} lines; a module has at most {MODULE_LINES}")
        for one in sources
        if one.n_lines > MODULE_LINES
    ]


def function_sizes(sources: Sequence[Source]) -> list[str]:
    """Find functions that grew too long, their docstring not counted."""
    return [
        at(
            one,
            node.lineno,
            f"`{node.name}` has {n} lines; a function has at most {FUNCTION_LINES}",
        )
        for one, node in _functions(sources)
        if (n := _length(node)) > FUNCTION_LINES
    ]


def class_sizes(sources: Sequence[Source]) -> list[str]:
    """Find classes with too many public methods, and entries of the table that nothing needs."""
    findings = []
    for one, node in _classes(sources):
        n, name = len(_public_methods(node)), f"{one.module}.{node.name}"
        if n > PUBLIC_METHODS and name not in WIDE_CLASSES:
            sentence = f"`{node.name}` has {n} public methods; a class has at most {PUBLIC_METHODS}"
            findings.append(at(one, node.lineno, sentence))
        if n <= PUBLIC_METHODS and name in WIDE_CLASSES:
            findings.append(at(one, node.lineno, f"`{name}` needs no line in WIDE_CLASSES"))
    return findings


def protocol_sizes(sources: Sequence[Source]) -> list[str]:
    """Find protocols that ask too much of whoever implements them."""
    return [
        at(one, node.lineno, f"`{node.name}` asks for {n} methods; a protocol has at most {most}")
        for one, node in _classes(sources)
        if (n := len(_public_methods(node))) > (most := PROTOCOL_METHODS) and _is_protocol(node)
    ]


def parameters(sources: Sequence[Source]) -> list[str]:
    """Find functions with too many positional parameters; keyword-only ones are free."""
    return [
        at(
            one,
            node.lineno,
            f"`{node.name}` takes {n} by position; at most {POSITIONAL}, rest by name",
        )
        for one, node in _functions(sources)
        if (n := _n_positional(node)) > POSITIONAL
    ]


def names(sources: Sequence[Source]) -> list[str]:
    """Find files and folders named for nothing in particular."""
    return [
        at(one, 1, f"`{part}` says nothing; name a file after its main noun")
        for one in sources
        for part in one.module.split(".")
        if part in BANNED
    ]


def headers(sources: Sequence[Source]) -> list[str]:
    """Find modules whose opening text is missing or too long to be read."""
    findings = []
    for one in sources:
        n = len((ast.get_docstring(one.tree) or "").splitlines())
        if not n or (n > HEADER_LINES and one.module not in LONG_HEADERS):
            findings.append(
                at(one, 1, f"opens with {n} lines; a module opens with 1 to {HEADER_LINES}")
            )
    return findings


def docstrings_of_tests(sources: Sequence[Source]) -> list[str]:
    """Find tests that do not say in one line what holds."""
    return [
        at(one, node.lineno, f"`{node.name}` says not in one line what holds")
        for one, node in _functions(sources)
        if node.name.startswith("test_")
        and len((ast.get_docstring(node) or "").strip().splitlines()) != 1
    ]


def _functions(sources: Sequence[Source]) -> Iterator[tuple[Source, Function]]:
    for one in sources:
        for node in ast.walk(one.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield one, node


def _classes(sources: Sequence[Source]) -> Iterator[tuple[Source, ast.ClassDef]]:
    for one in sources:
        for node in ast.walk(one.tree):
            if isinstance(node, ast.ClassDef):
                yield one, node


def _length(node: Function) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return lines
    text = node.body[0]
    return lines - ((text.end_lineno or text.lineno) - text.lineno + 1)


def _n_positional(node: Function) -> int:
    given = [*node.args.posonlyargs, *node.args.args]
    return len(given) - bool(given and given[0].arg in {"self", "cls"})


def _public_methods(node: ast.ClassDef) -> set[str]:
    """Name the verbs of a class; a property is a noun, and overloads are one verb."""
    return {
        child.name
        for child in node.body
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        and not child.name.startswith("_")
        and not any("property" in ast.unparse(mark) for mark in child.decorator_list)
    }


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).split("[")[0].endswith("Protocol") for base in node.bases)
