"""Laws of strange logs: whatever the judge is handed, it answers soundly or says what is wrong."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.lengths import tried

from penchant.errors import BadInput
from penchant.learn.evaluate import Estimate, estimate, judge

pytestmark = pytest.mark.proof


class Given(dict[str, Any]):
    """The arguments of a question, shown by what they are rather than in full."""

    def __repr__(self) -> str:
        """Give kind, shape and the first numbers of each."""
        shown = {
            name: (type(one).__name__, getattr(one, "dtype", ""), np.shape(one), one[:3])
            if isinstance(one, np.ndarray)
            else repr(one)[:60]
            for name, one in self.items()
        }
        return repr(shown)


NAMES = ("actions", "rewards", "propensities", "target", "contexts", "groups", "alpha")
VALUES = (math.nan, math.inf, -math.inf, 0.0, -1.0, 0.5, 1.5, 7.0, 1e-320, 1e-12, 1.7e308, -1.7e308)
KINDS = (
    "bool",
    "int8",
    "uint8",
    "int64",
    "float16",
    "complex128",
    "object",
    "str",
    "M8[s]",
    "m8[s]",
)
JUNK: tuple[Callable[[], Any], ...] = (
    lambda: None,
    list,
    lambda: 3,
    lambda: "ada",
    lambda: b"ada",
    lambda: {"a": 1},
    lambda: {1, 2},
    lambda: (one for one in range(300)),
    lambda: [10**400] * 300,
    lambda: [[1, 2], [3]],
    lambda: [None] * 300,
    lambda: [datetime(2026, 1, 1, tzinfo=UTC)] * 300,
    lambda: [1.0, "2.0", None] * 100,
    lambda: [1j] * 300,
    lambda: np.zeros((0, 0)),
    lambda: np.zeros((300, 0)),
    lambda: np.zeros((300, 2, 2)),
    object,
)
ALPHAS = (0, 1, -1.0, 2.0, math.nan, math.inf, 5e-324, 1e-12, 0.5, 0.999, 1 - 2.0**-53, True)
SHAPES: tuple[Callable[[Any], Any], ...] = (
    lambda one: one[:, None],
    lambda one: one[:-1],
    lambda one: one[:1],
    lambda one: one[:0],
    lambda one: one[0] if len(one) else 0.0,
    lambda one: np.concatenate([one, one]),
    lambda one: one.tolist(),
    lambda one: one.T,
)


def log(seed: int, n: int, n_actions: int) -> Given:
    """Give a log that can be judged, where it is long enough and has a choice."""
    rng = np.random.default_rng(seed)
    actions = rng.integers(0, n_actions, n)
    return Given(
        actions=actions,
        rewards=(rng.random(n) < 0.2 + 0.5 * (actions == 0)).astype(np.float64),
        propensities=np.full(n, 1 / n_actions),
        target=rng.dirichlet(np.ones(n_actions), n),
        contexts=rng.normal(size=(n, 2)),
        groups=np.arange(n) % 60,
        alpha=0.05,
    )


@st.composite
def strange(draw: st.DrawFn, one: Any) -> Any:
    """Make something else of a column: other values, another kind, another shape, or junk."""
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    how = draw(st.sampled_from(["values", "kind", "shape", "scale", "mask", "constant", "junk"]))
    if how == "junk" or not isinstance(one, np.ndarray):
        return draw(st.sampled_from(JUNK))()
    if how == "shape":
        return draw(st.sampled_from(SHAPES))(one)
    if how == "kind":
        kind = draw(st.sampled_from(KINDS))
        return one.astype("int64").astype(kind) if kind in {"M8[s]", "m8[s]"} else one.astype(kind)
    if how == "scale":
        with np.errstate(all="ignore"):
            return one * 10.0 ** draw(st.integers(-323, 308))
    rows = rng.random(len(one)) < draw(st.sampled_from([0.003, 0.5, 1.0]))
    if how == "mask":
        return np.ma.masked_array(one, mask=np.broadcast_to(rows, one.shape[::-1]).T)
    changed = one.astype(np.float64)
    changed[rows] = draw(st.sampled_from(VALUES)) if how == "values" else changed[:1]
    return changed


@st.composite
def questions(draw: st.DrawFn) -> Given:
    """Draw a log with up to three columns that are something else."""
    n = draw(st.sampled_from([0, 1, 199, 300, 300, 700, 700, 700]))
    n_actions = draw(st.sampled_from([1, 2, 2, 2, 5, 50]))
    asked = log(draw(st.integers(0, 99)), n, n_actions)
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True)):
        odd = st.sampled_from(ALPHAS) if name == "alpha" else strange(asked[name])
        asked[name] = draw(odd)
    for name in ("contexts", "groups"):
        if draw(st.booleans()):
            asked[name] = None
    return asked


def sound(found: Estimate, rewards: Any) -> None:
    """See that an answer is a number between ends that a reward can have, or a sentence."""
    if found.refused is not None:
        said(found.refused)
        assert math.isnan(found.value)
        assert (found.low, found.high) == (found.anytime_low, found.anytime_high)
        assert (found.low, found.high) == (-math.inf, math.inf)
        return
    assert all(math.isfinite(end) for end in found[:6])
    assert found.low <= found.value <= found.high
    assert found.anytime_low <= found.value <= found.anytime_high
    seen = np.asarray(rewards, dtype=np.float64)
    span = float(seen.max() - seen.min())
    assert seen.min() - 1e-9 * span <= found.value <= seen.max() + 1e-9 * span


def said(sentence: str) -> None:
    """See that it reads as sentences, and is not as long as what was handed in."""
    assert sentence[0] in "`ACOT0123456789"
    assert sentence.endswith(".")
    assert 20 < len(sentence) < 500


@tried(0.1)
@given(questions())
def test_whatever_is_asked_is_answered_soundly_or_told(asked: Given) -> None:
    """No other error, no warning, no number that is none."""
    try:
        found = estimate(**asked)
    except BadInput as told:
        said(str(told))
        return

    sound(found, asked["rewards"])


@tried(0.1)
@given(questions(), st.data())
def test_whatever_is_compared_is_answered_soundly_or_told(
    asked: Given, data: st.DataObject
) -> None:
    """The same for two policies: a verdict only where both have numbers."""
    target = asked["target"]
    if isinstance(target, np.ndarray) and target.ndim == 2:
        current = data.draw(st.one_of(st.none(), st.just(target[:, ::-1]), strange(target)))
    else:
        current = data.draw(strange(target))
    try:
        found = judge(**asked, current=current)
    except BadInput as told:
        said(str(told))
        return

    sound(found.estimate, asked["rewards"])
    if found.refused is not None:
        assert math.isnan(found.gain.value)
        assert found.verdict == "cannot say"
    else:
        assert all(math.isfinite(end) for end in found.gain)
        assert found.gain.low <= found.gain.value <= found.gain.high
