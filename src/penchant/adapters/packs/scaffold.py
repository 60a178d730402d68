"""A new pack to begin with: a small one that works, with a story that passes.

It is about doing something again and again: minutes practised fold into a habit, and a moment
offers a short or a long turn. `$$name` and `$$title` are filled in. `penchant pack check` holds it.
"""

from collections.abc import Mapping
from pathlib import Path
from string import Template

from penchant.errors import BadInput
from penchant.limits import Limits, check_id

__all__ = ["FILES", "write_pack"]

_PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "penchant-$name"
version = "0.1.0"
description = "$title, a pack for Penchant"
requires-python = ">=3.11"
dependencies = ["penchant"]

# By this Penchant finds the pack: `Engine.open("people.db", packs=["$name"])`.
[project.entry-points."penchant.packs"]
$name = "penchant_$name"

[tool.hatch.build.targets.wheel]
packages = ["penchant_$name"]
"""

_PACK = """\
# A pack: data first. Every key is explained in Penchant's reference, docs/reference/pack.md.
# `penchant pack check .` reads this file, its code and its stories, and says what is wrong.

[pack]
name = "$name"
title = "$title"
about = "Does something again and again, a little each time."
domain = "general"

[[purposes]]
name = "$name.practice"
says = "Keep when you practised, to offer you a turn that fits."

[[signals]]
name = "$name.practised"
purpose = "$name.practice"
retention = "1y"
says = "practised for some minutes, or tried to"
data = { minutes = "number", done = "yes or no" }

[[signals]]
name = "$name.declined"
purpose = "$name.practice"
retention = "90d"
says = "did not want a turn that was offered"

[[experts]]
name = "habit"
part = "penchant_$name.habit:habit"
purpose = "$name.practice"
folds = ["$name.practised"]
says = "Minutes practised, of which half are forgotten in a week."
infers = "habit"

[[features]]
name = "$name.habit"
expert = "habit"
says = "minutes practised lately"
infers = "habit"

[[moments]]
name = "$name.next_turn"
purpose = "$name.practice"
features = ["$name.habit"]
outcome = { name = "done", window = "1d" }

[[moments.actions]]
name = "short"
reason = "Five minutes are easy to find."
features = { minutes = 5 }
burden = 0.1

[[moments.actions]]
name = "long"
reason = "Twenty minutes go further when there is a habit."
features = { minutes = 20 }
burden = 0.2

# Learn from what is seen: the first turn within the window says whether the offer was good.
[[outcomes]]
moment = "$name.next_turn"
signal = "$name.practised"
reward = "done"

# What must not get worse while the moment learns.
[[guards]]
name = "declined"
moment = "$name.next_turn"
signal = "$name.declined"
at_most = 0.5
window = "28d"
says = "No more than half of the offers are declined."

[[claims]]
name = "forgetting"
says = "What is forgotten tells more of tomorrow than what ever was."
data = "simulated"
metric = "correlation with the minutes of the next day"
baseline = "all minutes so far"
threshold = 0.1
measure = "penchant_$name.claims:forgetting"
"""

_INIT = '''\
"""$title: a pack for Penchant."""
'''

_HABIT = '''\
"""The habit of one person: minutes practised, of which half are forgotten in a week."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from penchant.pack import Contents, Signal, Sum, Value, add, at_time, seconds, zero

__all__ = ["Habit", "habit"]

HALF_LIFE = seconds("7d")


class Habit:
    """An expert: its state is a decayed sum as (minutes, when), which nobody can change."""

    def initial(self) -> tuple[float, float]:
        """Give the habit of somebody of whom nothing is known."""
        return _plain(zero(1))

    def fold(self, state: tuple[float, float], signal: Signal) -> tuple[float, float]:
        """Give the habit with one more turn in it."""
        minutes = signal.data.get("minutes", 0.0)
        if signal.at is None or not isinstance(minutes, float | int):
            return state
        turn = Sum(np.array([float(minutes)]), signal.at.timestamp())
        return _plain(add(_sum(state), turn, HALF_LIFE))

    def features(self, state: tuple[float, float], at: datetime) -> Mapping[str, Value]:
        """Give what is left of it at a time."""
        left = at_time(_sum(state), at.timestamp(), HALF_LIFE)
        return {"$name.habit": float(left.total[0])}


def habit(contents: Contents) -> Habit:
    """Make the expert; nothing that is brought changes it."""
    del contents
    return Habit()


def _sum(state: tuple[float, float]) -> Sum:
    minutes, at = state
    return Sum(np.array([minutes]), at)


def _plain(total: Sum) -> tuple[float, float]:
    return float(total.total[0]), total.at
