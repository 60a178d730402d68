"""Who can be decided for in columns: places that keep their meaning, ids that can go."""

import pytest

from penchant.runtime.standing import Plain
from penchant.words import Consent

GRANTED = Consent("shop", "granted")
FULLER = Consent("shop", "granted", dial=1.0)


def test_a_place_is_kept_until_something_changed() -> None:
    """Read anew to the same result, a person stands where they stood."""
    plain = Plain()
    place = plain.add("ada", 4, GRANTED)
    plain.drop("ada")

    assert plain.add("ada", 4, GRANTED) == place
    assert plain.standings.holds[place]


@pytest.mark.parametrize(("row", "consent"), [(5, GRANTED), (4, FULLER)])
def test_what_changed_gets_a_place_of_its_own(row: int, consent: Consent) -> None:
    """What was decided before still shows how things stood then, and holds no more."""
    plain = Plain()
    before = plain.add("ada", 4, GRANTED)
    after = plain.add("ada", row, consent)

    assert plain.places(["ada"]).tolist() == [after] != [before]
    assert plain.standings.consents[before] == GRANTED
    assert not plain.standings.holds[before]


def test_there_are_places_for_everybody() -> None:
    """More than the first room; nobody has the place of nobody."""
    plain, people = Plain(), [f"p{number}" for number in range(1_000)]
    for row, person in enumerate(people):
        plain.add(person, row, GRANTED)

    assert plain.places(people).tolist() == list(range(1_000))
    assert plain.places(["q"]).tolist() == [-1]


def test_whoever_is_forgotten_has_no_place() -> None:
    """Not even one that could come back; forgetting a stranger does nothing."""
    plain = Plain()
    place = plain.add("ada", 4, GRANTED)
    plain.forget("ada")
    plain.forget("bea")

    assert plain.places(["ada"]).tolist() == [-1]
    assert plain.add("ada", 4, GRANTED) != place


def test_clearing_reaches_what_was_decided_before() -> None:
    """A block that waits sees that its standings hold no more."""
    plain = Plain()
    plain.add("ada", 4, GRANTED)
    before = plain.standings
    plain.clear()

    assert not before.holds.any()
    assert plain.places(["ada"]).tolist() == [-1]
