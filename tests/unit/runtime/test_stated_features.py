"""What people state is a feature where it can be, and never keeps anybody from a decision."""

from collections.abc import Iterator

import pytest

from penchant import Action, Engine, Limits, Moment, Signal
from penchant.errors import BadInput, BadNumber, FeatureTypeChanged
from penchant.words import Value


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine at which ada has stated her size as a number and was decided for."""
    with Engine(Engine.open_store(None), limits=Limits(features=8)) as one:
        one.declare(Moment("home.hero", purpose="shop", actions=[Action("run"), Action("swim")]))
        for person in ("ada", "ben"):
            one.consent(person, "shop")
        state(one, "ada", size=38)
        assert one.decide("home.hero", person="ada").context == {"person.size": 38}
        yield one


def state(engine: Engine, person: str, **traits: Value) -> None:
    """Let a person state traits."""
    assert engine.observe(Signal("trait.stated", person=person, data=traits), purpose="shop")


@pytest.mark.parametrize("person", ["ada", "ben"])
def test_a_trait_of_another_type_plays_no_part_and_is_named(engine: Engine, person: str) -> None:
    """Their own, or somebody's before them: they are decided for with all the rest."""
    state(engine, person, size="large", club=True)

    decision = engine.decide("home.hero", person=person, context={"hour": 9})

    assert decision.context == {"hour": 9, "person.club": True}
    assert decision.mode in {"personal", "neutral"}
    assert "`person.size` was not used" in decision.note
    assert decision.note in {reason.sentence for reason in decision.reasons}


def test_more_traits_than_a_context_may_have_are_left_out(engine: Engine) -> None:
    """As many as there is room for beside the context are used, and three of the others named."""
    state(engine, "ben", **{f"t{number}": number for number in range(8)})
    state(engine, "ben", **{f"u{number}": number for number in range(8)})

    decision = engine.decide("home.hero", person="ben", context={"hour": 9})

    assert len(decision.context) == 8
    assert decision.context["hour"] == 9
    assert "and 6 more was not used" in decision.note


@pytest.mark.parametrize(
    ("context", "actions", "error"),
    [
        ({"hour": float("nan")}, None, BadNumber),
        ({"hour": 9}, [Action("x", features={"a": object()})], BadInput),  # type: ignore[dict-item]
        ({"person.club": "no"}, None, FeatureTypeChanged),
    ],
)
def test_what_is_wrong_with_the_call_is_still_said(
    engine: Engine,
    context: dict[str, Value],
    actions: list[Action] | None,
    error: type[BadInput],
) -> None:
    """A bad context or candidate of the caller raises, whatever the person stated."""
    state(engine, "ada", club=True)
    engine.decide("home.hero", person="ada")
    state(engine, "ben", size="large")

    with pytest.raises(error):
        engine.decide("home.hero", person="ben", context=context, actions=actions)
