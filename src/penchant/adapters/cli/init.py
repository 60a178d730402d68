"""`penchant init`: an example of a file of moments, and what to do next."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.adapters.cli.options import AsJson
from penchant.adapters.cli.terminal import say, say_json
from penchant.errors import BadInput

__all__ = ["EXAMPLE", "init_command"]

EXAMPLE = """\
# Moments: the points at which Penchant decides what to show, say or do next.
# `penchant declare` reads this file; declare again after a change, what was learned stays.
# Every key: docs/reference/cli.md.

[[moments]]
name = "home.hero"          # how your program asks for it
purpose = "recommendation"  # what a person is asked to consent to
outcome = { name = "clicked", window = "30m" }  # what may follow, and how long it counts
# default = "sneakers"      # shown where nothing may be personalised; else `nothing` is
# guardrails = [
#   { type = "cap", at_most = 3, per = "1d" },
#   { type = "quiet_hours", start = "22:00", end = "07:00", zone = "Europe/Berlin" },
# ]

# What could be shown. Features are what is learned about: yes/no, number, text, list of numbers.
[[moments.actions]]
name = "sneakers"
features = { sport = "run", price = 80 }

[[moments.actions]]
name = "fins"
features = { sport = "swim", price = 40 }

[[moments.actions]]
name = "helmet"
features = { sport = "cycle", price = 120 }
burden = 0.2                # 0 to 1; a person's dial removes what is above it
"""

_NEXT = (
    "penchant declare {file}",
    "penchant consent ada recommendation --grant",
    "penchant decide home.hero --person ada --context hour=9",
)


def init_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")] = Path(
        "penchant.toml"
    ),
    *,
    as_json: AsJson = False,
) -> None:
    """Write an example of a file of moments.

    It has one moment, with comments. An existing file is left as it is.
    """
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(EXAMPLE)
    except FileExistsError:
        raise BadInput(f"`{file}` is there already. Name another file, or move it away.") from None
    except OSError as wrong:
        raise BadInput(f"`{file}` cannot be written: {wrong.strerror}.") from None
    commands = [line.format(file=file) for line in _NEXT]
    if as_json:
        say_json({"wrote": str(file), "next": commands})
        return
    say(f"Wrote {file}. Next:")
    for command in commands:
        say(f"  {command}")
