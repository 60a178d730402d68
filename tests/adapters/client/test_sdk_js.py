"""The browser client: its types, its own tests, and what it weighs, as npm runs them."""

import shutil
import subprocess
from pathlib import Path

import pytest

SDK = Path(__file__).parents[3] / "sdk" / "js"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("npm") is None or not (SDK / "node_modules").is_dir(),
        reason="npm, or what it installs in sdk/js, is not there; `make test` installs it",
    ),
]


@pytest.mark.parametrize("script", ["check", "test", "size"])
def test_a_script_of_the_package_passes(script: str) -> None:
    """Types hold, the client's own tests pass, and it stays within its 4 kB."""
    steps = ["build", "size"] if script == "size" else [script]
    for step in steps:
        done = subprocess.run(  # noqa: S603 - the package's own scripts
            ["npm", "run", "--silent", step],  # noqa: S607 - found as a developer's is
            cwd=SDK,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
