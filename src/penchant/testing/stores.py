"""The check kit of stores: what a journal must do, whatever it keeps its facts in.

Each check takes `make`, which gives a new and empty store, and raises AssertionError with a
sentence when the store fails. A store passes all of `STORE_CHECKS`, or it is none.
Durability, damage and locks are tested beside each store, as each has its own disk.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice

from penchant.errors import BadName, StoreFailed
from penchant.journal import (
    NOBODY,
    Claimed,
    Consented,
    Decided,
    Declared,
    Derived,
    Fact,
    Learned,
    Linked,
    Observed,
    Provided,
    Settled,
    Skipped,
    Store,
)
from penchant.testing import kept_blocks
from penchant.testing.blocks import FactBlock
from penchant.testing.expecting import checks_of, expect, kept, same
from penchant.words import (
    Action,
    AtTime,
    Cap,
    Consent,
    Decision,
    FrozenMap,
    Moment,
    OnLevel,
    OnSignal,
    QuietHours,
    Reason,
    Removed,
    Signal,
)

__all__ = ["STORE_CHECKS", "Make", "a_decision", "facts_of", "signals"]

Make = Callable[[], Store]

_AT = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)
_LATER = _AT + timedelta(hours=1)


class _SaysItsName:
    """An explainer: part of a decision in memory, never of what is kept."""

    def reasons(self, decision: Decision) -> tuple[Reason, ...]:
        """Give the decision's own name as its reason."""
        return (Reason(decision.id, "note"),)


def a_decision(name: str, person: str | None = "ada", *, note: str = "") -> Decision:
    """Give a decision with something in every field."""
    return Decision(
        id=name,
        moment="home.hero",
        person=person,
        at=_AT,
        action=Action("sneakers", FrozenMap({"price": 80, "sport": "run", "taste": (0.1, 0.2)})),
        propensity=0.75,
        mode="personal",
        names=("sneakers", "nothing"),
        weights=(0.75, 0.25),
        neutral=(0.5, 0.5),
        expected=(0.1, 0.0),
        belief=(0.25, -1.5),
        context=FrozenMap({"hour": 9, "device": "phone", "new": True, "load": 0.5}),
        draw=0.123456789,
        version=3,
        consent=Consent("recommendation", "granted", 1.0, at=_AT),
        removed=(Removed("boots", "dial", "It asks more than you allow."),),
        note=note,
        explainer=_SaysItsName(),
    )


def facts_of(person: str) -> tuple[Fact, ...]:
    """Give one fact of each kind that can be about a person."""
    name = f"d-{person}"
    return (
        Consented(person, _AT, Consent("recommendation", "granted", 0.5, at=_AT)),
        *signals(person, 2),
        Linked(person, _AT, to="ada-2"),
        Decided(person, _AT, a_decision(name, person), opening='{"type":"on_signal"}'),
        Claimed(person, _LATER, name, "inbox"),
        Settled(person, _LATER, name, "refused", "They said no.", "inbox"),
        Learned(person, _LATER, name, "home.hero", 7.0, 0.7, 0.25, version=3, origin="outcome"),
    )


def signals(person: str, count: int, *, start: int = 0) -> tuple[Observed, ...]:
    """Give numbered signals of a person."""
    return tuple(
        Observed(person, _AT, Signal("shop.viewed", person, _AT, FrozenMap({"n": n})), "shop")
        for n in range(start, start + count)
    )


def _of_nobody() -> tuple[Fact, ...]:
    """Give one fact of each kind that is about nobody."""
    moment = Moment(
        "home.hero",
        "recommendation",
        (Action("sneakers"), Action("boots")),
        guardrails=(Cap(2), QuietHours()),
        opens=(OnSignal("shop.left", {"n": 1}), AtTime(days=("mon",)), OnLevel("a.b", 3, "count")),
    )
    return (
        Declared(_AT, moment),
        Derived(_AT, "home.hero", 1, numbers=bytes(range(256))),
        Skipped(_AT, "home.hero", _AT, 10_000, "It was too late."),
        Provided(_AT, "pace", "routes", "csv", b"name,km\n"),
    )


