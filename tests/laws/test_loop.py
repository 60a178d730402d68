"""Laws of one decision: what holds for its propensities, whatever the model and the draw."""

import math

import numpy as np
import pytest
from engines import NOW
from hypothesis import assume, given
from hypothesis import strategies as st
from views import Shape, question, shapes, view_of

from penchant.decide.drawing import draw_from
from penchant.decide.weighing import (
    OPTIMISM,
    PERSON_SCALE,
    POPULATION_SCALE,
    Expectation,
    floored,
    shares,
    weigh,
)
from penchant.loop import decide, replayed
from penchant.words import Action, Consent, Moment, Never

ROUNDING = 1e-12
SHARES = st.one_of(st.sampled_from([0.0, 0.01, 1.0]), st.floats(0.0, 1.0))
DRAWS = st.floats(0.0, 1.0, exclude_max=True)
SHAPES = shapes(30.0)


@st.composite
def moments(draw: st.DrawFn, shape: Shape) -> Moment:
    """Draw a moment with as many actions as the shape has; the first is `nothing`."""
    burdens = draw(st.lists(SHARES, min_size=shape.n_actions, max_size=shape.n_actions))
    risks = st.sampled_from(["auto", "notify", "confirm", "human"])
    others = [
        Action(f"a{i}", {f"x{i}": 1.0 + i}, burden=burden, risk=draw(risks))  # type: ignore[arg-type]  # risk
        for i, burden in enumerate(burdens[1:])
    ]
    return Moment(
        "m",
        "recommendation",
        (Action("nothing"), *others),
        explore=draw(SHARES),
        neutral_share=draw(SHARES),
    )


@st.composite
def asked(draw: st.DrawFn) -> tuple[Moment, Shape, Consent, tuple[Never, ...], float]:
    """Draw everything a decision rests on."""
    shape = draw(SHAPES)
    moment = draw(moments(shape))
    consent = Consent("recommendation", "granted", draw(SHARES))
    names = draw(st.lists(st.sampled_from(["a0", "a1", "a2", "nothing"]), max_size=2))
    nevers = tuple(Never(name, f"no {name}", NOW, action=name) for name in names)
    return moment, shape, consent, nevers, draw(DRAWS)


@pytest.mark.proof
@given(asked())
def test_propensities_sum_to_one_and_none_falls_below_the_floor(
    given_: tuple[Moment, Shape, Consent, tuple[Never, ...], float],
) -> None:
    """Both the propensities and the neutral ones; the floor is explore / K."""
    moment, shape, consent, nevers, draw = given_
    decision, _ = decide(
        question(moment, draw, consent=consent, nevers=nevers), view_of(shape, moment.actions)
    )

    for weights in (decision.weights, decision.neutral):
        assert math.fsum(weights) == pytest.approx(1.0, abs=ROUNDING)
        assert min(weights) >= moment.explore / len(weights) - ROUNDING


@pytest.mark.proof
@given(asked())
def test_what_is_refused_has_no_propensity_and_is_never_done(
    given_: tuple[Moment, Shape, Consent, tuple[Never, ...], float],
) -> None:
    """Above the dial or ruled out: not among the names. The fallback is always among them."""
    moment, shape, consent, nevers, draw = given_
    decision, place = decide(
        question(moment, draw, consent=consent, nevers=nevers), view_of(shape, moment.actions)
    )
    above = {one.name for one in moment.actions if one.burden > consent.dial}
    refused = (above | {never.action for never in nevers}) - {"nothing"}

    assert not refused & {*decision.names, decision.action.name, decision.drawn}
    assert refused & {one.name for one in moment.actions} == {
        one.action for one in decision.removed
    }
    assert "nothing" in decision.names
    assert moment.actions[place] == decision.action


@pytest.mark.proof
@given(asked())
def test_what_waits_for_a_yes_keeps_its_propensity_but_is_not_done(
    given_: tuple[Moment, Shape, Consent, tuple[Never, ...], float],
) -> None:
    """A held action that is drawn gives way to the fallback, and the record says so."""
    moment, shape, consent, nevers, draw = given_
    decision, _ = decide(
        question(moment, draw, consent=consent, nevers=nevers), view_of(shape, moment.actions)
    )
    risks = {action.name: action.risk for action in moment.actions}

    assert risks[decision.action.name] in {"auto", "notify"}
    assert decision.executed == (not decision.drawn)
    if decision.drawn:
        assert decision.action.name == "nothing"
        assert decision.propensity == decision.propensities[decision.drawn]
        assert "yes" in decision.forced
    else:
        assert decision.propensity == decision.propensities[decision.action.name]


@pytest.mark.proof
@given(asked())
def test_a_decision_replays_from_its_record(
    given_: tuple[Moment, Shape, Consent, tuple[Never, ...], float],
) -> None:
    """The record alone gives the same draw, and deciding again gives the same record."""
    moment, shape, consent, nevers, draw = given_
    asking = question(moment, draw, consent=consent, nevers=nevers)
    decision, place = decide(asking, view_of(shape, moment.actions))
    again, again_place = decide(asking, view_of(shape, moment.actions))

    assert replayed(decision, moment.neutral_share) == (decision.drawn or decision.action.name)
    assert (again.weights, again.neutral, again.action) == (
        decision.weights,
        decision.neutral,
        decision.action,
    )
    assert again_place == place


