"""What a teacher sees: each number opens to its answers, and nothing is said without enough."""

from collections.abc import Mapping
from typing import NamedTuple

from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Course, Item, Skill
from penchant.packs.school.insight import engagement, groups, heat_map, stuck


class Mastery(NamedTuple):
    """A belief as the tracer gives one."""

    probability: float
    sd: float


COURSE = Course(
    "sums",
    (
        Item("2+2", ("add",), right=("4",)),
        Item("3-1", ("minus",), right=("2",)),
        Item("film", ("add",), format="video"),
    ),
    (Skill("minus", "", ("add",)), Skill("add")),
)
LOW, HIGH, VAGUE = Mastery(0.2, 0.1), Mastery(0.9, 0.05), Mastery(0.4, 0.4)


def given(student: str, item: str, right: str, seconds: float | None = None) -> list[Answer]:
    """Make answers of a student to an item from a row of 1 and 0."""
    skills = COURSE.item_named[item].skills
    return [
        Answer(student, item, skills, one == "1", float(n), seconds, id=f"{student}-{item}-{n}")
        for n, one in enumerate(right)
    ]


def beliefs(**students: tuple[Mastery, Mastery]) -> Mapping[str, Mapping[str, Mastery]]:
    """Say for each student what is believed of `add` and of `minus`."""
    return {name: {"add": add, "minus": minus} for name, (add, minus) in students.items()}


def test_heat_map_opens_to_its_answers() -> None:
    """Every cell has the ids of its answers; who needs most comes first, skills build up."""
    answers = given("ada", "2+2", "11") + given("ben", "3-1", "0")

    seen = heat_map(COURSE, beliefs(ada=(HIGH, HIGH), cy=(LOW, LOW)), answers)

    assert seen.skills == ("add", "minus")
    assert seen.students == ("ben", "cy", "ada")
    assert seen.cells["ada", "add"] == (
        "ada", "add", 0.9, 0.05, 2, ("ada-2+2-0", "ada-2+2-1"),
    )  # fmt: skip
    assert seen.cells["ben", "add"] == ("ben", "add", None, None, 0, ())


def test_stuck_names_what_is_missing() -> None:
    """Wrong answers and a weak prerequisite make a student stuck, with the ids of both."""
    answers = given("ada", "2+2", "01") + given("ada", "3-1", "1100000000")

    (one,) = stuck(COURSE, beliefs(ada=(LOW, LOW)), answers)

    assert (one.skill, one.right, one.of, one.missing) == ("minus", 0, 8, ("add",))
    assert one.sentences[0] == "8 of the last 8 answers to `minus` are wrong."
    assert "`add` comes before it" in one.sentences[1]
    assert one.evidence == (*(f"ada-3-1-{n}" for n in range(2, 10)), "ada-2+2-0", "ada-2+2-1")


def test_not_stuck_without_enough_evidence() -> None:
    """With few answers, an unsure or a high belief, or enough right ones nobody is stuck."""
    wrong = given("ada", "3-1", "0000")

    assert stuck(COURSE, beliefs(ada=(HIGH, LOW)), wrong[:3]) == ()
    assert stuck(COURSE, beliefs(ada=(HIGH, VAGUE)), wrong) == ()
    assert stuck(COURSE, beliefs(ada=(HIGH, HIGH)), wrong) == ()
    assert stuck(COURSE, {}, given("ada", "3-1", "0101")) == ()
    assert len(stuck(COURSE, {}, wrong)) == 1


def test_haste_is_said_by_time_alone() -> None:
    """Answers that come much faster than the class's are said, without a word about feelings."""
    others = [answer for n in range(9) for answer in given(f"s{n}", "3-1", "1", 30.0)]
    answers = others + given("ada", "3-1", "00000", 5.0)

    (one,) = stuck(COURSE, beliefs(ada=(HIGH, LOW)), answers)

    assert "5 came in less than a third of the time others usually take." in one.sentences
    assert "Nothing that comes before it is known to be missing" in one.sentences[-1]


def test_groups_share_what_is_missing_first() -> None:
    """Who misses the same first skill is in one group, nobody is in two, one alone is in none."""
    answers = [
        one for name in ("ada", "ben", "cy", "dee") for one in given(name, "3-1", "000000")
    ] + given("eve", "2+2", "0000")
    held = beliefs(ada=(LOW, LOW), ben=(LOW, LOW), cy=(HIGH, LOW), dee=(HIGH, LOW), eve=(LOW, LOW))
    found = stuck(COURSE, held, answers)

    made = groups(found)

    assert [(group.skill, group.students) for group in made] == [
        ("add", ("ada", "ben", "eve")),
        ("minus", ("cy", "dee")),
    ]
    assert "ada-3-1-0" in made[0].evidence
    assert [group.students for group in groups(found, largest=2)] == [
        ("ada", "ben"),
        ("cy", "dee"),
    ]
    assert groups(found[:1]) == ()


def test_engagement_counts_time_that_is_known() -> None:
    """Time adds up where answers say it, completion counts items that ask something."""
    answers = given("ada", "2+2", "01", 10.0) + given("ada", "3-1", "1") + given("ben", "film", "1")

    ben, ada = engagement(COURSE, answers)

    assert (ada.seconds, ada.timed, ada.answers, ada.done, ada.items) == (20.0, 2, 3, 2, 2)
    assert ada.evidence == ("ada-2+2-0", "ada-2+2-1", "ada-3-1-0")
    assert (ben.done, ben.seconds, ben.last_at) == (0, 0, 0.0)
