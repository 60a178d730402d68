"""Runs: the code blocks of a page run in order, and what they print is what the page shows.

- ```python blocks of one page share their names. A block of `>>>` lines is a doctest.
- A ```text block right after a ```python block is what that block prints.
- ```console blocks hold `$ command` lines, each with the output it is shown to give, if any.
- `...` stands for any text. A command that is meant to fail ends in `# exits 2`.
- Commands that change the machine (`make`, `git`, `pip` and so on) are read, not run.
"""

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from docs.pages import Block, blocks

__all__ = ["Command", "commands", "matches", "run_page"]

NOT_RUN = re.compile(r"(sudo |apt|brew |git |make\b|cd |pip |pipx |uv |python3? -m (venv|pip)\b)")
EXITS = re.compile(r"\s+# exits (\d+)$")
SECONDS = 100


class Command(NamedTuple):
    """One command of a console block, and the output the page shows for it."""

    line: int
    text: str
    shown: str
    exits: int


def run_page(path: str, text: str, home: Path) -> list[str]:
    """Run the blocks of a page inside `home`; stop at the first that is wrong, and say where."""
    module = types.ModuleType("page")
    sys.modules["page"] = module  # structs and dataclasses look their own module up by name
    printed = None
    try:
        for block in blocks(text):
            finding = None
            if block.language == "python":
                printed, finding = _run_python(path, block, module)
            elif block.language == "console":
                finding = _run_console(path, block, home)
            elif block.language == "text" and block.follows and printed is not None:
                finding = _compare(f"{path}:{block.line}", block.text, printed)
            if block.language != "python":
                printed = None
            if finding:
                return [finding]
    finally:
        del sys.modules["page"]
    return []


def matches(shown: str, printed: str) -> bool:
    """Tell whether text is as shown, where `...` stands for any text."""
    pattern = ".*?".join(re.escape(part) for part in _trimmed(shown).split("..."))
    return re.fullmatch(pattern, _trimmed(printed), re.DOTALL) is not None


def commands(block: Block) -> Iterator[Command]:
    """Give the commands of a console block; a line that ends in a backslash goes on."""
    lines = block.text.splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith("$ ")]
    if not starts or starts[0] != 0:
        message = f"line {block.line}: a console block starts with `$ command`"
        raise ValueError(message)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        last = start
        while lines[last].endswith("\\") and last + 1 < end:
            last += 1
        text = "\n".join(lines[start : last + 1]).removeprefix("$ ")
        exits = EXITS.search(text)
        shown = "\n".join(lines[last + 1 : end])
        yield Command(block.line + start, text, shown, int(exits[1]) if exits else 0)


def _run_python(path: str, block: Block, module: types.ModuleType) -> tuple[str, str | None]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        if block.text.lstrip().startswith(">>>"):
            return "", _run_doctest(path, block, module)
        try:
            code = compile("\n" * (block.line - 1) + block.text, path, "exec")
            exec(code, module.__dict__)  # noqa: S102 - the docs' own code is what is tested
        except Exception as problem:  # noqa: BLE001 - any error of an example is a finding
            frames = traceback.extract_tb(problem.__traceback__)
            line = next((f.lineno for f in reversed(frames) if f.filename == path), block.line)
            return "", f"{path}:{line}: {type(problem).__name__}: {problem}"
    return printed.getvalue(), None


def _run_doctest(path: str, block: Block, module: types.ModuleType) -> str | None:
    said = io.StringIO()
    test = doctest.DocTestParser().get_doctest(block.text, {}, path, path, block.line - 1)
    test.globs = module.__dict__
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    failed, _ = runner.run(test, out=said.write, clear_globs=False)
    return f"{path}:{block.line}: {said.getvalue()}" if failed else None


def _run_console(path: str, block: Block, home: Path) -> str | None:
    for command in commands(block):
        if NOT_RUN.match(command.text):
            continue
        where = f"{path}:{command.line}"
        done = subprocess.run(  # noqa: S603 - the docs' own commands are what is tested
            ["bash", "-c", command.text],  # noqa: S607 - the reader's shell, found as theirs is
            cwd=home,
            env=_surroundings(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode != command.exits:
            said = f"`{command.text}` exits {done.returncode}, not {command.exits}, and says:"
            return f"{where}: {said}\n{done.stdout}"
        if command.shown.strip() and (wrong := _compare(where, command.shown, done.stdout)):
            return wrong
    return None


def _surroundings(home: Path) -> dict[str, str]:
    """Give a command a plain terminal, and the programs of the environment under test first."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }


def _compare(where: str, shown: str, printed: str) -> str | None:
    if matches(shown, printed):
        return None
    return (
        f"{where}: the page shows\n{_trimmed(shown)}\nbut what is printed is\n{_trimmed(printed)}"
    )


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
