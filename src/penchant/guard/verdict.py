"""Verdicts: what a guardrail answers about each action; saying nothing lets it pass.

`Refused` (of `words`) takes the action out, `Held` lets it be chosen but not executed yet.
Rule: a verdict carries a sentence that a person can read.
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from penchant.words import Refused

__all__ = ["PASSED", "Held", "Verdict", "Verdicts"]


class Held(Struct, frozen=True):
    """The action may be chosen, but somebody must say yes before it is executed."""

    sentence: str


Verdict = Refused | Held

Verdicts = Mapping[int, Verdict]
"""Verdicts by index into the actions asked about; an action that is absent passes."""

PASSED: Verdicts = MappingProxyType({})
"""All of them pass. Recognised by identity, so that having no objection costs nothing."""
