"""A whole replay: as if live, missing rewards apart, bad lines told, the same seed the same."""

from pathlib import Path

import msgspec
import pytest
from adapters.replay.logs import MAP, log_of, map_of, rows_of

from penchant import Engine
from penchant.adapters.replay import BadLog, ReplayReport, replay
from penchant.journal import Decided, Learned, as_plain

ESTIMATED = 'estimate_by = ["where"]\n' + MAP.replace("propensity = 0.5", "")


def run(
    folder: Path,
    rows: list[dict[str, str]],
    text: str = MAP,
    *,
    seed: int = 7,
    people: int = 1,
    store_path: str | None = None,
) -> ReplayReport:
    """Replay rows through a map."""
    return replay(
        log_of(folder, rows),
        map_of(folder, text),
        seed=seed,
        people=people,
        store_path=store_path,
    )


def value_of(report: ReplayReport, policy: str) -> float | None:
    """Give the estimated value of a policy."""
    return next(one.value for one in report.policies if one.policy == policy)


def test_the_same_seed_gives_the_same_report(tmp_path: Path) -> None:
    """Bit for bit, and another seed another acceptance."""
    first, second = (run(tmp_path, rows_of(60)) for _ in range(2))
    other = run(tmp_path, rows_of(60), seed=8)

    assert first == second
    assert msgspec.json.encode(first, enc_hook=as_plain) == msgspec.json.encode(
        second, enc_hook=as_plain
    )
    assert other.counts.accepted != first.counts.accepted


def test_missing_rewards_are_apart_and_never_0(tmp_path: Path) -> None:
    """With every known reward 1, each policy is worth 1, however many are missing."""
    rows = [row | {"gain": "1" if i % 3 else ""} for i, row in enumerate(rows_of(60))]

    report = run(tmp_path, rows)

    assert report.counts.missing_rewards == 20
    assert report.counts.measured == 40
    assert 0 < report.counts.accepted_missing < report.counts.accepted
    assert [one.value for one in report.policies] == [pytest.approx(1.0)] * 4


def test_the_logged_policy_is_worth_the_mean(tmp_path: Path) -> None:
    """And always taking one action is worth the mean of the rows that took it."""
    rows = rows_of(60)
    gains = [float(row["gain"]) for row in rows]
    tips = [float(row["gain"]) for row in rows if row["did"] == "yes"]

    report = run(tmp_path, rows)

    assert value_of(report, "as logged") == pytest.approx(sum(gains) / len(gains))
    assert value_of(report, "always tip") == pytest.approx(sum(tips) / len(tips))


def test_the_engine_learns_from_accepted_rows_only(tmp_path: Path) -> None:
    """Its journal holds an outcome for each accepted row with a reward, after its decision."""
    text = MAP.replace('purpose = "r', 'known_after = "30m"\npurpose = "r')
    report = run(tmp_path, rows_of(60), text, store_path=str(tmp_path / "people.db"))

    store = Engine.open_store(str(tmp_path / "people.db"))
    facts = list(store.read())
    store.close()
    decided = {fact.decision.id: fact.at for fact in facts if isinstance(fact, Decided)}
    learned = [fact for fact in facts if isinstance(fact, Learned)]
    assert len(decided) == 60
    assert len(learned) == report.counts.accepted - report.counts.accepted_missing
    assert {(fact.at - decided[fact.decision]).total_seconds() for fact in learned} == {1800.0}


def test_bad_lines_are_told_and_the_rest_is_replayed(tmp_path: Path) -> None:
    """Lines of the file and refusals of the engine come together, in order."""
    rows = rows_of(30)
    rows[3]["did"] = "perhaps"
    rows[7]["who"] = ""

    report = run(tmp_path, rows)

    assert [one.line for one in report.bad_rows] == [5, 9]
    assert report.counts.bad_rows == 2
    assert report.counts.moments == 30
    assert report.counts.available == 28


def test_a_refusal_of_the_engine_is_told_with_its_line(tmp_path: Path) -> None:
    """A person whose id is no id, and a signal whose kind is none, are told; others go on."""
    rows = rows_of(30)
    rows[2]["who"] = "p\t1"
    text = MAP + '[[signals]]\nkind = "Nonsense"\ndata.place = { column = "where" }\n'

    report = run(tmp_path, rows, text)

    assert report.counts.available == 29
    assert any(one.line == 4 and "printable" in one.sentence for one in report.bad_rows)
    assert any("kind of a signal" in one.sentence for one in report.bad_rows)