@pytest.mark.proof
@given(SHAPES, st.data())
def test_neutral_is_what_nobody_would_be_given(shape: Shape, data: st.DataObject) -> None:
    """The neutral propensities of a person are the propensities of `person=None`."""
    moment = data.draw(moments(shape))
    mine, _ = decide(question(moment), view_of(shape, moment.actions))
    nobodys, _ = decide(question(moment, consent=None), view_of(shape, moment.actions, known=False))

    assert mine.neutral == nobodys.weights == nobodys.neutral
    assert nobodys.mode == "neutral"


@pytest.mark.proof
@given(SHAPES, SHARES, SHARES)
def test_the_order_of_actions_changes_nothing(shape: Shape, explore: float, share: float) -> None:
    """Propensities follow their actions, in whatever order these are given."""
    actions = tuple(Action(f"a{i}", {f"x{i}": 1.0}) for i in range(shape.n_actions))
    view = view_of(shape, actions)
    order = np.random.default_rng(shape.seed).permutation(len(actions))
    reward = view.version.rewards(view.context, view.choices.scaled)
    variance = view.version.variances(view.context, view.choices.scaled)
    one, other = (
        weigh(
            Expectation(reward[places], None if variance is None else variance[places]),
            view.choices.kept(places.tolist()),
            view.posterior,
            explore=explore,
            neutral_share=share,
        )
        for places in (np.arange(len(actions)), order)
    )

    assert other.weights == pytest.approx([one.weights[place] for place in order], abs=1e-9)


@pytest.mark.proof
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5), SHARES)
def test_the_floor_changes_little(weights: list[float], explore: float) -> None:
    """Sums stay 1, orders stay, and nothing moves by more than the floor gives away."""
    assume(sum(weights) > 0)
    given_ = np.array([weights]) / sum(weights)
    raised = floored(given_, explore)

    assert raised.sum() == pytest.approx(1.0, abs=ROUNDING)
    assert raised.min() >= explore / len(weights) - ROUNDING
    assert np.abs(raised - given_).max() <= max(explore, ROUNDING)


@pytest.mark.proof
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 9))
def test_shares_count_the_points(seed: int, n_actions: int, n_points: int) -> None:
    """Each point goes to its best actions in equal parts."""
    scores = np.random.default_rng(seed).integers(0, 3, size=(n_points, n_actions)).astype(float)
    counted = np.zeros(n_actions)
    for row in scores:
        counted += (row == row.max()) / (row == row.max()).sum() / n_points

    assert shares(scores.T, np.full((n_points, 1), 1 / n_points))[0] == pytest.approx(counted)


@pytest.mark.proof
@given(shape=SHAPES, coarse=st.sampled_from([1, 3, 1_000]), explore=SHARES, known=st.booleans())
def test_every_point_counts_though_only_the_ends_may_be_looked_at(
    *, shape: Shape, coarse: int, explore: float, known: bool
) -> None:
    """Whoever leads at both ends leads in between: propensities are those of all points counted."""
    actions = tuple(Action(f"a{i}", {f"x{i}": 1.0}) for i in range(shape.n_actions))
    view = view_of(shape, actions, known=known)
    rng = np.random.default_rng(shape.seed)
    reward = np.round(rng.random(shape.n_actions) * coarse) / coarse
    variance = np.round(rng.random(shape.n_actions) * coarse) / coarse
    answer = weigh(
        Expectation(reward, variance),
        view.choices,
        view.posterior,
        explore=explore,
        neutral_share=0,
    )
    its_width = POPULATION_SCALE * np.sqrt(variance)
    my_width = its_width
    if view.posterior is not None:
        unsure = view.choices.pairs @ view.posterior.covariance.ravel()
        my_width = its_width + PERSON_SCALE * np.sqrt(unsure)
    mine = (reward + answer.personal)[:, None] + my_width[:, None] * OPTIMISM.T
    its = reward[:, None] + its_width[:, None] * OPTIMISM.T
    counts = np.full((len(OPTIMISM), 1), 1 / len(OPTIMISM))

    assert answer.weights == pytest.approx(floored(shares(mine, counts), explore)[0])
    assert answer.neutral == pytest.approx(floored(shares(its, counts), explore)[0])


@pytest.mark.proof
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 5),
    st.sampled_from([0.0, 0.01, 0.3, 1.0]),
)
def test_the_draw_has_the_law_of_its_propensities(seed: int, n: int, share: float) -> None:
    """Over even draws each action, and its neutral part, comes as often as logged."""
    rng = np.random.default_rng(seed)
    own, neutral = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    weights = ((1 - share) * own + share * neutral).tolist()
    points = 2_000
    drawn = [draw_from(weights, neutral.tolist(), (i + 0.5) / points, share) for i in range(points)]
    for place in range(n):
        mine = [one.is_neutral for one in drawn if one.place == place]

        assert len(mine) / points == pytest.approx(weights[place], abs=2 / points)
        assert sum(mine) / points == pytest.approx(share * neutral[place], abs=2 / points)


@pytest.mark.proof
@given(st.integers(1, 6), DRAWS, SHARES, st.data())
def test_an_action_of_propensity_zero_is_never_drawn(
    n: int, draw: float, share: float, data: st.DataObject
) -> None:
    """Not at the first draw, not at the last, not between two equal ends."""
    weights = data.draw(st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=n, max_size=n))
    assume(sum(weights) > 0)

    assert weights[draw_from(weights, weights, draw, share).place] > 0
    assert weights[draw_from(weights, weights, 0.0, share).place] > 0
    assert weights[draw_from(weights, weights, 1.0 - 2.0**-53, share).place] > 0
