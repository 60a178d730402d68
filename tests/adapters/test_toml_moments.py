"""Moments from TOML: what is written is declared, and every mistake is named where it is."""

from pathlib import Path

import msgspec
import pytest

from penchant.adapters.cli.init import EXAMPLE
from penchant.adapters.toml_moments import actions_of, moments_of, read_moments
from penchant.errors import BadInput, BadNumber, LimitReached, UnknownAction
from penchant.limits import Limits
from penchant.words import Action, AtTime, Cap, Moment, OnLevel, OnSignal, Outcome, QuietHours

HEAD = '[[moments]]\nname = "home.hero"\npurpose = "news"\n'
EVERYTHING = """
[[moments]]
name = "home.hero"
purpose = "news"
outcome = { name = "clicked", window = "30m", default = "none" }
default = "sneakers"
explore = 0.02
neutral_share = 0
reward_range = [0, 10]
half_life = "30d"
guardrails = [
  { type = "cap", at_most = 3, per = "1d" },
  { type = "quiet_hours", start = "21:00", end = "08:00", zone = "Europe/Berlin" },
]
non_profiling = true
opens = [
  { type = "on_signal", kind = "run.finished", where = { surface = "trail" }, cool_down = "2d" },
  { type = "at_time", at = "07:30", days = ["mon", "tue"], zone = "Europe/Berlin", late = "30m" },
  { type = "on_level", kind = "run.finished", field = "km", level = 800, since = "shoes.replaced" },
]

[[moments.actions]]
name = "sneakers"
features = { price = 80, new = true, sport = "run", look = [0.5, 1] }
content = "card-7"
channel = "app"
burden = 0.2
risk = "confirm"
"""


def of(text: str) -> tuple[Moment, ...]:
    """Build the moments of a text."""
    return moments_of(msgspec.toml.decode(text), "shop.toml")


def test_every_key_is_taken_over() -> None:
    """A file may say all that a moment has."""
    action = Action(
        "sneakers",
        features={"price": 80, "new": True, "sport": "run", "look": [0.5, 1]},
        content="card-7",
        channel="app",
        burden=0.2,
        risk="confirm",
    )

    assert of(EVERYTHING) == (
        Moment(
            "home.hero",
            purpose="news",
            actions=[action],
            outcome=Outcome("clicked", window="30m", default=None),
            default="sneakers",
            explore=0.02,
            neutral_share=0,
            reward_range=(0, 10),
            half_life="30d",
            guardrails=[Cap(3, "1d"), QuietHours("21:00", "08:00", "Europe/Berlin")],
            non_profiling=True,
            opens=[
                OnSignal("run.finished", where={"surface": "trail"}, cool_down="2d"),
                AtTime("07:30", ["mon", "tue"], "Europe/Berlin", late="30m"),
                OnLevel("run.finished", 800, field="km", since="shoes.replaced"),
            ],
        ),
    )


def test_name_and_purpose_are_enough() -> None:
    """What is left out is as in `Moment`."""
    assert of(HEAD) == (Moment("home.hero", purpose="news"),)


