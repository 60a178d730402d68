"""The choices: actions as numbers, and some of them."""

import numpy as np
import pytest
from views import Shape, version_of

from penchant.decide.choices import choices_of
from penchant.errors import BadNumber
from penchant.model.action_names import ActionNames
from penchant.model.encoding import Encoder
from penchant.words import Action

ACTIONS = (Action("a", {"x": 1.0}), Action("b", {"x": 2.0, "y": 3.0}), Action("c", {"y": 1.0}))


def test_choices_run_in_parallel_over_their_actions() -> None:
    """Names, raw rows, scaled rows and rows in the basis stand in the order given."""
    version = version_of(Shape(3, n_actions=2))
    choices = choices_of(ACTIONS, Encoder("actions"), ActionNames(), version)

    assert choices.names == ("a", "b", "c")
    assert choices.raw[1].tolist() == [2.0, 3.0]
    assert choices.scaled.shape == (3, 3)
    assert choices.seen == pytest.approx(choices.scaled @ version.basis)
    assert choices.pairs[1].reshape(2, 2) == pytest.approx(
        np.outer(choices.seen[1], choices.seen[1])
    )


def test_own_effects_are_those_of_the_version() -> None:
    """By the place of the name; an action that came after the version has none."""
    version = version_of(Shape(3, n_actions=2))._replace(own=np.array([[0.1, 1.0], [0.2, 2.0]]))
    choices = choices_of(ACTIONS, Encoder("actions"), ActionNames(), version)

    assert choices.own.tolist() == [[0.1, 1.0], [0.2, 2.0], [0.0, 0.0]]
    assert choices.doubt is None


def test_how_unsure_own_effects_are_comes_with_them() -> None:
    """By the place of the name; a newcomer is as unsure as actions differ."""
    version = version_of(Shape(3, n_actions=2))
    version = version._replace(
        own=np.array([[0.1, 1.0], [0.2, 2.0]]), doubt=np.array([[0.5], [0.03], [0.02]])
    )
    known = ActionNames()
    choices = choices_of(ACTIONS, Encoder("actions"), known, version)
    later = choices.of_version(version._replace(doubt=np.array([[0.4], [0.01], [0.02]])), known)

    assert choices.doubt is not None
    assert choices.doubt.tolist() == [[0.03], [0.02], [0.5]]
    assert later.doubt is not None
    assert later.doubt.tolist() == [[0.01], [0.02], [0.4]]


def test_some_of_the_choices_are_the_choices_of_some() -> None:
    """What guardrails leave has the same numbers as if nothing else had been there."""
    version = version_of(Shape(3, n_actions=2))._replace(own=np.array([[0.1, 1.0], [0.2, 2.0]]))
    version = version._replace(doubt=np.array([[0.5], [0.03], [0.02]]))
    encoder, known = Encoder("actions"), ActionNames()
    kept = choices_of(ACTIONS, encoder, known, version).kept([2, 0])
    alone = choices_of((ACTIONS[2], ACTIONS[0]), encoder, known, version)

    assert kept.actions == alone.actions
    assert kept.names == alone.names
    assert kept.past is alone.past is None
    assert kept.carried is alone.carried is None
    for one, other in zip(kept[2:-2], alone[2:-2], strict=True):
        assert np.array_equal(np.asarray(one), np.asarray(other), equal_nan=True)


def test_actions_that_cannot_be_encoded_raise() -> None:
    """A feature that is no number is told when the choices are made."""
    with pytest.raises(BadNumber, match="`x`"):
        choices_of(
            (Action("a", {"x": float("nan")}),),
            Encoder("actions"),
            ActionNames(),
            version_of(Shape(1)),
        )
