"""People through the whole loop: what happens to them in words, what is said held true."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from engines import NOW, PURPOSE, SHOP, Clock, agreed, engine_on, lived, shop

from penchant import (
    Action,
    Cap,
    Decision,
    Engine,
    Moment,
    Outcome,
    QuietHours,
    Refused,
    Signal,
)
from penchant.errors import UnknownDecision

CROWD = tuple(f"p{i}" for i in range(40))
SPORTS = {action.name: action.features["sport"] for action in SHOP}


def loving(sport: str, decision: Decision) -> float:
    """Give the reward of somebody who wants one sport and nothing else."""
    return float(SPORTS.get(decision.action.name) == sport)


NEW = ("ada", "bea")


def crowded(clock: Clock | None = None, *, rounds: int = 20, seed: int = 7) -> Engine:
    """Give a shop where many people have been before, each with a taste of their own."""
    engine = engine_on(clock=clock, seed=seed)
    engine.declare(shop())
    agreed(engine, *CROWD)
    lived(engine, CROWD, rounds)
    return engine


def visits(engine: Engine, person: str, sport: str, times: int) -> list[Decision]:
    """Let somebody come so many times, each with an answer."""
    made = []
    for turn in range(times):
        decision = engine.decide("home.hero", person=person, context={"hour": 9 + turn % 3})
        engine.learn(decision.id, reward=loving(sport, decision))
        made.append(decision)
    return made


def likely(engine: Engine, person: str | None) -> str:
    """Give what is most likely shown to somebody now."""
    decision = engine.decide("home.hero", person=person, context={"hour": 9})
    return max(decision.propensities, key=lambda name: decision.propensities[name])


def test_ada_is_known_by_her_own_taste() -> None:
    """Ada only ever wants to swim. Soon she sees fins; bea, who is new, sees what people like."""
    engine = crowded(seed=1)  # a crowd that does not want fins most itself
    agreed(engine, *NEW)
    before = [engine.decide("home.hero", person=one, context={"hour": 9}) for one in NEW]

    assert before[0].propensities == before[1].propensities
    visits(engine, "ada", "swim", 25)

    assert likely(engine, "ada") == "fins"
    assert likely(engine, "bea") == likely(engine, None)
    known = {belief.name: belief for belief in engine.profile("ada").beliefs}
    assert known["taste at home.hero"].says.startswith("learned from 25 outcomes: ")
    assert 0.1 < known["taste at home.hero"].sure < 1.0
    assert known["taste at home.hero: sport=swim"].says.startswith("leans to sport=swim")

    visits(engine, "ada", "swim", 40)  # interests compare, and she saw little but fins at first
    known = {belief.name: belief for belief in engine.profile("ada").beliefs}
    assert "leans to sport=swim" in known["interests"].says


def test_ada_withdraws_and_comes_back() -> None:
    """From the next decision on nothing is personal; when she agrees again, she is known again."""
    engine = crowded()
    agreed(engine, "ada")
    visits(engine, "ada", "swim", 20)
    assert engine.consent("ada", PURPOSE, granted=False)
    without = engine.decide("home.hero", person="ada")

    assert without.action.name == "nothing"
    assert without.propensity == 1.0
    assert without.mode == "neutral"
    assert without.belief == without.expected == ()
    assert without.context == {}
    assert without.consent is not None
    assert without.consent.state == "withdrawn"
    sentence = f"Nothing was personalised: consent for `{PURPOSE}` was withdrawn."
    assert [reason.sentence for reason in without.reasons] == [sentence]
    assert sentence in engine.explain(without.id).sentences

    agreed(engine, "ada")
    assert likely(engine, "ada") == "fins"


def test_nothing_is_decided_for_who_was_never_asked() -> None:
    """A stranger gets the default of the moment, where one stands for nothing."""
    engine = engine_on()
    engine.declare(shop(default="ball"))
    asked = engine.decide("home.hero", person="zoe")
    ended = engine.consent("yan", PURPOSE, until=NOW)
    late = engine.decide("home.hero", person="yan")

    assert asked.action == SHOP[3]
    assert "was not asked" in asked.reasons[0].sentence
    assert ended
    assert late.action == SHOP[3]
    assert "has expired" in late.reasons[0].sentence


def test_a_moment_that_does_not_profile_answers_everybody_alike() -> None:
    """Without consent it gives what nobody would be given, and learns nothing of the person."""
    engine = crowded()
    engine.declare(shop(non_profiling=True))
    asked = engine.decide("home.hero", person="zoe", context={"hour": 9}, draw=0.5)
    nobody = engine.decide("home.hero", context={"hour": 9}, draw=0.5)

    assert asked.weights == nobody.weights
    assert asked.action == nobody.action
    assert asked.mode == "neutral"
    assert asked.belief == ()
    assert "was not asked" in asked.reasons[0].sentence
    assert isinstance(engine.learn(asked.id, reward=1.0), Refused)
    assert [b.name for b in engine.profile("zoe").beliefs if b.name.startswith("taste")] == []


def test_the_dial_bounds_what_may_be_asked_of_bea() -> None:
    """At 0.3 she gets a note but no call; at 1 both may come; at 0 nothing does."""
    engine = engine_on()
    actions = [Action("note", burden=0.2), Action("call", burden=0.7)]
    engine.declare(Moment("coach", purpose="coaching", actions=actions))
    names = []
    for dial in (0.3, 1.0, 0.0):
        engine.consent("bea", "coaching", dial=dial)
        names.append(engine.decide("coach", person="bea"))

    assert [one.names for one in names] == [
        ("note", "nothing"),
        ("note", "call", "nothing"),
        ("nothing",),
    ]
    assert names[0].removed[0].sentence == (
        "Its burden of 0.7 is above the dial for `coaching`, which stands at 0.3."
    )
    told = engine.explain(names[0].id)
    assert f"`call` was left out. {names[0].removed[0].sentence}" in told.sentences
    assert "the dial for `coaching` stands at 0" in names[2].reasons[0].sentence


BERLIN = ZoneInfo("Europe/Berlin")


def at_home(clock: Clock, hour: int, minute: int = 0, *, day: int = 22, month: int = 11) -> None:
    """Set the clock to a time on ada's wall in Berlin, 2026."""
    clock.now = datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def settled_in_berlin(engine: Engine) -> None:
    """Let ada agree, say where she lives, and what she never wants."""
    agreed(engine, "ada")
    engine.observe(
        Signal("trait.stated", "ada", data={"time_zone": "Europe/Berlin"}), purpose=PURPOSE
    )
    engine.observe(
        Signal(
            "never.stated",
            "ada",
            data={
                "name": "night",
                "text": "no bikes at night",
                "action": "bike",
                "start": "22:00",
                "end": "07:00",
            },
        )
    )


