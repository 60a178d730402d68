"""Laws of the model: what is kept is a sum, so order, grouping and going back change nothing."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.lengths import tried
from numpy.typing import NDArray
from views import Shape, version_of

from penchant.algebra import TOLERANCE
from penchant.learn.components import improve, told_of
from penchant.learn.prior import Panel, basis_of, first_prior, panel_of
from penchant.model.evidence import Evidence, Row, Rows
from penchant.model.folding import Memory, refold
from penchant.model.people import People, Posterior
from penchant.model.version import Prior, Version

Floats = NDArray[np.float64]

HALF_LIFE = 86_400.0
NAMES = ("ada", "anon-7", "bea", "cleo")
WHOLE = [slice(0, 3)]
"""One part: all columns belong together."""


class Life(NamedTuple):
    """Outcomes of some people: who, the action's raw row, reward minus prediction, when."""

    version: Version
    people: tuple[str, ...]
    actions: Floats
    residual: Floats
    at: Floats


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Draw outcomes over a few half-lives, many at one time, under a random version."""
    shape = Shape(
        draw(st.integers(0, 2**32 - 3)),
        n_actions=draw(st.integers(1, 3)),
        rank=draw(st.integers(1, 3)),
    )
    people = tuple(draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=30)))
    rng = np.random.default_rng(shape.seed)
    n, ages = len(people), draw(st.sampled_from([0.0, 60.0, 3 * HALF_LIFE]))
    return Life(
        version_of(shape),
        people,
        rng.normal(size=(n, shape.n_actions)).astype(np.float32).astype(np.float64),
        rng.uniform(-1, 1, n),
        1.8e9 + ages * rng.integers(0, 4, n) / 3,
    )


def seen(life: Life, version: Version | None = None) -> Floats:
    """Give the actions in the basis."""
    used = version or life.version
    return np.asarray(used.action.apply(life.actions) @ used.basis)


def ready(life: Life, version: Version | None = None) -> People:
    """Give people who are known but of whom nothing was learned."""
    people = People(HALF_LIFE)
    for name in NAMES:
        people.row(name)
    used = version or life.version
    people.adopt(
        refold(
            rows_of(life).where(np.zeros(len(life.at), dtype=bool)), rows([]), used, 0, Memory(1.0)
        ),
        rows_of(life).where(np.zeros(len(life.at), dtype=bool)),
        used,
    )
    return people


def rows(given_: Iterable[int]) -> NDArray[np.int64]:
    """Give row numbers as an array."""
    return np.array(list(given_), dtype=np.int64)


def rows_of(life: Life) -> Rows:
    """Give outcomes as evidence; people have their rows in the order of NAMES."""
    evidence = Evidence()
    for name, action, residual, at in zip(
        life.people, life.actions, life.residual, life.at, strict=True
    ):
        evidence.add_one(Row(np.zeros(0), action, residual, 0.0, at, NAMES.index(name)))
    return evidence.rows()


def one_by_one(life: Life, order: Sequence[int], *, looked_at: bool = False) -> People:
    """Add outcomes one at a time, perhaps looking at a posterior before each."""
    people, psi = ready(life), seen(life)
    for i in order:
        row = people.homes.find(life.people[i])
        if looked_at:
            people.posterior(row, life.version, life.at[i])
        people.add_one(row, psi[i], life.residual[i], life.at[i], life.version)
    return people


def agree(one: People, other: People, life: Life, version: Version | None = None) -> None:
    """Hold counts and posteriors of everybody against each other, now and a day later."""
    used, last = version or life.version, float(life.at.max())
    for name in NAMES:
        mine, its = one.homes.find(name), other.homes.find(name)
        assert one.counts(rows([mine])) == other.counts(rows([its]))
        for at in (last, last + HALF_LIFE):
            same(one.posterior(mine, used, at), other.posterior(its, used, at))


def same(one: Posterior, other: Posterior) -> None:
    """Hold two beliefs against each other, within the tolerance of sums."""
    assert one.mean == pytest.approx(other.mean, rel=TOLERANCE, abs=TOLERANCE)
    assert one.covariance == pytest.approx(other.covariance, rel=TOLERANCE, abs=TOLERANCE)


@pytest.mark.proof
@given(lives(), st.randoms(use_true_random=False), st.booleans())
def test_any_order_of_outcomes_gives_the_same_beliefs(
    life: Life,
    dice: Random,
    looked_at: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    """Late outcomes, old outcomes, beliefs read in between: all the same."""
    order = list(range(len(life.people)))
    shuffled = list(order)
    dice.shuffle(shuffled)

    agree(one_by_one(life, order), one_by_one(life, shuffled, looked_at=looked_at), life)


@pytest.mark.proof
@given(lives(), st.lists(st.integers(0, 30), max_size=3))
def test_adding_in_batches_equals_adding_one_by_one(life: Life, cuts: list[int]) -> None:
    """`add` of any grouping is repeated `add_one`, a person twice in one batch included."""
    people, psi = ready(life), seen(life)
    ends = sorted({0, len(life.people), *(cut for cut in cuts if cut < len(life.people))})
    for start, end in pairwise(ends):
        part = slice(start, end)
        homes = rows(people.homes.find(name) for name in life.people[part])
        people.posteriors(homes, life.version, float(life.at[start]))
        people.add(homes, rows(range(len(homes))), psi[part], life.residual[part], life.at[part])

    agree(people, one_by_one(life, range(len(life.people)), looked_at=True), life)


@pytest.mark.proof
@given(lives())
def test_one_posterior_is_that_of_many(life: Life) -> None:
    """Asking for one person or for all at once gives the same beliefs."""
    people = one_by_one(life, range(len(life.people)))
    homes = rows(people.homes.find(name) for name in NAMES)
    at = float(life.at.max())
    many = people.posteriors(homes, life.version, at)
    for i, row in enumerate(homes.tolist()):
        same(
            Posterior(many.mean[i], many.covariance[i]),
            one_by_one(life, range(len(life.people))).posterior(row, life.version, at),
        )


@pytest.mark.proof
@given(lives())
def test_merging_two_ids_equals_having_seen_both_streams(life: Life) -> None:
    """Two ids that turn out to be one person, and that turn out not to be, after all."""
    apart = one_by_one(life, range(len(life.people)))
    merged = one_by_one(life, range(len(life.people)))
    merged.homes.gather(["ada", "anon-7"], "ada")
    merged.refold_one(merged.row("ada"), rows_of(life), life.version)
    as_one = life._replace(people=tuple("ada" if p == "anon-7" else p for p in life.people))
    both = one_by_one(as_one, range(len(life.people)))
    at = float(life.at.max())

    assert merged.homes.find("anon-7") == merged.homes.find("ada")
    for name in ("ada", "bea"):
        same(
            merged.posterior(merged.homes.find(name), life.version, at),
            both.posterior(both.homes.find(name), life.version, at),
        )

    for name in ("ada", "anon-7"):
        merged.homes.gather([name], name)
    for name in ("ada", "anon-7"):
        merged.refold_one(merged.row(name), rows_of(life), life.version)

    agree(merged, apart, life)


@pytest.mark.proof
@given(lives(), lives())
def test_refolding_under_a_new_version_equals_folding_from_scratch(life: Life, other: Life) -> None:
    """Swapping the basis under existing people carries nothing of the old one over."""
    n_actions = life.actions.shape[1]
    version = version_of(Shape(7, n_actions=n_actions, rank=other.version.rank))._replace(round=2)
    swapped, half = one_by_one(life, range(len(life.people))), len(life.people) // 2
    evidence = rows_of(life)
    is_late = np.arange(len(life.people)) >= half
    early, late = evidence.where(~is_late), evidence.where(is_late)
    sums = refold(early, early.person, version, len(NAMES), Memory(HALF_LIFE))
    swapped.adopt(sums, late, version)

    scratch, psi = ready(life, version), seen(life, version)
    for i, name in enumerate(life.people):
        scratch.add_one(scratch.homes.find(name), psi[i], life.residual[i], life.at[i], version)

    agree(swapped, scratch, life, version)


@pytest.mark.proof
@given(lives())
def test_forgetting_a_person_leaves_the_others_as_they_were(life: Life) -> None:
    """The sums of the one are blank, those of the others untouched."""
    people = one_by_one(life, range(len(life.people)))
    row = people.homes.find("ada")

    assert people.forget("ada") == row
    assert people.homes.find("ada") == -1
    assert people.forget("ada") == -1
    assert people.counts(rows([row])) == 0
    without = [i for i, name in enumerate(life.people) if name != "ada"]
    others, at = one_by_one(life, without), float(life.at.max())
    for name in NAMES[1:]:
        home = people.homes.find(name)
        same(
            people.posterior(home, life.version, at),
            others.posterior(others.homes.find(name), life.version, at),
        )


def likelihood(prior: Prior, panel: Panel) -> float:
    """Give the log marginal likelihood of a panel.

    Source: Bishop 2006, eq. 3.86, per person, from sums.
    """
    inverse = np.linalg.inv(prior.covariance)
    logdet, total = np.linalg.slogdet(prior.covariance)[1], 0.0
    for gram, moment, square, count in zip(*panel, strict=True):
        precision = inverse + gram / prior.noise
        pull = moment / prior.noise
        total -= 0.5 * (count * np.log(prior.noise) + logdet + np.linalg.slogdet(precision)[1])
        total -= 0.5 * (square / prior.noise - pull @ np.linalg.solve(precision, pull))
    return float(total)


def panel(seed: int, n_people: int, spread: float) -> Panel:
    """Give the sums of people whose own parts have that variance."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(n_people), 20)
    features = rng.normal(size=(len(person), 3))
    own = rng.normal(size=(n_people, 3)) * np.sqrt(spread)
    residual = (features * own[person]).sum(axis=1) + 0.3 * rng.normal(size=len(person))
    return panel_of(features, residual, rng.uniform(0.5, 1.0, len(person)), person)