def check_an_empty_store_gives_nothing(make: Make) -> None:
    """Nothing is there before something is appended, and asking for it is no error."""
    with closing(make()) as store:
        expect(not list(store.read()), "An empty store gave facts.")
        expect(not list(store.read("ada")), "An unknown person had facts.")
        expect(not list(store.read(NOBODY)), "Nobody had facts.")
        expect(store.find("d-ada") is None, "An unknown decision was found.")


def check_facts_come_back_as_given(make: Make) -> None:
    """Every kind of fact is equal after a round trip, in the order of appending."""
    with closing(make()) as store:
        store.append(facts_of("ada"))
        same(list(store.read("ada")), facts_of("ada"), "Ada's facts differ")
        same(list(store.read()), facts_of("ada"), "Everybody's facts differ")


def check_each_reads_their_own(make: Make) -> None:
    """A person's stream holds that person's facts alone; all together keep one order."""
    with closing(make()) as store:
        mixed = [fact for trio in zip(*map(facts_of, ("ada", "bo", "cy"))) for fact in trio]  # noqa: B905 - same length
        store.append(mixed[:7])
        for fact in mixed[7:]:
            store.append([fact])
        for person in ("ada", "bo", "cy"):
            same(list(store.read(person)), facts_of(person), "A stream differs")
        same(list(store.read()), mixed, "The order over everybody differs")


def check_appending_nothing_changes_nothing(make: Make) -> None:
    """An empty batch is kept as what it is."""
    with closing(make()) as store:
        store.append([])
        expect(not list(store.read()), "Facts came out of an empty batch.")


def check_nobody_has_a_stream(make: Make) -> None:
    """What concerns nobody has a stream like any other, decisions for strangers included."""
    stranger = Decided(NOBODY, _AT, a_decision("d-stranger", None))
    with closing(make()) as store:
        store.append([*_of_nobody(), *signals("ada", 1), stranger])
        same(list(store.read(NOBODY)), [*_of_nobody(), stranger], "Nobody's facts differ")
        found = store.find("d-stranger")
        expect(found is not None and found.person is None, "A stranger's decision is lost.")


def check_decisions_are_found(make: Make) -> None:
    """A decision is found by its id; of two with one id, the later."""
    first, second = a_decision("d-1"), a_decision("d-1", note="again")
    with closing(make()) as store:
        store.append([Decided("ada", _AT, first)])
        found = store.find("d-1")
        expect(found is not None and kept(found) == kept(first), "A decision differs.")
        store.append([Decided("ada", _LATER, second)])
        found = store.find("d-1")
        expect(found is not None and found.note == "again", "The earlier decision was found.")
        expect(store.find("d-2") is None, "A decision was found that was never taken.")


def check_forgetting_leaves_nothing(make: Make) -> None:
    """A forgotten person has no facts and no decisions; everybody else has theirs."""
    with closing(make()) as store:
        for one, other in zip(facts_of("ada"), facts_of("bo"), strict=True):
            store.append([one, other])
        receipt = store.forget("ada", _LATER)
        n_facts = len(facts_of("ada"))
        expect(receipt.entries == n_facts, f"{receipt.entries} forgotten, not {n_facts}.")
        expect(receipt.outcomes == 1, f"{receipt.outcomes} outcomes forgotten, not 1.")
        expect(receipt.at == _LATER, "The receipt has another time.")
        expect(not list(store.read("ada")), "A forgotten person has facts.")
        expect(store.find("d-ada") is None, "A forgotten decision was found.")
        expect(store.find("d-bo") is not None, "Another person's decision is gone.")
        same(list(store.read()), facts_of("bo"), "Another person's facts differ")


def check_when_somebody_was_forgotten_is_known(make: Make) -> None:
    """The last time, whoever came back since; of the others there is none to tell."""
    with closing(make()) as store:
        store.append([*signals("ada", 1), *signals("bo", 1)])
        expect(store.forgotten("ada") is None, "Ada was forgotten before she was.")
        store.forget("ada", _AT)
        expect(store.forgotten("ada") == _AT, "When Ada was forgotten is not known.")
        store.append(signals("ada", 1))
        expect(store.forgotten("ada") == _AT, "Ada came back, and the time is gone.")
        store.forget("ada", _LATER)
        store.forget("zoe", _AT)
        expect(store.forgotten("ada") == _LATER, "The time is not that of the last forgetting.")
        expect(store.forgotten("bo") is None, "Bo was never forgotten.")
        expect(store.forgotten("zoe") is None, "Of Zoe there was nothing to forget.")