def test_never_at_night_is_kept_by_her_own_clock() -> None:
    """No bike from ten at night to seven in Berlin; by day it may come; lifted, at any hour."""
    clock = Clock()
    engine = crowded(clock)
    settled_in_berlin(engine)
    seen = {}
    for hour, minute in ((21, 59), (22, 0), (3, 0), (6, 59), (7, 0)):
        at_home(clock, hour, minute, day=23 if hour > 7 else 24)
        seen[hour, minute] = engine.decide("home.hero", person="ada")
    night = seen[22, 0]

    assert [time for time, one in seen.items() if "bike" in one.names] == [(21, 59), (7, 0)]
    assert night.removed[0].rule == "nevers"
    assert night.removed[0].sentence == (
        "The person's rule “no bikes at night” applies from 22:00 to 07:00."
    )
    at_home(clock, 23, day=25)
    engine.observe(Signal("never.lifted", "ada", data={"name": "night"}))
    assert "bike" in engine.decide("home.hero", person="ada").names


@pytest.mark.parametrize(
    ("times", "is_quiet"),
    [
        (("2026-10-25T00:30Z", "2026-10-25T01:30Z", "2026-10-25T02:30Z"), (1, 1, 0)),
        (("2026-03-29T00:30Z", "2026-03-29T01:30Z", "2026-03-29T02:00Z"), (1, 0, 0)),
    ],
)
def test_quiet_hours_follow_the_wall_clock_over_a_change(
    times: Sequence[str], is_quiet: Sequence[int]
) -> None:
    """Until 03:00 in Berlin: an hour that comes twice is quiet twice, one skipped never."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(shop(guardrails=[QuietHours("23:00", "03:00", zone="America/New_York")]))
    clock.now = datetime.fromisoformat("2026-03-01T12:00Z")
    settled_in_berlin(engine)
    quiet = []
    for time in times:
        clock.now = max(clock.now, datetime.fromisoformat(time))
        decision = engine.decide("home.hero", person="ada", at=datetime.fromisoformat(time))
        quiet.append(int(decision.names == ("nothing",)))

    assert quiet == list(is_quiet)


def test_two_notes_a_day_are_enough() -> None:
    """A cap counts what was done, not when nothing was; a day later there is room again."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(
        Moment("coach", purpose="coaching", actions=[Action("note")], guardrails=[Cap(2, "1d")])
    )
    engine.consent("bea", "coaching")
    made = []
    for draw in (0.9, 0.1, 0.9, 0.1, 0.1):  # the first half of the draws is the note
        made.append(engine.decide("coach", person="bea", draw=draw))
        clock.forward(hours=1)
    reopened = made[-1]

    assert [one.action.name for one in made] == ["nothing", "note", "nothing", "note", "nothing"]
    assert made[3].names == ("note", "nothing")
    assert reopened.names == ("nothing",)
    assert reopened.removed[0].sentence == (
        "`coach` may act at most 2 times within `1d`, and it has."
    )
    clock.forward(hours=20)
    assert engine.decide("coach", person="bea").names == ("note", "nothing")