@pytest.mark.proof
@tried(0.25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(0, 30))
def test_what_outcomes_tell_is_that_of_the_whole_covariance(
    seed: int, n_people: int, n_outcomes: int
) -> None:
    """H and u from sums are those of V inverted, also where people are taken to be alike."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n_people, n_outcomes, 3))
    residual, half = rng.normal(size=(n_people, n_outcomes)), rng.normal(size=(3, 2))
    prior = Prior(half @ half.T * rng.integers(0, 2), 0.3)
    back = features.transpose(0, 2, 1)
    sums = Panel(
        back @ features,
        (back @ residual[:, :, None])[:, :, 0],
        (residual**2).sum(axis=1),
        np.full(n_people, float(n_outcomes)),
    )
    told = told_of(prior, sums)
    whole = np.linalg.inv(features @ prior.covariance @ back + 0.3 * np.eye(n_outcomes))

    assert told.precision == pytest.approx(back @ whole @ features, abs=1e-8)
    pull = (back @ whole @ residual[:, :, None])[:, :, 0]
    assert told.pull == pytest.approx(pull, abs=1e-8)


@pytest.mark.proof
@tried(0.25)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 40),
    spread=st.sampled_from([0.0, 0.1, 2.0, 1e6]),
    repeated=st.booleans(),
)
def test_a_prior_is_one_whatever_the_panel(
    seed: int, n: int, spread: float, *, repeated: bool
) -> None:
    """No variance below 0 and no number that is none, also with columns that say the same."""
    people, prior = panel(seed, n, spread), first_prior(3, 0.2)
    if repeated:
        twice = np.array([0, 1, 1])
        people = people._replace(
            gram=people.gram[:, twice[:, None], twice], moment=people.moment[:, twice]
        )
    for _ in range(4):
        prior = improve(prior, people, WHOLE, 2)
        size = np.abs(prior.covariance).max()

        assert np.linalg.eigvalsh(prior.covariance).min() >= -1e-9 * max(size, 1.0)
        assert prior.noise >= 0.01
        assert np.isfinite([size, prior.noise, prior.doubt]).all()


@pytest.mark.proof
@tried(0.1)
@given(st.integers(0, 2**32 - 1))
def test_the_prior_does_not_collapse_where_people_differ(seed: int) -> None:
    """Round after round it stays near the truth; where people are alike it goes to next to none."""
    differing, alike = first_prior(3, 0.2), first_prior(3, 0.2)
    for _ in range(6):
        differing = improve(differing, panel(seed, 150, 0.3), WHOLE, 2)
        alike = improve(alike, panel(seed, 150, 0.0), WHOLE, 2)
    variances = np.linalg.eigvalsh(differing.covariance)

    assert 0.15 < variances.min() <= variances.max() < 0.6
    assert np.linalg.eigvalsh(alike.covariance).max() < 0.003
    assert alike.doubt < 0.004
    assert differing.noise == pytest.approx(0.09, rel=0.15)


@pytest.mark.proof
@tried(0.1)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.003, 0.03, 0.3]))
def test_other_people_are_told_better_than_before(seed: int, spread: float) -> None:
    """What was found in a panel is likelier of people who are not in it than what was assumed."""
    first = first_prior(3, 0.2)
    found = improve(first, panel(seed, 150, spread), WHOLE, 2)
    found = found._replace(covariance=found.covariance + 1e-9 * np.eye(3))
    others = panel(seed + 1, 150, spread)

    assert likelihood(found, others) > likelihood(first, others)


@pytest.mark.proof
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 6))
def test_the_basis_keeps_what_predictions_differ_by(seed: int, width: int, rank: int) -> None:
    """Directions are of unit size where predictions are made, greatest first; the rest is noise."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(width, width))
    prior = Prior(root @ root.T + 0.01 * np.eye(width), 0.2)
    features = rng.normal(size=(200, width))
    basis = basis_of(prior, features, rank)
    psi = features @ basis.directions
    second = features.T @ features / len(features)

    assert psi.shape[1] == min(rank, width)
    assert psi.T @ psi / len(psi) == pytest.approx(np.eye(psi.shape[1]), abs=1e-3)
    assert (np.diff(basis.variances) <= 0).all()
    assert basis.noise + basis.variances.sum() == pytest.approx(
        0.2 + np.trace(second @ prior.covariance), rel=1e-3
    )
    if rank >= width:  # with room for all, differences are those of the full prior
        kept = psi @ np.diag(basis.variances) @ psi.T
        assert np.abs(kept - features @ prior.covariance @ features.T).max() < 1e-6
