"""Rivals on classes read as a bandit: other people's learners, each well set, behind one protocol.

All read the same row of the same table, as it came (raw) or brought online to mean 0 and spread 1,
clipped at five (scaled); categories are 0 or 1 in both. "waves" is the scaled row at the length
that our own model has it, with the same 64 Fourier features behind it, so that what is won is not
won by features alone. Vowpal Wabbit crosses the context with the action, "squared" every pair of
context features as well.
LinUCB and LinTS of MABWiser are updated one outcome at a time by Sherman and Morrison's formula,
because MABWiser inverts anew; `agreement` holds the two to each other. A draw of LinTS for each
action is a draw of its score, mean + alpha · deviation · normal, which has the same distribution.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import numpy as np
import vowpalwabbit
from numpy.typing import NDArray

from penchant.model.bending import MOST_WAVES, bent, waves_of

__all__ = ["RIVALS", "Rival", "Task", "agreement"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLIP, LENGTH = 5.0, 5.0
VW_BITS = 22


class Task(NamedTuple):
    """One pass over a set: the table in the order of the shuffle, and what is right.

    Attributes:
        raw: ``(n, d)``, categories as 0 and 1.
        is_number: ``(d,)``, which columns are numbers.
        right: ``(n,)``, the action that is rewarded.
        n_actions: How many there are.
        seed: Of every draw.
    """

    raw: Floats
    is_number: NDArray[np.bool_]
    right: Ints
    n_actions: int
    seed: int

    @property
    def scaled(self) -> Floats:
        """Numbers to (value - mean) / deviation of what was seen so far, this row included."""
        count = np.arange(1, len(self.raw) + 1)[:, None]
        around = self.raw - self.raw[0]
        mean = around.cumsum(axis=0) / count
        square = (around**2).cumsum(axis=0) / count - mean**2
        deviation = np.sqrt(np.maximum(square, 0.0))
        usable = deviation > 1e-9  # noqa: PLR2004 - always the same so far
        scaled = np.where(usable, (around - mean) / np.where(usable, deviation, 1.0), 0.0)
        return np.asarray(np.where(self.is_number, scaled.clip(-CLIP, CLIP), self.raw))

    @property
    def waves(self) -> Floats:
        """The scaled row at our length, and our waves, with a leading 1."""
        scaled = self.scaled
        count = np.arange(1, len(scaled) + 1)
        mean = (scaled**2).sum(axis=1).cumsum() / count
        linear = scaled * np.sqrt(LENGTH / np.maximum(mean, 1.0))[:, None]
        waves = bent(scaled, waves_of(np.ones(scaled.shape[1]), MOST_WAVES))
        return np.column_stack([np.ones(len(scaled)), linear, waves])


class Rival(Protocol):
    """A learner that goes through a task row by row.

    `exact` says whether it knows its own propensities; one that does not plays one action.
    """

    exact: bool

    def decide(self, row: int) -> Floats:
        """Give the propensities of the actions for a row of the task, (K,)."""
        ...

    def learn(self, row: int, action: int, propensity: float, reward: float) -> None:
        """Learn what followed."""
        ...


class Vowpal:
    """Vowpal Wabbit 9 through its Python `Workspace`, `--cb_explore_adf`, context by action."""

    exact = True

    def __init__(self, task: Task, explorer: str, *, scaled: bool, squared: bool) -> None:
        """Start an empty learner."""
        crosses = "--interactions ca" + (" --interactions cca" if squared else "")
        self._workspace = vowpalwabbit.Workspace(
            f"--cb_explore_adf {explorer} {crosses} -b {VW_BITS} --random_seed {task.seed} --quiet"
        )
        self._label = vowpalwabbit.LabelType.CONTEXTUAL_BANDIT
        table = task.scaled if scaled else task.raw
        self._shared = [_line(row) for row in table]
        self._actions = [f"|a a{action}" for action in range(task.n_actions)]

    def decide(self, row: int) -> Floats:
        """Ask for the propensities."""
        found = np.array(self._use([self._shared[row], *self._actions], self._workspace.predict))
        return np.asarray(found / found.sum())

    def learn(self, row: int, action: int, propensity: float, reward: float) -> None:
        """Teach; costs are negative rewards."""
        lines = [self._shared[row], *self._actions]
        lines[action + 1] = f"0:{-reward}:{propensity:.6f} {self._actions[action]}"
        self._use(lines, self._workspace.learn)

    def _use(self, lines: list[str], use: Callable[[Any], Any]) -> Any:
        examples = self._workspace.parse(lines, self._label)
        answer = use(examples)
        self._workspace.finish_example(examples)
        return answer


def _line(row: Floats) -> str:
    """Write a context; zeros say nothing and are left out."""
    places = np.flatnonzero(row)
    values = " ".join(f"c{place}:{row[place]:.5g}" for place in places.tolist())
    return f"shared |c {values}"


class Linear:
    """A ridge regression for each action, chosen by a bonus (LinUCB) or by a draw (LinTS)."""

    def __init__(self, task: Task, rows: Floats, alpha: float, *, draws: bool) -> None:
        """Start an empty learner on rows that have their leading 1."""
        self.exact = not draws
        self.alpha, self._rows = alpha, rows
        self._dice = np.random.default_rng([task.seed, 3]) if draws else None
        width, count = rows.shape[1], task.n_actions
        self.inverse = np.tile(np.eye(width), (count, 1, 1))
        self.moment = np.zeros((count, width))
        self.mean = np.zeros((count, width))

    def expectations(self, row: int) -> tuple[Floats, Floats]:
        """Give what is expected of each action, and alpha times its deviation."""
        x = self._rows[row]
        return self.mean @ x, self.alpha * np.sqrt((self.inverse @ x) @ x)

    def decide(self, row: int) -> Floats:
        """Give all to the best; LinTS draws its scores here."""
        mean, width = self.expectations(row)
        score = mean + width * (1.0 if self._dice is None else self._dice.normal(size=len(mean)))
        return np.asarray(np.eye(len(mean))[score.argmax()])

    def learn(self, row: int, action: int, propensity: float, reward: float) -> None:
        """Update the inverse by a rank-one change."""
        del propensity
        x = self._rows[row]
        inverse = self.inverse[action]
        seen = inverse @ x
        inverse -= np.outer(seen, seen) / (1.0 + x @ seen)
        self.moment[action] += reward * x
        self.mean[action] = inverse @ self.moment[action]


class Logistic:
    """A logistic regression for each action, refitted; the best is played.

    Until an action has two outcomes of either kind its chance is drawn from a Beta distribution
    that hopes for about one action in K (Cortes 2018, arXiv 1811.04383).
    """

    exact = False
    enough, growth = 2, 1.1

    def __init__(self, task: Task) -> None:
        """Start an empty learner."""
        self._rows = task.scaled
        self._dice = np.random.default_rng([task.seed, 4])
        count, width = task.n_actions, self._rows.shape[1]
        self._seen: list[list[int]] = [[] for _ in range(count)]
        self._rewards: list[list[float]] = [[] for _ in range(count)]
        self._weights = np.zeros((count, width + 1))
        self._fitted = np.zeros(count)
        self._prior = (3.0 / count, 4.0)

    def decide(self, row: int) -> Floats:
        """Give all to the likeliest."""
        odds = self._weights[:, 0] + self._weights[:, 1:] @ self._rows[row]
        chance = 1.0 / (1.0 + np.exp(-odds))
        for action in np.flatnonzero(self._fitted == 0).tolist():
            won = sum(self._rewards[action])
            lost = len(self._rewards[action]) - won
            chance[action] = self._dice.beta(self._prior[0] + won, self._prior[1] + lost)
        return np.asarray(np.eye(len(chance))[chance.argmax()])

    def learn(self, row: int, action: int, propensity: float, reward: float) -> None:
        """Keep the outcome, and fit its action again whenever it has a tenth more."""
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only this rival's

        del propensity
        self._seen[action].append(row)
        self._rewards[action].append(reward)
        rewards = np.array(self._rewards[action])
        won = float(rewards.sum())
        if min(won, len(rewards) - won) < self.enough:
            return
        if len(rewards) < self.growth * self._fitted[action]:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it does not converge it is near enough
            fit = LogisticRegression(max_iter=100).fit(self._rows[self._seen[action]], rewards)
        self._weights[action] = np.concatenate([fit.intercept_, fit.coef_[0]])
        self._fitted[action] = len(rewards)


class River:
    """River: its own LinUCB, or a logistic regression of its for each action with a little even."""

    epsilon = 0.05

    def __init__(self, task: Task, *, linear: bool) -> None:
        """Start an empty learner."""
        from river import bandit, linear_model, optim  # noqa: PLC0415 - only this rival's

        self.exact = not linear
        self._names = [f"c{place}" for place in range(task.raw.shape[1])]
        self._rows = task.scaled
        self._actions = list(range(task.n_actions))
        self._bandit = bandit.LinUCBDisjoint(seed=task.seed) if linear else None
        self._models = [
            linear_model.LogisticRegression(optim.AdaGrad(0.1)) for _ in self._actions if not linear
        ]

    def decide(self, row: int) -> Floats:
        """Give the propensities."""
        context, count = self._context(row), len(self._actions)
        if self._bandit is not None:
            return np.asarray(np.eye(count)[self._bandit.pull(self._actions, context)])
        chances = [model.predict_proba_one(context).get(True, 0.5) for model in self._models]
        weights = np.full(count, self.epsilon / count)
        weights[int(np.argmax(chances))] += 1.0 - self.epsilon
        return weights

    def learn(self, row: int, action: int, propensity: float, reward: float) -> None:
        """Teach the action that was played."""
        del propensity
        context = self._context(row)
        if self._bandit is not None:
            self._bandit.update(action, context, reward)
        else:
            self._models[action].learn_one(context, bool(reward))

    def _context(self, row: int) -> dict[str, float]:
        context = dict(zip(self._names, self._rows[row].tolist(), strict=True))
        return {"one": 1.0, **context}


def _with_one(table: Floats) -> Floats:
    return np.column_stack([np.ones(len(table)), table])


_EXPLORERS: Mapping[str, str] = MappingProxyType(
    {
        "squarecb": "--squarecb",
        "regcbopt": "--regcbopt --cb_min_cost -1 --cb_max_cost 0 --mellowness 0.001",
        "cover": "--cover 4 --psi 0.1 --nounif",
        "bag": "--bag 4 --greedify",
        "epsilon": "--epsilon 0.05",
    }
)
"""Variants that Bietti, Agarwal and Langford 2021, "A contextual bandit bake-off", recommend, with
four policies for cover and bag; squarecb has its default, which is meant for such sets."""


def _vowpal(explorer: str, *, scaled: bool, squared: bool) -> Callable[[Task], Rival]:
    return lambda task: Vowpal(task, _EXPLORERS[explorer], scaled=scaled, squared=squared)


RIVALS: Mapping[str, Callable[[Task], Rival]] = MappingProxyType(
    {
        "LinUCB .3 raw": lambda task: Linear(task, _with_one(task.raw), 0.3, draws=False),
        "LinUCB .3 scaled": lambda task: Linear(task, _with_one(task.scaled), 0.3, draws=False),
        "LinTS .05 scaled": lambda task: Linear(task, _with_one(task.scaled), 0.05, draws=True),
        "LinUCB .3 waves": lambda task: Linear(task, task.waves, 0.3, draws=False),
        "LinUCB .1 waves": lambda task: Linear(task, task.waves, 0.1, draws=False),
        "LinTS .05 waves": lambda task: Linear(task, task.waves, 0.05, draws=True),
        "greedy logistic": Logistic,
        "river LinUCB": lambda task: River(task, linear=True),
        "river logistic": lambda task: River(task, linear=False),
    }
    | {
        f"VW {explorer} {'scaled' if scaled else 'raw'}{' squared' if squared else ''}": _vowpal(
            explorer, scaled=scaled, squared=squared
        )
        for explorer in _EXPLORERS
        for scaled in (False, True)
        for squared in (False, True)
    }
)
"""Every rival by name; the scaled rows are what "scaled" and "waves" read."""


def agreement(task: Task, rows: int = 500) -> float:
    """Give how far our LinUCB is from MABWiser's over some rows: the largest difference of scores.

    Both are asked for every row and taught what MABWiser plays; the mean and the deviation are
    what LinTS draws with as well.
    """
    from mabwiser.mab import MAB, LearningPolicy  # noqa: PLC0415 - only here

    table = _with_one(task.scaled)[:rows]
    ours = Linear(task, table, 0.3, draws=False)
    arms = list(range(task.n_actions))
    theirs = MAB(arms, LearningPolicy.LinUCB(alpha=0.3), seed=task.seed)
    apart = 0.0
    for row in range(len(table)):
        action = 0
        if row:
            scores = theirs.predict_expectations(table[row : row + 1])
            found = np.array([scores[arm] for arm in arms])
            apart = max(apart, float(np.abs(found - sum(ours.expectations(row))).max()))
            action = int(found.argmax())
        reward = float(action == task.right[row])
        teach = theirs.partial_fit if row else theirs.fit
        teach(np.array([action]), np.array([reward]), table[row : row + 1])
        ours.learn(row, action, 1.0, reward)
    return apart
