"""A course as a value, and what is wrong with one as it was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.packs.school.course import Course, Item, Place, Skill, is_right
from penchant.packs.school.course_checks import checked_course

NAMES = st.sampled_from("abcdef")
SKILLS = st.lists(st.builds(Skill, NAMES, st.just(""), st.lists(NAMES).map(tuple)), max_size=8)


def rules(findings: object) -> list[str]:
    """Give the rules of findings."""
    assert isinstance(findings, tuple)
    return [finding.rule for finding in findings]


def test_prerequisite_ring_is_printed_and_cut_once() -> None:
    """A ring of prerequisites is said with all its skills, and the course that stays has none."""
    ring = [Skill("a", "", ("b",)), Skill("b", "", ("c",)), Skill("c", "", ("a",))]
    places = [Place("skills.csv", line) for line in (2, 3, 4)]

    course, findings = checked_course("ring", (), ring, {"skills": places})

    assert rules(findings) == ["prerequisite ring"]
    assert "`a` needs `b` needs `c` needs `a`" in findings[0].sentence
    assert (findings[0].source, findings[0].line, findings[0].field) == (
        "skills.csv",
        4,
        "prerequisites",
    )
    assert course.before("a") == {"b", "c"}


def test_skill_that_needs_itself() -> None:
    """The smallest ring is one too."""
    course, findings = checked_course("self", (), [Skill("a", "", ("a",))])

    assert rules(findings) == ["prerequisite ring"]
    assert course.skills == (Skill("a"),)


@given(SKILLS)
def test_checked_course_has_no_ring(skills: list[Skill]) -> None:
    """Whatever was read, no skill of a checked course comes before itself."""
    course, _ = checked_course("any", (), skills)

    assert not [skill.name for skill in course.skills if skill.name in course.before(skill.name)]
    assert checked_course("again", (), course.skills)[1] == ()


@given(SKILLS)
def test_order_of_skills_does_not_change_what_is_lost(skills: list[Skill]) -> None:
    """The same skills in another order lose the same prerequisites."""
    unique = list({skill.name: skill for skill in skills}.values())
    first, _ = checked_course("one", (), unique)
    second, _ = checked_course("two", (), unique[::-1])

    assert {s.name: s.prerequisites for s in first.skills} == {
        s.name: s.prerequisites for s in second.skills
    }


def test_deep_chain_of_prerequisites() -> None:
    """Ten thousand skills in one chain are no recursion."""
    chain = [Skill(f"s{n}", "", (f"s{n - 1}",) if n else ()) for n in range(10_000)]

    course, findings = checked_course("chain", (), chain)

    assert findings == ()
    assert len(course.before("s9999")) == 9_999


ITEMS = (
    (Item("", ("add",), right=("4",)), "no name", "item"),
    (Item("known", ("add",), right=("4",)), "duplicate item", "item"),
    (Item("i", ()), "no skill", "skills"),
    (Item("i", ("minus",), right=("4",)), "unknown skill", "skills"),
    (Item("i", ("add",)), "no right answer", "right"),
    (Item("i", ("add",), choices=("3", "4"), right=("5",)), "right is no choice", "right"),
    (Item("i", ("add",), right=("four",), marking="number"), "right is no number", "right"),
    (Item("i", ("add",), right=("1,000",), marking="number"), "right is no number", "right"),
)


@pytest.mark.parametrize(("item", "rule", "field"), ITEMS)
def test_wrong_item_is_left_out_with_its_line(item: Item, rule: str, field: str) -> None:
    """An item that is wrong is said with file, line and field; the others stand."""
    known = Item("known", ("add",), right=("4",))
    places = {"items": [Place("items.csv", 2), Place("items.csv", 3)]}

    course, findings = checked_course("sums", [known, item], [Skill("add")], places)

    assert course.items == (known,)
    assert [(f.rule, f.source, f.line, f.field, f.left_out) for f in findings] == [
        (rule, "items.csv", 3, field, True)
    ]


def test_what_asks_nothing_needs_no_right_answer() -> None:
    """A video is shown, an essay is marked by hand: both stand without a right answer."""
    shown = Item("film", ("add",), format="video")
    essay = Item("essay", ("add",), marking="hand")

    course, findings = checked_course("sums", [shown, essay], [Skill("add")])

    assert (course.items, findings) == ((shown, essay), ())
    assert is_right(essay, "anything") is None


def test_unknown_prerequisite_and_duplicate_skill() -> None:
    """A prerequisite that is no skill, and a skill named twice, are said; the first skill stays."""
    skills = [Skill("a", "", ("zzz",)), Skill("a"), Skill(" ")]

    course, findings = checked_course("sums", (), skills)

    assert sorted(rules(findings)) == ["duplicate skill", "no name", "unknown prerequisite"]
    assert course.skills == (Skill("a"),)


def test_ten_thousand_items_on_one_skill() -> None:
    """A skill may have ten thousand items, and each is found."""
    items = [Item(f"i{n}", ("add",), right=("4",)) for n in range(10_000)]

    course, findings = checked_course("big", items, [Skill("add")])

    assert findings == ()
    assert len(course.items_of("add")) == len(course.item_named) == 10_000
    assert course.items_of("minus") == ()


MARKS = (
    (Item("i", (), right=("4", "four")), "FOUR ", True),
    (Item("i", (), right=("4",)), ["4", "5"], False),
    (Item("i", (), right=("a", "b"), marking="all"), ["b", "a"], True),
    (Item("i", (), right=("a", "b"), marking="all"), ["a"], False),
    (Item("i", (), right=("1000",), marking="number"), "1,000", True),
    (Item("i", (), right=("0.5",), marking="number", tolerance=0.1), ",55", True),
    (Item("i", (), right=("0.5",), marking="number"), "nan", False),
    (Item("i", (), right=("0.5",), marking="number"), "2 / 4", True),
    (Item("i", (), right=("0.5",), marking="number"), "1/0", False),
    (Item("i", (), right=("0.5",), marking="number"), "half", False),
    (Item("i", (), right=()), "4", None),
)


@pytest.mark.parametrize(("item", "said", "right"), MARKS)
def test_marking(item: Item, said: str | list[str], right: bool | None) -> None:  # noqa: FBT001
    """Answers are marked as the item says, whatever their case, spaces or decimal sign."""
    assert is_right(item, said) is right


def test_course_is_a_value() -> None:
    """Two courses of the same content are equal, looked into or not."""
    one, two = (Course("c", (Item("i", ("a",)),), (Skill("a"),)) for _ in range(2))

    assert one.items_of("a")
    assert one == two
