"""Contributions: a margin as a sum of named parts."""

import numpy as np
import pytest
from engines import NOW

from penchant.decide.contributions import Encoders, margin_of
from penchant.model.action_names import ActionNames
from penchant.model.encoding import Encoder
from penchant.model.version import Scaling, Version
from penchant.words import Action, Decision, FrozenMap

RUN, SWIM = Action("run", {"fast": 1.0, "wet": False}), Action("swim", {"fast": 0.0, "wet": True})
CONTEXT = {"hour": 2.0, "sunny": True}


def plain(width: int) -> Scaling:
    """Give the scaling that leaves numbers as they are."""
    return Scaling(np.zeros(width), np.ones(width), np.full(width, 9.0))


def version_with(weights: list[list[float]], *, is_logistic: bool = False) -> Version:
    """Give a version with these weights, and people who differ in how they like it wet."""
    return Version(
        number=1,
        n_outcomes=9,
        round=1,
        context=plain(2),
        action=plain(2),
        weights=np.array(weights),
        is_logistic=is_logistic,
        spread=None,
        basis=np.array([[0.0], [0.0], [1.0]]),
        prior=np.ones(1),
        noise=0.1,
        own=np.zeros((0, 0)),
    )


def encoders() -> Encoders:
    """Give encoders that have met the features in their order."""
    of_context, of_actions = Encoder("context"), Encoder("actions")
    of_context.encode(CONTEXT)
    of_actions.encode_actions([RUN, SWIM])
    known = ActionNames()
    known.places([RUN.name, SWIM.name])
    return Encoders(of_context, of_actions, known)


def decided(expected: tuple[float, float], belief: tuple[float, ...]) -> Decision:
    """Give a decision between the two."""
    return Decision(
        id="d",
        moment="m",
        person="ada",
        at=NOW,
        action=RUN,
        propensity=1.0,
        mode="personal",
        names=("run", "swim"),
        weights=(1.0, 0.0),
        neutral=(1.0, 0.0),
        expected=expected,
        belief=belief,
        context=FrozenMap(CONTEXT),
    )


def test_parts_are_weight_times_difference() -> None:
    """For a linear score, by hand: one part for each pair of features, and one for the person."""
    version = version_with([[0.0, 0.5, 0.0], [0.0, 0.1, 0.0], [0.0, 0.0, -0.4]])
    margin = margin_of(decided((0.7, -0.4), (-0.25,)), (RUN, SWIM), version, encoders())
    parts = {(part.source, part.feature, part.context): part.amount for part in margin.parts}

    assert margin.people == pytest.approx(1.1)
    assert margin.person == pytest.approx(0.25)
    assert parts["people", "fast", ""] == pytest.approx(0.5)
    assert parts["people", "fast", "hour"] == pytest.approx(0.2)
    assert parts["people", "wet", "sunny"] == pytest.approx(0.4)
    assert parts["person", "wet", ""] == pytest.approx(0.25)
    amounts = [abs(part.amount) for part in margin.parts]
    assert amounts == sorted(amounts, reverse=True)


def test_parts_of_a_logistic_score_add_up_to_the_difference_of_the_rewards() -> None:
    """They are scaled alike, so that shares stay true."""
    version = version_with([[0.0, 2.0, 0.0], [0.0, 0.0, -1.0], [0.0] * 3], is_logistic=True)
    expected = (1 / (1 + np.exp(-2.0)), 1 / (1 + np.exp(2.0)))
    margin = margin_of(decided(expected, ()), (RUN, SWIM), version, encoders())
    people = [part for part in margin.parts if part.source == "people"]
    parts = {(part.feature, part.context): part.amount for part in people}

    assert sum(part.amount for part in margin.parts) == pytest.approx(expected[0] - expected[1])
    assert parts["fast", ""] == pytest.approx(parts["wet", "hour"])
    assert margin.person == 0.0


def test_own_weights_are_parts_of_the_action_itself() -> None:
    """One for any context and one a feature of the context, and with the others the margin."""
    weights = [[0.1, 0.2, 0.3], [0.5, -0.2, 0.4], [0.3, 0.1, 0.2]]
    version = version_with(weights, is_logistic=True)._replace(
        own=np.array([[0.5, 1.0, 0.0], [-0.5, 0.5, 0.25]])
    )
    of_context, of_actions, known = encoders()
    scaled = version.action.apply(of_actions.encode_actions((RUN, SWIM)))
    context = version.context.apply(of_context.encode(CONTEXT))
    own = version.own_of(known.places([RUN.name, SWIM.name]))
    first, second = version.rewards(context, scaled, own).tolist()
    margin = margin_of(decided((first, second), ()), (RUN, SWIM), version, encoders())
    amounts = {(part.feature, part.context): part.amount for part in margin.parts[::-1]}
    unit = (first - second) / float(np.subtract(*version.scores(np.array([first, second]))))

    assert sum(part.amount for part in margin.parts) == pytest.approx(first - second, abs=1e-12)
    assert amounts["", ""] == pytest.approx(unit * 1.0)
    assert amounts["", "hour"] == pytest.approx(unit * 2.0 * 0.5)
    assert amounts["", "sunny"] == pytest.approx(unit * -0.25)


def test_what_an_action_does_beyond_its_features_is_a_part_of_its_own() -> None:
    """What the record expects and the weights do not explain goes to the action itself."""
    version = version_with([[0.0] * 3] * 3)
    margin = margin_of(decided((0.3, 0.1), ()), (RUN, SWIM), version, encoders())

    assert margin.parts[0][:3] == ("", "", "people")
    assert margin.parts[0].amount == pytest.approx(0.2)
    assert sum(abs(part.amount) for part in margin.parts[1:]) == 0.0


def test_bent_features_are_shared_out_and_nothing_is_lost() -> None:
    """A context feature's part is what changes when it is as usual; all parts are the margin."""
    dice = np.random.default_rng(5)
    bends = plain(2).with_waves(6)
    version = version_with(dice.normal(size=(bends.width, 3)).tolist())._replace(context=bends)
    of_context, of_actions, known = encoders()
    chosen, other = version.action.apply(of_actions.encode_actions((RUN, SWIM)))
    weights = version.weights @ (chosen - other)
    now, without = (
        float(version.context.apply(of_context.encode(context)) @ weights)
        for context in (CONTEXT, {"hour": 2.0})
    )
    margin = margin_of(
        decided((now, 0.0), ()), (RUN, SWIM), version, Encoders(of_context, of_actions, known)
    )
    sunny = sum(part.amount for part in margin.parts if part.context == "sunny")

    assert sum(part.amount for part in margin.parts) == pytest.approx(now)
    assert sunny == pytest.approx(now - without)
