"""The code of a stranger's pack: an expert, a proposer, a planner, an importer and an exporter."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct

from penchant.pack import (
    Action,
    Brought,
    Contents,
    Finding,
    FrozenMap,
    Measured,
    Signal,
    Value,
    View,
    faded,
    seconds,
)

__all__ = ["by_length", "fading", "form", "routes", "routes_file", "runs_file"]

HALF_LIFE, DAY = seconds("10d"), seconds("1d")
A_LITTLE_MORE = 1.25
ROUTE, RUN = 2, 4


class Form(Struct, frozen=True):
    """What somebody ran: runs and kilometres, faded up to the last one."""

    runs: float = 0.0
    km: float = 0.0
    at: float | None = None

    @property
    def usual(self) -> float:
        """Kilometres of a usual run."""
        return self.km / self.runs if self.runs else 0.0


class _FormExpert:
    """Folds runs into a form."""

    def initial(self) -> Form:
        """Nothing ran yet."""
        return Form()

    def fold(self, state: Form, signal: Signal) -> Form:
        """One run more."""
        km = signal.data.get("km")
        if signal.at is None or not isinstance(km, float | int):
            return state
        at = signal.at.timestamp()
        age = 0.0 if state.at is None else at - state.at
        return Form(
            faded(state.runs, age, HALF_LIFE) + 1.0, faded(state.km, age, HALF_LIFE) + km, at
        )

    def features(self, state: Form, at: datetime) -> Mapping[str, Value]:
        """What is left of it."""
        if state.at is None:
            return {}
        age = at.timestamp() - state.at
        return {"pace.form": faded(state.km, age, HALF_LIFE), "pace.days_off": age / DAY}


def form(contents: Contents) -> _FormExpert:
    """Make the expert."""
    del contents
    return _FormExpert()


class _Routes:
    """Proposes routes that were brought."""

    def __init__(self, known: Mapping[str, float]) -> None:
        self.known = known

    def propose(self, view: View, context: Mapping[str, Value]) -> Sequence[Action]:
        """Routes up to a little more than the usual, and up to what they said."""
        del context
        state = view.states.get("form", Form())
        longest = view.traits.get("longest", 1_000.0)
        most = max(state.usual * A_LITTLE_MORE, 3.0)
        return [
            Action(
                name,
                {"km": km, "usual": state.usual, "why": _why(km, state.usual)},
                burden=0.1,
            )
            for name, km in self.known.items()
            if km <= most and isinstance(longest, float | int) and km <= longest
        ]


def _why(km: float, usual: float) -> str:
    about = round(usual, 1)
    return "longer" if km > about else "usual" if km == about else "shorter"


def routes(contents: Contents) -> _Routes:
    """Make the proposer of the routes that were brought."""
    known = contents.get("routes", FrozenMap())
    return _Routes(known)


class _ByLength:
    """Plans short routes first."""

    def plan(
        self, view: View, candidates: Sequence[Action], budget: float | None
    ) -> Sequence[Action]:
        """As many as fit."""
        del view
        left, planned = np.inf if budget is None else budget, []
        for one in sorted(candidates, key=_km):
            if _km(one) > left:
                break
            left -= _km(one)
            planned.append(one)
        return planned


def _km(action: Action) -> float:
    km = action.features["km"]
    return float(km) if isinstance(km, float | int) else 0.0


def by_length(contents: Contents) -> _ByLength:
    """Make the planner."""
    del contents
    return _ByLength()


class _RoutesFile:
    """Reads routes."""

    def read(self, content: bytes) -> Brought:
        """One route a line."""
        known: dict[str, float] = {}
        findings = []
        for number, line in enumerate(content.decode().splitlines()[1:], start=2):
            cells = line.split(",")
            if len(cells) == ROUTE and cells[1].replace(".", "").isdigit():
                known[cells[0]] = float(cells[1])
            else:
                findings.append(Finding(number, "km", "It is no number of kilometres."))
        return Brought(content=FrozenMap({"routes": FrozenMap(known)}), findings=tuple(findings))


def routes_file(contents: Contents) -> _RoutesFile:
    """Make the importer of routes."""
    del contents
    return _RoutesFile()


class _RunsFile:
    """Reads and writes runs."""

    def read(self, content: bytes) -> Brought:
        """One run a line."""
        signals, findings = [], []
        for number, line in enumerate(content.decode().splitlines()[1:], start=2):
            cells = line.split(",")
            if len(cells) != RUN:
                findings.append(Finding(number, "", "It has not four cells."))
                continue
            person, at, km, route = cells
            data: dict[str, Value] = {"km": float(km), "route": route}
            signals.append(Signal("pace.ran", person, datetime.fromisoformat(at), data))
        return Brought(signals=tuple(signals), findings=tuple(findings))

    def write(self, signals: Sequence[Signal]) -> bytes:
        """One run a line."""
        lines = ["at,km,route"]
        lines += [
            f"{one.at.isoformat()},{one.data['km']},{one.data['route']}"
            for one in signals
            if one.at is not None and one.kind == "pace.ran"
        ]
        return "\n".join(lines).encode()


def runs_file(contents: Contents) -> _RunsFile:
    """Make the importer and exporter of runs."""
    del contents
    return _RunsFile()


def fading(read: Callable[[str], bytes]) -> Measured:
    """Measure the claim in a simulation."""
    del read
    dice = np.random.default_rng(3)
    km = np.maximum(8.0 + dice.normal(0.0, 1.0, (40, 100)).cumsum(axis=1), 1.0)
    ours, theirs = [], []
    for runs in km:
        form, n = 0.0, 0.0
        for place in range(99):
            form, n = form * 0.8 + runs[place], n * 0.8 + 1.0
            ours.append(abs(form / n - runs[place + 1]))
            theirs.append(abs(runs[: place + 1].mean() - runs[place + 1]))
    return Measured(float(np.mean(ours)), float(np.mean(theirs)), len(ours))
