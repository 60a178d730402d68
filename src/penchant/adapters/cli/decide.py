"""`penchant decide`: what to do at a moment, for a person, right now."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, At, Database
from penchant.adapters.cli.terminal import labelled, say_json, show
from penchant.adapters.cli.values import named_values, time_of
from penchant.adapters.toml_moments import actions_of
from penchant.errors import BadInput
from penchant.words import Action, Decision, Slate

if TYPE_CHECKING:
    from rich.console import RenderableType

    from penchant.adapters.cli.remote import SlateRecord
    from penchant.adapters.http.bodies import DecisionRecord

__all__ = ["decide_command", "decision_as_plain"]

_MOST_OTHERS = 5

Positions = Annotated[
    int | None,
    typer.Option("--positions", "-k", metavar="K", help="Up to K actions, shown together."),
]
Draw = Annotated[float | None, typer.Option("--draw", metavar="0..1", help="Instead of the dice.")]


def decide_command(
    moment: Annotated[str, typer.Argument(metavar="MOMENT", help="The moment's name.")],
    *,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="PERSON", help="For whom; else for nobody in particular."),
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option("--context", metavar="NAME=VALUE", help="What holds now. May be repeated."),
    ] = None,
    actions: Annotated[
        Path | None,
        typer.Option(
            "--actions",
            metavar="FILE",
            help="A JSON list of actions to choose from, instead of the declared; - is stdin.",
        ),
    ] = None,
    positions: Positions = None,
    draw: Draw = None,
    at: At = None,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Decide a moment, for a person or for nobody in particular.

    The decision is kept, so that `learn` and `explain` can name it. Values are read as JSON
    where they are JSON, else as text.

    penchant decide home.hero --person ada --context hour=9
    """
    asked: dict[str, Any] = {
        "person": person,
        "context": named_values(context, "--context"),
        "actions": None if actions is None else _actions(actions),
        "at": time_of(at, "--at"),
    }
    with open_engine(db) as engine:
        if positions is None:
            _show(engine.decide(moment, draw=draw, **asked), as_json=as_json)
        elif draw is not None:
            raise BadInput("`--draw` goes with one decision. Leave it or `--positions` out.")
        else:
            _show_slate(engine.decide_slate(moment, positions, **asked), as_json=as_json)


def _show(decision: "Decision | DecisionRecord", *, as_json: bool) -> None:
    if as_json:
        say_json(decision_as_plain(decision))
    else:
        show(*_parts(decision))


def _show_slate(slate: "Slate | SlateRecord", *, as_json: bool) -> None:
    """Show the decisions of a slate, the top one first."""
    if as_json:
        told = [decision_as_plain(one) for one in slate.decisions]
        say_json({"id": slate.id, "decisions": told})
    else:
        show(*(part for one in slate.decisions for part in _parts(one)))


def decision_as_plain(decision: "Decision | DecisionRecord") -> dict[str, Any]:
    """Give a decision as JSON has it: propensities by name, reasons as they are said."""
    consent = decision.consent
    return {
        "id": decision.id,
        "moment": decision.moment,
        "person": decision.person,
        "at": decision.at,
        "action": decision.action,
        "propensity": decision.propensity,
        "propensities": decision.propensities,
        "neutral_propensities": decision.neutral_propensities,
        "mode": decision.mode,
        "executed": decision.executed,
        "forced": decision.forced,
        "reasons": decision.reasons,
        "removed": decision.removed,
        "context": decision.context,
        "consent": consent,
        "version": decision.version,
        "position": decision.position,
    }


def _actions(path: Path) -> tuple[Action, ...]:
    """Read the actions to choose from."""
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as wrong:
        raise BadInput(f"`{path}` cannot be read: {wrong.strerror}.") from None
    try:
        given = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise BadInput(f"`{path}` is not JSON: {wrong}.") from None
    return actions_of(given, f"`{path}`")


def _parts(decision: "Decision | DecisionRecord") -> Iterator["RenderableType"]:
    """Give the action, then why, and how it can be named later."""
    from rich.text import Text

    yield Text(decision.action.name, style="bold")
    yield labelled(_rows(decision))


def _rows(decision: "Decision | DecisionRecord") -> Iterator[tuple[str, str]]:
    yield from (("why", reason.sentence) for reason in decision.reasons or ())
    if decision.forced:
        yield "forced", decision.forced
    yield "chance", f"{_percent(decision.propensity)}, {decision.mode}"
    others = [one for one in decision.propensities.items() if one[0] != decision.action.name]
    if others:
        others.sort(key=lambda one: -one[1])
        told = [f"{name} {_percent(weight)}" for name, weight in others[:_MOST_OTHERS]]
        more = len(others) - len(told)
        yield "others", ", ".join(told) + (f" and {more:,} more" if more else "")
    yield "decision", decision.id


def _percent(share: float) -> str:
    """Give a share in percent with three figures at most.

    Example:
        >>> _percent(0.98208), _percent(0.002), _percent(1.0)
        ('98.2 %', '0.2 %', '100 %')
    """
    return f"{100 * share:.3g} %"
