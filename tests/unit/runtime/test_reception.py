"""Reception: what is kept of signals, and when."""

from datetime import timedelta

from engines import NOW, PURPOSE, Clock, agreed, engine_on, shop

from penchant import Engine, Refused, Signal
from penchant.profile.registers import MOST


def opened(clock: Clock | None = None) -> Engine:
    """Give an engine with the shop, that ada and bea agreed to."""
    engine = engine_on(clock=clock)
    engine.declare(shop())
    agreed(engine, "ada", "bea", "anon-7")
    return engine


def merge(other: str, to: str, minutes: float = 0.0, kind: str = "person.merged") -> Signal:
    """Give a merge, or a parting, at a time."""
    return Signal(kind, to, NOW + timedelta(minutes=minutes), data={"from": other})


def test_who_an_id_is_goes_forward_in_time() -> None:
    """What comes late, about a time that is settled, is refused; of one time the last holds."""
    engine = opened()
    assert engine.observe(merge("anon-7", "ada", -10))
    late = engine.observe(merge("anon-7", "ada", -20, "person.unmerged"))
    assert isinstance(late, Refused)
    assert late.sentence == "Not kept: who the id in `from` is was settled at a later time."
    assert engine.profile("anon-7").person == "ada"

    assert engine.observe(merge("anon-7", "ada", -10, "person.unmerged"))
    assert engine.profile("anon-7").person == "anon-7"
    assert engine.observe(merge("anon-7", "bea", -10))
    assert engine.profile("anon-7").person == "bea"
    assert engine.profile("ada").known_as == ()


def test_a_batch_is_judged_in_its_order() -> None:
    """A second merge of one id sees the first; what follows a merge is about one person."""
    engine = opened()
    answers = engine.observe(
        [
            merge("anon-7", "ada"),
            merge("anon-7", "bea"),
            Signal("shop.viewed", "anon-7", id="s-1"),
            Signal("shop.viewed", "ada", id="s-1"),
            merge("anon-7", "ada", kind="person.unmerged"),
            merge("anon-7", "bea"),
        ],
        purpose=PURPOSE,
    )

    assert [bool(answer) for answer in answers] == [True, False, True, True, True, True]
    assert engine.profile("bea").known_as == ("anon-7",)
    assert engine.export("ada").count('"s-1"') + engine.export("bea").count('"s-1"') == 1


def test_there_is_an_end_to_what_a_person_may_state() -> None:
    """Beyond it a rule would push an older one out, and a never must not end in silence."""
    clock = Clock()
    engine = opened(clock)
    rules = [
        Signal("never.stated", "ada", data={"name": f"n{i}", "text": "no", "action": f"a{i}"})
        for i in range(MOST + 1)
    ]
    assert all(engine.observe(rules[:MOST]))
    full = engine.observe(rules[MOST])

    assert isinstance(full, Refused)
    assert "at most 1,000" in full.sentence
    assert len(engine.profile("ada").nevers) == MOST
    for i in range(MOST - 1):
        engine.consent("bea", f"purpose-{i}")
    more = engine.consent("bea", "one-more")
    assert isinstance(more, Refused)
    assert "sort `consent`" in more.sentence
    assert engine.consent("bea", PURPOSE, granted=False)


def test_an_answer_without_a_time_follows_the_one_before() -> None:
    """A clock that stands still, or went back, does not let an old answer win."""
    clock = Clock()
    engine = opened(clock)
    for minutes in (0, -60):
        clock.forward(minutes=minutes)
        for granted in (False, True, False):
            engine.consent("ada", PURPOSE, granted=granted)
            names = engine.decide("home.hero", person="ada").names
            assert (len(names) > 1) == granted
        agreed(engine, "ada")


def test_an_old_answer_that_arrives_late_is_kept_and_loses() -> None:
    """Its own time says that it was before."""
    engine = opened()
    assert engine.consent("ada", PURPOSE, granted=False, at=NOW - timedelta(days=1))

    assert len(engine.decide("home.hero", person="ada").names) > 1
    assert '"state":"withdrawn"' in engine.export("ada")
