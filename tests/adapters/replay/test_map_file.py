"""Map files: what is wrong with one is said with its file and key, before anything runs."""

from pathlib import Path

import pytest
from adapters.replay.logs import MAP, map_of

from penchant.adapters.replay.map_file import BadLog, check_columns, read_map

COLUMNS = ("who", "when", "did", "gain", "where")


def test_a_map_is_read(tmp_path: Path) -> None:
    """A whole map becomes frozen values, with defaults where nothing is said."""
    plan = read_map(map_of(tmp_path))

    assert [action.policy for action in plan.actions] == [
        "never anything but nothing",
        "always tip",
    ]
    assert plan.log.missing == ("", "NA")
    assert plan.estimate_by is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('action = "did"\n', "", "missing required field `action` - at `columns`"),
        ('person = "who"', "person = 3", "Expected `str`, got `int` - at `columns.person`"),
        ('person = "who"', 'persn = "who"', "unknown field `persn` - at `columns`"),
        ("[columns]", "[columns", "is not as it should be"),
        ("propensity = 0.5", "propensity = 0.0", "propensity of `nothing` must be above 0"),
        ("propensity = 0.5", "propensity = 1.5", "must be above 0 and at most 1 (got 1.5)"),
        ("propensity = 0.5", "propensity = nan", "must be above 0 and at most 1 (got nan)"),
        ("propensity = 0.5", "propensity = 0.4", "must sum to 1 (they sum to 0.8)"),
        ("propensity = 0.5", "", "must come from one place"),
        ('reward = "gain"', 'reward = "gain"\npropensity = "p"', "(here: 2 of them)"),
        ('logged = "yes"', 'logged = "no"', "two actions have the same `logged`, `no`"),
        ('name = "tip"', 'name = "nothing"', "two actions have the same `name`, `nothing`"),
        (
            'purpose = "recommendation"',
            'purpose = "recommendation"\nknown_after = "soon"',
            "`moment.known_after` must be a number and a unit",
        ),
        (
            'purpose = "recommendation"',
            'purpose = "recommendation"\nreward_range = [1, 0]',
            "`moment.reward_range` must rise (got 1 to 0)",
        ),
    ],
)
def test_a_wrong_map_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Each mistake names the file and the key."""
    assert old in MAP
    path = map_of(tmp_path, MAP.replace(old, new))

    with pytest.raises(BadLog) as told:
        read_map(path)

    assert str(path) in str(told.value)
    assert said in str(told.value)


def test_one_action_without_a_propensity_is_told(tmp_path: Path) -> None:
    """Where some actions have a propensity, all need one."""
    path = map_of(tmp_path, MAP.replace("propensity = 0.5", "", 1))

    with pytest.raises(BadLog, match="`nothing` has no `propensity`, though others have one"):
        read_map(path)


def test_a_log_without_a_header_is_told(tmp_path: Path) -> None:
    """There is no list of columns to give."""
    plan = read_map(map_of(tmp_path))

    with pytest.raises(BadLog, match="It has no columns"):
        check_columns(plan, (), log="log.csv", map_path="map.toml")


def test_a_map_without_actions_is_told(tmp_path: Path) -> None:
    """A map names its actions."""
    head = MAP[: MAP.index("[[actions]]")]
    path = map_of(tmp_path, "actions = []\n" + head)

    with pytest.raises(BadLog, match="`actions` is empty"):
        read_map(path)


def test_a_map_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The missing file is named."""
    with pytest.raises(BadLog, match=r"none\.toml` cannot be read"):
        read_map(tmp_path / "none.toml")


def test_absent_columns_are_all_told(tmp_path: Path) -> None:
    """Every key whose column is absent is named, with the columns there are."""
    text = MAP + (
        '[keep]\nopen = ["1"]\n[traits.age]\ncolumn = "age"\n'
        '[[signals]]\nkind = "a.seen"\nwhen = "steps"\ndata.x = { column = "x" }\n'
    )
    plan = read_map(map_of(tmp_path, text))

    with pytest.raises(BadLog) as told:
        check_columns(plan, ("who", "when", "did", "where"), log="log.csv", map_path="map.toml")

    for piece in (
        "The map `map.toml` names columns that `log.csv` does not have",
        "`columns.reward` names `gain`",
        "`keep.open` names `open`",
        "`traits.age` names `age`",
        "`signals[0].when` names `steps`",
        "`signals[0].data.x` names `x`",
        "Its columns are `who`, `when`, `did`, `where`.",
    ):
        assert piece in str(told.value)


def test_columns_that_are_there_pass(tmp_path: Path) -> None:
    """Nothing is said where nothing is wrong."""
    plan = read_map(map_of(tmp_path))

    check_columns(plan, COLUMNS, log="log.csv", map_path="map.toml")

    assert plan.columns.person in COLUMNS
