"""Laws of slates: what holds for the propensities of each position, whatever stands above it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from views import Shape, question, shapes, view_of

from penchant.loop import Question, View, decide, decide_slate, replayed
from penchant.words import NOTHING, Action, Decision, Moment, Never

SHARES = st.one_of(st.sampled_from([0.0, 0.01, 1.0]), st.floats(0.0, 1.0))
DRAWS = st.lists(st.floats(0.0, 1.0, exclude_max=True), min_size=1, max_size=6)
SHAPES = shapes(5.0)


def moment_of(shape: Shape, explore: float, neutral_share: float, default: str = "") -> Moment:
    """Give a moment with as many actions as the shape has."""
    named = [Action(f"a{i}", {f"x{i}": 1.0 + i}) for i in range(shape.n_actions - 1)]
    actions = (Action(default or NOTHING), *named)
    moment = Moment("m", "recommendation", actions, default=default)
    return replace(moment, explore=explore, neutral_share=neutral_share)


def slate(asked: Question, view: View, draws: list[float]) -> list[Decision]:
    """Decide a slate with as many positions as there are draws."""
    asked = asked._replace(draws=tuple(draws))
    return [one for one, _ in decide_slate(asked, view, [1.0] * len(draws))]


@pytest.mark.proof
@given(SHAPES, SHARES, SHARES, DRAWS, st.sampled_from(["", "usual"]))
def test_each_position_is_a_decision_over_what_stands_not_above_it(
    shape: Shape, explore: float, neutral_share: float, draws: list[float], default: str
) -> None:
    """The propensities, the draw and all it rests on are those of `decide` over what is left."""
    moment = moment_of(shape, explore, neutral_share, default)
    view, asked = view_of(shape, moment.actions), question(moment)
    left = list(range(len(moment.actions)))
    for decision in slate(asked, view, draws):
        alone, place = decide(
            asked._replace(draw=decision.draw),
            view._replace(choices=view.choices.kept(left), exposure=None),
        )
        for field in ("names", "weights", "neutral", "expected", "personal", "mode", "action"):
            assert getattr(decision, field) == getattr(alone, field)
        del left[place]


@pytest.mark.proof
@given(SHAPES, SHARES, SHARES, DRAWS, st.sampled_from(["", "usual"]))
def test_nothing_comes_twice_and_nothing_ends_it(
    shape: Shape, explore: float, neutral_share: float, draws: list[float], default: str
) -> None:
    """Positions count from the top, propensities sum to 1, and each replays from its record."""
    moment = moment_of(shape, explore, neutral_share, default)
    decisions = slate(question(moment), view_of(shape, moment.actions), draws)

    done = [one.action.name for one in decisions]
    assert len(set(done)) == len(done)
    assert NOTHING not in done[:-1]
    is_cut = done[-1] == NOTHING
    assert len(done) == min(len(draws), len(moment.actions)) or is_cut
    for number, one in enumerate(decisions, 1):
        assert one.position is not None
        assert (one.position.slate, one.position.number) == ("d-1", number)
        assert one.id == f"d-1-{number}"
        assert sum(one.weights) == pytest.approx(1.0)
        assert len(one.names) == len(moment.actions) - number + 1
        assert min(one.weights) >= explore / len(one.names) * (1.0 - 1e-9)
        assert one.propensity == one.propensities[one.action.name]
        assert replayed(one, neutral_share) == one.action.name


def test_the_chance_of_a_slate_is_the_product_of_its_positions() -> None:
    """Counted over even draws, each ordered pair comes as often as its propensities say."""
    shape = Shape(5, n_actions=4, has_spread=True, size=0.3)
    moment = moment_of(shape, 0.2, 0.1, "usual")
    view, asked, points = view_of(shape, moment.actions), question(moment), 60
    even = [(i + 0.5) / points for i in range(points)]
    counted: dict[str, int] = {}
    said: dict[str, float] = {}
    for first in even:
        for second in even:
            top, below = slate(asked, view, [first, second])
            pair = f"{top.action.name}, {below.action.name}"
            counted[pair] = counted.get(pair, 0) + 1
            said[pair] = top.propensity * below.propensity

    assert len(said) == 12
    assert sum(said.values()) == pytest.approx(1.0)
    for pair, times in counted.items():
        assert times / points**2 == pytest.approx(said[pair], abs=2.0 / points)


def test_guardrails_speak_once_and_nothing_waits_for_a_yes() -> None:
    """What a rule removes stands at no position; what would be held is left out, and it says so."""
    actions = (
        Action(NOTHING),
        Action("call", {"x": 1.0}, risk="human"),
        Action("late", {"y": 1.0}),
        Action("tip", {"z": 1.0}),
    )
    moment = Moment("m", "recommendation", actions)
    rule = Never("late", "not late", question(moment).at, action="late")
    asked = question(moment, nevers=(rule,))
    decisions = slate(asked, view_of(Shape(1), actions), [0.99, 0.99])

    assert set(decisions[0].names) == {NOTHING, "tip"}
    for one in decisions:
        assert [(removed.action, removed.rule) for removed in one.removed] == [
            ("late", "nevers"),
            ("call", "risk"),
        ]
        assert all(removed.sentence for removed in one.removed)
        assert one.executed
