"""The outbox: claimed once, settled once, asked again before it is sent; what it teaches."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from runners import CARE, KM, RUN, TRAINING, App, moment

from penchant import Action, Cap, Outcome, QuietHours, Refused, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.deliver.letter import Letter
from penchant.errors import StoreFailed
from penchant.journal import Block, Claimed, Fact, Learned, Settled

WEBHOOK = [Action("offer", channel="webhook")]


@pytest.fixture
def app() -> App:
    """Give an app with one letter for ada."""
    app = App(moment(RUN))
    app.agree()
    app.run()
    return app


def steps(app: App) -> list[str]:
    """Give what became of letters, as it was written."""
    return [
        "claimed" if isinstance(fact, Claimed) else fact.how
        for fact in app.store.read()
        if isinstance(fact, Claimed | Settled)
    ]


def rewards(app: App) -> list[float]:
    """Give the rewards that were learned."""
    return [fact.reward for fact in app.store.read() if isinstance(fact, Learned)]


def sentence(answer: object) -> str:
    """Give the sentence of a refusal."""
    assert isinstance(answer, Refused)
    return answer.sentence


def test_a_letter_holds_what_a_channel_needs_and_no_more(app: App) -> None:
    """Person, action, times and what opened it; no context, no propensities, no beliefs."""
    (letter,) = app.letters()

    assert letter.__struct_fields__ == (
        "id",
        "person",
        "moment",
        "at",
        "until",
        "action",
        "opened_by",
        "tries",
    )
    assert (letter.person, letter.moment, letter.channel) == ("ada", "shoes.worn", "inbox")
    assert (letter.until - letter.at).days == 7


def test_letters_are_found_by_person_and_channel() -> None:
    """Oldest first, under any id of a person."""
    app = App(moment(RUN, actions=WEBHOOK))
    app.agree("ben", "ada", "anon-7")
    for person in ("ben", "ada"):
        app.run(person=person)
        app.clock.forward(hours=1)
    app.engine.observe(Signal("person.merged", "ada", data={"from": "anon-7"}))

    assert [one.person for one in app.letters()] == ["ben", "ada"]
    assert [one.person for one in app.letters("anon-7")] == ["ada"]
    assert not app.engine.outbox.waiting(channel="inbox")
    assert len(app.engine.outbox.waiting("ada", "webhook")) == 1
    assert app.engine.outbox.ids("anon-7") == ("ada", "anon-7")


def test_a_claim_is_given_once_and_durable(app: App) -> None:
    """Who claims has it; nobody else, before or after a restart."""
    outbox, (letter,) = app.engine.outbox, app.letters()

    assert outbox.claim(letter.id) == letter
    assert "claimed it before" in sentence(outbox.claim(letter.id))
    assert not app.letters()
    assert steps(app) == ["claimed"]


def test_many_threads_claim_a_letter_once(app: App) -> None:
    """Sixteen at once: one gets it."""
    (letter,) = app.letters()
    start = threading.Barrier(16)
    answers: list[object] = []

    def work() -> None:
        start.wait()
        answers.append(app.engine.outbox.claim(letter.id))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sum(isinstance(one, Letter) for one in answers) == 1
    assert steps(app) == ["claimed"]


def test_many_threads_settle_a_letter_once(app: App) -> None:
    """Eight at once: one says what became of it."""
    (letter,) = app.letters()
    app.engine.outbox.claim(letter.id)
    start = threading.Barrier(8)
    answers: list[object] = []

    def work() -> None:
        start.wait()
        answers.append(app.engine.outbox.settle(letter.id, "sent"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert len([one for one in answers if one]) == 1
    assert steps(app) == ["claimed", "sent"]


def test_a_restart_between_claim_and_sending_leaves_it_unknown(app: App) -> None:
    """Perhaps it was sent, so it is not sent again, and the explanation says so."""
    (letter,) = app.letters()
    app.engine.outbox.claim(letter.id)
    app.restart()

    assert not app.letters()
    assert "not sent again" in sentence(app.engine.outbox.claim(letter.id))
    assert "is claimed" in sentence(app.engine.outbox.settle(letter.id, "sent"))
    app.engine.tick()
    app.engine.tick()
    assert steps(app) == ["claimed", "unknown"]
    assert "Whether it was sent is not known" in str(app.engine.explain(letter.id))


def test_a_letter_that_was_never_claimed_is_there_after_a_restart(app: App) -> None:
    """Nothing of it was lost."""
    before = app.letters()
    app.restart()

    assert app.letters() == before
    assert isinstance(app.engine.outbox.claim(before[0].id), Letter)


@pytest.mark.parametrize("how", ["sent", "refused", "failed", "unknown"])
def test_what_is_settled_is_settled(app: App, how: Any) -> None:
    """It cannot be claimed or settled again, before or after a restart."""
    outbox, (letter,) = app.engine.outbox, app.letters()
    outbox.claim(letter.id)
    assert outbox.settle(letter.id, how, "So it is.")

    for _ in range(2):
        assert not app.engine.outbox.claim(letter.id)
        assert not app.engine.outbox.settle(letter.id, "sent")
        assert not app.letters()
        app.restart()
        app.engine.tick()
    assert steps(app) == ["claimed", how]


def test_what_came_back_waits_again(app: App) -> None:
    """With the same id, and how often it was tried, over a restart too."""
    outbox, (letter,) = app.engine.outbox, app.letters()
    for tries in range(1, 4):
        outbox.claim(letter.id)
        outbox.settle(letter.id, "returned", "Nobody was there.")
        assert app.letters()[0].tries == tries
    app.restart()

    assert [(one.id, one.tries) for one in app.letters()] == [(letter.id, 3)]
    assert "It waits for `inbox` to bring it." in app.engine.explain(letter.id).sentences


def test_what_is_not_claimed_is_not_settled(app: App) -> None:
    """Nor what nobody knows, nor in a way that is none."""
    outbox, (letter,) = app.engine.outbox, app.letters()
    odd: Any = "thrown away"

    assert not outbox.settle(letter.id, "sent")
    assert not outbox.settle("d-0", "sent")
    assert not outbox.claim("d-0")
    outbox.claim(letter.id)
    assert "sent, returned, refused" in sentence(outbox.settle(letter.id, odd))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"granted": False}, "consent for `care` was withdrawn"),
        ({"dial": 0.05}, "above the dial for `care`, which stands at 0.05"),
        ({"dial": 0.0}, "the dial for `care` stands at 0"),
    ],
)
def test_what_a_person_no_longer_agrees_to_is_not_sent(
    app: App, change: Mapping[str, Any], why: str
) -> None:
    """Between decision and delivery they said less: the claim is refused for good, and says why."""
    (letter,) = app.letters()
    app.engine.consent("ada", CARE, **change)

    assert why in sentence(app.engine.outbox.claim(letter.id))
    assert not app.letters()
    assert steps(app) == ["refused"]
    assert any(
        one.startswith("It was not sent.") and why in one
        for one in app.engine.explain(letter.id).sentences
    )
    app.engine.consent("ada", CARE)
    app.restart()
    assert not app.letters()
    assert "It was not sent" in sentence(app.engine.learn(letter.id, reward=1.0))


def test_a_never_stated_since_is_kept_to(app: App) -> None:
    """A rule of the person holds from the moment it is stated."""
    (letter,) = app.letters()
    rule = {"name": "no", "text": "no offers", "action": "offer"}
    app.engine.observe(Signal("never.stated", "ada", data=rule))

    assert "no offers" in sentence(app.engine.outbox.claim(letter.id))
    assert steps(app) == ["refused"]


def test_what_is_claimed_in_quiet_hours_waits_for_their_end() -> None:
    """Decided at a minute to ten, it is not sent at ten, and is at seven."""
    app = App(moment(RUN, guardrails=[QuietHours("22:00", "07:00")]))
    app.agree(zone="UTC")
    app.clock.forward(hours=9, minutes=59)
    app.run()
    (letter,) = app.letters()
    app.clock.forward(minutes=1)
    assert "It is a quiet hour" in sentence(app.engine.outbox.claim(letter.id))
    assert app.letters() == (letter,)
    assert steps(app) == []

    told: list[object] = []
    app.engine.outbox.listen(told.extend)
    app.clock.forward(hours=9)
    app.engine.tick()
    assert told == [letter]
    assert app.engine.outbox.claim(letter.id) == letter


def test_quiet_hours_that_outlast_the_window_are_the_end_of_it() -> None:
    """There is no time left at which it could be sent."""
    app = App(
        moment(RUN, guardrails=[QuietHours("22:00", "07:00")], outcome=Outcome("taken", "2h"))
    )
    app.agree(zone="UTC")
    app.clock.forward(hours=9, minutes=59)
    app.run()
    app.clock.forward(minutes=1)

    assert "quiet hour" in sentence(app.engine.outbox.claim(app.letters()[0].id))
    assert steps(app) == ["refused"]


def test_consent_that_ends_during_the_night_is_told_at_once() -> None:
    """When the quiet hours end it would be refused anyway."""
    app = App(moment(RUN, guardrails=[QuietHours("22:00", "07:00")]))
    app.agree(zone="UTC")
    app.clock.forward(hours=9, minutes=59)
    app.engine.consent("ada", CARE, until=app.clock.now.replace(hour=23))
    app.run()
    app.clock.forward(minutes=1)

    assert "has expired" in sentence(app.engine.outbox.claim(app.letters()[0].id))
    assert steps(app) == ["refused"]


def test_a_cap_that_the_letter_itself_reached_does_not_hold_it_back() -> None:
    """It was counted when it was decided."""
    app = App(moment(RUN, guardrails=[Cap(1, "7d")]))
    app.agree()
    app.run()

    assert isinstance(app.engine.outbox.claim(app.letters()[0].id), Letter)


def test_a_letter_whose_window_closed_is_not_sent(app: App) -> None:
    """The first tick afterwards says so; until then it can be claimed no more."""
    (letter,) = app.letters()
    app.clock.forward(days=7)
    assert not app.letters()
    assert "Its window has closed" in sentence(app.engine.outbox.claim(letter.id))
    assert app.engine.outbox.due_at() == letter.until

    assert app.engine.tick() == 1
    assert steps(app) == ["expired"]
    assert "It was not sent. Its window closed before it was sent." in str(
        app.engine.explain(letter.id)
    )


def test_a_letter_claimed_until_its_window_closed_is_unknown(app: App) -> None:
    """Whoever claimed it never said what became of it."""
    (letter,) = app.letters()
    app.engine.outbox.claim(letter.id)
    app.clock.forward(days=7)
    app.engine.tick()

    assert steps(app) == ["claimed", "unknown"]


def test_forgetting_a_person_empties_their_outbox(app: App) -> None:
    """No letter waits, and one that is on its way cannot be settled any more."""
    (letter,) = app.letters()
    app.engine.outbox.claim(letter.id)
    app.engine.forget("ada")

    assert not app.letters()
    assert not app.engine.outbox.settle(letter.id, "sent")
    assert not app.engine.outbox.claim(letter.id)
    app.restart()
    app.clock.forward(days=8)
    app.engine.tick()
    assert steps(app) == []


def test_what_was_sent_and_not_answered_teaches_the_default(app: App) -> None:
    """A week later the missing outcome counts, as it does for what a caller asked for."""
    (letter,) = app.letters()
    app.engine.outbox.claim(letter.id)
    app.engine.outbox.settle(letter.id, "sent")
    app.clock.forward(days=8)
    app.engine.tick()

    assert rewards(app) == [0.0]


@pytest.mark.parametrize("how", ["refused", "failed", "unknown", None])
@pytest.mark.parametrize("restarts", [0, 1])
def test_what_reached_nobody_teaches_nothing(app: App, how: Any, restarts: int) -> None:
    """Nor does what perhaps reached nobody, or was never claimed."""
    (letter,) = app.letters()
    if how:
        app.engine.outbox.claim(letter.id)
        app.engine.outbox.settle(letter.id, how)
    for _ in range(restarts):
        app.restart()
    app.clock.forward(days=8)
    app.engine.decide("shoes.worn", person="ada")  # closes windows, before any tick
    app.engine.tick()

    assert rewards(app) == []


def test_an_outcome_of_what_is_perhaps_unknown_is_learned(app: App) -> None:
    """Who took the offer has seen it."""
    (letter,) = app.letters()
    app.engine.outbox.claim(letter.id)
    app.engine.outbox.settle(letter.id, "unknown")

    assert app.engine.learn(letter.id, outcome="taken")
    assert rewards(app) == [1.0]


def test_what_a_channel_brought_lies_there_while_it_may_be_shown(app: App) -> None:
    """Until its window closes, or the person no longer agrees."""
    outbox, (letter,) = app.engine.outbox, app.letters()
    assert not outbox.lying("ada", "inbox")
    outbox.claim(letter.id)
    outbox.settle(letter.id, "sent")
    app.restart()
    outbox = app.engine.outbox

    assert outbox.lying("ada", "inbox") == (letter,)
    assert not outbox.lying("ada", "webhook")
    app.engine.consent("ada", CARE, granted=False)
    assert not outbox.lying("ada", "inbox")
    app.engine.consent("ada", CARE)
    app.clock.forward(days=8)
    app.engine.tick()
    assert not outbox.lying("ada", "inbox")


def test_what_lies_there_may_be_looked_at_in_quiet_hours() -> None:
    """Nothing new comes, and what came stays: nobody is disturbed by looking."""
    app = App(moment(RUN, guardrails=[QuietHours("22:00", "07:00")]))
    app.agree(zone="UTC")
    app.run()
    (letter,) = app.letters()
    app.engine.outbox.claim(letter.id)
    app.engine.outbox.settle(letter.id, "sent")
    app.clock.forward(hours=11)

    assert app.engine.outbox.lying("ada", "inbox") == (letter,)
    app.engine.consent("ada", CARE, dial=0.0)
    assert not app.engine.outbox.lying("ada", "inbox")


class FullDisk(MemoryStore):
    """Keeps no step of a letter while it is full."""

    is_full = False

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep facts, unless a step of a letter is among them and there is no room."""
        if self.is_full and any(isinstance(fact, Claimed | Settled) for fact in facts):
            raise StoreFailed("The disk is full.")
        super().append(facts)