def test_what_needs_a_yes_is_drawn_but_not_done() -> None:
    """The record keeps what was drawn and its chance; nothing happens, and nothing is learned."""
    engine = engine_on()
    loan = Action("loan", risk="human")
    engine.declare(Moment("bank", purpose="money", actions=[loan]))
    engine.consent("cleo", "money")
    decision = engine.decide("bank", person="cleo", draw=0.1)

    assert (decision.drawn, decision.action.name) == ("loan", "nothing")
    assert decision.propensity == decision.propensities["loan"]
    assert not decision.executed
    assert (
        "`loan` was drawn, but not done. It needs a human's yes before it is done."
        in engine.explain(decision.id).sentences
    )
    assert engine.learn(decision.id, reward=1.0)
    assert engine.decide("bank", person="cleo").version == 0


def test_a_visitor_signs_in_and_it_is_undone() -> None:
    """A visitor without a name wants to run, ada to swim. Together they are one, then two again."""
    engine = crowded()
    agreed(engine, "ada", "anon-7")
    visits(engine, "anon-7", "run", 40)
    visits(engine, "ada", "swim", 6)
    alone = {person: personal(engine, person) for person in ("ada", "anon-7")}
    assert likely(engine, "anon-7") == "sneakers"

    assert engine.observe(Signal("person.merged", "ada", data={"from": "anon-7"}))
    together = {person: personal(engine, person) for person in ("ada", "anon-7")}
    assert together["ada"] == together["anon-7"]
    assert likely(engine, "ada") == "sneakers"
    assert engine.profile("anon-7") == engine.profile("ada")
    assert engine.profile("ada").known_as == ("anon-7",)
    assert outcomes(engine, "ada") == 46

    assert engine.observe(Signal("person.unmerged", "ada", data={"from": "anon-7"}))
    for person, before in alone.items():
        assert personal(engine, person) == pytest.approx(before, abs=1e-9)
    assert outcomes(engine, "ada") == 6
    assert outcomes(engine, "anon-7") == 40
    assert engine.profile("ada").known_as == ()