def test_the_example_can_be_declared(tmp_path: Path) -> None:
    """What `penchant init` writes is a file of moments, its commented lines too."""
    path = tmp_path / "penchant.toml"
    path.write_text(EXAMPLE)
    lines = EXAMPLE.splitlines()
    shown = [
        line.removeprefix("# ") if line.startswith(("# [", "# d", "# g", "#  ", "# ]")) else line
        for line in lines
    ]

    assert read_moments(path)[0].guardrails == ()
    assert len(of("\n".join(shown))[0].guardrails) == 2
    assert of("\n".join(shown))[0].default == "sneakers"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "`shop.toml` declares no moment. Begin each with a line `[[moments]]`."),
        ("moments = 3", "declares no moment"),
        ("moment = 3", "there is no key `moment`; is `[[moments]]` meant?"),
        ("moments = [3]", "moment 1: this must be a table"),
        ('[[moments]]\npurpose = "news"', "`shop.toml`, moment 1: misses `name`."),
        (HEAD + HEAD, "declares moment `home.hero` twice"),
        (HEAD + "explor = 1", "moment 1 (`home.hero`): there is no key `explor`; is `explore`"),
        (HEAD + "zzzz = 1", "no key `zzzz`; there are `name`, `purpose`, `actions`"),
        (HEAD + 'explore = "a"', "`explore` should be a number and is a text."),
        (HEAD + "outcome = 3", "`outcome` should be a table and is a whole number."),
        (HEAD + "outcome = { name = 3 }", "`outcome.name` should be a text and is a whole number."),
        (
            HEAD + "outcome = { windo = 3 }",
            "`outcome`: there is no key `windo`; is `window` meant?",
        ),
        (HEAD + "actions = 3", "`actions` should be a list and is a whole number."),
        (HEAD + "actions = [3]", "action 1: should be a table and is a whole number."),
        (HEAD + "actions = [{}]", "action 1: misses `name`."),
        (HEAD + 'actions = [{ name = "a" }, { nam = "b" }]', "action 2: there is no key `nam`"),
        (HEAD + 'actions = [{ name = "a", risk = "b" }]', "action 1: `risk` is not as it should"),
        (HEAD + 'actions = [{ name = "a", features = 3 }]', "`features` should be a table"),
        (
            HEAD + 'actions = [{ name = "a", features = { x = { y = 1 } } }]',
            "`features.x` must be true",
        ),
        (
            HEAD + 'actions = [{ name = "a", features = { x = ["b"] } }]',
            "`features.x` must be true or false",
        ),
        (HEAD + 'actions = [{ name = "a", features = { x = nan } }]', "a finite number"),
        (HEAD + "guardrails = [{ at_most = 3 }]", "its `type` must be one of `cap`, `quiet_hours`"),
        (HEAD + 'guardrails = [{ type = "cap" }]', "guardrail 1: misses `at_most`."),
        (HEAD + 'guardrails = [{ type = "cap", most = 3 }]', "guardrail 1: there is no key `most`"),
        (HEAD + "guardrails = [3]", "guardrail 1: should be a table"),
        (
            HEAD + 'opens = [{ type = "at" }]',
            "opening 1: its `type` must be one of `on_signal`, `at",
        ),
        (HEAD + 'opens = [{ type = "at_time", hour = 9 }]', "opening 1: there is no key `hour`"),
        (HEAD + 'opens = [{ type = "at_time", at = 9 }]', "opening 1: `at` should be a text"),
        (HEAD + 'opens = [{ type = "at_time", days = ["monday"] }]', "invalid enum value 'monday'"),
        (HEAD + 'opens = [{ type = "on_level", kind = "a.b" }]', "opening 1: misses `level`."),
        (HEAD + "opens = [3]", "opening 1: should be a table"),
        (
            HEAD + 'opens = [{ type = "on_signal", kind = "a.b", where = { x = [1] } }]',
            "opening 1: `where.x` must be true or false, a finite number or a text.",
        ),
        (HEAD + "reward_range = [1]", "`reward_range` is not as it should be: expected `array`"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, sentence: str) -> None:
    """The file, the moment, the key and what was expected stand in the message."""
    with pytest.raises(BadInput) as wrong:
        of(text)

    assert sentence in str(wrong.value)
    assert str(wrong.value).startswith("`shop.toml`")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("explore = 2", BadNumber),
        ('half_life = "soon"', BadNumber),
        ('opens = [{ type = "at_time", cool_down = "1s" }]', BadNumber),
        ('opens = [{ type = "at_time", at = "25:00" }]', BadInput),
        ('opens = [{ type = "at_time", zone = "Middle/Earth" }]', BadInput),
        ('opens = [{ type = "at_time" }]', BadInput),
        ('default = "b"\nactions = [{ name = "a" }]', UnknownAction),
        ('actions = [{ name = "a" }, { name = "b" }]', LimitReached),
    ],
)
def test_a_moment_that_cannot_be_decided_keeps_its_class(line: str, error: type[BadInput]) -> None:
    """What `check_moment` finds comes with the name of the file."""
    tables = msgspec.toml.decode(HEAD + line)

    with pytest.raises(error, match=r"^`shop\.toml`: .*`home\.hero`"):
        moments_of(tables, "shop.toml", limits=Limits(actions_per_moment=1))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file"),
        (b"a = \xff", "is not TOML"),
        (b"[[moments]\n", "(at line 1, column"),
    ],
)
def test_a_file_that_is_none_is_told(content: bytes | None, sentence: str, tmp_path: Path) -> None:
    """A missing file and one that is no TOML are told apart."""
    path = tmp_path / "penchant.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadInput) as wrong:
        read_moments(path)

    assert sentence in str(wrong.value)


def test_actions_must_be_a_list() -> None:
    """Actions given with a call are read by the same rules."""
    with pytest.raises(BadInput, match="`-` must hold a list of actions"):
        actions_of({"name": "a"}, "`-`")
    with pytest.raises(BadInput, match="`-`: action 1: misses `name`"):
        actions_of([{}], "`-`")
