"""`penchant simulate`: the engine in a world of simulated people, beside what was possible."""

import random
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from penchant.adapters.cli.options import AsJson
from penchant.adapters.cli.progress import progress_bar
from penchant.adapters.cli.terminal import say, say_json
from penchant.errors import BadInput

if TYPE_CHECKING:
    from penchant.laboratory.simulation import Opener

__all__ = ["simulate_command"]

World = Annotated[str, typer.Option("--world", metavar="NAME", help="linear, nonlinear or ideal.")]
People = Annotated[int, typer.Option("--people", metavar="N", help="How many people live there.")]
Rounds = Annotated[int, typer.Option("--rounds", metavar="N", help="Decisions of each person.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="The same seed, the same world.")]
Slates = Annotated[
    str,
    typer.Option("--slates", metavar="HOW", help="changing: 20 of 200 anew each time; or fixed."),
]
Heterogeneity = Annotated[
    float, typer.Option("--heterogeneity", metavar="0..4", help="How much people differ.")
]
Segments = Annotated[
    int | None,
    typer.Option("--segments", metavar="N", help="Of the nonlinear world; else 6."),
]
Satiation = Annotated[
    float | None,
    typer.Option(
        "--satiation", metavar="0..10", help="Of the ideal world: 0 never wears off; else 1."
    ),
]
Drifters = Annotated[
    float, typer.Option("--drifters", metavar="SHARE", help="Of people whose taste moves once.")
]
Drift = Annotated[
    float | None,
    typer.Option("--drift", metavar="SIZE", help="How far, in spreads between people; else 1.5."),
]
Delay = Annotated[
    int, typer.Option("--delay", metavar="N", help="Answers come up to so many rounds later.")
]
Missing = Annotated[
    float, typer.Option("--missing", metavar="SHARE", help="Of answers that never come.")
]
Adversaries = Annotated[
    float,
    typer.Option("--adversaries", metavar="SHARE", help="Of people who answer otherwise."),
]
Manner = Annotated[
    str | None,
    typer.Option("--manner", metavar="HOW", help="These: random or flip; else against."),
]
Write = Annotated[
    Path | None,
    typer.Option("--write", metavar="FILE.csv", help="Write the log, and its map FILE.toml."),
]

_SLATES = ("changing", "fixed")
_LAST_SEED = 2**32 - 1


def simulate_command(
    *,
    world: World = "linear",
    people: People = 100,
    rounds: Rounds = 40,
    seed: Seed = 7,
    slates: Slates = "changing",
    heterogeneity: Heterogeneity = 1.0,
    segments: Segments = None,
    satiation: Satiation = None,
    drifters: Drifters = 0.0,
    drift: Drift = None,
    delay: Delay = 0,
    missing: Missing = 0.0,
    adversaries: Adversaries = 0.0,
    manner: Manner = None,
    write: Write = None,
    as_json: AsJson = False,
) -> None:
    """Let the engine live with simulated people, and say how well it did.

    It plays a world of which everything is known, from nothing: once with a
    model for each person, once for nobody in particular. 0 is a random
    choice, 1 the best possible. Nothing that it prints is about real people.
    """
    _check(seed, slates, write)
    of_world = {"segments": segments, "satiation": satiation, "drift": drift}
    _check_belonging(world, drifters, adversaries, manner, of_world)
    shape = {
        "people": people, "rounds": rounds, "heterogeneity": heterogeneity, "drifters": drifters,
        "is_fixed": slates == "fixed", **of_world,
    }  # fmt: skip
    answering = {"delay": delay, "missing": missing, "adversaries": adversaries, "manner": manner}
    _simulate(world, seed, shape, answering, write, as_json=as_json)


def _simulate(
    name: str,
    seed: int,
    shape: dict[str, Any],
    answering: dict[str, Any],
    write: Path | None,
    *,
    as_json: bool,
) -> None:
    """Play, then say what came of it; a setting that is None is left as it usually is."""
    from penchant.adapters.cli.simulate_log import write_log
    from penchant.adapters.cli.simulate_page import lines, plain
    from penchant.laboratory import Answering, Shape, make_world
    from penchant.laboratory.simulation import simulate

    world = make_world(name, seed, Shape(**_given(shape)), Answering(**_given(answering)))
    with progress_bar("Simulating") as progress:
        found = simulate(world, _opener(seed), keeps=write is not None, progress=progress)
    wrote = write_log(found, write) if write else ()
    if as_json:
        say_json(plain(found, wrote))
    else:
        for line in lines(found, wrote):
            say(line)


def _opener(seed: int) -> "Opener":
    """Give what opens engines in memory, whose dice are seeded."""
    from penchant.adapters.store.memory import MemoryStore
    from penchant.engine import Engine

    return lambda clock: Engine(
        MemoryStore(),
        clock=clock,
        dice=random.Random(seed),  # noqa: S311 - a simulation keeps no secrets
    )


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def _check(seed: int, slates: str, write: Path | None) -> None:
    """Refuse what makes no simulation.

    Raises:
        BadInput: With what was expected.
    """
    if not 0 <= seed <= _LAST_SEED:
        raise BadInput(f"`--seed` must be a whole number from 0 to {_LAST_SEED:,} (got {seed:,}).")
    if slates not in _SLATES:
        raise BadInput(f"`--slates` must be `changing` or `fixed` (got `{slates}`).")
    if write is None:
        return
    if slates != "fixed":
        raise BadInput(
            "`--write` needs `--slates fixed`: a log of slates that change cannot be replayed, "
            "because a map names the actions once for all moments."
        )
    if write.suffix != ".csv":
        raise BadInput(f"`--write` needs a name that ends in `.csv` (got `{write.name}`).")
    if not write.parent.is_dir():
        raise BadInput(f"`{write}` cannot be written: there is no folder `{write.parent}`.")
    for path in (write, write.with_suffix(".toml")):
        if path.exists():
            raise BadInput(f"`{path}` exists already and is left as it is. Name another file.")


def _check_belonging(
    world: str,
    drifters: float,
    adversaries: float,
    manner: str | None,
    of_world: dict[str, float | None],
) -> None:
    """Refuse a setting that would change nothing.

    Raises:
        BadInput: With what it goes with.
    """
    asked = (
        (of_world["segments"], world == "nonlinear", "--segments", "--world nonlinear"),
        (of_world["satiation"], world == "ideal", "--satiation", "--world ideal"),
        (of_world["drift"], drifters > 0, "--drift", "--drifters"),
        (manner, adversaries > 0, "--manner", "--adversaries"),
    )
    for value, has_effect, option, with_ in asked:
        if value is not None and not has_effect:
            raise BadInput(f"`{option}` changes nothing without `{with_}`. Add that, or leave it.")