def check_forgetting_twice_is_harmless(make: Make) -> None:
    """The second time there is nothing left; nor is there for a person never seen."""
    with closing(make()) as store:
        store.append(signals("ada", 3))
        first, second = store.forget("ada", _AT), store.forget("ada", _LATER)
        expect(first.entries == len(signals("ada", 3)), "The first receipt miscounts.")
        expect(second.entries == 0, "Something was forgotten twice.")
        expect(first.pseudonym == second.pseudonym, "One person has two pseudonyms.")
        stranger = store.forget("zoe", _AT)
        expect(stranger.entries == 0, "A stranger had facts.")
        expect("zoe" not in stranger.pseudonym, "A receipt names the person.")


def check_nobody_cannot_be_forgotten(make: Make) -> None:
    """Declarations and versions are nobody's to have forgotten."""
    with closing(make()) as store:
        store.append(_of_nobody())
        try:
            store.forget(NOBODY, _AT)
        except BadName:
            same(list(store.read()), _of_nobody(), "Nobody's facts differ")
        else:
            raise AssertionError("Nobody was forgotten.")


def check_the_forgotten_may_return(make: Make) -> None:
    """The same id may come back as a new person, and be forgotten again."""
    with closing(make()) as store:
        store.append([*facts_of("ada"), *signals("bo", 1)])
        store.forget("ada", _AT)
        store.append(facts_of("ada"))
        same(list(store.read("ada")), facts_of("ada"), "A returned person's facts differ")
        expect(store.find("d-ada") is not None, "A returned person's decision is lost.")
        again = store.forget("ada", _LATER)
        expect(again.entries == len(facts_of("ada")), "The second receipt miscounts.")
        same(list(store.read()), signals("bo", 1), "Another person's facts differ")


def check_some_facts_are_removed(make: Make) -> None:
    """What is chosen is gone and not found; everything else stays, in its order."""
    with closing(make()) as store:
        store.append([*facts_of("ada"), *facts_of("bo"), *_of_nobody()])
        n_chosen = sum(map(_is_decided, facts_of("ada"))) + sum(map(_is_decided, _of_nobody()))
        removed = store.remove(["ada", NOBODY, "zoe"], _is_decided)
        expect(removed == n_chosen, f"{removed} facts were removed of {n_chosen}.")
        left = [fact for fact in facts_of("ada") if not _is_decided(fact)]
        same(list(store.read("ada")), left, "What is left of a person differs")
        rest = [fact for fact in _of_nobody() if not _is_decided(fact)]
        same(list(store.read()), [*left, *facts_of("bo"), *rest], "What is left differs")
        expect(store.find("d-ada") is None, "A decision that was removed is found.")
        expect(store.find("d-bo") is not None, "Somebody else's decision is lost.")
        expect(not store.remove(["ada"], _is_decided), "Something was removed twice.")
        expect(store.forgotten("ada") is None, "Somebody of whom some is gone counts as forgotten.")


def check_a_stream_goes_on_after_a_removal(make: Make) -> None:
    """A person of whom facts were removed is kept, exported and forgotten like anybody."""
    with closing(make()) as store:
        store.append(facts_of("ada"))
        store.remove(["ada"], lambda _: True)
        same(list(store.read("ada")), (), "Something is left")
        store.append(signals("ada", 2))
        same(list(store.read("ada")), signals("ada", 2), "What came after differs")
        store.remove(["ada"], lambda fact: fact == signals("ada", 2)[1])
        same(list(store.read()), signals("ada", 1), "What is left differs")
        store.forget("ada", _AT)
        same(list(store.read()), (), "Something is left of a forgotten person")


