"""Evidence: each thing once, in order of time, nothing from the future."""

from unit.profile.facts import NOW, ago, answered, decision, seen, taken

from penchant.journal import Decided, Fact, Learned, Observed
from penchant.profile.evidence import Experience, evidence_of, seconds_of
from penchant.words import Action, Signal


def test_evidence_comes_in_order_of_time() -> None:
    """Signals and experiences, whatever the order of the facts."""
    facts: list[Fact] = [seen("a.b"), seen("c.d", days=3)]
    facts += taken("d1", {"sport": "run"}, 1.0, days=2)
    evidence = evidence_of(facts, now=NOW)

    assert evidence == evidence_of(reversed(facts), now=NOW)
    assert [seconds_of(one) for one in evidence] == [ago(n).timestamp() for n in (3, 2, 0)]
    assert evidence[1] == Experience(ago(2), "home", Action("a", features={"sport": "run"}), 1.0)


def test_statements_consents_and_the_future_are_no_evidence() -> None:
    """Statements are registers; what lies after now does not count yet."""
    facts: list[Fact] = [
        seen("trait.stated", {"a": 1}),
        answered("shop", "granted"),
        seen("a.b", days=-1),
    ]

    assert evidence_of(facts, now=NOW) == ()
    assert len(evidence_of(facts, now=ago(-1))) == 1


def test_a_signal_without_a_time_counts_from_its_entry() -> None:
    """The entry of a signal says when, too."""
    fact = Observed("ada", ago(1), Signal("a.b", "ada"))

    assert seconds_of(fact) == ago(1).timestamp()


def test_decisions_without_outcome_outcomes_without_decision_and_forced_ones_say_nothing() -> None:
    """An experience needs both halves, and the drawn action must have been executed."""
    action = Action("a")
    facts: list[Fact] = [
        Decided("ada", NOW, decision("alone", action)),
        Learned("ada", NOW, "lost", "home", 1.0, 1.0, 0.5, 1),
        Decided("ada", NOW, decision("forced", action, forced="channel closed")),
        Learned("ada", NOW, "forced", "home", 1.0, 1.0, 0.5, 1),
    ]

    assert evidence_of(facts, now=NOW) == ()


def test_of_two_outcomes_of_a_decision_the_first_counts() -> None:
    """First in time, not first in the list."""
    decided, good = taken("d1", {}, 1.0, days=2)
    late = Learned("ada", NOW, "d1", "home", 0.0, 0.0, 0.5, 1)

    for facts in ([decided, good, late], [late, good, decided]):
        (only,) = evidence_of(facts, now=NOW)
        assert isinstance(only, Experience)
        assert only.reward == 1.0
