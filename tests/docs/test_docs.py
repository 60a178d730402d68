"""The docs are true: every example runs, every link leads somewhere, every page is found."""

from pathlib import Path

import pytest
from docs import pages, runs

ROOT = Path(__file__).parents[2]
ALL_PAGES = pages.files(ROOT)
DOCS = tuple(page for page in ALL_PAGES if page.is_relative_to(ROOT / "docs"))
RUN_PAGES = (ROOT / "README.md", *DOCS)
SHARED = ("data", "examples")  # what an example may read, by the same path as in a clone


def named(page: Path) -> str:
    """Name a case after its page."""
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", RUN_PAGES, ids=named)
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each code block of the page runs, and prints what the page shows."""
    monkeypatch.chdir(tmp_path)
    for folder in SHARED:
        if (ROOT / folder).is_dir():
            (tmp_path / folder).symlink_to(ROOT / folder)

    findings = runs.run_page(named(page), page.read_text("utf-8"), tmp_path)

    assert not findings, "\n" + "\n".join(findings)


@pytest.mark.parametrize("page", ALL_PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link of the page names a file, and a heading if it says so."""
    findings = pages.broken_links(page, ROOT)

    assert not findings, "\n" + "\n".join(findings)


def test_every_page_is_found() -> None:
    """From the index of the docs a road of links leads to each of their pages."""
    findings = pages.unreachable(ROOT / "docs" / "README.md", DOCS, ROOT)

    assert not findings, "\n" + "\n".join(findings)


def test_the_pages_are_really_read() -> None:
    """The list of pages holds the ones everybody starts from, and nothing of the environment."""
    assert {ROOT / "README.md", ROOT / "docs" / "README.md"} <= set(RUN_PAGES) <= set(ALL_PAGES)
    assert not [page for page in ALL_PAGES if ".venv" in page.parts]


PAGE = """# A page

```python
x = 20
```
Between.
```python
print(x + 1)
```

```text
{printed}
```
"""


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (PAGE.format(printed="21"), None),
        (PAGE.format(printed="2..."), None),
        (PAGE.format(printed="22"), "page.md:12: the page shows\n22\nbut what is printed is\n21"),
        ("```python\nx = 1\n1 / 0\n```\n", "page.md:3: ZeroDivisionError"),
        ("```python\nx = (\n```\n", "page.md:2: SyntaxError"),
        ("```python\n>>> 1 + 1\n2\n```\n", None),
        ("```python\nx = 1\n```\n```python\n>>> x\n2\n```\n", "page.md:5: "),
        ("```console\n$ penchant-none\n```\n", "page.md:2: `penchant-none` exits 127, not 0"),
        ("```console\n$ exit 3  # exits 3\n```\n", None),
        ("```console\n$ exit 0  # exits 3\n```\n", "exits 0, not 3"),
        ("```console\n$ echo a; echo b\na\nb\n$ echo c\n```\n", None),
        ("```console\n$ echo a; echo b; echo c\na\n...\nc\n```\n", None),
        ("```console\n$ echo \\\n  long\nlong\n```\n", None),
        ("```console\n$ true\n$ echo b\nc\n```\n", "page.md:3: the page shows\nc"),
        ("```console\n$ make everything\nall of it\n```\n", None),
        ("```sh\nexit 1\n```\n", None),
    ],
)
def test_a_wrong_example_is_found(text: str, finding: str | None, tmp_path: Path) -> None:
    """A block that fails or prints something else is told with its place; a right one is not."""
    findings = runs.run_page("page.md", text, tmp_path)

    assert bool(findings) == (finding is not None), findings
    assert finding is None or finding in findings[0]


def test_a_block_left_open_is_found() -> None:
    """A code block that is never closed is told, as it would swallow the rest of the page."""
    with pytest.raises(ValueError, match=r"line 3: .* never closed"):
        list(pages.blocks("a\n\n```python\nx = 1\n"))


def test_a_console_block_without_a_command_is_found() -> None:
    """A console block that starts with output is told."""
    block = next(pages.blocks("```console\noutput\n```\n"))

    with pytest.raises(ValueError, match=r"line 2: .* starts with"):
        list(runs.commands(block))


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("[a](other.md)", None),
        ("[a](other.md#a-heading-of-two)", None),
        ("[a](#here)\n\n## Here\n", None),
        ("[a](#here-1)\n\n## Here\n\n## Here\n", None),
        ("[a](mailto:a@b.example) `[a](none.md)`", None),
        ("```text\n[a](none.md)\n```\n", None),
        ("\n[a](none.md)", "page.md:2: `none.md` does not exist"),
        ("[a]: none.md", "page.md:1: `none.md` does not exist"),
        ('<img src="none.png">', "`none.png` does not exist"),
        ("[a](other.md#none)", "`other.md` has no heading `#none`"),
        ("[a](#none)", "`page.md` has no heading `#none`"),
        ("[a](../outside.md)", "leaves the repository"),
    ],
)
def test_a_broken_link_is_found(text: str, finding: str | None, tmp_path: Path) -> None:
    """A link to nothing is told with page and line; links elsewhere and in code are left alone."""
    root = tmp_path.resolve() / "repository"
    root.mkdir()
    (root / "other.md").write_text("# Other\n\n## A *heading* of `two`!\n")
    page = root / "page.md"
    page.write_text(text)

    findings = pages.broken_links(page, root)

    assert bool(findings) == (finding is not None), findings
    assert finding is None or finding in findings[0]


def test_a_lost_page_is_found(tmp_path: Path) -> None:
    """A page is reached over other pages and folders, or told as lost."""
    root = tmp_path.resolve()
    (root / "how-to").mkdir()
    texts = {
        "README.md": "[a](how-to/)",
        "how-to/README.md": "[b](near.md)",
        "how-to/near.md": "",
        "lost.md": "",
    }
    for name, text in texts.items():
        (root / name).write_text(text)

    findings = pages.unreachable(root / "README.md", [root / name for name in texts], root)

    assert findings == ["lost.md:1: no link from README.md leads here; link it from its index"]
