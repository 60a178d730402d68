"""The page of candidates: what to promote, and "cannot say" where nothing can be said."""

import threading
from typing import Any

import pytest
from adapters.console.judged import PLACE, judged, settled
from adapters.console.visited import visited
from engines import agreed, engine_on, shop

from penchant import Action, Outcome
from penchant.adapters.console import judging
from penchant.adapters.console.judging import Judging
from penchant.errors import BadInput
from penchant.learn.evaluate import evaluated


def test_the_better_candidate_is_named_first() -> None:
    """The answer names what to promote; the worse one is to be left; each has its interval."""
    with visited(judged()) as visitor:
        page = settled(visitor, f"{PLACE}?moment=home.hero")

        assert "always run would earn more than what was done" in page.text
        assert "Promote it." in page.text
        assert "Leave it, or roll it back." in page.text
        assert "even chance" in page.text
        for part in ("What it rests on", "Mean weight", "Each action was taken as often", "70"):
            assert part in page.text
        assert page.status == 200
        assert "penchant evaluate home.hero" in page.text


def test_another_policy_may_be_in_force() -> None:
    """Links choose what candidates are held against; numbers can be exported as they stand."""
    with visited(judged()) as visitor:
        first = settled(visitor, f"{PLACE}?moment=home.hero")
        link = next(one for one in first.links() if one.endswith("against=always%20swim"))
        page = settled(visitor, link)
        table = visitor.call("GET", f"{link}&csv=gain").text.splitlines()

        assert "would earn more than always swim" in page.text
        assert table[0] == "candidate,more,low,high,verdict,weighs like,why not"
        assert any(line.startswith("always run,") and ",promote," in line for line in table)
        assert not any(line.startswith("always swim,") for line in table)


def test_what_cannot_be_said_has_a_place_of_its_own() -> None:
    """With few outcomes every candidate says why, and none has a number."""
    with visited() as visitor:
        page = settled(visitor, f"{PLACE}?moment=home.hero")

        assert page.text.count("The log has 180 rows, and fewer than 200 show too little.") == 2
        assert "Cannot say." in page.text
        assert "as logged" in page.text
        assert "Promote" not in page.text


def test_candidates_that_cannot_be_judged_stand_beside_those_that_can() -> None:
    """An action taken too seldom to judge says so in its own row; the others have their numbers."""
    with visited(judged(seldom=True)) as visitor:
        page = settled(visitor, f"{PLACE}?moment=home.hero")
        table = visitor.call("GET", f"{PLACE}?moment=home.hero&csv=gain").text

        assert "weigh like" in page.text
        assert "Cannot say" in page.text
        assert ",cannot say," in table
        assert ",roll back," in table or ",keep looking," in table


@pytest.mark.parametrize(
    ("actions", "people", "says"),
    [
        (("run", "swim"), 350, "All 300 rewards are 1, so nothing can be said"),
        (("run", "swim"), 1, "All 300 rewards are 1, so nothing can be said"),
        (("run",), 350, "one action only"),
    ],
)
def test_a_moment_that_tells_nothing_apart_says_so(
    actions: tuple[str, ...], people: int, says: str
) -> None:
    """Rewards all equal, one action only: no candidate has a number."""
    engine = engine_on()
    known = [Action(name) for name in actions]
    engine.declare(shop(known, default=actions[0]))
    agreed(engine, *(f"p{number}" for number in range(people)))
    for number in range(300):
        engine.learn(engine.decide("home.hero", person=f"p{number % people}").id, reward=1.0)
    with visited(engine) as visitor:
        page = settled(visitor, f"{PLACE}?moment=home.hero")

        assert says in page.text
        assert "Promote" not in page.text


def test_actions_that_were_renamed_are_judged_each_by_its_name() -> None:
    """What has another name is another action; of one that came late little is known, and said."""
    engine = judged()
    engine.declare(
        shop([Action("jog"), Action("swim")], default="swim", outcome=Outcome("clicked", "30m"))
    )
    for number in range(60):
        decision = engine.decide("home.hero", person=f"p{number}")
        engine.learn(decision.id, reward=float(decision.action.name == "jog"))
    with visited(engine) as visitor:
        table = settled(visitor, f"{PLACE}?moment=home.hero").text

        for name in ("always run", "always jog", "always swim"):
            assert name in table
        assert "Cannot say" in table


def test_a_moment_leads_to_its_candidates() -> None:
    """The page of a moment links here; nowhere and nobody are said so."""
    with visited() as visitor:
        assert (
            "/console/judge?moment=home.hero"
            in visitor.get("/console/moment?name=home.hero").links()
        )
        assert visitor.get(f"{PLACE}?moment=nowhere").status == 404
        wrong = settled(visitor, f"{PLACE}?moment=home.hero&against=a%20guess")
        assert wrong.status == 404
        assert "There is no policy a guess to judge here" in wrong.text


def test_an_apprentice_is_told_how_well_it_matches() -> None:
    """The first sentence is the match; the moment's page says that the host's logic decides."""
    engine = engine_on()
    engine.declare(shop(apprentice=True))
    with visited(engine) as visitor:
        for number in range(30):
            agreed(engine, f"p{number}")
            engine.decide("home.hero", person=f"p{number}", actions=["fins", "bike"])
        page = settled(visitor, f"{PLACE}?moment=home.hero")

        assert "Apprentice: cannot say yet. 30 decisions of 30 people show too little" in page.text
        assert "an apprentice looked on: 30" in page.text
        assert "your own logic decides" in visitor.get("/console/moment?name=home.hero").text


def test_until_it_is_judged_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long: the page tells that it is being judged, and then what was found."""
    may_go = threading.Event()
    asked = evaluated

    def slowly(*given: Any, **more: Any) -> Any:
        may_go.wait(30)
        return asked(*given, **more)

    monkeypatch.setattr(judging, "evaluated", slowly)
    monkeypatch.setattr(judging, "PATIENCE_SECONDS", 0.01)
    with visited() as visitor:
        first = visitor.get(f"{PLACE}?moment=home.hero")
        may_go.set()
        then = settled(visitor, f"{PLACE}?moment=home.hero")

    assert "Still reckoning." in first.text
    assert "Look again" in first.text
    assert "Being judged" not in then.text


def test_an_earlier_answer_stands_until_a_newer_is_known() -> None:
    """The same outcomes are judged once; with more of them the earlier answer is still there."""
    engine = engine_on()
    engine.declare(shop())
    ask = Judging(engine, patience_seconds=60.0)

    first, is_newer = ask.ask("home.hero", "", 0)
    again, _ = ask.ask("home.hero", "", 0)
    more, _ = ask.ask("home.hero", "", 1)

    assert first is not None
    assert not is_newer
    assert again is first
    assert more is not None
    assert more.n_outcomes == 1


def test_what_goes_wrong_beside_the_page_is_raised_on_it() -> None:
    """An error of the thread is that of the question, and the next question is asked afresh."""
    engine = engine_on()
    engine.declare(shop())
    ask = Judging(engine, patience_seconds=60.0)

    for _ in range(2):
        with pytest.raises(BadInput, match="There is no policy"):
            ask.ask("home.hero", "a guess", 0)


def test_only_the_latest_answers_are_kept() -> None:
    """However many moments and policies are asked about, memory is bounded."""
    engine = engine_on()
    engine.declare(shop())
    ask = Judging(engine, patience_seconds=60.0)
    for number in range(judging.KEPT + 3):
        ask.ask("home.hero", "even chance" if number % 2 else "", number)

    assert len(ask._kept) <= judging.KEPT  # noqa: SLF001 - what is kept is not to be seen otherwise
