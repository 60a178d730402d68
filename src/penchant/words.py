"""The nouns of Penchant, as frozen values. One word, one meaning: see docs/reference/words.md.

Read this file first, then `algebra.py`, then `loop.py`.
Rule 1: nouns are immutable; inside they hold tuples, and give maps on access (`FrozenMap`).
Rule 2: a noun knows nothing of clocks, dice, disks or other nouns' behaviour.
Rule 3: building a noun never fails on personal content, only on what is no list or no mapping;
the rest is checked where it enters (`signals/`, `model/encoding.py`), against `limits.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from msgspec import Struct
from msgspec.structs import force_setattr

from penchant.errors import BadInput
from penchant.frozen_map import FrozenMap, Value, frozen
from penchant.openings import AtTime, OnLevel, OnSignal, Opening
from penchant.stated import Consent, ConsentState, Correction, Goal, Never, Trait

__all__ = [
    "NOTHING",
    "Accepted",
    "Action",
    "AtTime",
    "Belief",
    "Cap",
    "Consent",
    "ConsentState",
    "Correction",
    "Decision",
    "Explanation",
    "FrozenMap",
    "Goal",
    "GuardrailRule",
    "Moment",
    "Never",
    "OnLevel",
    "OnSignal",
    "Opening",
    "Outcome",
    "Position",
    "Profile",
    "QuietHours",
    "Reason",
    "Receipt",
    "Refused",
    "Removed",
    "Signal",
    "Slate",
    "Trait",
    "Value",
    "frozen",
    "sureness",
]

NOTHING = "nothing"
"""The reserved action: leave the person alone."""


class Accepted(Struct, frozen=True):
    """What was given is kept."""

    def __bool__(self) -> bool:
        """Count as true."""
        return True


class Refused(Struct, frozen=True):
    """What was given is not kept, and why: a result, not an error."""

    sentence: str

    def __bool__(self) -> bool:
        """Count as false, so that `if engine.observe(…)` reads as it should."""
        return False


class Signal(Struct, frozen=True):
    """A fact seen about one person at one time; `kind` is named `pack.past_tense`.

    `at` is an aware datetime; None means now. `nature` says how it was seen: said (explicit),
    done (implicit), around (contextual) or measured (sensed).
    """

    kind: str
    person: str = ""
    at: datetime | None = None
    data: Mapping[str, Value] = FrozenMap()
    nature: Literal["explicit", "implicit", "contextual", "sensed"] = "implicit"
    source: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        """Freeze the data."""
        force_setattr(self, "data", frozen(self.data))


class Action(Struct, frozen=True):
    """One thing that could be done.

    `burden` 0..1 is what it costs the person to receive it; `risk` says who must agree before it
    is executed: nobody (`auto`, `notify`), the person (`confirm`) or a human operator (`human`).
    """

    name: str
    features: Mapping[str, Value] = FrozenMap()
    content: str = ""
    channel: str = ""
    burden: float = 0.0
    risk: Literal["auto", "notify", "confirm", "human"] = "auto"

    def __post_init__(self) -> None:
        """Freeze the features."""
        force_setattr(self, "features", frozen(self.features))


class Outcome(Struct, frozen=True):
    """What may follow a decision inside its window; a missing one counts as `default`."""

    name: str = "followed"
    window: str = "1d"
    default: float | None = 0.0


class Cap(Struct, frozen=True, tag="cap"):
    """At most so many actions of a moment in any stretch of time (`per`, like "1d")."""

    at_most: int
    per: str = "1d"


class QuietHours(Struct, frozen=True, tag="quiet_hours"):
    """No action between two times of the person's day, in the person's zone.

    The zone is the person's trait `time_zone`, else `zone`; where neither is known nothing is
    done at any hour, because guessing could wake somebody.
    """

    start: str = "22:00"
    end: str = "07:00"
    zone: str = ""


GuardrailRule = Cap | QuietHours


class Moment(Struct, frozen=True):
    """A declared point of decision. No setting beyond name, purpose and actions is needed.

    `default` names the action that stands for nothing where something must always be shown.
    `explore`: no permitted action has a propensity below explore / K. `neutral_share`: the share
    of decisions taken as if nothing were known of the person. `reward_range`: rewards outside it
    are an error. `half_life`: how long an outcome takes to lose half its weight. `opens`: what
    opens it by itself; with none it is opened by a call alone. `apprentice`: the first action of a
    call is what the host's own logic does; it is done, and Penchant learns to do the same.
    """

    name: str
    purpose: str = ""
    actions: Sequence[Action] = ()
    outcome: Outcome = Outcome()
    default: str = ""
    explore: float = 0.01
    neutral_share: float = 0.01
    reward_range: tuple[float, float] = (0.0, 1.0)
    half_life: str = "365d"
    guardrails: Sequence[GuardrailRule] = ()
    non_profiling: bool = False
    opens: Sequence[Opening] = ()
    apprentice: bool = False

    def __post_init__(self) -> None:
        """Accept lists where tuples are kept."""
        for field in ("actions", "guardrails", "opens", "reward_range"):
            given = getattr(self, field)
            if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
                got = type(given).__name__
                raise BadInput(f"`{field}` of a moment must be a list (got a `{got}`).")
            force_setattr(self, field, tuple(given))

    @property
    def fallback(self) -> str:
        """The action that stands for nothing here."""
        return self.default or NOTHING


class Removed(Struct, frozen=True):
    """An action that a guardrail took out before propensities were computed, and why."""

    action: str
    rule: str
    sentence: str


class Reason(Struct, frozen=True):
    """One sentence about a decision, and what it rests on.

    `share` is what this adds to the chosen action's margin over the runner-up, in units of
    reward (0 for rules and notes).
    """

    sentence: str
    source: Literal["person", "people", "exploration", "rule", "note"]
    share: float = 0.0


class Explainer(Protocol):
    """What can build the reasons of a decision; shared by all decisions of one model version."""

    def reasons(self, decision: "Decision") -> tuple[Reason, ...]:
        """Give the reasons of `decision`, the weightiest first."""


class Position(Struct, frozen=True):
    """Where the action of a decision stands in a slate: at `number`, 1 at the top.

    `examined` is the share of those who see the top that are taken to look this far, as it was
    known then: what is learned from the decision counts by it.
    """

    slate: str
    number: int
    examined: float = 1.0


class Decision(Struct, frozen=True, gc=False):
    """The answer to one moment, with all that is needed to judge, replay and explain it later.

    `names`, `weights`, `neutral`, `expected` and `personal` run in parallel over the permitted
    actions: the propensity of each, its propensity for a stranger (`person=None`), what people in
    general would be expected to give as reward, and what this person adds to that. `belief` is
    the person's posterior mean then; `said`, the columns of actions where their word stands
    instead; `past`, how often each action and its kinds had been shown of late, in hundredths,
    where that counts. `candidates` are the actions given with the call, if any. A `forced` decision
    says why what was `drawn` was not done. `opened_by` says what opened the moment by itself; empty
    when a caller asked. `position` is where it stands in a slate, None for alone. Reasons are built
    when looked at.
    """

    id: str
    moment: str
    person: str | None
    at: datetime
    action: Action
    propensity: float
    mode: Literal["personal", "neutral"]
    names: tuple[str, ...]
    weights: tuple[float, ...]
    neutral: tuple[float, ...]
    expected: tuple[float, ...] = ()
    personal: tuple[float, ...] = ()
    belief: tuple[float, ...] = ()
    context: FrozenMap[Value] = FrozenMap()
    candidates: tuple[Action, ...] = ()
    draw: float = 0.0
    version: int = 0
    consent: Consent | None = None
    removed: tuple[Removed, ...] = ()
    forced: str = ""
    drawn: str = ""
    note: str = ""
    opened_by: str = ""
    said: tuple[tuple[int, float], ...] = ()
    past: tuple[tuple[int, ...], ...] = ()
    position: Position | None = None
    explainer: Any = None

    @property
    def propensities(self) -> FrozenMap[float]:
        """Propensity by action name, for every permitted action; they sum to 1."""
        return FrozenMap(dict(zip(self.names, self.weights, strict=True)))

    @property
    def neutral_propensities(self) -> FrozenMap[float]:
        """What `person=None` would have been given in the same context."""
        return FrozenMap(dict(zip(self.names, self.neutral, strict=True)))

    @property
    def executed(self) -> bool:
        """Whether the drawn action stands; a forced decision is left out of estimates."""
        return not self.forced

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why this action, in words, the weightiest first."""
        explainer: Explainer | None = self.explainer
        if explainer is None:
            return (Reason(self.note, "note"),) if self.note else ()
        return explainer.reasons(self)


