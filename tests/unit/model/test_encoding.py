"""Encoding: named features become columns, each name its own for good."""

import math

import numpy as np
import pytest

from penchant.errors import BadInput, BadNumber, FeatureTypeChanged, LimitReached
from penchant.limits import Limits
from penchant.model.encoding import COLUMNS, OWN, ColumnKind, Encoder, column_hash, features_of
from penchant.words import Action, FrozenMap, Value


def test_each_kind_of_value_has_its_columns() -> None:
    """Numbers and yes/no one each, texts one a value, lists one a place."""
    encoder = Encoder("context")
    row = encoder.encode({"hour": 9, "sunny": True, "taste": [0.5, -1.0], "town": "Bonn"})

    assert row.tolist() == [9.0, 1.0, 1.0, 0.5, -1.0]
    assert list(encoder.kinds) == [
        ColumnKind.NUMBER,
        ColumnKind.INDICATOR,
        ColumnKind.INDICATOR,
        ColumnKind.NUMBER,
        ColumnKind.NUMBER,
    ]


def test_what_is_not_named_is_usual_or_no() -> None:
    """NaN for numbers, 0 for indicators; new names widen later rows only."""
    encoder = Encoder("context")
    first = encoder.encode({"hour": 9, "town": "Bonn"})
    second = encoder.encode({"town": "Köln", "sunny": False})

    assert first.tolist() == [9.0, 1.0]
    assert math.isnan(second[0])
    assert second[1:].tolist() == [0.0, 0.0, 1.0]
    assert encoder.width == 4
    assert len(first) == 2


def test_a_column_never_moves() -> None:
    """In whatever order and company the names come again."""
    encoder = Encoder("context")
    encoder.encode({"a": 1.0, "b": "x", "c": [1.0]})
    again = encoder.encode(FrozenMap({"c": (3.0,), "b": "x", "a": 2}))

    assert again.tolist() == [2.0, 1.0, 3.0]
    assert encoder.columns_of("a", 7).tolist() == [0]
    assert encoder.columns_of("b", "x").tolist() == [1]
    assert encoder.columns_of("c", (9.0,)).tolist() == [2]


def test_names_are_taken_over_from_an_earlier_encoder() -> None:
    """By their hashes alone: the same features land in the same places."""
    features: dict[str, Value] = {
        "hour": 9,
        "sunny": True,
        "town": "Bonn",
        "taste": [0.5, -1.0],
    }
    earlier, later = Encoder("context"), Encoder("context")
    row = earlier.encode(features)
    later.restore(earlier.hashes)

    assert later.encode(dict(reversed(features.items()))).tolist() == row.tolist()
    assert later.hashes == earlier.hashes
    assert "Bonn" not in repr(later.hashes)


def test_beyond_its_own_columns_names_share_by_a_signed_hash() -> None:
    """Memory is bounded: the first names keep their own, later ones add up in the rest."""
    encoder = Encoder("context")
    for i in range(400):
        encoder.encode({f"f{i}": 1.0})
    row = encoder.encode({f"f{i}": 1.0 for i in range(250)})

    assert encoder.width <= COLUMNS
    assert row[:OWN].tolist() == [1.0] * OWN
    assert np.abs(row[OWN:]).sum() > 0
    place = int(encoder.columns_of("f300", 1.0)[0])
    sign = 1.0 if column_hash("f300") >> 63 else -1.0
    assert place == OWN + column_hash("f300") % (COLUMNS - OWN)
    assert encoder.encode({"f300": 5.0})[place] == 5.0 * sign


def test_a_feature_keeps_its_type() -> None:
    """Whole and broken numbers are one type; anything else is told."""
    encoder = Encoder("context")
    encoder.encode({"a": 1, "b": (1.0,)})
    encoder.encode({"a": 1.5, "b": [2.0, 3.0]})

    with pytest.raises(FeatureTypeChanged, match="`a` of the context was a number before"):
        encoder.encode({"a": True})


def test_what_is_refused_leaves_no_type_behind() -> None:
    """Neither of itself nor of what stood beside it."""
    encoder = Encoder("context")
    with pytest.raises(BadInput, match="`b`"):
        encoder.encode({"a": 1, "b": object()})  # type: ignore[dict-item]  # what is wrong
    with pytest.raises(BadNumber, match="`b`"):
        encoder.encode({"a": 1, "b": math.nan})

    assert len(encoder.encode({"a": "one", "b": "two"})) > 0


@pytest.mark.parametrize(
    ("number", "is_fine"),
    [
        (2**63 - 1, True),
        (-(2**63) + 1, True),
        (2**63, False),
        (10**400, False),
        (2.9e38, True),
        (3e38, False),
        (math.inf, False),
        (math.nan, False),
    ],
)
def test_numbers_fit_the_journal_and_a_float32(number: float, *, is_fine: bool) -> None:
    """Large ones pass as long as they can be kept; alone and in lists alike."""
    for features in ({"n": number}, {"m": 1, "n": number}):
        if is_fine:
            assert number in Encoder("context").encode(features)
        else:
            with pytest.raises(BadNumber, match="`n` of the context must be a finite number"):
                Encoder("context").encode(features)
    if not is_fine:
        with pytest.raises(BadNumber, match="`n`"):
            Encoder("context").encode({"t": "x", "n": [0.0, number]})