'''

_CLAIMS = '''\
"""What the pack claims, measured beside a baseline on the same data."""

from collections.abc import Callable

import numpy as np

from penchant.pack import Measured

__all__ = ["forgetting"]

DAYS, PEOPLE = 200, 50


def forgetting(read: Callable[[str], bytes]) -> Measured:
    """Measure it in a simulation, where nothing has to be read: habits that come and go."""
    del read
    dice = np.random.default_rng(7)
    drift = dice.normal(0.0, 2.0, (PEOPLE, DAYS)).cumsum(axis=1)
    minutes = np.maximum(drift + dice.normal(0.0, 4.0, drift.shape) + 10.0, 0.0)
    lately, ever = np.zeros(PEOPLE), np.zeros(PEOPLE)
    told: list[tuple[float, float]] = []
    for day in range(DAYS - 1):
        lately = lately * 2 ** (-1 / 7) + minutes[:, day]
        ever = ever + minutes[:, day]
        if day >= 14:
            after = minutes[:, day + 1]
            told.append((_together(lately, after), _together(ever, after)))
    ours, theirs = np.mean(told, axis=0).tolist()
    return Measured(value=ours, baseline=theirs, n=PEOPLE * len(told))


def _together(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])
'''

_STORY = """\
# A habit begins

Ada practises for a week. The offer fits, she takes it, and that is learned without anybody saying
so.

```story
2026-03-02 08:00 ada says yes to $name.practice
2026-03-02 18:00 each day for 7 days: ada sends $name.practised with minutes=20 done=yes
  → for $name.practice the pack sees 7 signals of ada
2026-03-09 08:00 $name.next_turn is decided for ada
  → what was decided for ada: short
  → the explanation to ada says: “Five minutes are easy to find.”
2026-03-09 18:00 ada sends $name.practised with minutes=5 done=yes
  → at $name.next_turn it was learned for ada: 1
2026-03-10 18:00 the engine restarts
  → for $name.practice the pack sees 8 signals of ada
2026-03-11 18:00 ada is forgotten
  → for $name.practice the pack sees 0 signals of ada
```

Ben was never asked, so nothing of him is kept.

```story
2026-03-02 18:00 ben sends $name.practised with minutes=20 done=yes
  → it was refused: “Not kept: consent for `$name.practice` was not asked.”
2026-03-09 08:00 $name.next_turn is decided for ben
  → what was decided for ben: nothing
```
"""

_TEST = '''\
"""The pack keeps the contract of packs: its file, its code, its stories and its claims."""

from pathlib import Path

import pytest

from penchant.testing.packs import PACK_CHECKS, PackCheck

FOLDER = Path(__file__).parents[1] / "penchant_$name"


@pytest.mark.parametrize("check", PACK_CHECKS, ids=lambda check: check.__name__)
def test_the_pack_keeps_the_contract(check: PackCheck) -> None:
    """What would harm a person is refused, what it says of itself is so."""
    check(FOLDER)
'''

_README = """\
# $title

A pack for Penchant.

    pip install -e .
    penchant pack check .
    penchant pack list
"""

FILES: Mapping[str, str] = {
    "pyproject.toml": _PYPROJECT,
    "README.md": _README,
    "penchant_$name/__init__.py": _INIT,
    "penchant_$name/pack.toml": _PACK,
    "penchant_$name/habit.py": _HABIT,
    "penchant_$name/claims.py": _CLAIMS,
    "penchant_$name/stories/a-habit-begins.md": _STORY,
    "tests/test_$name.py": _TEST,
}
"""Every file of a new pack, by its path below the folder."""


def write_pack(name: str, folder: Path) -> tuple[Path, ...]:
    """Write a new pack into a folder that is not there yet; give its files.

    Raises:
        BadInput: For a name that no pack can have, or a folder that is there or cannot be made.
    """
    check_id(name, "The name of a pack", Limits())
    if not name.isidentifier() or name != name.lower() or not name.isascii():
        raise BadInput(
            f"The name of a pack must be lower-case letters, digits and `_`, with a letter first "
            f"(got `{name}`)."
        )
    known = {"name": name, "title": name.replace("_", " ").capitalize()}
    written = []
    try:
        folder.mkdir(parents=True)
        for path, text in FILES.items():
            file = folder / Template(path).substitute(known)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(Template(text).substitute(known), encoding="utf-8")
            written.append(file)
    except FileExistsError:
        raise BadInput(f"`{folder}` is there already. Name another folder.") from None
    except OSError as wrong:
        raise BadInput(f"`{folder}` cannot be written: {wrong.strerror}.") from None
    return tuple(written)
