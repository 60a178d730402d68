"""Registers: the latest wins, ties fall the same way, and what is taken back stays so."""

from datetime import timedelta
from functools import reduce

import pytest
from unit.profile.facts import NOW, ago, answered, seen

from penchant.journal import Consented, Fact, Linked, Observed
from penchant.profile import Registers, fold, join, no_room, registers, start, trait_features
from penchant.words import Consent, FrozenMap, Goal, Never, Signal, Trait


def ada(*facts: Fact) -> Registers:
    """Fold some facts about ada."""
    return reduce(fold, facts, start("ada"))


def test_of_somebody_new_nothing_is_known() -> None:
    """No answer is no consent."""
    new = start("ada")

    assert new == Registers("ada")
    assert new.consent("shop") == Consent("shop", "not_asked")
    assert new.time_zone == ""


def test_a_trait_is_the_latest_stated_whatever_the_order() -> None:
    """An older statement that arrives late changes nothing."""
    old, new = seen("trait.stated", {"shoe": 38}, days=3), seen("trait.stated", {"shoe": 39})

    assert ada(old, new) == ada(new, old)
    assert ada(new, old).traits == (Trait("shoe", 39, NOW),)


def test_one_statement_may_hold_several_traits() -> None:
    """Each entry is a trait; the time zone is one of them."""
    known = ada(seen("trait.stated", {"shoe": 38, "time_zone": "Europe/Berlin"}))

    assert [trait.name for trait in known.traits] == ["shoe", "time_zone"]
    assert known.time_zone == "Europe/Berlin"
    assert trait_features(known, "shop") == {"person.shoe": 38}  # a zone is no taste


def test_a_time_zone_that_is_no_text_is_not_taken_for_one() -> None:
    """Whatever the journal holds, `time_zone` is a text."""
    assert ada(seen("trait.stated", {"time_zone": 3})).time_zone == ""


def test_traits_are_features_only_of_the_purpose_they_were_stated_under() -> None:
    """Another purpose does not see them, though the person's own profile shows the latest."""
    known = ada(
        seen("trait.stated", {"size": 38}, days=2, purpose="shop"),
        seen("trait.stated", {"size": 40, "age": 9}, days=1, purpose="school"),
        seen("goal.stated", {"name": "5k", "text": "run", "progress": 0.5}, purpose="school"),
    )

    assert trait_features(known, "shop") == FrozenMap({"person.size": 38})
    assert trait_features(known, "school") == {"person.age": 9, "person.size": 40, "goal.5k": 0.5}
    assert trait_features(known, "news") == FrozenMap()
    assert [(trait.name, trait.value) for trait in known.traits] == [("age", 9), ("size", 40)]


def test_the_time_zone_is_no_feature() -> None:
    """It says how to read a person's hours, not what they like."""
    known = ada(seen("trait.stated", {"time_zone": "Europe/Berlin", "shoe": 38}))

    assert trait_features(known, "shop") == FrozenMap({"person.shoe": 38})


def test_a_goal_is_stated_moved_on_and_dropped() -> None:
    """The latest progress counts; a goal that was dropped is gone, however late it was heard of."""
    stated = seen("goal.stated", {"name": "5k", "text": "run 5 km"}, days=3)
    further = seen("goal.stated", {"name": "5k", "text": "run 5 km", "progress": 0.4}, days=2)
    dropped = seen("goal.dropped", {"name": "5k"}, days=1)

    assert ada(stated, further).goals == (Goal("5k", "run 5 km", ago(2), 0.4),)
    assert ada(dropped, further, stated).goals == ()
    assert trait_features(ada(dropped, further, stated), "shop") == FrozenMap()


def test_a_never_holds_until_it_is_lifted_and_under_every_purpose() -> None:
    """A rule stated under one purpose can be lifted under another; stated again it holds again."""
    rule = {"name": "night", "text": "never at night", "start": "22:00", "end": "07:00"}
    stated = seen("never.stated", rule, days=3)
    lifted = seen("never.lifted", {"name": "night"}, days=2, purpose="")

    assert ada(stated).nevers == (
        Never("night", "never at night", ago(3), start="22:00", end="07:00"),
    )
    assert ada(lifted, stated).nevers == ()
    assert len(ada(lifted, stated, seen("never.stated", rule)).nevers) == 1


def test_a_never_stated_and_lifted_at_one_instant_holds() -> None:
    """Of two facts of one instant the more careful wins."""
    stated = seen("never.stated", {"name": "ads", "text": "no ads", "action": "ad"})
    lifted = seen("never.lifted", {"name": "ads"})

    assert len(ada(stated, lifted).nevers) == 1
    assert ada(stated, lifted) == ada(lifted, stated)


