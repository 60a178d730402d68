"""The log of a simulation as CSV, and its map, as `penchant replay` and `evaluate` read them.

Both say in their title that what they hold is simulated. A line of the log is a decision of the
engine with the propensity it was drawn by; a reward that never came is an empty cell.
"""

import csv
import io
import json
from pathlib import Path

from penchant.errors import BadInput
from penchant.laboratory.engine_player import Shown, items_of
from penchant.laboratory.simulation import Simulation
from penchant.words import NOTHING

__all__ = ["log_of", "map_of", "write_log"]

_OWN = ("person", "time", "action", "propensity", "reward")


def write_log(found: Simulation, path: Path) -> tuple[Path, Path]:
    """Write the log and, beside it, its map.

    Raises:
        BadInput: When a file cannot be written.
    """
    beside = path.with_suffix(".toml")
    try:
        path.write_text(log_of(found.log), encoding="utf-8")
        beside.write_text(map_of(found), encoding="utf-8")
    except OSError as wrong:
        raise BadInput(f"`{path}` cannot be written: {wrong.strerror}.") from None
    return path, beside


def log_of(log: tuple[Shown, ...]) -> str:
    """Give the log as CSV."""
    text = io.StringIO()
    names = list(log[0].context) if log else []
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*_OWN, *names])
    for one in log:
        reward = "" if one.reward is None else f"{one.reward:g}"
        known = (one.person, one.at.isoformat(), one.action, repr(one.propensity), reward)
        rows.writerow([*known, *(one.context[name] for name in names)])
    return text.getvalue()


def map_of(found: Simulation) -> str:
    """Give the map as TOML; see docs/reference/map-file.md."""
    world = found.world
    context = found.log[0].context if found.log else {}
    kinds = {
        name: "text" if isinstance(value, str) else "number" for name, value in context.items()
    }
    columns = "\n".join(f'{name} = "{name}"' for name in _OWN)
    features = "\n".join(
        f'\n[context.{name}]\ncolumn = "{name}"\nkind = "{kind}"' for name, kind in kinds.items()
    )
    items = {one.name: one.features for one in items_of(world)[: world.shape.slate]}
    actions = "\n".join(
        f'\n[[actions]]\nlogged = "{name}"\nname = "{name}"\nfeatures = {_inline(dict(of))}'
        for name, of in {NOTHING: {}, **items}.items()
    )
    return f"""\
# SIMULATED: nobody in this log exists. Written by `penchant simulate`.

[log]
title = "SIMULATED: {world.kind} world, seed {world.seed}"
unit = "likes"
reward_is = "likes (simulated)"

[columns]
{columns}

[moment]
name = "laboratory.slate"
purpose = "simulation"
{features}
{actions}
"""


def _inline(features: dict[str, object]) -> str:
    """Give features as an inline table; texts and numbers are written alike in JSON and TOML."""
    told = ", ".join(f"{name} = {json.dumps(_listed(value))}" for name, value in features.items())
    return f"{{ {told} }}" if told else "{}"


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
