"""Interests: which features go with better outcomes, shrunk, with an interval, or not yet."""

import random
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from unit.profile.facts import NOW, seen, taken

from penchant.profile.evidence import evidence_of
from penchant.profile.interests import Interests
from penchant.words import Belief

Trial = tuple[Mapping[str, Any], float]


def say(
    trials: Iterable[Trial], *, moment: str = "home", interests: Interests | None = None
) -> Belief:
    """Say what interests believe after some features shown and their rewards, one a day."""
    interests = interests or Interests()
    facts = [
        fact
        for i, (features, reward) in enumerate(trials)
        for fact in taken(f"d{i}", features, reward, days=i / 10, moment=moment)
    ]
    (belief,) = interests.say(interests.see(evidence_of(facts, now=NOW)), NOW)
    return belief


def test_a_liking_is_said_with_its_size_and_how_sure() -> None:
    """Running goes well eight times of ten, walking five; shrunk, that is less than .3."""
    belief = say(
        [({"sport": "run"}, float(i % 10 < 8)) for i in range(60)]
        + [({"sport": "walk"}, float(i % 10 < 5)) for i in range(60)]
    )

    assert belief.says.startswith("leans to sport=run (+0.")
    assert 0.1 < belief.data["sport=run"] < 0.3
    assert belief.data["sport=run"] == pytest.approx(-belief.data["sport=walk"])
    low, high = belief.data["sport=run low"], belief.data["sport=run high"]
    assert 0 < low < belief.data["sport=run"] < high
    assert "sport=walk" not in belief.says


def test_a_disliking_is_said_too() -> None:
    """One feature that goes badly among actions without it."""
    belief = say([({"ad": True}, 0.0) for _ in range(40)] + [({}, float(i % 2)) for i in range(40)])

    assert belief.says.startswith("leans away from ad=true (−0.")


@pytest.mark.parametrize(("sign", "word"), [(1, "high"), (-1, "low")])
def test_a_number_has_a_direction(sign: int, word: str) -> None:
    """The slope for each step of its usual spread."""
    trials = [({"price": sign * (i % 10)}, float(i % 10 >= 5)) for i in range(100)]

    assert say(trials).says.startswith(f"leans to {word} price (+0.")


def test_little_evidence_is_not_enough_to_say() -> None:
    """Below ten outcomes nothing is claimed."""
    belief = say([({"sport": "run"}, 1.0)] * 4)

    assert belief.says == "not enough yet to say which (about 4 of the 10 outcomes it takes)"
    assert belief.sure == 0.0


@pytest.mark.parametrize(
    "features",
    [{"sport": "run"}, {"price": 80}, {"price": 1e12 + 1}, {"look": [1.0]}, {"t": "x" * 65}, {}],
)
def test_what_every_action_has_or_what_cannot_be_compared_says_nothing(
    features: dict[str, Any],
) -> None:
    """One value only, numbers beyond bounds, lists and messages."""
    assert say([(features, float(i % 2)) for i in range(40)]).says == "nothing stands out yet"


def test_luck_among_many_features_is_seldom_taken_for_taste() -> None:
    """Thirty features that change nothing, 200 outcomes, twenty people: few claims."""
    claims = 0
    for seed in range(20):
        dice = random.Random(seed)  # noqa: S311 - not for secrets
        trials = [
            ({f"f{j}": dice.choice("ab") for j in range(30)}, float(dice.random() < 0.5))
            for _ in range(200)
        ]
        claims += say(trials).sure > 0
    assert claims <= 4


def test_moments_are_compared_within_and_added_up() -> None:
    """A moment where everything goes better does not make its features liked."""
    interests = Interests()
    facts = [
        fact
        for i in range(60)
        for moment, lift in (("shop", 0.5), ("mail", 0.0))
        for fact in taken(
            f"{moment}{i}",
            {"kind": moment, "red": bool(i % 2)},
            lift + 0.4 * (i % 2) + 0.05 * (i % 3),
            moment=moment,
        )
    ]
    (belief,) = interests.say(interests.see(evidence_of(facts, now=NOW)), NOW)

    assert "red=true" in belief.data
    assert not [name for name in belief.data if name.startswith("kind")]


def test_signals_are_no_experiences() -> None:
    """Only actions taken and their outcomes count."""
    interests = Interests()

    assert interests.see([seen("a.b")]).keys == ()


def test_joining_equals_seeing_both() -> None:
    """Two halves of the evidence give what the whole gives."""
    interests = Interests()
    facts = [f for i in range(30) for f in taken(f"d{i}", {"x": i % 3}, i % 2, days=i)]
    evidence = evidence_of(facts, now=NOW)
    parts = interests.join(interests.see(evidence[:11]), interests.see(evidence[11:]))
    whole = interests.see(evidence)

    assert parts.keys == whole.keys
    assert parts.sums[0].total.ravel().tolist() == pytest.approx(
        whole.sums[0].total.ravel().tolist()
    )


def test_a_moment_whose_whole_was_let_go_is_passed_over() -> None:
    """With no room even for the moment itself there is nothing to compare with."""
    interests = Interests(most=1)
    facts = [f for i in range(30) for f in taken(f"d{i}", {"x": "a"}, 1.0)]
    state = interests.see(evidence_of(facts, now=NOW))
    orphan = state._replace(keys=(("home", "x", "a"),))

    assert state.keys == (("home",),)
    assert interests.say(orphan, NOW)[0].says.startswith("not enough yet")


def test_what_has_faded_to_nothing_is_survived() -> None:
    """Ten thousand years later nothing is left and nothing is divided by it."""
    interests = Interests()
    state = interests.see(evidence_of(taken("d", {"x": "a", "n": 1}, 1.0), now=NOW))

    assert "about 0 of" in interests.say(state, NOW.replace(year=9_000))[0].says


def test_a_moment_that_faded_to_nothing_says_nothing_beside_a_live_one() -> None:
    """A weight too small for a float is no weight."""
    interests = Interests()
    live = [f for i in range(40) for f in taken(f"d{i}", {"y": "a"}, 1.0)]
    old = list(taken("old", {"x": "a"}, 1.0, days=700_000, moment="mail"))
    state = interests.see(evidence_of([*live, *old], now=NOW))

    assert interests.say(state, NOW)[0].says == "nothing stands out yet"
