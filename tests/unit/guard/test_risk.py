"""Risk: who must agree to what."""

from typing import Any

import pytest
from unit.guard.asking import ask

from penchant.guard.risk import Risk
from penchant.guard.verdict import PASSED, Held
from penchant.words import Action


@pytest.mark.parametrize(
    ("risk", "sentence"),
    [
        ("auto", None),
        ("notify", None),
        ("confirm", "It needs the person's yes before it is done."),
        ("human", "It needs a human's yes before it is done."),
        ("harmless", "It needs a human's yes before it is done."),
    ],
)
def test_risk_says_who_must_agree(risk: Any, sentence: str | None) -> None:
    """Nobody, the person, or a human; for a class nobody knows, a human."""
    verdicts = Risk().check((Action("plain"), Action("a", risk=risk)), ask())

    assert verdicts == ({1: Held(sentence)} if sentence else {})
    assert (verdicts is PASSED) == (sentence is None)