def personal(engine: Engine, person: str) -> tuple[float, ...]:
    """Give what a person adds to each action."""
    return engine.decide("home.hero", person=person, context={"hour": 9}, draw=0.5).personal


def outcomes(engine: Engine, person: str) -> float:
    """Count the outcomes a person was learned from."""
    beliefs = {belief.name: belief for belief in engine.profile(person).beliefs}
    return beliefs["taste at home.hero"].data["outcomes"]


def test_who_signs_in_is_under_the_rules_of_both() -> None:
    """A never of the visitor holds for ada, too; both ids are forgotten together."""
    engine = crowded()
    agreed(engine, "ada", "anon-7")
    rule = {"name": "bikes", "text": "no bikes", "action": "bike"}
    engine.observe(Signal("never.stated", "anon-7", data=rule))
    engine.observe(Signal("person.merged", "ada", data={"from": "anon-7"}))
    for person in ("ada", "anon-7"):
        assert "bike" not in engine.decide("home.hero", person=person).names

    receipt = engine.forget("anon-7")
    assert receipt.entries > 4
    assert engine.export("ada") == engine.export("anon-7") == ""
    assert engine.decide("home.hero", person="ada").names == ("nothing",)


def test_ada_is_forgotten() -> None:
    """Nothing of her can be read, explained or learned from again; the crowd stays as it was."""
    engine = crowded()
    agreed(engine, "ada")
    waiting, *others = visits(engine, "ada", "swim", 10)
    open_one = engine.decide("home.hero", person="ada")
    crowd = [personal(engine, person) for person in CROWD[:5]]
    receipt = engine.forget("ada")

    assert receipt.outcomes == 10
    assert "ada" not in receipt.pseudonym
    assert engine.export("ada") == ""
    assert isinstance(engine.learn(open_one.id, reward=1.0), Refused)
    for decision in (waiting, *others, open_one):
        with pytest.raises(UnknownDecision, match="forgotten"):
            engine.explain(decision.id)
    again = engine.decide("home.hero", person="ada")
    assert "was not asked" in again.reasons[0].sentence
    agreed(engine, "ada", "somebody-new")
    known = engine.decide("home.hero", person="ada")
    assert known.propensities == engine.decide("home.hero", person="somebody-new").propensities
    assert engine.forget("nobody-of-that-name").entries == 0
    for before, person in zip(crowd, CROWD, strict=False):
        assert personal(engine, person) == pytest.approx(before, abs=1e-6)


def test_what_ada_told_a_purpose_stays_with_it() -> None:
    """Her goal and shoe size count where she stated them, as features and in words."""
    engine = crowded()
    agreed(engine, "ada")
    engine.consent("ada", "research")
    said = [
        Signal("trait.stated", "ada", data={"shoe": 38}),
        Signal("goal.stated", "ada", data={"name": "5k", "text": "run 5 km", "progress": 0.4}),
    ]
    assert all(engine.observe(said, purpose=PURPOSE))
    assert engine.observe(Signal("trait.stated", "ada", data={"income": 3}), purpose="research")
    context = engine.decide("home.hero", person="ada", context={"hour": 9}).context

    assert context == {"hour": 9, "person.shoe": 38, "goal.5k": 0.4}
    profile = engine.profile("ada")
    assert [goal.text for goal in profile.goals] == ["run 5 km"]
    assert {trait.name for trait in profile.traits} == {"shoe", "income"}


