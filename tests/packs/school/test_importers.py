"""Courses and answers as other systems write them: CSV, OATutor, QTI, xAPI; broken ones too."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Course, Finding, Item, Skill, is_right
from penchant.packs.school.oatutor import course_from_oatutor
from penchant.packs.school.qti import course_from_qti
from penchant.packs.school.statements import answers_from_xapi, xapi_of
from penchant.packs.school.tables import answers_from_csv, course_from_csv, text_of

HOME = "https://school.example"


def places(findings: tuple[Finding, ...]) -> list[tuple[str, str, int, str]]:
    """Give rule, file, line and field of findings."""
    return [(f.rule, f.source, f.line, f.field) for f in findings]


# CSV


def test_course_from_csv_with_skills() -> None:
    """Items and skills are read with lists, numbers, quoted line ends and a semicolon between."""
    items = (
        "\ufeffName;Skills;Choices;Right;Difficulty;Text\r\n"
        'cut;"minus|add";3|4;4;0,5;"Two\nlines"\r\n'
        "\r\n"
        "bad;minus;3|4;5;1;\r\n"
    )
    skills = "name,prerequisites\nadd,\nminus,add\n"

    course, findings = course_from_csv(items.encode(), skills, name="sums")

    (item,) = course.items
    assert (item.skills, item.choices, item.difficulty) == (("minus", "add"), ("3", "4"), 0.5)
    assert item.text == "Two\nlines"
    assert course.before("minus") == {"add"}
    assert places(findings) == [("right is no choice", "items.csv", 5, "right")]


BROKEN_ITEMS = (
    ("", ("empty file", "items.csv", 1, "")),
    ("name,right\n2+2,4\n", ("missing column", "items.csv", 1, "skills")),
    ("name,skills,right,color\n2+2,add,4,red\n", ("unknown column", "items.csv", 1, "color")),
    ("name,skills,right,right\n2+2,add,5,4\n", ("duplicate column", "items.csv", 1, "right")),
    ("name,skills,right\n2+2,add\n2+2,add,4\n", ("broken row", "items.csv", 2, "")),
    ('name,skills,right\nx,"add,4\n2+2,add,4\n', ("broken row", "items.csv", 2, "")),
    ("name,skills,right,difficulty\n1,add,4,hard\n", ("broken cell", "items.csv", 2, "difficulty")),
    ("name,skills,right,marking\n1,add,4,luck\n", ("broken cell", "items.csv", 2, "marking")),
)


@pytest.mark.parametrize(("table", "place"), BROKEN_ITEMS)
def test_broken_table_of_items(table: str, place: tuple[str, str, int, str]) -> None:
    """What is broken is said with its line and column, and the rows around it are read."""
    course, findings = course_from_csv(table)

    assert places(findings) == [place]
    assert [item.name for item in course.items] == (["2+2"] if "2+2,add,4" in table else []) or (
        place[0] == "duplicate column"
    )


def test_other_encodings() -> None:
    """Windows-1252 is read and said; UTF-16 with its mark is read."""
    assert text_of("é".encode("utf-16"), "a.csv") == ("é", ())
    text, findings = text_of("a\né".encode("cp1252"), "a.csv")

    assert (text, places(findings)) == ("a\né", [("not UTF-8", "a.csv", 2, "")])


def test_answers_from_csv() -> None:
    """Answers are read in order; times carry a zone, and each bad cell is said with its line."""
    table = (
        "student,item,skills,correct,at,seconds\n"
        "ada,2+2,add,yes,2026-11-22T10:00Z,3.5\n"
        "ada,2+2,add,1,2026-11-22T10:00,\n"
        "ada,2+2,add,1,noon,soon\n"
        "ada,2+2,add,perhaps,,\n"
        "ada,2+2,add,,,\n"
        "ben,2+2,add,0,0,\n"
    )

    answers, findings = answers_from_csv(table)

    assert [(a.student, a.correct, a.at, a.seconds) for a in answers] == [
        ("ada", True, 1_795_341_600.0, 3.5),
        ("ben", False, 0.0, None),
    ]
    assert [place[::2] for place in places(findings)] == [
        ("broken cell", 3),
        ("broken cell", 4),
        ("not right or wrong", 5),
        ("empty answer", 6),
    ]


def test_csv_read_again_gives_the_same_ids() -> None:
    """The same file gives the same ids, so that nothing counts twice."""
    table = "student,item,skills,correct\nada,2+2,add,1\nada,2+2,add,1\n"
    ids = [[answer.id for answer in answers_from_csv(table)[0]] for _ in range(2)]

    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    """No text makes an importer fail; what cannot be read is said."""
    answers, findings = answers_from_csv(text)
    assert answers or findings
    assert course_from_csv(text)
    assert answers_from_xapi(text, home=HOME)
    assert course_from_qti({"a.xml": text}, "name,skills\n")
    assert course_from_oatutor({"skillModel.json": text})


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(content: bytes) -> None:
    """No bytes make an importer fail."""
    assert answers_from_csv(content)
    assert course_from_csv(content)
    assert answers_from_xapi(content, home=HOME)
    assert course_from_qti({"a.xml": content}, "name,skills\n")
    assert course_from_oatutor({"skillModel.json": content})


# OATutor: a small course of our own in the same form

POOL = "content/content-pool"
PROBLEM = {
    "id": "p1",
    "title": "Sums",
    "body": "Work it out.",
    "oer": "https://school.example <Our school>",
    "license": "https://creativecommons.org/licenses/by/4.0/ <CC BY 4.0>",
    "courseName": "Numbers",
}
STEP = {"id": "p1a", "stepTitle": "What is 2 + 2?", "stepBody": "", "variabilization": {}}
HINTS = [
    {"id": "h2", "type": "hint", "dependencies": ["h1"], "text": "Then add one more."},
    {"id": "h1", "type": "hint", "dependencies": [], "text": "Count to three."},
]


def oatutor(**steps: dict[str, object]) -> dict[str, bytes | str]:
    """Write steps of one problem as files, with a skill model that gives each the skill `add`."""
    files = {
        f"{POOL}/p1/p1.json": json.dumps(PROBLEM),
        "content/skillModel.json": json.dumps({name: ["add"] for name in steps if name != "lost"}),
        f"{POOL}/p1/steps/p1a/tutoring/p1aDefaultPathway.json": json.dumps(HINTS),
    }
    for name, fields in steps.items():
        step = json.dumps({**STEP, "id": name, **fields}, indent=1)
        files[f"{POOL}/p1/steps/{name}/{name}.json"] = step
    return dict(files)


def test_course_from_oatutor() -> None:
    """Steps become items: choices, numbers, several choices, algebra; licence and hints stay."""
    files = oatutor(
        p1a={"problemType": "MultipleChoice", "stepAnswer": ["4"], "choices": ["3", "4"]},
        p1b={"problemType": "TextBox", "answerType": "arithmetic", "stepAnswer": ["$$4$$"]},
        p1c={"answerType": "MultipleSelect", "stepAnswer": ["a", "b"], "choices": ["a", "b", "c"]},
        p1d={"answerType": "arithmetic", "stepAnswer": ["$$4x$$"]},
        p1e={"answerType": "string", "stepAnswer": ["@{x}"]},
        p1f={"answerType": "arithmetic", "stepAnswer": ["$$-\\frac{1}{4}$$"]},
    )

    course, findings = course_from_oatutor(files, course_name="Numbers")

    one, number, several, algebra, drawn, fraction = course.items
    assert (one.name, one.title, one.text) == ("p1a", "What is 2 + 2?", "Work it out.")
    assert one.hints == ("Count to three.", "Then add one more.")
    assert "CC BY 4.0" in one.licence
    assert "Our school" in one.credit
    assert is_right(number, "4.0")
    assert is_right(fraction, "-1/4")
    assert is_right(fraction, "-0.25")
    assert is_right(several, ["b", "a"])
    assert (algebra.marking, drawn.marking) == ("hand", "hand")
    assert [f.rule for f in findings] == ["marked by hand"] * 2
    assert course_from_oatutor(files, course_name="Other")[0].items == ()


def test_broken_oatutor() -> None:
    """A broken file, a step without an answer, a skill or a problem: each is said."""
    files = oatutor(p1a={"stepAnswer": ["4"]}, p1b={"stepAnswer": []}, lost={"stepAnswer": ["1"]})
    files[f"{POOL}/p1/steps/p1c/p1c.json"] = '{\n "id": "p1c",\n'
    files[f"{POOL}/p9/steps/p9a/p9a.json"] = "{}"

    course, findings = course_from_oatutor(files)

    assert [item.name for item in course.items] == ["p1a"]
    assert sorted(places(findings)) == [
        ("broken JSON", f"{POOL}/p1/steps/p1c/p1c.json", 3, "p1c.json"),
        ("no problem", f"{POOL}/p9/steps/p9a/p9a.json", 1, "id"),
        ("no right answer", f"{POOL}/p1/steps/p1b/p1b.json", 6, "right"),
        ("no skill", f"{POOL}/p1/steps/lost/lost.json", 6, "skills"),
    ]


def test_oatutor_that_nests_without_end() -> None:
    """A file that nests too deep is said, not followed."""
    _, findings = course_from_oatutor({"x.json": "[" * 100_000})

    assert [f.rule for f in findings] == ["broken JSON", "no skill model"]


def test_oatutor_without_skill_model() -> None:
    """Without its skill model no step can stand, and that is said first."""
    files = oatutor(p1a={"stepAnswer": ["4"]})
    del files["content/skillModel.json"]

    course, findings = course_from_oatutor(files)

    assert course.items == ()
    assert [f.rule for f in findings] == ["no skill model", "no skill"]


# QTI

TABLE = "name,skills,difficulty\nq1,add,0.5\nq2,add,\nq3,add,\nq4,add,\nq5,add,\n"
CHOICE_2 = """<?xml version="1.0"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q1" title="Sum">
 <responseDeclaration identifier="R" cardinality="single" baseType="identifier">
  <correctResponse><value>B</value></correctResponse>
 </responseDeclaration>
 <itemBody><p>What is 2 + 2?</p>
  <choiceInteraction responseIdentifier="R" maxChoices="1">
   <simpleChoice identifier="A">3</simpleChoice><simpleChoice identifier="B">4</simpleChoice>
  </choiceInteraction></itemBody>
