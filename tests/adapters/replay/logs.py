"""Small logs and maps, written where a test asks for them."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["MAP", "log_of", "map_of", "rows_of"]

MAP = """
[log]
title = "A small log"

[columns]
person = "who"
time = "when"
action = "did"
reward = "gain"

[moment]
name = "home.hero"
purpose = "recommendation"

[[actions]]
logged = "no"
name = "nothing"
propensity = 0.5

[[actions]]
logged = "yes"
name = "tip"
propensity = 0.5

[context.place]
column = "where"
"""


def map_of(folder: Path, text: str = MAP) -> Path:
    """Write a map."""
    path = folder / "map.toml"
    path.write_text(text, "utf-8")
    return path


def rows_of(n: int, people: int = 3) -> list[dict[str, str]]:
    """Give rows in which everybody is asked once an hour and does each action as often."""
    return [
        {
            "who": f"p{i % people}",
            "when": f"2024-03-{1 + i // 24:02}T{i % 24:02}:00+00:00",
            "did": "yes" if (i // people) % 2 else "no",
            "gain": "1" if i % 5 else "0",
            "where": "home" if i % 3 else "work",
        }
        for i in range(n)
    ]


def log_of(folder: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Write a log."""
    path = folder / "log.csv"
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
