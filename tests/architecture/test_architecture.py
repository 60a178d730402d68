"""The shape of the source: each rule holds, and each rule is seen to find what it is for."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from architecture import layers, sizes
from architecture.sources import Source, imports_of, read_tree, source

ROOT = Path(__file__).parents[2]
SHIPPED = read_tree(ROOT / "src", "penchant")
TESTS = read_tree(ROOT, "tests")
HEAVY = ("cryptography", "rich", "sqlite3", "typer")

Rule = Callable[[Sequence[Source]], list[str]]
RULES: tuple[Rule, ...] = (
    layers.layers,
    layers.packs,
    layers.cycles,
    layers.stars,
    layers.purity,
    sizes.module_sizes,
    sizes.function_sizes,
    sizes.class_sizes,
    sizes.protocol_sizes,
    sizes.parameters,
    sizes.names,
    sizes.headers,
)


def files(texts: Mapping[str, str]) -> tuple[Source, ...]:
    """Make sources from texts by path."""
    return tuple(source(path, text) for path, text in texts.items())


def methods(n: int) -> str:
    """Write `n` public methods."""
    return "".join(f"    def verb_{i}(self): ...\n" for i in range(n))


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 40
LONG_DOCSTRING = 'def f():\n    """' + "\n    line" * 60 + '"""\n' + "    x = 1\n" * 39
SIX = "def f(a, b, c, d, e, g): ...\n"

# (rule, what the files hold, what the finding says)
VIOLATIONS: tuple[tuple[Rule, Mapping[str, str], str], ...] = (
    (
        layers.layers,
        {"penchant/words.py": "from penchant.loop import x", "penchant/loop.py": ""},
        "words.py:1: `penchant.words` imports outward: `penchant.loop`",
    ),
    (
        layers.layers,
        {"penchant/learn/a.py": "def f():\n    from penchant.decide import b"},
        "a.py:2: `penchant.learn` and `penchant.decide` are siblings",
    ),
    (
        layers.layers,
        {"penchant/learn/a.py": "from ..decide.scores import b"},
        "siblings",
    ),
    (
        layers.layers,
        {"penchant/pack.py": "from penchant import loop", "penchant/loop.py": ""},
        "siblings",
    ),
    (
        layers.layers,
        {"penchant/engine.py": "def f():\n    import_module('penchant.adapters.store')"},
        "engine.py:2: `penchant.engine` imports outward",
    ),
    (
        layers.layers,
        {
            "penchant/guard/a.py": "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    from penchant.engine import Engine"
        },
        "a.py:3: `penchant.guard.a` imports outward",
    ),
    (
        layers.layers,
        {"penchant/engine.py": "from penchant.testing import kit"},
        "stands outside all layers",
    ),
    (
        layers.layers,
        {"penchant/__init__.py": "", "penchant/loop.py": "from penchant import Engine"},
        "`penchant.loop` may not import `penchant`",
    ),
    (layers.layers, {"penchant/stray.py": ""}, "`penchant.stray` stands in no layer"),
    (
        layers.packs,
        {"penchant/packs/shop/beliefs.py": "from penchant.words import Signal"},
        "a pack imports `penchant.pack` only, not `penchant.words`",
    ),
    (
        layers.packs,
        {"penchant/packs/shop/beliefs.py": "from penchant.packs.school import x"},
        "a pack imports `penchant.pack` only",
    ),
    (
        layers.packs,
        {"penchant/adapters/cli/app.py": "import penchant.packs.shop"},
        "never imported",
    ),
    (
        layers.cycles,
        {
            "penchant/a.py": "from penchant import b",
            "penchant/b.py": "from penchant.c import x",
            "penchant/c.py": "def f():\n    import penchant.a",
        },
        "import cycle: penchant.a → penchant.b → penchant.c → penchant.a",
    ),
    (
        layers.cycles,
        {
            "penchant/model/__init__.py": "from .a import x",
            "penchant/model/a.py": "from . import y",
        },
        "import cycle: penchant.model → penchant.model.a → penchant.model",
    ),
    (layers.stars, {"penchant/a.py": "from penchant.words import *"}, "hides"),
    (layers.purity, {"penchant/loop.py": "def f():\n    import random"}, "loop.py:2: `random`"),
    (layers.purity, {"penchant/words.py": "from os.path import join"}, "`os.path`"),
    (layers.purity, {"penchant/packs/shop/a.py": "import sqlite3"}, "a.py:1: `sqlite3`"),
    (layers.purity, {"penchant/packs/shop/a.py": "from uuid import uuid4"}, "`uuid`"),
    (layers.purity, {"penchant/words.py": "x = datetime.now(UTC)"}, "`datetime.now(UTC)`"),
    (layers.purity, {"penchant/words.py": "x = open('file')"}, "open"),
    (sizes.module_sizes, {"penchant/a.py": "x = 1\n" * 401}, "401 lines"),
    (sizes.function_sizes, {"penchant/a.py": LONG_FUNCTION}, "`f` has 41 lines"),
    (sizes.class_sizes, {"penchant/a.py": "class A:\n" + methods(11)}, "11 public methods"),
    (
        sizes.class_sizes,
        {"penchant/engine.py": "class Engine:\n" + methods(3)},
        "needs no line in WIDE_CLASSES",
    ),
    (sizes.protocol_sizes, {"penchant/a.py": "class A(Protocol[S]):\n" + methods(4)}, "asks for 4"),
    (sizes.parameters, {"penchant/a.py": SIX}, "`f` takes 6 by position"),
    (sizes.names, {"penchant/guard/helpers.py": ""}, "`helpers` says nothing"),
    (sizes.names, {"penchant/utils/texts.py": ""}, "`utils` says nothing"),
    (sizes.headers, {"penchant/a.py": "x = 1"}, "opens with 0 lines"),
    (sizes.headers, {"penchant/a.py": '"""A.\n' + "x\n" * 12 + '"""'}, "opens with 13 lines"),
    (sizes.docstrings_of_tests, {"tests/test_a.py": "def test_a(): ..."}, "`test_a` says not"),
    (
        sizes.docstrings_of_tests,
        {"tests/test_a.py": 'def test_a():\n    """One.\n\n    Two.\n    """'},
        "`test_a` says not",
    ),
)

# What looks like a violation and is none.
ALLOWED: tuple[tuple[Rule, Mapping[str, str]], ...] = (
    (layers.layers, {"penchant/__init__.py": "from penchant.adapters.store import SqliteStore"}),
    (layers.layers, {"penchant/testing/kit.py": "from penchant.engine import Engine"}),
    (layers.layers, {"penchant/learn/a.py": "from penchant.learn.b import x\nimport numpy"}),
    (layers.layers, {"penchant/adapters/cli/app.py": "from penchant.adapters.store import x"}),
    (layers.packs, {"penchant/packs/shop/a.py": "from penchant.pack import x\nfrom . import b"}),
    (
        layers.cycles,
        {
            "penchant/a.py": "import typing\nif typing.TYPE_CHECKING:\n    from penchant import b",
            "penchant/b.py": "from penchant import a",
        },
    ),
    (
        layers.cycles,
        {"penchant/model/a.py": "from penchant.model import b", "penchant/model/b.py": ""},
    ),
    (layers.purity, {"penchant/engine.py": "import time"}),
    (layers.purity, {"penchant/loop.py": "from datetime import datetime, time"}),
    (sizes.module_sizes, {"penchant/a.py": "x = 1\n" * 400}),
    (sizes.function_sizes, {"penchant/a.py": LONG_DOCSTRING}),
    (sizes.class_sizes, {"penchant/engine.py": "class Engine:\n" + methods(14)}),
    (sizes.class_sizes, {"penchant/a.py": "class A:\n" + methods(10) + "    def _own(self): ..."}),
    (
        sizes.class_sizes,
        {"penchant/a.py": "class A:\n" + "    @property\n    def n(self): ...\n" * 11},
    ),
    (sizes.protocol_sizes, {"penchant/a.py": "class A(Protocol):\n" + methods(3)}),
    (sizes.parameters, {"penchant/a.py": "def f(self, a, b, c, d, e, *, g, h): ..."}),
    (sizes.names, {"penchant/guard/helper_words.py": ""}),
    (sizes.headers, {"penchant/a.py": '"""One line."""'}),
    (sizes.headers, {"penchant/errors.py": '"""E.\n' + "x\n" * 30 + '"""'}),
    (sizes.docstrings_of_tests, {"tests/test_a.py": 'def test_a():\n    """Says it."""'}),
)


def named(value: object) -> str | None:
    """Name a case after its rule."""
    return getattr(value, "__name__", None)


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_the_source_keeps_the_rule(rule: Rule) -> None:
    """The package as it stands breaks no rule."""
    findings = rule(SHIPPED)

    assert not findings, "\n" + "\n".join(findings)


def test_every_test_says_what_holds() -> None:
    """Each test function has a docstring of one line."""
    findings = sizes.docstrings_of_tests(TESTS)

    assert not findings, "\n" + "\n".join(findings)


@pytest.mark.parametrize(("rule", "texts", "sentence"), VIOLATIONS, ids=named)
def test_a_violation_is_found(rule: Rule, texts: Mapping[str, str], sentence: str) -> None:
    """A rule finds the one thing that is wrong, and says where."""
    findings = rule(files(texts))

    assert len(findings) == 1, findings
    assert sentence in findings[0]
    assert findings[0].split(":")[0] in texts


@pytest.mark.parametrize(("rule", "texts"), ALLOWED, ids=named)
def test_what_is_allowed_is_not_found(rule: Rule, texts: Mapping[str, str]) -> None:
    """A rule leaves alone what only looks like a violation."""
    assert rule(files(texts)) == []


def test_every_rule_is_seen_to_fail() -> None:
    """No rule stands in the list without a case that breaks it."""
    assert {rule for rule, _, _ in VIOLATIONS} == {*RULES, sizes.docstrings_of_tests}


def test_the_source_is_really_read() -> None:
    """The files under test are the package's own, with imports in them."""
    assert {"penchant", "penchant.words", "penchant.errors"} <= {one.module for one in SHIPPED}
    assert any(
        found.targets[-1] == "penchant.errors" for one in SHIPPED for found in imports_of(one)
    )
    assert any(one.module == "tests.architecture.test_architecture" for one in TESTS)


def loaded_by(statement: str) -> set[str]:
    """Give the heavy modules that a fresh interpreter has loaded after one statement."""
    script = f"import sys; {statement}; print(*({set(HEAVY)!r} & sys.modules.keys()))"
    answer = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return set(answer.stdout.split())


def test_import_is_light() -> None:
    """`import penchant` loads neither the command line, nor the ciphers, nor SQLite."""
    assert loaded_by("import sqlite3, rich.text") == {"sqlite3", "rich"}
    assert loaded_by("import penchant") == set()
