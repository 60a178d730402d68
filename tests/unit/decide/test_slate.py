"""The slate: actions as numbers, and some of them."""

import numpy as np
import pytest
from views import Shape, version_of

from penchant.decide.slate import slate_of
from penchant.errors import BadNumber
from penchant.model.encoding import Encoder
from penchant.model.own_effects import OwnEffects
from penchant.words import Action

ACTIONS = (Action("a", {"x": 1.0}), Action("b", {"x": 2.0, "y": 3.0}), Action("c", {"y": 1.0}))


def test_a_slate_runs_in_parallel_over_its_actions() -> None:
    """Names, raw rows, scaled rows and rows in the basis stand in the order given."""
    version = version_of(Shape(3, n_actions=2))
    slate = slate_of(ACTIONS, Encoder("actions"), OwnEffects(9.0), version)

    assert slate.names == ("a", "b", "c")
    assert slate.raw[1].tolist() == [2.0, 3.0]
    assert slate.scaled.shape == (3, 3)
    assert slate.seen == pytest.approx(slate.scaled @ version.basis)
    assert slate.pairs[1].reshape(2, 2) == pytest.approx(np.outer(slate.seen[1], slate.seen[1]))


def test_own_effects_are_those_of_the_version() -> None:
    """By the place of the name; an action that came after the version has none."""
    version = version_of(Shape(3, n_actions=2))._replace(own=np.array([0.1, 0.2]))
    slate = slate_of(ACTIONS, Encoder("actions"), OwnEffects(9.0), version)

    assert slate.own.tolist() == [0.1, 0.2, 0.0]


def test_some_of_a_slate_is_the_slate_of_some() -> None:
    """What guardrails leave has the same numbers as if nothing else had been there."""
    version = version_of(Shape(3, n_actions=2))._replace(own=np.array([0.1, 0.2]))
    encoder, effects = Encoder("actions"), OwnEffects(9.0)
    kept = slate_of(ACTIONS, encoder, effects, version).kept([2, 0])
    alone = slate_of((ACTIONS[2], ACTIONS[0]), encoder, effects, version)

    assert kept.actions == alone.actions
    assert kept.names == alone.names
    for one, other in zip(kept[2:], alone[2:], strict=True):
        assert np.array_equal(np.asarray(one), np.asarray(other), equal_nan=True)


def test_actions_that_cannot_be_encoded_raise() -> None:
    """A feature that is no number is told when the slate is made."""
    with pytest.raises(BadNumber, match="`x`"):
        slate_of(
            (Action("a", {"x": float("nan")}),),
            Encoder("actions"),
            OwnEffects(9.0),
            version_of(Shape(1)),
        )