def check_removing_looks_in_order(make: Make) -> None:
    """Facts are shown in the order of appending, so that one may decide about later ones."""
    with closing(make()) as store:
        store.append([*signals("ada", 3), *facts_of("ada"), *signals("bo", 1)])
        shown: list[Fact] = []

        def look(fact: Fact) -> bool:
            shown.append(fact)
            return False

        store.remove(["ada"], look)
        same(shown, (*signals("ada", 3), *facts_of("ada")), "What was shown differs")


def check_many_threads_lose_nothing(make: Make) -> None:
    """Sixteen threads append at once: all is kept, each thread's facts in its order."""
    n_threads, n_facts = 16, 25

    def write(thread: int) -> None:
        for n in range(n_facts):
            store.append([*signals(f"p{thread}", 1, start=n), *signals("all", 1, start=n)])

    with closing(make()) as store:
        with ThreadPoolExecutor(n_threads) as threads:
            list(threads.map(write, range(n_threads)))
        for thread in range(n_threads):
            person = f"p{thread}"
            same(list(store.read(person)), signals(person, n_facts), "A thread's facts differ")
        n_all = len(list(store.read("all")))
        expect(n_all == n_threads * n_facts, f"{n_all} facts kept of {n_threads * n_facts}.")


def check_a_read_sees_whole_batches(make: Make) -> None:
    """Read while others append: never a part of a batch, whatever the moment."""

    def write(start: int) -> None:
        store.append(signals("ada", 3, start=start))

    with closing(make()) as store, ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write, n) for n in range(40)]
        for _ in range(20):
            n_all, n_one = len(list(store.read())), len(list(store.read("ada")))
            expect(n_all % 3 == 0 and n_one % 3 == 0, f"Parts of batches: {n_all}, {n_one}.")
        for one in writing:
            one.result()


def check_a_read_stands_still(make: Make) -> None:
    """A read gives what was there when it was asked for, and leaves out who is forgotten since."""
    with closing(make()) as store:
        store.append([*signals("ada", 5), *signals("bo", 5)])
        everybody, ada = store.read(), store.read("ada")
        begun = list(islice(everybody, 2))
        store.append(signals("ada", 1, start=5))
        same(begun, signals("ada", 2), "The first facts differ")
        same(list(ada), signals("ada", 5), "A later fact was given")
        store.forget("ada", _AT)
        same(list(everybody), signals("bo", 5), "After forgetting, the rest differs")


def check_a_block_is_read_as_its_facts(make: Make) -> None:
    """Many facts given as one block are there as if they had come one by one."""
    kept_blocks.check_it_is_read_as_its_facts(make, _a_block)


def check_a_block_is_forgotten_as_its_facts(make: Make) -> None:
    """Of a block, one person is forgotten and everybody else stays."""
    kept_blocks.check_it_is_forgotten_as_its_facts(make, _a_block)


def _is_decided(fact: Fact) -> bool:
    """Tell whether a fact is about a decision, or about the moment of one."""
    return isinstance(fact, Decided | Learned | Claimed | Settled | Declared | Derived)


def _a_block() -> FactBlock:
    """Give a block of facts of every kind about three people, one person's not in a row."""
    people = [facts_of(person) for person in ("ada", "bo", "cy")]
    return FactBlock(fact for trio in zip(*people, strict=True) for fact in trio)


def check_closing_twice_is_harmless(make: Make) -> None:
    """A closed store says that it is closed, whatever it is asked."""
    store = make()
    store.append(signals("ada", 1))
    store.close()
    store.close()
    asked: tuple[Callable[[], object], ...] = (
        lambda: store.append(signals("ada", 1)),
        lambda: list(store.read()),
        lambda: store.find("d-ada"),
        lambda: store.forget("ada", _AT),
        lambda: store.forgotten("ada"),
        lambda: store.remove(["ada"], _is_decided),
    )
    for ask in asked:
        try:
            ask()
        except StoreFailed as error:
            expect("closed" in str(error), "The sentence does not say that it is closed.")
        else:
            raise AssertionError("A closed store answered.")


STORE_CHECKS: tuple[Callable[[Make], None], ...] = checks_of(globals())
"""Every check, found by its name."""