</assessmentItem>"""
CHOICE_3 = """<qti-assessment-item identifier="q2" title="Even">
 <qti-response-declaration identifier="R" cardinality="multiple" base-type="identifier">
  <qti-mapping><qti-map-entry map-key="A" mapped-value="1"/>
  <qti-map-entry map-key="B" mapped-value="-1"/><qti-map-entry map-key="C" mapped-value="2"/>
  </qti-mapping></qti-response-declaration>
 <qti-item-body><qti-choice-interaction response-identifier="R" max-choices="0">
  <qti-simple-choice identifier="A">2</qti-simple-choice>
  <qti-simple-choice identifier="B">3</qti-simple-choice>
  <qti-simple-choice identifier="C"><img src="four.png"/></qti-simple-choice>
 </qti-choice-interaction></qti-item-body></qti-assessment-item>"""
ENTRY = """<assessmentItem identifier="q3" title="Half">
 <responseDeclaration identifier="R" cardinality="single" baseType="float">
  <correctResponse><value>0.5</value></correctResponse></responseDeclaration>
 <itemBody><p>1/2 = <textEntryInteraction responseIdentifier="R"/></p></itemBody>
 <responseProcessing><responseCondition><responseIf>
  <equal toleranceMode="absolute" tolerance="0.01 0.01"><variable identifier="R"/>
  <correct identifier="R"/></equal></responseIf></responseCondition></responseProcessing>
