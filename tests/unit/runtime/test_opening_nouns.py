"""Openings as declared: what is refused, what they are known by, what is said of them."""

from typing import Any

import pytest
from engines import NOW, engine_on, shop

from penchant import Action, Moment
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import BadInput, BadName, BadNumber
from penchant.journal import Declared, decode, encode
from penchant.limits import Limits
from penchant.openings import AtTime, OnLevel, OnSignal, Opening
from penchant.runtime.declaring import check_moment
from penchant.runtime.opening.opening_nouns import opening_key, said

MONDAY: Any = ["monday"]
TEXT: Any = "mon"
LIST: Any = {"a": [1.0]}
MEAN: Any = "mean"
KM = OnLevel("run.finished", 800, field="km", since="shoes.replaced")


def moment(*opens: object) -> Moment:
    """Give a moment that is opened by what is given."""
    return Moment("nudge", "coaching", [Action("tip")], opens=opens)  # type: ignore[arg-type]  # bad ones too


@pytest.mark.parametrize(
    ("opening", "error", "sentence"),
    [
        (AtTime("25:00"), BadInput, "The time `25:00` of an opening of moment `nudge` is none"),
        (AtTime("9am"), BadInput, "The time `9am`"),
        (AtTime(zone="Middle/Earth"), BadInput, "The zone `Middle/Earth` .* is not a known one"),
        (AtTime(days=MONDAY), BadInput, "invalid enum value 'monday'|Invalid enum value"),
        (AtTime(days=TEXT), BadInput, "Expected `array`"),
        (AtTime(late="soon"), BadNumber, "`late` of an opening of moment `nudge`"),
        (AtTime(cool_down="1s"), BadNumber, "must be at least 60 s .*no moment opens itself in a"),
        (AtTime(cool_down="0d"), BadNumber, "`cool_down` of an opening"),
        (OnSignal("run"), BadInput, "The kind of an opening .* must look like `shop.viewed`"),
        (OnSignal(""), BadInput, "The kind of an opening"),
        (OnSignal("run.finished", where={"": 1}), BadName, "A name in `where`"),
        (OnSignal("run.finished", where=LIST), BadInput, "A setting of moment"),
        (OnLevel("run.finished", float("nan"), field="km"), BadNumber, "The level of an opening"),
        (OnLevel("run.finished", 800), BadInput, "needs the `field` it is about"),
        (OnLevel("run.finished", 8, "count", "km"), BadInput, "a `count` has none"),
        (OnLevel("run.finished", 8, MEAN, "km"), BadInput, "A setting of moment"),
        (OnLevel("run.finished", 8, field="km", since="shoes"), BadInput, "The kind in `since`"),
        (OnLevel("run.finished", 8, field="km", half_life="1s"), BadNumber, "The half-life"),
        (OnLevel("run.finished", 8, field="km", falls=True), BadInput, "cannot fall to its level"),
        (OnLevel("a.b", 8, "latest", "x", half_life="1d"), BadInput, "does not fade"),
        (OnLevel("a.b", 8, "latest", "x", again_at=8), BadNumber, "must be below the level of 8"),
        (OnLevel("a.b", 8, "latest", "x", again_at=7, falls=True), BadNumber, "must be above the"),
        ("at nine", BadInput, "A setting of moment `nudge` is not as it should be"),
    ],
)
def test_an_opening_that_cannot_be_kept_to_is_refused(
    opening: object, error: type[BadInput], sentence: str
) -> None:
    """The message names the field, the moment and what was expected."""
    with pytest.raises(error, match=sentence):
        check_moment(moment(opening), Limits())


def test_a_moment_that_opens_itself_has_actions() -> None:
    """Nobody brings candidates with a call, so there would be nothing to do."""
    with pytest.raises(BadInput, match="declare those of moment `nudge`"):
        check_moment(Moment("nudge", "coaching", opens=[KM]), Limits())


def test_the_least_cool_down_can_be_set() -> None:
    """A deployment may allow more, or less, often."""
    with pytest.raises(BadNumber, match="at least 3600 s"):
        check_moment(moment(AtTime(cool_down="10m")), Limits(cool_down_min_seconds=3_600))


@pytest.mark.parametrize(
    ("opening", "words"),
    [
        (OnSignal("run.finished"), "a signal `run.finished` came"),
        (
            OnSignal("run.finished", where={"surface": "trail", "rain": True}),
            "a signal `run.finished` with `surface` trail and `rain` True came",
        ),
        (AtTime("09:00", zone="Europe/Berlin"), "it was 09:00 in `Europe/Berlin`"),
        (KM, "the sum of `km` over `run.finished` since `shoes.replaced` reached 800"),
        (OnLevel("order.placed", 10, "count"), "the count of `order.placed` reached 10"),
        (
            OnLevel("account.seen", 50, "latest", "eur", falls=True),
            "the latest `eur` of `account.seen` fell to 50",
        ),
        (
            OnLevel("stress.measured", 2, "unusual", "level"),
            "the latest `level` of `stress.measured` was 2 usual deviations above what is usual",
        ),
        (
            OnLevel("sleep.measured", -2, "unusual", "hours", falls=True),
            "the latest `hours` of `sleep.measured` was 2 usual deviations below what is usual",
        ),
    ],
)
def test_what_opened_a_moment_is_said_in_words(opening: Opening, words: str) -> None:
    """They go on after "It opened by itself: "."""
    assert said(opening) == words


@pytest.mark.parametrize(
    "opening", [KM, AtTime(days=["mon"]), OnSignal("a.b", where={"x": 1, "y": True, "z": "q"})]
)
def test_a_key_is_the_same_after_a_restart(opening: Opening) -> None:
    """What comes back from the journal has other types of numbers, and the same key."""
    fact = Declared(NOW, moment(opening))
    again = decode(encode(fact))
    assert isinstance(again, Declared)

    assert opening_key(again.moment.opens[0]) == opening_key(opening)


def test_a_key_is_that_of_what_opens() -> None:
    """Another level is another opening; another cool-down is not."""
    later = OnLevel("run.finished", 900, field="km", since="shoes.replaced")
    patient = OnLevel(
        "run.finished", 800, field="km", since="shoes.replaced", cool_down="7d", late="3d"
    )

    assert opening_key(later) != opening_key(KM)
    assert opening_key(patient) == opening_key(KM)


def test_a_moment_is_declared_with_what_opens_it() -> None:
    """It is kept, and declaring it again writes nothing."""
    store = MemoryStore()
    engine = engine_on(store)
    engine.declare(shop(opens=[KM]))
    engine.declare(shop(opens=[KM]))
    kept = [one for one in store.read() if isinstance(one, Declared)]

    assert [one.moment.opens for one in kept] == [(KM,)]
