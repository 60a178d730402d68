"""What a pack declares: signals, traits, features, moments, guards, texts, claims and its parts.

Loop: beside it. A pack is read from one file (`adapters/packs/reading.py`) into these values, and
checked as a whole (`checking.py`). See docs/reference/pack.md.
Rule 1: values in, values out; a declaration knows nothing of the code it names.
Rule 2: every name is `pack.something`, so that what a pack brings can be told apart and taken away.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from penchant.words import FrozenMap, Moment

__all__ = [
    "DOMAINS",
    "Claim",
    "DeclaredMoment",
    "Exampling",
    "Expertise",
    "Exporting",
    "Feature",
    "Guard",
    "Importing",
    "Kind",
    "Name",
    "Outcomes",
    "Pack",
    "Paging",
    "Planning",
    "Proposing",
    "Purpose",
    "Sensitivity",
    "Stated",
]

DOMAINS = ("general", "education", "workplace", "health", "finance", "child", "home")
"""Where a pack is at work; in `education` and `workplace` no emotion is inferred."""

Sensitivity = Literal["ordinary", "special"]
"""`special`: health, ethnicity, religion, politics, sexual life, union, biometry, genes."""

FieldType = Literal["yes or no", "number", "text", "list of numbers"]


class Name(Struct, frozen=True):
    """What a pack is called, and where it is at work.

    `minors`: people under age may be among those it is for. `remembers`: how many of the latest
    signals of one person its parts see; what must be known for longer is the state of an expert.
    """

    name: str
    title: str
    about: str
    version: str = "1"
    domain: str = "general"
    minors: bool = False
    remembers: int = 100


class Purpose(Struct, frozen=True):
    """What a person is asked to agree to, in the words they are asked with.

    `explicit`: agreed to by itself and by name; the only kind under which what is special is kept.
    """

    name: str
    says: str
    explicit: bool = False


class Kind(Struct, frozen=True):
    """A kind of signal: for what it is kept, how long, and which fields it may have."""

    name: str
    purpose: str
    retention: str
    says: str
    sensitivity: Sensitivity = "ordinary"
    data: Mapping[str, FieldType] = FrozenMap()


class Stated(Struct, frozen=True):
    """A trait that a person may state, under a purpose of the pack."""

    name: str
    purpose: str
    says: str
    sensitivity: Sensitivity = "ordinary"


class Feature(Struct, frozen=True):
    """A number or word about a person that an expert gives to decisions of the pack's moments.

    `infers` says what of a person it tells: knowledge, habit, preference, health and the like.
    """

    name: str
    expert: str
    says: str
    infers: str = ""
    sensitivity: Sensitivity = "ordinary"


class Expertise(Struct, frozen=True):
    """An expert: code that folds signals of some kinds into a latent state (`parts.Expert`)."""

    name: str
    part: str
    purpose: str
    folds: tuple[str, ...]
    says: str
    infers: str = ""


class Proposing(Struct, frozen=True):
    """A proposer: code that gives a moment its candidates (`parts.Proposer`)."""

    moment: str
    part: str
    says: str


class Planning(Struct, frozen=True):
    """A planner: code that orders a moment's candidates within a budget (`parts.Planner`).

    `budget` names the value of a call's context that says how much there is.
    """

    moment: str
    part: str
    says: str
    budget: str = ""


class Importing(Struct, frozen=True):
    """An importer: code that reads a file format (`parts.Importer`)."""

    name: str
    part: str
    says: str


class Exporting(Struct, frozen=True):
    """An exporter: code that writes a file format (`parts.Exporter`)."""

    name: str
    part: str
    says: str


class Paging(Struct, frozen=True):
    """A page: code that makes one from views of its purpose (`pages.PageOfOne`, `PageOfMany`).

    `of` says whether it is about one person or all who agreed; `sends` are the kinds of signals
    that its forms may send.
    """

    name: str
    title: str
    part: str
    purpose: str
    says: str
    of: Literal["person", "people"] = "person"
    sends: tuple[str, ...] = ()


class Exampling(Struct, frozen=True):
    """An example: code that makes people up to look at the pack with (`examples.Example`)."""

    name: str
    part: str
    says: str


class Outcomes(Struct, frozen=True):
    """The signal from which a moment learns by itself.

    A decision's reward is the value `reward` of the first signal of that kind at least `after` the
    decision, and inside the window of the moment's outcome. `same` are pairs of a field of the
    signal and a feature of the action that must be equal; with `action` the action's name.
    """

    moment: str
    signal: str
    reward: str
    after: str = ""
    same: Mapping[str, str] = FrozenMap()


class Guard(Struct, frozen=True):
    """What must not get worse while a moment learns: signals a decision, at most.

    It is counted over the last `window`: how many signals of that kind came, for how many decisions
    that did something.
    """

    name: str
    moment: str
    signal: str
    at_most: float
    window: str
    says: str


class Claim(Struct, frozen=True):
    """A claim: on these data this metric is better than the baseline's by at least `threshold`.

    `measure` names the code that measures both (`parts.Measure`).
    """

    name: str
    says: str
    data: str
    metric: str
    measure: str
    baseline: str = ""
    threshold: float = 0.0
    better: Literal["higher", "lower"] = "higher"


class DeclaredMoment(Struct, frozen=True):
    """A moment, and what a pack has to say of it beyond what the engine needs.

    `features` are those its decisions get. `reasons` are the words of a reason by name: of declared
    actions by their own name, of candidates by their feature `why`. `irreversible` are actions that
    cannot be undone. `override` is the kind of signal by which somebody responsible overrides.
    """

    moment: Moment
    has_window: bool = True
    features: tuple[str, ...] = ()
    reasons: Mapping[str, str] = FrozenMap()
    irreversible: tuple[str, ...] = ()
    override: str = ""


_Named = Purpose | Kind | Stated | Feature | Expertise | Guard | Paging


class Pack(Struct, frozen=True):
    """All that one pack declares. `place` is the file it was read from, for messages."""

    about: Name
    place: str = ""
    purposes: tuple[Purpose, ...] = ()
    signals: tuple[Kind, ...] = ()
    traits: tuple[Stated, ...] = ()
    features: tuple[Feature, ...] = ()
    moments: tuple[DeclaredMoment, ...] = ()
    outcomes: tuple[Outcomes, ...] = ()
    guards: tuple[Guard, ...] = ()
    texts: Mapping[str, str] = FrozenMap()
    claims: tuple[Claim, ...] = ()
    experts: tuple[Expertise, ...] = ()
    proposers: tuple[Proposing, ...] = ()
    planners: tuple[Planning, ...] = ()
    importers: tuple[Importing, ...] = ()
    exporters: tuple[Exporting, ...] = ()
    pages: tuple[Paging, ...] = ()
    examples: tuple[Exampling, ...] = ()

    @property
    def name(self) -> str:
        """What it is called."""
        return self.about.name

    def owns(self, name: str) -> bool:
        """Tell whether a name is of this pack's namespace.

        Example:
            >>> Pack(Name("school", "School", "")).owns("school.answered")
            True
        """
        return name.startswith(f"{self.about.name}.")

    def named(self) -> Sequence[tuple[str, str, str]]:
        """Give every declared name: the list it stands in, the name, and what is said of it."""
        listed: Mapping[str, Sequence[_Named]] = {
            "purposes": self.purposes,
            "signals": self.signals,
            "traits": self.traits,
            "features": self.features,
            "experts": self.experts,
            "guards": self.guards,
            "pages": self.pages,
        }
        return [(where, one.name, one.says) for where, ones in listed.items() for one in ones]
