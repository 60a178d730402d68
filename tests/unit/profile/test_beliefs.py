"""Beliefs: all estimators over one person's facts, and the profile they make."""

import pytest
from unit.profile.facts import NOW, answered, seen, taken

from penchant.journal import Fact
from penchant.profile import beliefs, believe, fold, profile_of, start
from penchant.profile.beliefs import update
from penchant.profile.counters import Counters
from penchant.words import Profile


def facts() -> list[Fact]:
    """Give some facts about ada."""
    return [
        answered("shop", "granted", days=30),
        seen("trait.stated", {"time_zone": "Europe/Berlin"}, days=29),
        *(seen("shop.viewed", {"item": "sneakers"}, days=i / 3) for i in range(30)),
        *(fact for i in range(12) for fact in taken(f"d{i}", {"x": "a"}, 1.0, days=i)),
    ]


def test_rhythm_interests_and_counts_are_believed() -> None:
    """One belief each, then one for each kind of signal."""
    names = [belief.name for belief in believe(facts(), now=NOW, time_zone="Europe/Berlin")]

    assert names == ["rhythm", "interests", "counts.shop.viewed"]


def test_the_zone_and_the_people_are_given() -> None:
    """Neither is guessed."""
    evening = tuple(1.0 if hour == 20 else 0.0 for hour in range(168))
    plain, other = believe([], now=NOW), believe([], now=NOW, people=evening)

    assert other[0].data["Mon 20"] == 1.0
    assert plain[0].data["Mon 20"] == pytest.approx(1 / 168)
    assert "no time zone is known" in believe(facts(), now=NOW)[0].says


def test_many_facts_are_folded_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """The size of a block changes nothing but the memory it takes."""
    whole = believe(facts(), now=NOW)
    monkeypatch.setattr(beliefs, "BLOCK", 7)
    for one, other in zip(whole, believe(facts(), now=NOW), strict=True):
        assert one.says == other.says
        assert list(one.data.values()) == pytest.approx(list(other.data.values()))


def test_updating_is_joining_what_more_evidence_says() -> None:
    """A state is a value: the old one stays as it was."""
    counters = Counters()
    before = counters.see([seen("a.b")])
    after = update(counters, before, [seen("a.b"), seen("c.d")])

    assert before.keys == (("a.b",),)
    assert after.keys == (("a.b",), ("c.d",))


def test_a_profile_is_registers_and_beliefs_together() -> None:
    """Every field of the one and all of the other."""
    registers = start("ada")
    for fact in facts():
        registers = fold(registers, fact)
    believed = believe(facts(), now=NOW)
    profile = profile_of(registers, believed, NOW)

    assert isinstance(profile, Profile)
    assert profile.person == "ada"
    assert profile.consents[0].state == "granted"
    assert profile.traits[0].value == "Europe/Berlin"
    assert (profile.known_as, profile.goals, profile.nevers) == ((), (), ())
    assert profile.beliefs == believed
