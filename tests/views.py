"""Versions, choices and questions with numbers from a seed, for tests of the pure loop."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from engines import NOW, PURPOSE
from hypothesis import strategies as st

from penchant.decide.choices import choices_of
from penchant.loop import Question, Standing, View
from penchant.model.action_names import ActionNames
from penchant.model.encoding import Encoder
from penchant.model.people import Posterior
from penchant.model.version import Scaling, Version, folded
from penchant.words import Action, Consent, Decision, FrozenMap, Moment, Never, Reason

__all__ = ["Shape", "posterior_of", "question", "shapes", "version_of", "view_of"]

GRANTED = Consent(PURPOSE, "granted", 1.0)


class Shape(NamedTuple):
    """How large a random version is, and how large its numbers are."""

    seed: int
    n_actions: int = 4
    n_context: int = 2
    rank: int = 2
    size: float = 1.0
    is_logistic: bool = False
    has_spread: bool = False


def shapes(largest: float) -> st.SearchStrategy[Shape]:
    """Give shapes of all kinds, with numbers from none to as large as this."""
    return st.builds(
        Shape,
        seed=st.integers(0, 2**32 - 3),
        n_actions=st.integers(1, 6),
        n_context=st.integers(0, 3),
        rank=st.integers(0, 3),
        size=st.sampled_from([0.0, 1e-9, 1.0, largest]),
        is_logistic=st.booleans(),
        has_spread=st.booleans(),
    )


class Silent:
    """Explains nothing."""

    def reasons(self, decision: Decision) -> tuple[Reason, ...]:
        """Give no reason."""
        del decision
        return ()


def scaling_of(rng: np.random.Generator, width: int) -> Scaling:
    """Give a scaling with numbers of all signs."""
    scale = rng.uniform(0.1, 2.0, width)
    return Scaling(rng.normal(size=width), scale, 5.0 * np.ones(width))


def version_of(shape: Shape) -> Version:
    """Give a version for that many action and context columns."""
    rng = np.random.default_rng(shape.seed)
    n_context, n_action = 1 + shape.n_context, 1 + shape.n_actions
    spread = None
    if shape.has_spread:
        root = rng.normal(size=(shape.n_actions, n_context, n_context)) * shape.size
        spread = folded(root @ root.transpose(0, 2, 1))
    return Version(
        number=3,
        n_outcomes=100,
        round=1,
        context=scaling_of(rng, shape.n_context),
        action=scaling_of(rng, shape.n_actions),
        weights=shape.size * rng.normal(size=(n_context, n_action)),
        is_logistic=shape.is_logistic,
        spread=spread,
        basis=rng.normal(size=(n_action, shape.rank)),
        prior=rng.uniform(0.01, 1.0, shape.rank),
        noise=0.2,
        own=np.zeros((0, 0)),
    )


def posterior_of(shape: Shape) -> Posterior:
    """Give a belief about one person."""
    rng = np.random.default_rng(shape.seed + 1)
    root = rng.normal(size=(shape.rank, shape.rank)) * shape.size
    return Posterior(shape.size * rng.normal(size=shape.rank), root @ root.T)


def view_of(shape: Shape, given: Sequence[Action], *, known: bool = True) -> View:
    """Give what a random model shows of some actions, with or without a person's part."""
    version = version_of(shape)
    rng = np.random.default_rng(shape.seed + 2)
    context = version.context.apply(rng.normal(size=shape.n_context))
    posterior = posterior_of(shape) if known else None
    choices = choices_of(tuple(given), Encoder("actions"), ActionNames(), version)
    return View(version, choices, context, posterior, Silent())


def question(
    moment: Moment,
    draw: float = 0.5,
    *,
    consent: Consent | None = GRANTED,
    nevers: tuple[Never, ...] = (),
) -> Question:
    """Ask a moment for ada, or for nobody where there is no consent to speak of."""
    standing = None if consent is None else Standing("ada", consent, nevers)
    return Question("d-1", moment, NOW, draw, FrozenMap({"hour": 9}), standing)