def test_propensities_that_do_not_fit_leave_only_the_log(tmp_path: Path) -> None:
    """What rests on wrong propensities is not said; measured and declared are named."""
    rows = [row | {"did": "yes" if i % 5 else "no"} for i, row in enumerate(rows_of(100))]

    report = run(tmp_path, rows)

    assert len(report.warnings) == 2
    assert "`nothing` was logged in 20.0 % of the moments" in report.warnings[0]
    assert "declared as 50.0 %" in report.warnings[0]
    assert value_of(report, "as logged") is not None
    assert value_of(report, "the engine") is None
    assert not report.comparisons


def test_propensities_are_estimated_within_groups_and_said_so(tmp_path: Path) -> None:
    """Estimated propensities fit by making, and the report says whose they are."""
    report = run(tmp_path, rows_of(60), ESTIMATED)

    assert report.propensities == "estimated from the log, within `where`; not the design's"
    assert not report.warnings
    assert value_of(report, "the engine") is not None


def test_propensities_of_a_column_are_used(tmp_path: Path) -> None:
    """The constant of the acceptance is one over the least of them."""
    text = MAP.replace("propensity = 0.5", "").replace(
        'reward = "gain"', 'reward = "gain"\npropensity = "p"'
    )
    rows = [row | {"p": "0.4" if row["did"] == "no" else "0.6"} for row in rows_of(60)]

    report = run(tmp_path, rows, text)

    assert report.constant == pytest.approx(2.5)
    assert report.propensities == "as logged, from `p`"


def test_a_reward_beyond_the_range_is_clipped_for_learning_only(tmp_path: Path) -> None:
    """The table speaks of rewards as they were logged."""
    text = MAP.replace('purpose = "r', 'clip = true\npurpose = "r')
    rows = [row | {"gain": "50"} for row in rows_of(40)]

    report = run(tmp_path, rows, text)

    assert value_of(report, "as logged") == 50.0


def test_cards_show_belief_and_reasons(tmp_path: Path) -> None:
    """The person most is known of: beliefs with how sure, the last decision and its sentences."""
    text = MAP + '[[signals]]\nkind = "home.seen"\ndata.place = { column = "where" }\n'
    rows = [*rows_of(60), rows_of(1)[0] | {"when": "2024-03-20T10:00+00:00"}]

    (card,) = run(tmp_path, rows, text).cards

    assert card.person == "p0"
    assert card.moments == 21
    assert card.decided_at == "2024-03-20T10:00+00:00"
    assert card.action in {"nothing", "tip"}
    assert any("home.seen" in one.says for one in card.beliefs)
    assert card.sentences[0].startswith(f"`{card.action}` was chosen")


def test_people_are_shown_as_asked(tmp_path: Path) -> None:
    """As many cards as asked for, at most as many as there are people."""
    assert len(run(tmp_path, rows_of(30), people=2).cards) == 2
    assert len(run(tmp_path, rows_of(30), people=9).cards) == 3
    assert not run(tmp_path, rows_of(30), people=0).cards


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MAP + '[keep]\nwhere = ["nowhere"]\n', "has no row that is a moment"),
        (MAP, "No moment has a reward in `gain`"),
    ],
)
def test_a_log_with_nothing_to_evaluate_is_told(tmp_path: Path, text: str, said: str) -> None:
    """No moment, or no reward at all, is an error and not an empty table."""
    rows = [row | {"gain": ""} for row in rows_of(6)]

    with pytest.raises(BadLog, match=said):
        run(tmp_path, rows, text)


def test_few_people_have_values_without_intervals(tmp_path: Path) -> None:
    """The value is there, its ends are not, and nothing is told apart."""
    report = run(tmp_path, rows_of(300, people=3))

    assert value_of(report, "as logged") is not None
    assert {(one.low, one.high) for one in report.policies} == {(None, None)}
    assert not any(one.told_apart for one in report.comparisons)
