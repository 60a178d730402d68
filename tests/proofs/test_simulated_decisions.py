"""Simulated decisions: in no world is anything done that a person did not allow."""

import os
from collections.abc import Callable

import pytest
from proofs.world import World

from penchant.guard.verdict import PASSED

WORLDS = range(50 if os.environ.get("PENCHANT_PROOF") == "full" else 1)
DECISIONS = 20_000  # in each world: about a year


@pytest.mark.proof
@pytest.mark.parametrize("seed", WORLDS)
def test_nothing_is_done_that_was_not_allowed(seed: int, figures: Callable[..., None]) -> None:
    """Consent, dial, nevers, caps and quiet hours hold, and hold back nothing that is allowed."""
    world = World(seed)
    world.run(DECISIONS)
    oracle = world.oracle

    figures(
        "simulated decisions",
        decisions=oracle.judged,
        opened_by_themselves=world.opened,
        brought_later=world.brought,
        within_2h_of_a_clock_change=world.near_turns,
        duplicates_sent=world.repeats,
        **{f"actions_held_back_by_{rule}": count for rule, count in oracle.held_back.items()},
        breaches=len(oracle.breaches),
        withheld_without_a_reason=len(oracle.withheld),
    )
    assert oracle.breaches == []
    assert oracle.withheld == []
    assert world.wrong == []
    assert set(oracle.held_back) == {"consent", "dial", "nevers", "caps", "quiet_hours"}
    assert min(world.opened, world.near_turns, world.repeats) > 100
    assert world.brought > 0


BROKEN = {
    "consent": ("penchant.loop.consent_refusal", lambda *_: ""),
    "dial": ("penchant.guard.dial.Dial.check", lambda *_: PASSED),
    "nevers": ("penchant.guard.nevers.Nevers.check", lambda *_: PASSED),
    "caps": ("penchant.guard.caps.Caps.check", lambda *_: PASSED),
    "quiet_hours": ("penchant.guard.quiet_hours.Quiet.check", lambda *_: PASSED),
    "brought": ("penchant.runtime.outbox.outbox.objection", lambda *_: ""),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_oracle_sees_a_rule_that_is_not_kept(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one rule taken out of the engine, even a small world has breaches of it."""
    world = World(seed=2)
    monkeypatch.setattr(*BROKEN[rule])
    world.run(1_500)

    assert any(rule in breach for breach in world.oracle.breaches)
