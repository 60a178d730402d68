"""The packs of an engine: what they declare as tables, and their parts made of what was brought.

Loop: beside it. Everything here follows from the declarations and from content in the journal.
Rule 1: a part that raises costs nobody their decision: what it did not give is left out, and the
fault is noted with the type of the error alone, as its text might tell of a person.
Rule 2: with no packs every question has a quick answer.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from penchant.contract.declarations import DeclaredMoment, Kind, Outcomes, Pack
from penchant.contract.installed import Installed
from penchant.contract.parts import Brought, Expert, Planner, Proposer
from penchant.errors import BadInput
from penchant.journal import Provided
from penchant.limits import seconds

__all__ = ["AtWork", "Giving", "Loaded"]

T = TypeVar("T")
_MOST_FAULTS = 100


class AtWork(NamedTuple):
    """An expert at work: whose it is, the purpose of what it folds, and the features it gives."""

    pack: str
    name: str
    purpose: str
    features: frozenset[str]
    expert: Expert[Any]

    @property
    def key(self) -> tuple[str, str]:
        """What its states are kept under."""
        return self.pack, self.name


class Giving(NamedTuple):
    """What a pack gives to one of its moments."""

    pack: str
    declared: DeclaredMoment
    experts: tuple[AtWork, ...]
    proposer: Proposer | None
    planner: Planner | None
    budget: str


class Loaded:
    """The packs of an engine."""

    def __init__(self, installed: Iterable[Installed] = ()) -> None:
        """Make their parts, of nothing brought yet."""
        self._installed = {one.pack.name: one for one in installed}
        self.packs: Mapping[str, Pack] = {name: one.pack for name, one in self._installed.items()}
        packs = self.packs.values()
        self.kinds: Mapping[str, Kind] = {one.name: one for of in packs for one in of.signals}
        self.kept_for = {name: seconds(one.retention) for name, one in self.kinds.items()}
        self.outcomes: dict[str, list[Outcomes]] = {}
        for outcome in (one for of in packs for one in of.outcomes):
            self.outcomes.setdefault(outcome.signal, []).append(outcome)
        self.contents: dict[str, dict[str, Any]] = {name: {} for name in self.packs}
        self.faults: Counter[str] = Counter()
        """What went wrong in parts, a sentence each, and how often."""
        self.folding: dict[str, tuple[AtWork, ...]] = {}
        self.giving: dict[str, Giving] = {}
        self.pages: dict[tuple[str, str], Any] = {}
        """What makes each page, by pack and name; None where it cannot be made."""
        self._brought: dict[tuple[str, str], Provided | Mapping[str, Any]] = {}
        self._has_new = False
        self._make()

    def __bool__(self) -> bool:
        """Count as false where there are none."""
        return bool(self._installed)

    def owner(self, name: str) -> Pack | None:
        """Give the pack in whose namespace a name is; None for none of these."""
        return self.packs.get(name.partition(".")[0])

    def take(self, fact: Provided, content: Mapping[str, Any] | None = None) -> None:
        """Take in what was brought for a pack; `remake` makes the parts of it.

        Args:
            fact: The file as it came.
            content: What was read of it, where that was done already.
        """
        if fact.pack in self._installed:
            self._brought[fact.pack, fact.name] = fact if content is None else content
            self._has_new = True

    def remake(self) -> None:
        """Read what was not read yet, and make the parts of all, where something came since."""
        if not self._has_new:
            return
        self._has_new = False
        self.contents = {name: {} for name in self.packs}
        for (pack, name), given in self._brought.items():
            content = self._read(given) if isinstance(given, Provided) else given
            self._brought[pack, name] = content
            self.contents[pack].update(content)
        self._make()

    def importer(self, pack: str, name: str) -> Callable[[bytes], Brought]:
        """Give what reads a file format.

        Raises:
            BadInput: When the pack has no importer of that name.
        """
        known = {one.name: one.part for one in self.packs[pack].importers}
        if name not in known:
            listed = ", ".join(f"`{one}`" for one in known) or "none"
            raise BadInput(f"Pack `{pack}` has no importer `{name}`; there is {listed}.")
        made = self._part(pack, known[name])
        read: Callable[[bytes], Brought] = made.read
        return read

    def asked(self, pack: str, part: str, ask: Callable[[], T], otherwise: T) -> T:
        """Ask a part of a pack for something; what raises gives `otherwise` and is noted."""
        try:
            return ask()
        except Exception as wrong:  # noqa: BLE001 - whatever a stranger's code raises is noted
            self.fault(f"Part `{part}` of pack `{pack}` raised a `{type(wrong).__name__}`.")
            return otherwise

    def fault(self, sentence: str) -> None:
        """Note that something went wrong in a pack; of very many sorts the first ones."""
        if sentence in self.faults or len(self.faults) < _MOST_FAULTS:
            self.faults[sentence] += 1

    def _read(self, fact: Provided) -> Mapping[str, Any]:
        """Read a file; of one that cannot be read any more there is nothing."""
        read = self.importer(fact.pack, fact.importer)
        return self.asked(fact.pack, fact.importer, lambda: read(fact.content), Brought()).content

    def _make(self) -> None:
        """Make the parts."""
        self.folding = {}
        self.giving = {}
        self.pages = {
            (pack.name, one.name): self._part(pack.name, one.part)
            for pack in self.packs.values()
            for one in pack.pages
        }
        for pack in self.packs.values():
            experts = {one.name: one for one in self._experts(pack)}
            for declared in pack.experts:
                for kind in declared.folds if declared.name in experts else ():
                    before = self.folding.get(kind, ())
                    self.folding[kind] = (*before, experts[declared.name])
            for moment in pack.moments:
                self.giving[moment.moment.name] = self._giving(pack, moment, experts)

    def _experts(self, pack: Pack) -> Iterable[AtWork]:
        for one in pack.experts:
            features = frozenset(of.name for of in pack.features if of.expert == one.name)
            made = self._part(pack.name, one.part)
            if made is not None:
                yield AtWork(pack.name, one.name, one.purpose, features, made)

    def _giving(self, pack: Pack, moment: DeclaredMoment, experts: Mapping[str, AtWork]) -> Giving:
        name, wanted = moment.moment.name, set(moment.features)
        proposing = next((one for one in pack.proposers if one.moment == name), None)
        planning = next((one for one in pack.planners if one.moment == name), None)
        return Giving(
            pack.name,
            moment,
            tuple(one for one in experts.values() if one.features & wanted),
            self._part(pack.name, proposing.part) if proposing else None,
            self._part(pack.name, planning.part) if planning else None,
            planning.budget if planning else "",
        )

    def _part(self, pack: str, place: str) -> Any:
        """Make a part of what was brought for its pack; None where it cannot be made."""
        part = self._installed[pack].parts[place]
        return self.asked(pack, place, lambda: part(self.contents[pack]), None)