def test_what_could_not_be_written_did_not_happen() -> None:
    """A claim leaves the letter waiting, a settling leaves it claimed, its end comes later."""
    store = FullDisk()
    app = App(moment(RUN), store=store)
    app.agree("ada", "ben")
    app.run(person="ada")
    app.run(person="ben")
    mine, theirs = app.letters()
    store.is_full = True
    with pytest.raises(StoreFailed):
        app.engine.outbox.claim(mine.id)
    store.is_full = False
    assert app.engine.outbox.claim(mine.id) == mine
    store.is_full = True
    with pytest.raises(StoreFailed):
        app.engine.outbox.settle(mine.id, "sent")
    app.clock.forward(days=8)
    with pytest.raises(StoreFailed):
        app.engine.tick()
    store.is_full = False
    app.engine.tick()

    assert sorted(steps(app)) == ["claimed", "expired", "unknown"]
    assert not app.engine.outbox.claim(theirs.id)


def test_listeners_are_told_of_new_letters_and_of_those_that_came_back(app: App) -> None:
    """Until they listen no more."""
    told: list[str] = []
    end = app.engine.outbox.listen(lambda new: told.extend(one.id for one in new))
    app.clock.forward(days=2)
    app.run()
    _, new = app.letters()
    app.engine.outbox.claim(new.id)
    app.engine.outbox.settle(new.id, "returned")
    assert told == [new.id, new.id]

    end()
    end()
    app.clock.forward(days=2)
    app.run()
    assert told == [new.id, new.id]


def test_the_explanation_says_what_became_of_it(app: App) -> None:
    """While it waits, while it is claimed, once it was brought."""
    (letter,) = app.letters()

    def says() -> str:
        return app.engine.explain(letter.id).sentences[-1]

    assert says() == "It waits for `inbox` to bring it."
    app.engine.outbox.claim(letter.id)
    assert says() == "`inbox` has taken it; what became of it is not known yet."
    app.engine.outbox.settle(letter.id, "sent")
    assert says() == "It was brought by `inbox`."


def test_nothing_is_a_letter_only_where_there_is_something_to_bring() -> None:
    """A fallback is done by doing nothing, and so is what waits for somebody's yes."""
    app = App(
        moment(KM, default="offer"),
        moment(RUN, actions=[Action("call", risk="human")]),
    )
    app.agree()
    app.run()

    assert app.opened()[0].forced
    assert not app.letters()
    assert app.engine.observe(Signal("run.finished", "ada"), purpose=TRAINING)
