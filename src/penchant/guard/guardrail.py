"""Guardrails: how they are asked, and what is left when all have spoken.

Place in the loop: before a policy weighs the actions; what is removed here has propensity 0.
Rule 1: every guardrail is asked about every action, and every refusal is recorded, so neither the
result nor the record depends on the order of the guardrails.
Rule 2: fail closed. A guardrail that raises, or answers nonsense, is asked again action by action;
the actions for which it still does are removed, and the record says which guardrail it was.
Rule 3: the fallback of the moment stays whatever a guardrail says of it, and is never held.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from penchant.guard.asked import Asked
from penchant.guard.caps import Caps
from penchant.guard.dial import Dial
from penchant.guard.nevers import Nevers
from penchant.guard.quiet_hours import Quiet
from penchant.guard.risk import FREE, Risk
from penchant.guard.verdict import PASSED, Held, Verdict, Verdicts
from penchant.words import Action, Refused, Removed

__all__ = [
    "GUARDRAILS",
    "Asked",
    "Exposure",
    "Guardrail",
    "Held",
    "Permitted",
    "Verdicts",
    "exposure_of",
    "is_silent",
    "permitted",
]

Objection = tuple[str, Verdicts]


class Guardrail(Protocol):
    """A pure rule over actions. It may know what stands in `Asked`, and nothing else."""

    @property
    def name(self) -> str:
        """The name under which its refusals are recorded."""
        ...

    def check(self, actions: Sequence[Action], asked: Asked) -> Verdicts:
        """Refuse or hold actions, by index; give `PASSED` when there is nothing to say.

        Whatever it raises takes out the actions for which it raises; it need not catch anything.
        """
        ...


GUARDRAILS: tuple[Guardrail, ...] = (Dial(), Nevers(), Caps(), Quiet(), Risk())
"""Those asked for every moment."""


class Permitted(Struct, frozen=True):
    """What is left of the actions, by index into those asked about.

    `kept` are in the order given. `held` are those of `kept` that wait for somebody's yes, with
    the sentence saying whose. `removed` has an entry for each refusal: an action that two
    guardrails refuse stands there twice.
    """

    kept: tuple[int, ...]
    removed: tuple[Removed, ...] = ()
    held: tuple[tuple[int, str], ...] = ()


class Exposure(NamedTuple):
    """What of some actions any of `GUARDRAILS` could object to; found once, for many decisions.

    `burden` is the greatest of all, infinite where one is no number; `is_risky` says whether one
    waits for somebody's yes; `untouched` is what is left when nothing is said.
    """

    burden: float
    is_risky: bool
    untouched: Permitted


def exposure_of(actions: Sequence[Action]) -> Exposure:
    """Give what of some actions a guardrail could object to."""
    burdens = [action.burden for action in actions]
    is_known = all(burden <= math.inf for burden in burdens)
    return Exposure(
        max(burdens, default=0.0) if is_known else math.inf,
        any(action.risk not in FREE for action in actions),
        Permitted(tuple(range(len(actions)))),
    )


def is_silent(asked: Asked, exposure: Exposure) -> bool:
    """Tell that none of `GUARDRAILS` has anything to say, without asking about each action.

    A guardrail that is added to them is to be thought of here; a law holds this to `permitted`.

    Example:
        >>> from datetime import UTC, datetime
        >>> from penchant.words import Consent, Moment
        >>> exposure = exposure_of((Action("nothing"), Action("tip", burden=0.2)))
        >>> moment, now = Moment("nudge", "coaching"), datetime(2026, 11, 22, tzinfo=UTC)
        >>> is_silent(Asked(now, moment, Consent("coaching", "granted", dial=0.5)), exposure)
        True
        >>> is_silent(Asked(now, moment, Consent("coaching", "granted", dial=0.1)), exposure)
        False
    """
    return (
        exposure.burden <= asked.consent.dial
        and not exposure.is_risky
        and not asked.nevers
        and not asked.moment.guardrails
    )


def permitted(
    actions: Sequence[Action], asked: Asked, guardrails: Sequence[Guardrail] = GUARDRAILS
) -> Permitted:
    """Ask every guardrail, and give what they leave.

    Args:
        actions: The actions of the moment or of the call, its fallback among them.
        asked: What the guardrails may know.
        guardrails: Those to ask; their order changes nothing but the order of the record.

    Returns:
        The indexes that stay, what was removed and why, and what is held.

    Example:
        >>> from datetime import UTC, datetime
        >>> from penchant.words import Consent, Moment
        >>> actions = (Action("nothing"), Action("tip", burden=0.2), Action("call", burden=0.9))
        >>> consent = Consent("coaching", "granted", dial=0.5)
        >>> asked = Asked(datetime(2026, 11, 22, tzinfo=UTC), Moment("nudge", "coaching"), consent)
        >>> left = permitted(actions, asked)
        >>> left.kept
        (0, 1)
        >>> left.removed[0].rule, left.removed[0].sentence
        ('dial', 'Its burden of 0.9 is above the dial for `coaching`, which stands at 0.5.')
    """
    objections: list[Objection] = []
    for guardrail in guardrails:
        try:
            verdicts = guardrail.check(actions, asked)
            if verdicts is PASSED:
                continue
            verdicts = _sound(verdicts, len(actions))
        except Exception:  # noqa: BLE001 - whatever a guardrail raises, nothing may slip past it
            verdicts = _one_by_one(guardrail, actions, asked)
        if verdicts:
            objections.append((_name(guardrail), verdicts))
    if not objections:
        return Permitted(tuple(range(len(actions))))
    return _left(actions, asked.moment.fallback, objections)


def _left(actions: Sequence[Action], fallback: str, objections: Sequence[Objection]) -> Permitted:
    """Sort the actions by what was said about them."""
    kept: list[int] = []
    removed: list[Removed] = []
    held: list[tuple[int, str]] = []
    for index, action in enumerate(actions):
        if action.name == fallback:
            kept.append(index)
            continue
        refusals = [
            Removed(action.name, rule, verdict.sentence)
            for rule, verdict in _said(index, objections)
            if isinstance(verdict, Refused)
        ]
        removed += refusals
        if refusals:
            continue
        kept.append(index)
        if holds := [verdict.sentence for _, verdict in _said(index, objections)]:
            held.append((index, " ".join(dict.fromkeys(holds))))
    return Permitted(tuple(kept), tuple(removed), tuple(held))


def _said(index: int, objections: Sequence[Objection]) -> Iterator[tuple[str, Verdict]]:
    """Give what was said about one action, and by whom."""
    return ((rule, verdicts[index]) for rule, verdicts in objections if index in verdicts)


def _sound(verdicts: Mapping[Any, Any], n_actions: int) -> Verdicts:
    """Give a copy of verdicts that make sense, or raise.

    Raises:
        ValueError: When an index is not one of an action, or a verdict is none.
    """
    sound = dict(verdicts.items())
    for index, verdict in sound.items():
        # `True` counts as 1 in Python; as the index of an action it is a mistake.
        if type(index) is not int or not 0 <= index < n_actions:
            msg = f"A verdict must have an index from 0 to {n_actions - 1}."
            raise ValueError(msg)
        if not isinstance(verdict, Refused | Held) or not _is_sentence(verdict.sentence):
            msg = f"The verdict on action {index} must be a Refused or a Held, with a sentence."
            raise ValueError(msg)
    return sound


def _is_sentence(given: object) -> bool:
    return isinstance(given, str) and bool(given.strip())


def _one_by_one(guardrail: Guardrail, actions: Sequence[Action], asked: Asked) -> Verdicts:
    """Ask about each action alone; refuse those for which there is no answer."""
    verdicts: dict[int, Verdict] = {}
    for index, action in enumerate(actions):
        try:
            alone = _sound(guardrail.check((action,), asked), 1)
        except Exception as error:  # noqa: BLE001 - as in `permitted`
            verdicts[index] = Refused(
                f"The guardrail `{_name(guardrail)}` could not be asked "
                f"({type(error).__name__}); what cannot be checked is not done."
            )
        else:
            if 0 in alone:
                verdicts[index] = alone[0]
    return verdicts


def _name(guardrail: Guardrail) -> str:
    """Give the name of a guardrail, or of its class where it has none."""
    try:
        name = guardrail.name
    except Exception:  # noqa: BLE001 - a guardrail without a name still refuses
        name = ""
    return name if _is_sentence(name) else type(guardrail).__name__