@pytest.mark.parametrize("state", ["not_asked", "expired", "denied", "withdrawn"])
def test_of_two_answers_of_one_instant_the_more_careful_wins(state: str) -> None:
    """A grant never beats a refusal of the same instant; nor does a higher dial a lower one."""
    yes, no = answered("shop", "granted"), answered("shop", state)
    low = answered("shop", "granted", dial=0.2)

    assert ada(yes, no).consent("shop").state == ada(no, yes).consent("shop").state == state
    assert ada(yes, low).consent("shop").dial == ada(low, yes).consent("shop").dial == 0.2


def test_a_consent_is_the_latest_answer_for_its_purpose() -> None:
    """Purposes do not mix; an answer without a time of its own was given when it was written."""
    answer = Consented("ada", ago(1), Consent("news", "granted", 0.5))
    known = ada(answered("shop", "granted", days=2), answered("shop", "withdrawn"), answer)

    assert known.consent("shop").state == "withdrawn"
    assert known.consent("news") == Consent("news", "granted", 0.5, ago(1))
    assert len(known.consents) == 2


def test_another_id_is_known_until_the_merge_is_undone() -> None:
    """Merged, unmerged, merged again; at one instant the undoing wins."""
    merged = seen("person.merged", {"from": "anon-7"}, days=3)
    undone = seen("person.unmerged", {"from": "anon-7"}, days=2)

    assert ada(merged).known_as == ("anon-7",)
    assert ada(undone, merged).known_as == ()
    assert ada(merged, undone, seen("person.merged", {"from": "anon-7"})).known_as == ("anon-7",)
    both = (seen("person.merged", {"from": "x"}), seen("person.unmerged", {"from": "x"}))
    assert ada(*both).known_as == ada(*reversed(both)).known_as == ()


def test_joining_keeps_the_first_name_and_the_latest_of_everything() -> None:
    """Two ids that are one person; nobody is known as themself."""
    anon = reduce(
        fold,
        [
            seen("trait.stated", {"shoe": 38}, person="anon-7"),
            seen("person.merged", {"from": "ada"}, person="anon-7"),
        ],
        start("anon-7"),
    )
    mine = ada(
        seen("trait.stated", {"shoe": 37, "city": "Bonn"}, days=1),
        seen("person.merged", {"from": "anon-7"}),
    )
    both = join(mine, anon)

    assert both.person == "ada"
    assert both.known_as == ("anon-7",)
    assert [trait.value for trait in both.traits] == ["Bonn", 38]


@pytest.mark.parametrize(
    "fact",
    [
        seen("shop.viewed", {"item": "x"}),
        seen("never.stated", {"name": "x"}),
        seen("goal.stated", {"name": "x", "text": 3}),
        seen("never.lifted", {"name": 3}),
        seen("never.lifted"),
        seen("person.merged", {"from": 3}),
        Linked("ada", NOW, "eve"),
    ],
)
def test_other_facts_and_strange_shapes_leave_it_alone(fact: Fact) -> None:
    """A journal of another version is survived: the same registers come back."""
    known = ada(seen("trait.stated", {"shoe": 38}))

    assert fold(known, fact) is known


def test_a_signal_without_a_time_counts_from_its_entry() -> None:
    """Entries say when, too."""
    said = Signal("trait.stated", "ada", data={"shoe": 38})

    assert ada(Observed("ada", NOW, said, "shop")).traits[0].at == NOW


def test_memory_is_bounded_and_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most MOST of a sort; a question beforehand says when there is no room."""
    monkeypatch.setattr(registers, "MOST", 3)
    facts = [seen("trait.stated", {f"t{n}": n}, days=9 - n) for n in range(5)]
    known = ada(*facts, answered("shop", "granted"))

    assert [trait.name for trait in known.traits] == ["t2", "t3", "t4"]
    assert known == ada(*reversed(facts), answered("shop", "granted"))
    assert no_room(known, seen("trait.stated", {"t9": 1})) == (
        "A person may have at most 3 registers of the sort `trait`; state fewer."
    )
    assert no_room(known, seen("trait.stated", {"t4": 1})) == ""
    assert no_room(known, seen("shop.viewed")) == ""


def test_a_late_fact_of_a_register_that_went_does_not_bring_it_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is older than everything kept stays out, so any order agrees."""
    monkeypatch.setattr(registers, "MOST", 1)
    new, old = seen("trait.stated", {"a": 1}), seen("trait.stated", {"b": 1}, days=1)

    assert ada(new, old) == ada(old, new) == ada(old, new, old) == ada(new)
    assert ada(new).traits[0].at - old.at == timedelta(days=1)
