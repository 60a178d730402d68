"""The directory: who is who, folded from the journal and dropped at will."""

from collections.abc import Iterator
from datetime import timedelta

from engines import NOW, PURPOSE

from penchant.adapters.store.memory import MemoryStore
from penchant.journal import Consented, Fact, Linked, Observed
from penchant.runtime.directory import Directory
from penchant.words import Consent, Signal


def merged(other: str, to: str, minutes: int = 0) -> list[Fact]:
    """Give the facts of a merge."""
    at = NOW + timedelta(minutes=minutes)
    signal = Signal("person.merged", to, at, data={"from": other})
    return [Observed(to, at, signal), Linked(other, at, to)]


def parted(other: str, to: str, minutes: int) -> list[Fact]:
    """Give the facts of a parting."""
    at = NOW + timedelta(minutes=minutes)
    signal = Signal("person.unmerged", to, at, data={"from": other})
    return [Observed(to, at, signal), Linked(other, at)]


def directory_of(*facts: Fact) -> Directory:
    """Give a directory of a journal, told its links as an engine does it."""
    store = MemoryStore()
    store.append(facts)
    directory = Directory(store)
    for fact in facts:
        if isinstance(fact, Linked):
            directory.link(fact)
    return directory


def agreed(person: str) -> Fact:
    """Give the fact of a consent."""
    return Consented(person, NOW, Consent(PURPOSE, "granted", 1.0, NOW))


def test_somebody_unknown_goes_by_their_own_id() -> None:
    """And has no other."""
    directory = Directory(MemoryStore())

    assert directory.home("ada") == "ada"
    assert directory.ids("ada") == ("ada",)
    assert directory.person("ada").registers.consents == ()
    assert list(directory.facts("ada")) == []


def test_ids_that_were_merged_are_one_person() -> None:
    """Over several steps, under any of the ids, with the registers of all."""
    directory = directory_of(
        agreed("anon-8"), *merged("anon-8", "anon-7"), *merged("anon-7", "ada", 1)
    )

    assert {directory.home(one) for one in ("ada", "anon-7", "anon-8")} == {"ada"}
    assert set(directory.ids("anon-8")) == {"ada", "anon-7", "anon-8"}
    assert directory.person("anon-8") is directory.person("ada")
    assert directory.person("ada").registers.consent(PURPOSE).state == "granted"
    assert len(list(directory.facts("ada"))) == 5


def test_ids_that_were_parted_are_two_again() -> None:
    """The last word counts."""
    directory = directory_of(*merged("anon-7", "ada"), *parted("anon-7", "ada", 1))

    assert directory.home("anon-7") == "anon-7"
    assert directory.linked_to("anon-7") == ""
    assert directory.ids("ada") == ("ada",)


def test_a_circle_of_merges_ends() -> None:
    """Damage, or another writer: whoever is asked for gets an answer."""
    directory = directory_of(*merged("a", "b"), *merged("b", "a"))

    assert directory.home("a") in {"a", "b"}
    assert directory.person("a").registers.person in {"a", "b"}


def test_what_was_read_is_kept_until_it_is_let_go() -> None:
    """Facts that come later are folded in by the engine, or read anew afterwards."""
    store = MemoryStore()
    directory = Directory(store)
    before = directory.person("ada")
    store.append([agreed("ada")])

    assert directory.person("ada") is before
    directory.drop(["ada"])
    assert directory.person("ada").registers.consent(PURPOSE).state == "granted"


def test_whose_an_id_is_costs_no_reading() -> None:
    """A person of many facts is found among their ids before any of the facts is looked at."""

    class Unread(MemoryStore):
        def read(self, person: str | None = None) -> Iterator[Fact]:
            raise AssertionError(person)

    directory = Directory(Unread())
    directory.link(Linked("anon-7", NOW, "ada"))

    assert directory.home("anon-7") == "ada"
    assert directory.ids("anon-7") == ("ada", "anon-7")


def test_of_the_forgotten_no_link_is_known() -> None:
    """Neither whose their ids were nor which were theirs; an id may come back as somebody new."""
    directory = directory_of(*merged("anon-8", "anon-7"), *merged("anon-7", "ada", 1))
    directory.forget(directory.ids("ada"))

    assert directory.ids("ada") == ("ada",)
    assert directory.home("anon-8") == "anon-8"
    assert directory.last_link("anon-7") is None
