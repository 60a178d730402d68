"""Who is who, through the engine: merges hold everywhere, and can be undone everywhere."""

from pathlib import Path

import pytest
from engines import facts_in

from penchant import Action, Engine, Moment, Refused, Signal

MOMENT = Moment("home.hero", purpose="shop", actions=[Action("run"), Action("swim")])


def linked(kind: str, person: str, other: str) -> Signal:
    """Give a signal that says who is who."""
    return Signal(f"person.{kind}", person=person, data={"from": other})


def lived(person: str, engine: Engine) -> None:
    """Let a person agree and be decided for once."""
    engine.consent(person, "shop")
    engine.learn(engine.decide("home.hero", person=person).id, reward=1.0)


def who(engine: Engine, *ids: str) -> dict[str, tuple[str, tuple[str, ...], int]]:
    """Give, for each id, whom it belongs to, their other ids and how many facts they have."""
    found = {}
    for one in ids:
        profile = engine.profile(one)
        facts = facts_in(engine.export(one))
        found[one] = (profile.person, profile.known_as, len(facts))
    return found


def test_an_unmerge_holds_at_once_and_after_a_restart(tmp_path: Path) -> None:
    """Each id has its own facts back, in the engine that undid the merge and in the next one."""
    path = str(tmp_path / "people.db")
    with Engine.open(path, seed=1) as engine:
        engine.declare(MOMENT)
        lived("anon-7", engine)
        assert engine.observe(linked("merged", "ada", "anon-7"))
        assert engine.observe(linked("unmerged", "ada", "anon-7"))
        apart = who(engine, "ada", "anon-7")
        note = engine.decide("home.hero", person="anon-7").note
    assert apart == {"ada": ("ada", (), 2), "anon-7": ("anon-7", (), 5)}
    assert note == ""
    with Engine.open(path) as engine:
        assert who(engine, "ada") == {"ada": ("ada", (), 2)}
        engine.forget("anon-7")
        assert who(engine, "ada") == {"ada": ("ada", (), 2)}


def test_an_unmerge_takes_along_what_was_merged_into_the_other_id() -> None:
    """Of ada ← tablet ← phone, undoing the first leaves tablet and phone one person."""
    with Engine.open(seed=1) as engine:
        for person, other in (("ada", "tablet"), ("tablet", "phone")):
            assert engine.observe(linked("merged", person, other))
        assert engine.profile("phone").person == "ada"

        assert engine.observe(linked("unmerged", "ada", "tablet"))

        found = who(engine, "ada", "tablet", "phone")
    assert {one: person for one, (person, _, _) in found.items()} == {
        "ada": "ada",
        "tablet": "tablet",
        "phone": "tablet",
    }


@pytest.mark.parametrize(
    ("signal", "says"),
    [
        (linked("merged", "ada", "tablet"), "known to be one person already"),
        (linked("merged", "tablet", "ada"), "known to be one person already"),
        (linked("merged", "ben", "tablet"), "known to be somebody else's"),
        (linked("unmerged", "tablet", "ada"), "no merge of these two ids stands"),
        (linked("unmerged", "ben", "tablet"), "no merge of these two ids stands"),
    ],
)
def test_what_would_mix_two_people_up_is_refused(signal: Signal, says: str) -> None:
    """A device of one person does not become another's as well, and nothing changes."""
    with Engine.open(seed=1) as engine:
        engine.observe(linked("merged", "ada", "tablet"))
        before = who(engine, "ada", "ben", "tablet")

        answer = engine.observe(signal)

        assert isinstance(answer, Refused)
        assert says in answer.sentence
        assert who(engine, "ada", "ben", "tablet") == before
