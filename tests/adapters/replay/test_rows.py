"""Rows: good lines become values in the order of time, bad ones a sentence with their number."""

import gzip
from pathlib import Path

import pytest
from adapters.replay.logs import MAP, log_of, map_of, rows_of

from penchant.adapters.replay.map_file import BadLog, read_map
from penchant.adapters.replay.rows import BadRow, Row, read_rows
from penchant.words import FrozenMap


def read(
    folder: Path, rows: list[dict[str, str]], text: str = MAP
) -> tuple[list[Row], list[BadRow]]:
    """Read rows through a map."""
    return read_rows(log_of(folder, rows), read_map(map_of(folder, text)), map_path="map.toml")


WITH_COLUMN = MAP.replace("propensity = 0.5", "").replace(
    'reward = "gain"', 'reward = "gain"\npropensity = "p"'
)


def test_rows_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    """Whatever the order of the file, and whatever the zones."""
    rows = rows_of(3)
    rows[0]["when"] = "2024-03-01T09:00-05:00"  # 14:00 UTC
    rows[1]["when"] = "2024-03-01T13:00+00:00"
    rows[2]["when"] = "2024-03-01T14:30+02:00"  # 12:30 UTC

    good, bad = read(tmp_path, rows)

    assert [row.line for row in good] == [4, 3, 2]
    assert not bad


