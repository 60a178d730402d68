"""Counters: how often, in which window, mostly how."""

import pytest
from unit.profile.facts import NOW, ago, seen, taken

from penchant.journal import Fact
from penchant.profile.counters import Counters
from penchant.profile.evidence import evidence_of
from penchant.words import Belief


def say(*facts: Fact, days: float = 0.0) -> tuple[Belief, ...]:
    """Say what counters believe after some facts, so many days ago."""
    counters = Counters()
    return counters.say(counters.see(evidence_of(facts, now=NOW)), ago(days))


def test_a_week_of_looking_at_sneakers_is_said_in_words() -> None:
    """The shortest window with enough in it is spoken of, and what most of them share."""
    views = [seen("shop.viewed", {"item": "sneakers", "n": i}, days=i / 8) for i in range(8)]
    (belief,) = say(*views, *[seen("shop.viewed", {"item": "hat"}, days=4 + i) for i in range(6)])

    assert belief.name == "counts.shop.viewed"
    assert belief.says == (
        "`shop.viewed` about 5 times in the last day, mostly item=sneakers (fairly sure)"
    )
    assert belief.data["day"] == pytest.approx(5.3, abs=0.5)
    assert belief.data["week"] > belief.data["day"] > belief.data["hour"]
    assert belief.data["item=sneakers"] <= belief.data["day"]


def test_a_steady_stream_is_counted_per_window() -> None:
    """Four a day come out as 4 a day, 28 a week: a half-life is ln 2 of its window."""
    (belief,) = say(*[seen("a.b", days=i / 4) for i in range(4 * 900)])

    assert belief.data["day"] == pytest.approx(4, rel=0.15)
    assert belief.data["week"] == pytest.approx(28, rel=0.05)
    assert belief.data["half year"] == pytest.approx(4 * 182, rel=0.05)


def test_few_signals_are_spoken_of_over_half_a_year() -> None:
    """One, two, and what has faded."""
    assert say(seen("a.b"))[0].says == "`a.b` about once in the last half year (not sure)"
    assert say(seen("a.b"), seen("a.b"))[0].says.startswith("`a.b` about twice in")
    assert (
        say(seen("a.b", days=900))[0].says == "`a.b` hardly ever in the last half year (not sure)"
    )


def test_what_has_faded_to_nothing_is_not_sure_at_all() -> None:
    """A count of zero has no sureness, and nothing is divided by it."""
    counters = Counters()
    state = counters.see(evidence_of([seen("a.b")], now=NOW))
    (belief,) = counters.say(state, NOW.replace(year=9_000))

    assert belief.sure == 0.0


def test_booleans_and_whole_numbers_are_counted_fractions_lists_and_messages_are_not() -> None:
    """What is one of a few kinds is named; a measure is not."""
    data = {"new": True, "room": 3, "price": 7.5, "look": [1.0], "note": "x" * 65}
    (belief,) = say(*[seen("a.b", data) for _ in range(6)])

    assert (
        belief.says
        == "`a.b` about 6 times in the last day, mostly new=true and room=3 (fairly sure)"
    )


def test_the_commonest_kinds_come_first_and_eight_at_most() -> None:
    """A profile is read by people."""
    facts = [seen(f"a.k{kind}") for kind in range(12) for _ in range(kind + 1)]

    assert [belief.name for belief in say(*facts)] == [f"counts.a.k{k}" for k in range(11, 3, -1)]


def test_outcomes_are_not_counted_and_nothing_says_nothing() -> None:
    """Counters count signals."""
    assert say(*taken("d", {"sport": "run"}, 1.0)) == ()


def test_memory_is_bounded_and_kinds_stay_before_their_parts() -> None:
    """Whatever comes, a person has at most `most` keys, and a kind outweighs its properties."""
    counters = Counters(most=10)
    views = [seen("shop.viewed", {"item": f"i{i}"}, days=i / 100) for i in range(200)]
    state = counters.see(evidence_of(views, now=NOW))

    assert len(state.keys) == 10
    assert ("shop.viewed",) in state.keys
    assert len(counters.join(state, counters.see([seen("b.c", {"x": "y"})])).keys) == 10
