"""Sentences of the console: each case is said, and said right."""

import math
from datetime import date, timedelta
from typing import get_args, get_type_hints

import numpy as np
import pytest
from engines import NOW, PURPOSE

from penchant import Action, Consent, Decision, Never, Profile, Signal
from penchant.adapters.console.comparing import (
    difference_words,
    health_figure,
    health_sentence,
    power_sentence,
    rates_figure,
    running_figure,
    verdict,
)
from penchant.adapters.console.timeline import SETTLED, timeline
from penchant.adapters.console.wording import (
    Unit,
    ago,
    code,
    conditions,
    how,
    percentage,
    plain,
    third_person,
    three,
)
from penchant.journal import (
    Claimed,
    Consented,
    Decided,
    Fact,
    Learned,
    Linked,
    Observed,
    Settled,
)
from penchant.learn.confidence import Estimate, Outcomes, compared, outcomes_of
from penchant.runtime.insight.readings import Compared, Health, PersonReading, Running

SHARES, STEPS = (0.0, 1.0), (0.0, 2_000.0)


def outcomes(n: int, mine: float, other: float) -> Outcomes:
    """Give outcomes of a fair lot between what the engine does and what neutral would."""
    first, order = np.arange(n) % 2 == 0, np.arange(n) // 2 % 100
    rewards = np.where(first, order < 100 * mine, order < 100 * other).astype(np.float64)
    return outcomes_of(rewards, np.where(first, 0.0, 2.0), np.ones(n), np.ones(n))


def told(n: int, mine: float, other: float, unit: tuple[float, float] = SHARES) -> Compared:
    """Give a comparison of so many outcomes."""
    found = compared([outcomes(n, mine, other)])
    assert found is not None
    return Compared("home.hero", *unit, found)


def unsupported() -> Compared:
    """Give a comparison in which the neutral answer had no chance."""
    found = compared([outcomes(400, 0.6, 0.4)._replace(chi=math.inf, reach=math.inf)])
    assert found is not None
    return Compared("home.hero", *SHARES, found)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "What followed is not known yet, so it cannot be held against the neutral answer."),
        (told(40_000, 0.6, 0.4), "It did better than the neutral answer by 10.0 points (9.14 to"),
        (told(40_000, 0.4, 0.6), "It did worse than the neutral answer by 10.0 points (9.14 to"),
        (told(400, 0.5, 0.48), "cannot be told yet: the difference is +1.00 points (−"),
        (told(400, 0.5, 0.48, STEPS), "the difference is +20.0 (−"),
        (told(400, 0.5, 0.48, STEPS), ", on rewards from 0 to 2,000)."),
        (unsupported(), "somewhere that one had no chance."),
    ],
)
def test_the_verdict_fits_the_interval(given: Compared | None, sentence: str) -> None:
    """Better, worse, not yet, not at all: what is said is what the interval says."""
    assert sentence in verdict(given).striptags()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (unsupported(), "Set `explore` above 0"),
        (told(2, 0.6, 0.4), "too few outcomes"),
        (told(40_000, 0.6, 0.4), "points would be seen by now, in 80 % of cases."),
        (told(4_000, 0.5, 0.49), "to see the present one takes about"),
        (told(4_000, 0.5, 0.5), "one as small as the present one is out of reach."),
    ],
)
def test_what_could_be_seen_is_said(given: Compared, sentence: str) -> None:
    """The smallest effect that would be seen, and how many outcomes are missing."""
    assert sentence in power_sentence(given)


def test_figures_without_outcomes_teach() -> None:
    """Where nothing followed, a figure says what to do instead of drawing nothing."""
    assert "penchant learn" in str(rates_figure(None).empty)
    assert running_figure((), None).empty
    assert health_figure([]).empty
    assert difference_words(None) == "nothing followed yet"
    assert difference_words(unsupported()) == "cannot be said"


def test_one_day_is_a_row_and_several_are_a_line() -> None:
    """A line takes two days; one day is shown as an estimate."""
    given = told(400, 0.6, 0.4)
    days = [Running(date(2026, 11, day), 400, given.comparison.difference) for day in (1, 2)]

    assert running_figure(days[:1], given).rows
    assert "<polyline" in running_figure(days, given).picture
    assert len(running_figure(days, given).table.rows) == 2