def test_a_decision_explains_itself_truly() -> None:
    """Each number in a sentence is the number behind it: chance, shares, what looked better."""
    engine = crowded()
    agreed(engine, "ada")
    visits(engine, "ada", "swim", 30)
    dice = np.random.default_rng(4)
    shares, tries = 0, 0
    for person in ("ada", *CROWD[:12]):
        for draw in (0.5, *dice.uniform(0.9, 1.0, 4)):
            context = {"hour": int(dice.integers(24)), "device": "phone"}
            decision = engine.decide("home.hero", person=person, context=context, draw=float(draw))
            told = engine.explain(decision.id)
            scores = np.add(decision.expected, decision.personal)
            place = decision.names.index(decision.action.name)
            other = decision.names.index(told.runner_up)
            mine = decision.personal[place] - decision.personal[other]
            theirs = decision.expected[place] - decision.expected[other]

            assert told.sentences[0] == (
                f"`{decision.action.name}` was chosen; "
                f"its chance was {100 * decision.propensity:.3g} %."
            )
            assert other == max(
                (i for i in range(len(scores)) if i != place), key=lambda i: scores[i]
            )
            assert told.person_share == pytest.approx(
                abs(mine) / (abs(mine) + abs(theirs)), abs=1e-9
            )
            share = re.search(r"This was (\d+) % you and (\d+) %", str(told))
            assert share is not None
            assert int(share[1]) == round(100 * told.person_share)
            assert int(share[1]) + int(share[2]) == 100
            assert ("lean the other way" in str(told)) == (
                mine * theirs < 0 and 0 < int(share[1]) < 100
            )
            assert told.explored == (scores[other] > scores[place] + 1e-9)
            if told.explored:
                lost = scores[other] - scores[place]
                assert f"`{told.runner_up}` looked better by {lost:.2g}" in told.sentences[1]
            shares, tries = shares + 1, tries + told.explored
            assert decision.reasons == told.reasons

    assert shares == 65
    assert tries > 5


def test_a_moment_declared_again_keeps_what_was_learned() -> None:
    """A new action beside the old ones is tried soon; tastes for the old ones stay."""
    engine = crowded()
    agreed(engine, "ada")
    visits(engine, "ada", "swim", 20)
    engine.declare(shop([*SHOP, Action("kayak", features={"sport": "row", "price": 900})]))

    assert likely(engine, "ada") == "fins"
    SPORTS["kayak"] = "row"
    tried = 0
    for _ in range(15):
        lived_on = [visits(engine, person, "row", 1)[0] for person in CROWD]
        tried += sum(one.action.name == "kayak" for one in lived_on)
    assert tried > 300
    assert likely(engine, "new") == "nothing"  # never asked
    agreed(engine, "new")
    assert likely(engine, "new") == "kayak"


def test_a_missing_answer_counts_as_the_default_of_its_outcome() -> None:
    """Who never clicks has shown something, too: after the window it counts as 0."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(
        Moment("m", purpose="p", actions=[Action("a")], outcome=Outcome("clicked", window="30m"))
    )
    engine.declare(
        Moment("quiet", purpose="p", actions=[Action("a")], outcome=Outcome("c", "30m", None))
    )
    engine.consent("ada", "p")
    for _ in range(3):
        engine.decide("m", person="ada")
        engine.decide("quiet", person="ada")
    clock.forward(minutes=31)

    assert engine.tick() == 6
    assert engine.export("ada").count('"origin":"missing"') == 3
    assert engine.decide("m", person="ada").version == 0


def test_the_last_word_counts() -> None:
    """Said in one breath, or with a clock that stands still between two calls."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada")
    rule = {"name": "n", "text": "no bikes", "action": "bike"}
    said = [
        Signal("trait.stated", "ada", data={"shoe": 39}),
        Signal("trait.stated", "ada", data={"shoe": 38}),
        Signal("never.stated", "ada", data=rule),
        Signal("never.lifted", "ada", data={"name": "n"}),
    ]
    assert all(engine.observe(said, purpose=PURPOSE))
    assert [trait.value for trait in engine.profile("ada").traits] == [38]
    assert engine.profile("ada").nevers == ()

    assert engine.observe(said[2])
    assert "bike" not in engine.decide("home.hero", person="ada").names
    assert engine.observe(said[3])
    assert "bike" in engine.decide("home.hero", person="ada").names
