"""A person while an engine runs: what follows from their facts."""

from engines import NOW, PURPOSE, SHOP, shop

from penchant.journal import Decided, Fact, Observed
from penchant.profile.registers import start
from penchant.runtime.live_person import LivePerson
from penchant.words import Action, Cap, Decision, Position, Signal


def decided(
    action: str,
    *,
    names: tuple[str, ...] = ("fins", "nothing"),
    forced: str = "",
    name: str = "d",
    position: Position | None = None,
) -> Fact:
    """Give a decision for an action, taken now."""
    decision = Decision(
        id=name,
        moment="home.hero",
        person="ada",
        at=NOW,
        action=Action(action),
        propensity=1.0,
        mode="personal",
        names=names,
        weights=(1.0, *(0.0,) * (len(names) - 1)),
        neutral=(1.0, *(0.0,) * (len(names) - 1)),
        forced=forced,
        position=position,
    )
    return Decided("ada", NOW, decision)


CAPPED = shop(SHOP, guardrails=[Cap(1, "1d")])


def test_only_what_was_done_counts_towards_a_cap() -> None:
    """Not the fallback, not what was drawn but not done, not an answer without a choice."""
    facts = [
        decided("fins"),
        decided("nothing"),
        decided("nothing", forced="Ask ada."),
        decided("nothing", names=("nothing",)),
    ]
    person = LivePerson(start("ada"), facts)

    assert person.standing("ada", CAPPED).recent == (NOW.timestamp(),)
    assert person.standing("bea", shop()).recent == ()
    ball = shop(SHOP, default="fins", guardrails=[Cap(1, "1d")])
    assert len(LivePerson(start("ada"), facts).standing("ada", ball).recent) == 1


def test_a_slate_counts_once_towards_a_cap() -> None:
    """It is shown once, whatever stands in it; the fallback on top changes nothing."""
    facts = [
        decided(action, name=f"s-{number}", position=Position("s", number))
        for number, action in enumerate(("nothing", "fins", "ball"), 1)
    ]
    person = LivePerson(start("ada"), facts)

    assert person.standing("ada", CAPPED).recent == (NOW.timestamp(),)
    for fact in facts:
        assert isinstance(fact, Decided)
        person.undone(fact.decision)
    assert person.standing("ada", CAPPED).recent == ()


def test_what_was_done_is_bounded() -> None:
    """The latest thousand at each moment are more than any cap counts."""
    person = LivePerson(start("ada"), [decided("fins", name=f"d-{i}") for i in range(1_500)])

    assert len(person.standing("ada", CAPPED).recent) == 1_000


def test_the_latest_signal_ids_are_remembered() -> None:
    """Enough to tell a repeat from a new one; the oldest go."""
    facts = [
        Observed("ada", NOW, Signal("shop.viewed", "ada", NOW, id=f"s-{i}"), PURPOSE)
        for i in range(1_500)
    ]
    person = LivePerson(start("ada"), facts)

    assert len(person.signal_ids) == 1_024
    assert "s-1499" in person.signal_ids
    assert "s-0" not in person.signal_ids