</assessmentItem>"""


def test_course_from_qti() -> None:
    """One choice of 2.1, several of 3.0 by their mapping, and a number with its tolerance."""
    files = {"q1.xml": CHOICE_2, "q2.xml": CHOICE_3, "q3.xml": ENTRY, "imsmanifest.xml": "<m/>"}

    course, findings = course_from_qti(dict(files), TABLE)

    one, several, number = course.items
    assert findings == ()
    assert (one.choices, one.right, one.title, one.difficulty) == (("3", "4"), ("4",), "Sum", 0.5)
    assert one.text == "What is 2 + 2?"
    assert is_right(several, ["C", "A"])
    assert not is_right(several, ["A"])
    assert is_right(number, "0.505")
    assert not is_right(number, "0.52")


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>\n<assessmentItem identifier="q1"/>'
BROKEN_QTI = (
    ("<assessmentItem>\n<itemBody>", ("broken XML", "q.xml", 2, "")),
    ("", ("broken XML", "q.xml", 1, "")),
    (LAUGHS, ("broken XML", "q.xml", 1, "")),
    ("<a>" * 100 + "</a>" * 100, ("broken XML", "q.xml", 1, "")),
    ("<a>" + "x" * (4 * 2**20) + "</a>", ("broken XML", "q.xml", 1, "")),
    (
        CHOICE_2.replace('Identifier="R"', 'Identifier="S"'),
        ("no right answer", "q.xml", 2, "right"),
    ),
    (CHOICE_2.replace("<value>B</value>", ""), ("no right answer", "q.xml", 2, "right")),
    (CHOICE_2.replace(">B<", ">Z<"), ("right is no choice", "q.xml", 2, "right")),
    (CHOICE_2.replace('"q1"', '"q9"'), ("no skill", "q.xml", 2, "skills")),
)


@pytest.mark.parametrize(("text", "place"), BROKEN_QTI, ids=lambda _: "")
def test_broken_qti(text: str, place: tuple[str, str, int, str]) -> None:
    """A broken file, a document type, a wrong key: said with its line; the other items are read."""
    course, findings = course_from_qti({"q.xml": text, "z.xml": ENTRY}, TABLE)

    assert places(findings) == [place]
    assert [item.name for item in course.items] == ["q3"]


def test_qti_that_is_marked_by_hand() -> None:
    """What cannot be marked by machine is kept for a person, and said."""
    match = CHOICE_2.replace("choiceInteraction", "orderInteraction")
    relative = ENTRY.replace("absolute", "relative")
    two = ENTRY.replace('"q3"', '"q4"').replace("</p>", "<textEntryInteraction/></p>")
    files = {"a.xml": match, "b.xml": relative, "c.xml": two, "notes.txt": "no item"}

    course, findings = course_from_qti(dict(files), TABLE)

    assert [item.marking for item in course.items] == ["hand"] * 3
    assert [(f.rule, f.left_out) for f in findings] == [("marked by hand", False)] * 3


def test_qti_number_without_a_tolerance() -> None:
    """A number without a tolerance, or with one that is no number, has to be met."""
    plain = ENTRY.replace('toleranceMode="absolute"', 'toleranceMode="exact"')
    broken = ENTRY.replace("0.01 0.01", "much").replace('"q3"', '"q4"')

    course, _ = course_from_qti({"a.xml": plain, "b.xml": broken}, TABLE)

    assert [item.tolerance for item in course.items] == [0, 0]


# xAPI

COURSE = Course("c", (Item("2+2", ("add",), right=("4",)),), (Skill("add"),))
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(str.strip)
ANSWERS = st.builds(
    Answer,
    student=TEXTS,
    item=TEXTS,
    skills=st.lists(TEXTS, min_size=1, max_size=3, unique=True).map(tuple),
    correct=st.booleans(),
    at=st.none() | st.integers(0, 4_000_000_000_000).map(lambda ms: ms / 1_000),
    seconds=st.none() | st.floats(0, 1e9),
    response=st.just("") | TEXTS,
    session=st.just("") | TEXTS,
    id=TEXTS,
)


@given(st.lists(ANSWERS, max_size=4, unique_by=lambda one: (one.student, one.id)))
def test_what_is_written_as_xapi_reads_back(answers: list[Answer]) -> None:
    """Answers written and read are the same answers, where they are sound."""
    one_each = {answer.student: answer for answer in answers}
    kept = list({answer.id: answer for answer in one_each.values()}.values())

    assert answers_from_xapi(xapi_of(kept, home=HOME), home=HOME) == (tuple(kept), ())


def statement(**changes: object) -> dict[str, object]:
    """Give a statement that is sound but for the changes."""
    (sound,) = json.loads(
        xapi_of([Answer("ada", "2+2", ("add",), correct=True, id="x")], home=HOME)
    )
    return {**sound, **changes}


ACTOR = {"objectType": "Agent", "mbox": "mailto:ada@school.example"}
BROKEN_STATEMENTS: tuple[tuple[dict[str, object], str, str], ...] = (
    ({"actor": ACTOR}, "actor", "known by `mbox`"),
    ({"actor": {}}, "actor", "no actor"),
    ({"verb": {}}, "verb", "no verb"),
    ({"object": {"id": 3}}, "object", "no object"),
    ({"result": {}}, "success", "empty"),
    ({"result": {"success": "yes"}}, "success", "empty"),
    ({"result": {"success": True, "duration": "P1Y"}}, "duration", "ISO 8601"),
    ({"result": {"success": True, "response": 4}}, "response", "wrong type"),
    ({"timestamp": "2026-11-22T10:00"}, "timestamp", "no zone"),
    ({"timestamp": 3}, "timestamp", "no zone"),
    ({"timestamp": "noon"}, "timestamp", "no zone"),
)


@pytest.mark.parametrize(("changes", "field", "words"), BROKEN_STATEMENTS)
def test_broken_statement(changes: dict[str, object], field: str, words: str) -> None:
    """A broken statement is said with line and field, without what it holds; the next is read."""
    text = f"{json.dumps(statement(**changes))}\n{json.dumps(statement())}\n"

    answers, findings = answers_from_xapi(text, COURSE, home=HOME)

    assert [answer.item for answer in answers] == ["2+2"]
    assert places(findings) == [("broken statement", "statements.json", 1, field)]
    assert words in findings[0].sentence
    assert "ada@" not in findings[0].sentence


def test_broken_json_among_statements() -> None:
    """A statement that is no JSON is said with its line, and those after it are read."""
    good = json.dumps(statement())
    other = json.dumps(statement(id="00000000-0000-4000-8000-000000000000", context={}))
    text = f'[{good},\n7,\n{{"actor": oops}},\n{{"x": NaN}},\n{other}\n]'

    answers, findings = answers_from_xapi(text, COURSE, home=HOME)

    assert len(answers) == 2
    assert [(f.rule, f.line) for f in findings] == [
        ("broken statement", 2),
        ("broken JSON", 3),
        ("broken JSON", 4),
    ]


def test_deep_json_is_survived() -> None:
    """Nesting without end is said, not followed."""
    _, findings = answers_from_xapi("[" * 5 + '{"a":' * 100_000, home=HOME)

    assert [f.rule for f in findings] == ["broken JSON"]


def test_no_end_of_broken_statements() -> None:
    """A file that is no list of statements is given up after a thousand of them."""
    _, findings = answers_from_xapi('{"a"\n' * 5_000, home=HOME)

    assert len(findings) == 1_000


def test_no_end_of_open_quotes() -> None:
    """A table of nothing but open quotes is read to its end, each line said."""
    _, findings = course_from_csv("name,skills\n" + '"a,\n' * 5_000)

    assert len(findings) == 5_000


def test_marking_voiding_and_other_verbs() -> None:
    """The course marks what is not marked, `voided` takes back, other verbs are counted."""
    own = {"urn:penchant:school:skills": ["add"]}
    verbs = "http://adlnet.gov/expapi/verbs/"
    statements = [
        statement(id="1", result={"response": " 4"}, context={"extensions": own}),
        statement(id="2", context={"extensions": own}),
        statement(id="3", verb={"id": f"{verbs}voided"}, object={"id": "2"}),
        statement(id="4", verb={"id": f"{verbs}experienced"}),
    ]

    answers, findings = answers_from_xapi(json.dumps(statements), COURSE, home=HOME)

    assert [(answer.id, answer.correct) for answer in answers] == [("1", True)]
    assert [(f.rule, f.left_out) for f in findings] == [("other verb", False)]


def test_statement_after_its_session() -> None:
    """An answer later than the `terminated` of its registration does not count."""
    verbs = "http://adlnet.gov/expapi/verbs/"
    context = {"registration": "r1"}
    statements = [
        statement(id="1", timestamp="2026-11-22T10:00:00Z", context=context),
        statement(
            id="2",
            timestamp="2026-11-22T10:05:00Z",
            context=context,
            verb={"id": f"{verbs}terminated"},
        ),
        statement(id="3", timestamp="2026-11-22T10:06:00Z", context=context),
    ]

    answers, findings = answers_from_xapi(json.dumps(statements), COURSE, home=HOME)

    assert [answer.id for answer in answers] == ["1"]
    assert places(findings) == [("answer after the session", "statements.json", 1, "at")]


def test_an_activity_of_another_system() -> None:
    """An activity from elsewhere is an item by its whole address."""
    address = "https://other.example/quiz/1"
    text = json.dumps(statement(object={"id": address}))

    assert answers_from_xapi(text, home=HOME)[0][0].item == address