def test_a_missing_reward_is_none(tmp_path: Path) -> None:
    """A reward that is not known is not 0."""
    rows = rows_of(3)
    rows[0]["gain"], rows[1]["gain"], rows[2]["gain"] = "", "NA", "0"

    good, _ = read(tmp_path, rows)

    assert [row.reward for row in good] == [None, None, 0.0]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("who", "", "no person in `who`"),
        ("when", "", "no time in `when` that reads as ISO 8601"),
        ("when", "yesterday", "no time in `when` that reads as ISO 8601"),
        ("when", "2024-03-01T10:00", "the time in `when` has no zone"),
        ("did", "", "no action in `did` (`no`, `yes`)"),
        ("did", "perhaps", "`perhaps` in `did` is none of the map's actions (`no`, `yes`)"),
        ("gain", "much", "`gain` holds no number"),
        ("gain", "nan", "`gain` must hold a finite number"),
        ("gain", "inf", "`gain` must hold a finite number"),
        ("gain", "7", "the reward in `gain` must lie between 0 and 1 (got 7)"),
        ("p", "", "no propensity in `p`"),
        ("p", "0", "the propensity in `p` must be above 0 and at most 1 (got 0)"),
        ("p", "1.2", "the propensity in `p` must be above 0 and at most 1 (got 1.2)"),
        ("p", "nan", "`p` must hold a finite number"),
        ("p", "half", "`p` holds no number"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_goes_on(
    tmp_path: Path, column: str, cell: str, said: str
) -> None:
    """Each fault names its line and column; the other lines are kept."""
    rows = [row | {"p": "0.5"} for row in rows_of(4)]
    rows[1][column] = cell

    good, bad = read(tmp_path, rows, WITH_COLUMN)

    assert [row.line for row in good] == [2, 4, 5]
    assert [one.line for one in bad] == [3]
    assert said in bad[0].sentence


def test_a_line_with_too_few_cells_is_told(tmp_path: Path) -> None:
    """A torn line is left out."""
    path = log_of(tmp_path, rows_of(2))
    path.write_text(path.read_text() + "p1,2024-03-02T10:00+00:00\n")

    good, bad = read_rows(path, read_map(map_of(tmp_path)), map_path="map.toml")

    assert len(good) == 2
    assert "more or fewer cells" in bad[0].sentence


def test_rows_that_are_no_moment_are_kept_without_action(tmp_path: Path) -> None:
    """What the map does not keep still shows something of the person."""
    rows = [row | {"open": "1"} for row in rows_of(2)]
    rows[0] |= {"open": "0", "did": "", "gain": "not read"}

    good, bad = read(tmp_path, rows, MAP + '[keep]\nopen = ["1"]\n')

    assert [row.action for row in good] == [None, 0]
    assert good[0].context == {"place": "work"}
    assert not bad


def test_context_signals_and_traits_take_their_kinds(tmp_path: Path) -> None:
    """Texts may be put in other words, numbers divided, and yes/no read; unknown ones are out."""
    text = (
        MAP
        + 'words = { home = "at home" }\n'
        + '[context.sun]\ncolumn = "sun"\nkind = "yes"\n'
        + '[context.km]\ncolumn = "m"\nkind = "number"\nper = 1000.0\n'
        + '[[signals]]\nkind = "a.walked"\nwhen = "m"\nat_least = 500.0\n'
        + '[[signals]]\nkind = "a.seen"\ndata.sun = { column = "sun", kind = "yes" }\n'
        + '[traits.zone]\ncolumn = "where"\n'
    )
    rows = [row | {"sun": "", "m": ""} for row in rows_of(2, people=1)]
    rows[1] |= {"sun": "TRUE", "m": "1500", "where": "home"}
    rows[0] |= {"where": "NA"}

    good, _ = read(tmp_path, rows, text)

    assert dict(good[0].context) == {}
    assert good[0].signals == (None, None)
    assert not good[0].traits
    assert dict(good[1].context) == {"place": "at home", "sun": True, "km": 1.5}
    assert good[1].signals == (FrozenMap(), FrozenMap({"sun": True}))
    assert good[1].traits == {"zone": "home"}


def test_a_yes_or_no_that_is_neither_is_told(tmp_path: Path) -> None:
    """A cell that cannot be read as yes or no makes its line bad."""
    text = MAP + '[context.sun]\ncolumn = "sun"\nkind = "yes"\n'

    _, bad = read(tmp_path, [row | {"sun": "maybe"} for row in rows_of(1)], text)

    assert "`sun` is neither yes nor no" in bad[0].sentence


def test_a_zone_from_a_column_is_used(tmp_path: Path) -> None:
    """A time without an offset takes the zone of its own column."""
    text = MAP.replace('time = "when"', 'time = "when"\ntime_zone = "zone"')
    rows = [row | {"zone": "America/New_York"} for row in rows_of(1)]
    rows[0]["when"] = "2024-07-01T08:00"

    good, _ = read(tmp_path, rows, text)

    assert good[0].at.isoformat() == "2024-07-01T08:00:00-04:00"


def test_rewards_that_are_true_or_false_are_numbers(tmp_path: Path) -> None:
    """A yes/no outcome is 1 or 0."""
    rows = rows_of(2)
    rows[0]["gain"], rows[1]["gain"] = "TRUE", "False"

    good, _ = read(tmp_path, rows)

    assert [row.reward for row in good] == [1.0, 0.0]


def test_a_log_in_gzip_is_read(tmp_path: Path) -> None:
    """What is packed is unpacked, whatever its name."""
    plain = log_of(tmp_path, rows_of(3))
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    good, _ = read_rows(packed, read_map(map_of(tmp_path)), map_path="map.toml")

    assert len(good) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"who,when,did,gain,where\n", "has no rows below its header"),
        (b"who,when\xff\n1,2\n", "is no CSV in UTF-8"),
        (b"\x1f\x8bbroken", "cannot be read"),
        (b"", "names columns that `log.csv` does not have"),
    ],
)
def test_a_log_that_cannot_be_read_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    """An unreadable or empty log is an error with its name."""
    path = tmp_path / "log.csv"
    path.write_bytes(content)

    with pytest.raises(BadLog, match=said):
        read_rows(path, read_map(map_of(tmp_path)), map_path="map.toml")


def test_a_log_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The missing file is named."""
    with pytest.raises(BadLog, match=r"none\.csv` cannot be read"):
        read_rows(tmp_path / "none.csv", read_map(map_of(tmp_path)), map_path="map.toml")
