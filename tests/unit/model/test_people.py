"""People's own sums, and the belief that follows from them."""

import numpy as np
import pytest
from views import Shape, version_of

from penchant.model.evidence import Evidence, Row
from penchant.model.folding import Memory, refold
from penchant.model.homes import Homes
from penchant.model.people import People
from penchant.model.version import Version

DAY = 86_400.0
NOW = 1.8e9 // DAY * DAY


def version(rank: int = 2) -> Version:
    """Give a version with a basis of that rank."""
    return version_of(Shape(4, n_actions=2, rank=rank))


def started(used: Version) -> People:
    """Give people ready for outcomes under a version."""
    people, none = People(DAY), Evidence().rows()
    people.adopt(refold(none, np.zeros(0, dtype=np.int64), used, 0, Memory(DAY)), none, used)
    return people


def test_a_newcomer_stands_at_the_prior() -> None:
    """Known or not, as long as nothing was learned."""
    used = version()
    people = started(used)
    for row in (-1, people.row("ada")):
        belief = people.posterior(row, used, NOW)

        assert belief.mean.tolist() == [0.0, 0.0]
        assert belief.covariance == pytest.approx(np.diag(used.prior))


def test_outcomes_move_a_belief_as_bayes_has_it() -> None:
    """Against the formula: precision = prior + G / noise, mean = covariance g / noise."""
    used = version()
    people, psi = started(used), np.array([[1.0, 0.5], [0.2, -1.0]])
    row = people.row("ada")
    for seen, residual in zip(psi, (0.4, -0.1), strict=True):
        people.add_one(row, seen, residual, NOW, used)
    belief = people.posterior(row, used, NOW)
    covariance = np.linalg.inv(np.diag(1 / used.prior) + psi.T @ psi / used.noise)

    assert belief.covariance == pytest.approx(covariance)
    assert belief.mean == pytest.approx(covariance @ psi.T @ np.array([0.4, -0.1]) / used.noise)
    assert people.counts(np.array([row])).tolist() == [2]


def test_beliefs_fade_towards_the_prior() -> None:
    """After one half-life half of what was summed is left."""
    used = version(1)
    people = started(used)
    row = people.row("ada")
    people.add_one(row, np.array([1.0]), 0.5, NOW, used)
    faded = people.posterior(row, used, NOW + DAY)
    precision = 1 / used.prior[0] + 0.5 / used.noise

    assert faded.covariance[0, 0] == pytest.approx(1 / precision, rel=2e-3)
    assert faded.mean[0] == pytest.approx(0.25 / used.noise / precision, rel=2e-3)
    late = people.posterior(row, used, NOW + 1_000 * DAY)
    assert late.covariance[0, 0] == pytest.approx(used.prior[0])


def test_a_clock_that_goes_back_does_not_unfade() -> None:
    """Sums are read as they stand, never made larger."""
    used = version()
    people = started(used)
    row = people.row("ada")
    people.add_one(row, np.array([1.0, 0.0]), 0.5, NOW, used)
    now, before = (people.posterior(row, used, at) for at in (NOW, NOW - 9 * DAY))

    assert before.mean == pytest.approx(now.mean)


def test_there_is_room_for_everybody() -> None:
    """More people than the first room holds, added before and after a version."""
    used = version()
    people = started(used)
    rows = np.array([people.row(f"p{i}") for i in range(1_000)])
    seen = np.tile([1.0, -1.0], (1_000, 1))
    people.add(rows, np.arange(1_000), seen, np.linspace(-1, 1, 1_000), np.full(1_000, NOW))
    means = people.posteriors(rows, used, NOW).mean[:, 0]

    assert people.counts(rows).tolist() == [1] * 1_000
    assert (np.diff(means) > 0).all()


def test_refolding_leaves_out_what_belongs_to_nobody() -> None:
    """Outcomes of strangers and of the forgotten add to no person."""
    used, evidence = version(), Evidence()
    for person in (0, -1, 1):
        evidence.add_one(Row(np.zeros(0), np.ones(2), 1.0, 0.5, NOW, person))
    rows = evidence.rows()
    sums = refold(rows, rows.person, used, 2, Memory(DAY))

    assert sums.n_outcomes.tolist() == [1, 1]
    assert sums.gram.shape == (2, 3)


def test_homes_grow_and_are_freed() -> None:
    """A freed id gets a new row when it comes back; rows are given once."""
    homes = Homes()
    rows = [homes.row(f"p{i}") for i in range(600)]

    assert rows == list(range(600))
    assert len(homes) == 600
    assert homes.of(np.array([5, 599])).tolist() == [5, 599]
    assert homes.forget("p5") == 5
    assert homes.forget("p5") == -1
    assert homes.find("p5") == -1
    assert homes.row("p5") == 600


def test_ids_gathered_live_in_one_home_and_part_again() -> None:
    """Each keeps its own row beside it."""
    homes = Homes()
    homes.gather(["ada", "anon-7"], "ada")

    assert homes.find("anon-7") == homes.find("ada") == homes.row("ada")
    assert homes.row("anon-7") != homes.row("ada")
    homes.gather(["anon-7"], "anon-7")
    assert homes.find("anon-7") == homes.row("anon-7")
