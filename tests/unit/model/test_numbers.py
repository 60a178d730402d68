"""A version as named numbers and back: to the last bit, and nothing else gets in."""

import msgspec
import numpy as np
import pytest
from engines import NAMED, SHOP, agreed, engine_on, lived, shop
from msgspec.structs import replace

from penchant import Action
from penchant.errors import BadInput
from penchant.model.numbers import Numbers, numbers_of, version_of


def numbers_after(actions: tuple[Action, ...]) -> Numbers:
    """Give the numbers of a version that was learned."""
    engine = engine_on()
    engine.declare(shop(actions))
    agreed(engine, "ada", "bea")
    lived(engine, ["ada", "bea"], 12)
    model = engine._memory.moments["home.hero"].model  # noqa: SLF001 - what is taken along
    return numbers_of(model.version, model.vocabulary)


@pytest.mark.parametrize("actions", [SHOP, NAMED], ids=["features", "names"])
def test_a_version_comes_back_to_the_last_bit(actions: tuple[Action, ...]) -> None:
    """Through JSON, its spread and its vocabulary included."""
    numbers = numbers_after(actions)
    again = msgspec.json.decode(msgspec.json.encode(numbers), type=Numbers)
    version, vocabulary = version_of(again)

    assert again == numbers
    assert numbers_of(version, vocabulary) == numbers
    assert (numbers.spread is None) == (actions is SHOP)


def test_axes_and_roots_come_back_too() -> None:
    """Of a version whose actions share one matrix; its spread is then a number an axis."""
    version, vocabulary = version_of(numbers_after(NAMED))
    width = version.context.width
    version = version._replace(
        context=version.context._replace(roots=np.array([0])),
        spread=np.full((version.action.width - 1, width), 0.5),
        axes=np.eye(width),
    )
    again, _ = version_of(numbers_of(version, vocabulary))

    assert again.axes is not None
    assert again.axes.tolist() == np.eye(width).tolist()
    assert again.context.roots.tolist() == [0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"weights": ((1.0, 2.0),)}, "`weights` of a population must be"),
        ({"prior": (1.0,)}, "`basis` of a population must be"),
        ({"own": ((1.0,),) * 1_000}, "`own` of a population must be"),
        ({"spread": ((1.0,),)}, "`spread` of a population must be"),
        ({"noise": 0.0}, "that none can have"),
        ({"number": 0}, "that none can have"),
        ({"n_outcomes": -1}, "that none can have"),
        ({"names": ("xyz",)}, "16 hexadecimal digits"),
        ({"names": ("1" * 17,)}, "16 hexadecimal digits"),
        ({"context_columns": (("0" * 16, 7),)}, "a kind that is none"),
        ({"roots": (10_000,)}, "taken by its root is none of its columns"),
        ({"axes": ((1.0,),)}, "`axes` of a population must be"),
        ({"doubt": ((0.1,),) * 999, "own": ()}, "`doubt` of a population must be"),
    ],
)
def test_what_is_no_version_is_refused(change: dict[str, object], sentence: str) -> None:
    """Shapes, kinds, counts: each is named."""
    numbers = numbers_after(SHOP)
    if "own" in change:
        assert len(numbers.names) < 1_000

    with pytest.raises(BadInput, match=sentence):
        version_of(replace(numbers, **change))


def test_what_is_not_finite_is_refused() -> None:
    """A file from outside could hold a number beyond all bounds."""
    numbers = numbers_after(SHOP)
    weights = np.full((len(numbers.weights), len(numbers.weights[0])), np.inf)

    with pytest.raises(BadInput, match="must be finite"):
        version_of(replace(numbers, weights=tuple(map(tuple, weights.tolist()))))