@pytest.mark.parametrize(
    ("health", "sentence"),
    [
        (Health("m", 0.01, 10, 1_000, 0.5, None), "as it should be."),
        (Health("m", 0.01, 90, 1_000, 1e9, None), "something else decides who is treated how."),
        (Health("m", 0.01, 10, 1_000, 0.5, Estimate(2.0, 1.5, 2.5)), "do not fit what was drawn."),
    ],
)
def test_health_is_said(health: Health, sentence: str) -> None:
    """A share that fits, one that does not, and propensities that do not."""
    assert sentence in health_sentence(health)


def decision(**given: object) -> Decision:
    """Give a decision of ada's."""
    fields: dict[str, object] = {
        "id": "d-1",
        "moment": "home.hero",
        "person": "ada",
        "at": NOW,
        "action": Action("tip"),
        "propensity": 0.5,
        "mode": "personal",
        "names": ("tip", "nothing"),
        "weights": (0.5, 0.5),
        "neutral": (0.5, 0.5),
    }
    return Decision(**{**fields, **given})  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "for the person"),
        ({"mode": "neutral"}, "by the neutral share"),
        ({"person": None}, "for anybody"),
        ({"names": ("tip",)}, "nothing else left"),
        ({"forced": "It waits."}, "not done"),
    ],
)
def test_how_a_decision_was_taken_is_said(given: dict[str, object], words: str) -> None:
    """In two words, whatever the way."""
    assert how(decision(**given)) == words


def test_numbers_that_are_none_are_said_in_words() -> None:
    """What is not known or endless is no number."""
    assert three(math.nan) == percentage(math.nan) == "not known"
    assert three(math.inf) == "endless"
    assert Unit(*SHARES).say_estimate(Estimate(math.nan, 0.0, 1.0)) == "cannot be said"
    assert Unit(*STEPS).name == "reward"
    assert Unit(*SHARES).name == "points"


def test_values_are_said_as_people_write_them() -> None:
    """Large numbers are grouped, lists counted, odd backticks left alone."""
    assert plain(12_345) == plain(12_345.0) == "12,345"
    assert plain(-5) == "−5"
    assert plain([1.0]) == "1 number"
    assert code("an ` odd one") == "an ` odd one"
    assert ago(NOW + timedelta(hours=2), NOW) == "in 2 hours"
    assert third_person("This was a try; you were treated as somebody new.").count("they") == 1


def test_conditions_of_a_rule_are_said() -> None:
    """Every condition that is given is named."""
    rule = Never("x", "x", NOW, action="call", feature="loud", channel="push", start="1", end="2")

    assert conditions(rule) == "action call, loud yes, channel push, from 1 to 2"


def reading(*facts: Fact) -> PersonReading:
    """Give the reading of somebody with some facts."""
    profile = Profile("ada")
    return PersonReading(
        *("ada", NOW, NOW, profile, ("ada",), "", len(facts), 0, 0, NOW, facts, (), (), (), {})
    )


def test_each_fact_has_its_words() -> None:
    """Every sort of fact of a person stands in the timeline, with its decision where it has one."""
    learned = Learned("ada", NOW, "d-1", "home.hero", 0.0, 0.0, 0.1, 1, origin="missing")
    facts: tuple[Fact, ...] = (
        Observed("ada", NOW, Signal("shop.viewed", "ada", NOW, data={"item": "fins"}), PURPOSE),
        Observed("ada", NOW, Signal("shop.left", "ada", NOW), PURPOSE),
        Consented("ada", NOW, Consent(PURPOSE, "not_asked")),
        Decided("ada", NOW, decision()),
        learned,
        Claimed("ada", NOW, "d-1", "push"),
        Settled("ada", NOW, "d-1", "failed", "It answered 500.", "push"),
        Linked("ada", NOW, "eve"),
        Linked("ada", NOW),
    )
    events = timeline(reading(*facts))

    assert [(one.sort, one.what.striptags(), one.decision) for one in events] == [
        ("signal", "shop.viewed item fins", ""),
        ("signal", "shop.left", ""),
        ("consent", f"{PURPOSE} not asked, dial 0", ""),
        ("decision", "tip at home.hero", "d-1"),
        ("outcome", "reward 0 at home.hero, as nothing came in time", "d-1"),
        ("delivery", "taken to be sent by push", "d-1"),
        ("delivery", "could not be sent: It answered 500.", "d-1"),
        ("identity", "known to be eve", ""),
        ("identity", "known apart again", ""),
    ]


def test_every_end_of_a_letter_has_its_words() -> None:
    """What can become of a decision that was to be sent is said."""
    assert set(SETTLED) == set(get_args(get_type_hints(Settled)["how"]))