class Slate(Struct, frozen=True):
    """Several decisions of one moment that are shown together, the top one first.

    None repeats an action. Each has its own id, and propensities given what stands above it.
    """

    id: str
    decisions: tuple[Decision, ...]

    @property
    def actions(self) -> tuple[Action, ...]:
        """What is to be shown, the top one first; `nothing` ends a slate and is not shown."""
        return tuple(one.action for one in self.decisions if one.action.name != NOTHING)

    def __len__(self) -> int:
        """Count the decisions."""
        return len(self.decisions)

    def __iter__(self) -> Iterator[Decision]:
        """Give the decisions, the top one first."""
        return iter(self.decisions)


class Explanation(Struct, frozen=True):
    """A decision in plain sentences, and the same as data."""

    decision: str
    sentences: tuple[str, ...]
    reasons: tuple[Reason, ...]
    person_share: float
    explored: bool
    runner_up: str = ""
    would_change: str = ""
    removed: tuple[Removed, ...] = ()

    def __str__(self) -> str:
        """Give the sentences, one a line."""
        return "\n".join(self.sentences)


class Belief(Struct, frozen=True):
    """What one estimator believes about a person: in words, with how sure it is (0..1)."""

    name: str
    says: str
    sure: float
    data: Mapping[str, float] = FrozenMap()

    def __post_init__(self) -> None:
        """Freeze the data."""
        force_setattr(self, "data", frozen(self.data))


class Profile(Struct, frozen=True):
    """All that is currently believed about one person.

    `restricted` is since when nothing of it may be used, where the person said so.
    """

    person: str
    known_as: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    traits: tuple[Trait, ...] = ()
    goals: tuple[Goal, ...] = ()
    nevers: tuple[Never, ...] = ()
    beliefs: tuple[Belief, ...] = ()
    corrections: tuple[Correction, ...] = ()
    restricted: datetime | None = None


class Receipt(Struct, frozen=True):
    """Proof that a person was forgotten: what was erased, when; it names nobody."""

    pseudonym: str
    at: datetime
    entries: int
    outcomes: int = 0


def sureness(sure: float) -> str:
    """Say in words how sure a belief is; everything that speaks of sureness uses these.

    Args:
        sure: 0 (a guess) to 1 (certain).

    Example:
        >>> sureness(0.7)
        'fairly sure'
    """
    steps = ((0.3, "not sure"), (0.6, "somewhat sure"), (0.85, "fairly sure"))
    return next((words for below, words in steps if sure < below), "very sure")
