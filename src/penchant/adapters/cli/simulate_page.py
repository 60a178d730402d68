"""What a simulation says: lines for people, one object for programs; both say SIMULATED.

Rule 1: nothing is computed here. Rule 2: every line stands for itself, so each is labelled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from penchant.laboratory.scoring import PARTS, Score
from penchant.laboratory.simulation import RESAMPLES, Simulation

__all__ = ["LABEL", "lines", "plain"]

LABEL = "SIMULATED"
_NAMES = {"personal": "a model for each person", "pooled": "population only"}


def lines(found: Simulation, wrote: Sequence[Path]) -> Iterator[str]:
    """Give the lines of a simulation, each with its label."""
    for line in (*_head(found), "", *_table(found), "", *_foot(found, wrote)):
        yield f"{LABEL}  {line}".rstrip()


def plain(found: Simulation, wrote: Sequence[Path]) -> dict[str, Any]:
    """Give a simulation as one JSON object."""
    world = found.world
    known = {"random": 0.0, "best": 1.0}
    fixed = {
        name: {each: {"value": value, "low": value, "high": value} for each in PARTS}
        for name, value in known.items()
    }
    scores = {
        name: {each: _plain(one) for each, one in parts.items()}
        for name, parts in found.scores.items()
    }
    return {
        "simulated": True,
        "world": world.kind,
        "seed": world.seed,
        "shape": asdict(world.shape),
        "answering": asdict(world.answering),
        "scored_people": found.people,
        "normalised_reward": {**fixed, **scores},
        "ahead_of_population_only": {each: _plain(one) for each, one in found.ahead.items()},
        "mean_reward": dict(found.rewards),
        "resamples": RESAMPLES,
        "wrote": [str(path) for path in wrote],
    }


def _head(found: Simulation) -> Iterator[str]:
    """Say what was played."""
    world, shape, answering = found.world, found.world.shape, found.world.answering
    how = "the same every time" if shape.is_fixed else f"of {shape.items}, drawn anew"
    size = f"{shape.people:,} people x {shape.rounds:,} decisions"
    yield f"{world.kind} world, seed {world.seed}: {size}"
    yield f"{shape.slate} items a decision, {how}; heterogeneity {shape.heterogeneity:g}"
    if shape.drifters:
        yield f"the taste of {shape.drifters:.0%} of people moves once, by {shape.drift:g} spreads"
    if answering.delay or answering.missing:
        yield f"answers up to {answering.delay} rounds late, {answering.missing:.0%} never"
    if answering.adversaries:
        manner = {"random": "at random", "flip": "against it from halfway"}
        how = manner.get(answering.manner, "against it")
        yield (
            f"{answering.adversaries:.0%} of people do not answer by their taste but {how}; "
            f"the scores are of the other {found.people:,}"
        )


def _table(found: Simulation) -> Iterator[str]:
    """Lay out scores with their intervals."""
    yield "normalised reward: 0 is a random choice, 1 the best possible"
    yield f"{'':24}{'reward':>8}" + "".join(f"  {name:<22}" for name in PARTS)
    yield _row("best possible", found.rewards["best"], ["1.00"] * len(PARTS))
    for way, parts in found.scores.items():
        cells = [_interval(parts[name]) for name in PARTS]
        yield _row(_NAMES[way], found.rewards[way], cells)
    yield _row("random", found.rewards["random"], ["0.00"] * len(PARTS))
    yield _row("a model each is ahead by", None, [_interval(found.ahead[one]) for one in PARTS])


def _row(name: str, reward: float | None, cells: Sequence[str]) -> str:
    told = "" if reward is None else f"{reward:.3f}"
    return f"{name:24}{told:>8}" + "".join(f"  {cell:<22}" for cell in cells)


def _interval(one: Score) -> str:
    """Give a score with its interval if there is one, or that nothing can be gained."""
    if one.value != one.value:
        return "nothing to gain"
    width = "" if one.low != one.low else f" ({one.low:.2f} to {one.high:.2f})"
    return f"{one.value:.2f}{width}".replace("-", "−")


def _foot(found: Simulation, wrote: Sequence[Path]) -> Iterator[str]:
    """Say what the numbers rest on."""
    if found.people > 1:
        yield f"95 % intervals: {found.people:,} people drawn anew {RESAMPLES:,} times"
    else:
        yield "no intervals: one person says nothing of others"
    yield "reward is the true chance of one, the mean over decisions; what was drawn is not in it"
    if found.world.remembers:
        yield "what was shown wears off: each player lives with what it showed itself"
    for path in wrote:
        yield f"wrote {path}"


def _plain(one: Score) -> dict[str, float | None]:
    """Give a score as JSON: what cannot be said is null."""
    return {
        name: None if value != value else value  # noqa: PLR0124 - NaN alone is not itself
        for name, value in asdict(one).items()
    }
