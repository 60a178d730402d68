"""Registers: the facts about a person that are not sums; the latest wins.

Loop: Profile. Takes statements and consents out of the journal, gives traits, goals, nevers,
consents, corrections, whether use is restricted, and the other ids of a person.
Rule 1: commutative, associative, idempotent: any order, any grouping, any repetition agree.
Rule 2: of two facts of one instant the more careful wins (a refusal over a grant, a never over its
lifting), else the one whose encoding is greater: a coin that falls the same way everywhere.
Rule 3: at most `MOST` registers of a sort; the oldest go first (`no_room` says so beforehand).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from penchant.journal import Consented, Fact, Observed
from penchant.words import Consent, Correction, FrozenMap, Goal, Never, Trait, Value

__all__ = [
    "MOST",
    "RESTRICTION_KINDS",
    "STATEMENT_KINDS",
    "Register",
    "Registers",
    "fold",
    "join",
    "no_room",
    "start",
    "trait_features",
]

MOST = 1_000
"""Registers of one sort a person may have, those taken back included: as many as a moment has
actions. Beyond it the oldest would go, and a never that silently ends would be a broken promise,
so an engine asks `no_room` before it accepts one more."""


class Restriction(Struct, frozen=True, tag="restriction"):
    """A person does not want what is kept about them to be used, from that time on."""

    at: datetime


Noun = Trait | Goal | Never | Consent | Correction | Restriction | str | None
Slot = tuple[str, str, str]

# Of two answers of one instant the one that lets less happen wins.
_CARE = {"granted": 0.0, "not_asked": 1.0, "expired": 2.0, "denied": 3.0, "withdrawn": 4.0}


class Register(Struct, frozen=True):
    """One settled fact: its slot (sort, purpose, name), since when, and what; None: taken back."""

    slot: Slot
    at: datetime
    noun: Noun


class Registers(Struct, frozen=True):
    """All registers of one person. `held` is the state; the other fields are read from it.

    `traits` and `goals` show the latest of each name; `trait_features` keeps purposes apart.
    `time_zone` is the trait of that name, "" where it was never stated. `restricted` is since when
    nothing may be used, `released` since when it may again.
    """

    person: str
    held: tuple[Register, ...] = ()
    known_as: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    traits: tuple[Trait, ...] = ()
    goals: tuple[Goal, ...] = ()
    nevers: tuple[Never, ...] = ()
    time_zone: str = ""
    corrections: tuple[Correction, ...] = ()
    restricted: datetime | None = None
    released: datetime | None = None

    def consent(self, purpose: str) -> Consent:
        """Give what holds for a purpose: the answer, unless use is restricted altogether."""
        if self.restricted is not None:
            return Consent(purpose, "restricted", at=self.restricted)
        return self.answer(purpose)

    def answer(self, purpose: str) -> Consent:
        """Give the answer for a purpose; `not_asked` where there is none."""
        for consent in self.consents:
            if consent.purpose == purpose:
                return consent
        return Consent(purpose)


def start(person: str) -> Registers:
    """Give the registers of somebody of whom nothing is known.

    Example:
        >>> start("ada").consent("recommendation").state
        'not_asked'
    """
    return Registers(person)


def fold(registers: Registers, fact: Fact) -> Registers:
    """Take one fact in; a fact that sets no register gives the same registers back.

    Example:
        >>> from datetime import UTC
        >>> from penchant.words import Signal
        >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
        >>> said = Signal("trait.stated", "ada", noon, data={"shoe": 38})
        >>> fold(start("ada"), Observed("ada", noon, said, "shop")).traits[0].value
        38
    """
    said = _read(fact)
    return _settled(registers.person, (*registers.held, *said)) if said else registers


def join(one: Registers, other: Registers) -> Registers:
    """Give the registers of two ids that are one person, who goes by the first one's id.

    Example:
        >>> join(start("ada"), start("anon-7")).person
        'ada'
    """
    return _settled(one.person, (*one.held, *other.held))


def trait_features(registers: Registers, purpose: str) -> FrozenMap[Value]:
    """Give what a person stated under a purpose as features of that person.

    Returns:
        `person.<trait>`: its value, and `goal.<name>`: its progress 0..1; nothing that was
        stated under another purpose, nor the time zone, which says only how to read their hours.
    """
    features: dict[str, Value] = {}
    for register in registers.held:
        _, under, name = register.slot
        if isinstance(register.noun, Trait) and under == purpose and name != "time_zone":
            features[f"person.{name}"] = register.noun.value
        elif isinstance(register.noun, Goal) and under == purpose:
            features[f"goal.{name}"] = register.noun.progress
    return FrozenMap(features)


def no_room(registers: Registers, fact: Fact) -> str:
    """Say why a fact would push an older register out, or "" when there is room.

    Example:
        >>> no_room(start("ada"), Consented("ada", datetime(2026, 11, 22), Consent("shop")))
        ''
    """
    taken = {register.slot for register in registers.held}
    sorts = Counter(slot[0] for slot in taken | {new.slot for new in _read(fact)})
    full = [sort for sort, n in sorts.items() if n > MOST]
    if not full:
        return ""
    return f"A person may have at most {MOST:,} registers of the sort `{full[0]}`; state fewer."


def _read(fact: Fact) -> tuple[Register, ...]:
    """Give the registers a fact sets; none where it is no statement or its shape is strange."""
    if isinstance(fact, Consented):
        at = fact.consent.at or fact.at
        purpose = fact.consent.purpose
        return (Register(("consent", purpose, ""), at, replace(fact.consent, at=at)),)
    if not isinstance(fact, Observed) or fact.signal.kind not in STATEMENT_KINDS:
        return ()
    at = fact.signal.at or fact.at
    data = fact.signal.data
    if fact.signal.kind == "trait.stated":
        return tuple(
            Register(("trait", fact.purpose, name), at, Trait(name, value, at))
            for name, value in data.items()
        )
    sort, field, kind = _SORTS[fact.signal.kind]
    name = data.get(field) if field else ""
    try:
        noun: Noun = msgspec.convert({**data, "at": at}, kind) if kind else None
    except msgspec.ValidationError:  # written by another version: kept in the journal, not read
        return ()
    if not isinstance(name, str):
        return ()
    if fact.signal.kind == "person.merged":
        noun = name
    purpose = fact.purpose if sort == "goal" else ""  # limits hold for every purpose
    return (Register((sort, purpose, name), at, noun),)


# Kind of statement: the sort of register it sets, the field that names it, the noun it becomes.
_SORTS: Mapping[str, tuple[str, str, type[Goal | Never | Correction | Restriction] | None]] = {
    "belief.corrected": ("belief", "belief", Correction),
    "belief.uncorrected": ("belief", "belief", None),
    "goal.stated": ("goal", "name", Goal),
    "goal.dropped": ("goal", "name", None),
    "never.stated": ("never", "name", Never),
    "never.lifted": ("never", "name", None),
    "person.merged": ("alias", "from", None),
    "person.unmerged": ("alias", "from", None),
    "person.restricted": ("restriction", "", Restriction),
    "person.unrestricted": ("restriction", "", None),
}

RESTRICTION_KINDS = frozenset(kind for kind, row in _SORTS.items() if row[0] == "restriction")
"""Kinds by which a person says whether what is kept about them may be used at all."""

STATEMENT_KINDS = frozenset({"trait.stated", *_SORTS})
"""Kinds of signal that set a register; the others are what a person did."""


def _rank(register: Register) -> tuple[datetime, float, bytes]:
    """Order two registers of one slot: later, then more careful, then by their encoding."""
    noun = register.noun
    care = 0.0
    if isinstance(noun, Consent):
        care = _CARE[noun.state] - noun.dial / 2  # the dial is 0..1: it decides within a state
    elif register.slot[0] in {"never", "belief", "restriction"}:
        care = float(noun is not None)
    elif register.slot[0] == "alias":
        care = float(noun is None)
    return register.at, care, msgspec.json.encode(noun)


def _latest(registers: Iterable[Register]) -> dict[Slot, Register]:
    """Keep the greatest register of each slot."""
    latest: dict[Slot, Register] = {}
    for register in registers:
        held = latest.setdefault(register.slot, register)
        if held is not register and _rank(register) > _rank(held):
            latest[register.slot] = register
    return latest


def _bounded(registers: Iterable[Register]) -> list[Register]:
    """Keep the `MOST` latest registers of each sort, in the order of their slots."""
    kept: list[Register] = []
    n_of_sort: Counter[str] = Counter()
    for register in sorted(registers, key=lambda one: (one.at, one.slot), reverse=True):
        n_of_sort[register.slot[0]] += 1
        if n_of_sort[register.slot[0]] <= MOST:
            kept.append(register)
    return sorted(kept, key=lambda one: one.slot)


def _settled(person: str, registers: Iterable[Register]) -> Registers:
    """Build the registers of a person, with what is read from them."""
    held = _bounded(_latest(registers).values())
    by_name = _latest(
        replace(one, slot=(one.slot[0], "", one.slot[2]))
        for one in held
        if one.noun is not None and not isinstance(one.noun, Consent)
    )
    nouns = [one.noun for _, one in sorted(by_name.items())]
    traits = tuple(noun for noun in nouns if isinstance(noun, Trait))
    restriction = next((one for one in held if one.slot[0] == "restriction"), None)
    is_restricted = restriction is not None and restriction.noun is not None
    zones = [trait.value for trait in traits if trait.name == "time_zone"]
    return Registers(
        person=person,
        held=tuple(held),
        known_as=tuple(noun for noun in nouns if isinstance(noun, str) and noun != person),
        consents=tuple(one.noun for one in held if isinstance(one.noun, Consent)),
        traits=traits,
        goals=tuple(noun for noun in nouns if isinstance(noun, Goal)),
        nevers=tuple(noun for noun in nouns if isinstance(noun, Never)),
        time_zone=zones[0] if zones and isinstance(zones[0], str) else "",
        corrections=tuple(noun for noun in nouns if isinstance(noun, Correction)),
        restricted=restriction.at if restriction and is_restricted else None,
        released=restriction.at if restriction and not is_restricted else None,
    )