def test_bounds_are_those_of_the_limits() -> None:
    """Features, bytes, numbers in a list, distinct names."""
    tight = Limits(features=2, string_bytes=3, list_length=2, distinct_features=2)
    with pytest.raises(LimitReached, match="Features of the actions: at most 2"):
        Encoder("actions", tight).encode({"a": 1, "b": 2, "c": 3})
    with pytest.raises(LimitReached, match="Bytes of the text `a`: at most 3"):
        Encoder("actions", tight).encode({"a": "üü"})
    with pytest.raises(LimitReached, match="list `a`: at most 2"):
        Encoder("actions", tight).encode({"a": [1.0] * 3})
    encoder = Encoder("actions", tight)
    encoder.encode({"a": 1, "b": 2})
    with pytest.raises(LimitReached, match="more than 2 distinct features"):
        encoder.encode({"c": 3})


def test_a_text_that_is_no_unicode_is_told() -> None:
    """Half a character cannot be kept."""
    with pytest.raises(BadInput, match="`town` of the context is not a valid Unicode text"):
        Encoder("context").encode({"town": "\ud800"})


def test_an_action_without_features_is_known_by_its_name() -> None:
    """Its column is marked as a name; one with features has none of it."""
    encoder = Encoder("actions")
    rows = encoder.encode_actions([Action("a"), Action("b", {"x": 1.0})])

    assert features_of(Action("a")) == {"action": "a"}
    assert list(encoder.kinds) == [ColumnKind.NAME, ColumnKind.NUMBER]
    assert rows[0, 0] == 1.0
    assert rows[1, 0] == 0.0
    assert math.isnan(rows[0, 1])
    assert encoder.are_shared


def test_actions_too_many_for_columns_of_their_own_share_a_model() -> None:
    """From the first name that shares its column on, also in an encoder that took over columns."""
    encoder, later = Encoder("actions"), Encoder("actions")
    encoder.encode_actions([Action(f"a{n}") for n in range(OWN)])
    before = encoder.are_shared
    encoder.encode_actions([Action("one more")])
    later.restore(encoder.hashes)

    assert (before, encoder.are_shared, later.are_shared) == (False, True, True)


def test_an_action_that_changes_its_features_is_encoded_anew() -> None:
    """Rows are remembered by name, and only as long as nothing about the action changed."""
    encoder = Encoder("actions")
    first = encoder.encode_actions([Action("a", {"x": 1.0})])
    same = encoder.encode_actions([Action("a", {"x": 1.0})])
    other = encoder.encode_actions([Action("a", {"x": 2.0})])
    bools = Encoder("actions").encode_actions([Action("a", {"x": True})])

    assert first.tolist() == same.tolist() == bools.tolist() == [[1.0]]
    assert other.tolist() == [[2.0]]
    with pytest.raises(FeatureTypeChanged):
        encoder.encode_actions([Action("a", {"x": True})])


def test_what_is_remembered_is_bounded() -> None:
    """Shapes and actions that never come again do not stay."""
    encoder = Encoder("actions")
    names = [f"f{i}" for i in range(100)]
    for i in range(5_000):
        encoder.encode({names[i % 100]: 1.0, names[(i // 100 + i + 1) % 100]: 1.0})
    for i in range(17_000):
        encoder.encode_actions([Action(f"a{i}", {"f1": 1.0 * i})])
    sizes = [len(held) for held in vars(encoder).values() if isinstance(held, dict)]

    assert max(sizes) <= 16_384
    assert sum(size > 4_096 for size in sizes) <= 1


def test_rows_are_rounded_as_the_evidence_keeps_them() -> None:
    """An action's row holds float32 values, so that live and refolded numbers agree."""
    row = Encoder("actions").encode_actions([Action("a", {"x": 0.1})])

    assert row[0, 0] == float(np.float32(0.1))


def test_actions_of_known_columns_are_encoded_at_once_and_as_alone() -> None:
    """New numbers and yes/noes, known and new texts, lists, other shapes, in any order."""
    rng = np.random.default_rng(4)
    at_once, alone = Encoder("actions"), Encoder("actions")
    for _ in range(6):
        actions = [
            Action(
                f"a{place}",
                {"x": float(number), "kind": str(rng.choice(["run", "swim", "ski"])), "y": place}
                if place % 3
                else {"x": float(number), "new": bool(place % 2)}
                if place % 2
                else {"taste": [float(number), 0.5]},
            )
            for place, number in enumerate(rng.normal(size=9))
        ]
        rows = at_once.encode_actions(actions)
        each = [alone.encode_actions([action])[0] for action in actions]
        for row, its in zip(rows, each, strict=True):
            assert np.array_equal(row[: len(its)], its, equal_nan=True)
        assert at_once.hashes == alone.hashes
        assert np.array_equal(at_once.encode_actions(actions), rows, equal_nan=True)


@pytest.mark.parametrize("number", [math.nan, math.inf, 3.1e38, 10**400, 2**63])
def test_a_number_that_cannot_be_kept_is_told_among_many(number: float) -> None:
    """The feature is named, and of the whole call nothing is remembered."""
    encoder = Encoder("actions")
    encoder.encode_actions([Action("a", {"x": 1.0, "y": 1})])
    types = {"x": 0.5, "y": number} if isinstance(number, int) else {"x": number, "y": 2}
    wrong = "y" if isinstance(number, int) else "x"
    with pytest.raises(BadNumber, match=f"Feature `{wrong}` of the actions"):
        encoder.encode_actions([Action("a", {"x": 2.0, "y": 2}), Action("b", types)])

    assert encoder.encode_actions([Action("a", {"x": 3.0, "y": 1})]).tolist() == [[3.0, 1.0]]


def test_large_numbers_are_fine_among_many() -> None:
    """Beyond 2^62 each number is looked at by itself."""
    encoder = Encoder("actions")
    encoder.encode_actions([Action("a", {"x": 1.0})])

    assert encoder.encode_actions([Action("b", {"x": 2.0**100})]).tolist() == [[2.0**100]]
