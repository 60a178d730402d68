"""What a pack may not declare: each refusal is a sentence that names the file and the key."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs.strangers import PACE, pace

from penchant.adapters.packs.finding import at_path
from penchant.adapters.packs.reading import pack_of, read_pack
from penchant.contract.checking import RULES, problems
from penchant.contract.checking_parts import part_problems, state_problem
from penchant.contract.declarations import DOMAINS, Kind
from penchant.contract.emotion import emotion_in
from penchant.contract.values import encoded, not_a_value
from penchant.errors import BadInput
from penchant.words import FrozenMap, Signal

Tables = dict[str, Any]
Change = Callable[[Tables], object]


def tables() -> Tables:
    """Give the stranger's file, decoded, to be changed."""
    found: Tables = msgspec.toml.decode((PACE / "pack.toml").read_bytes())
    return found


def against(change: Change) -> tuple[str, ...]:
    """Give what stands against the stranger's pack after a change."""
    changed = tables()
    change(changed)
    return problems(pack_of(changed, "pace/pack.toml"))


def put(where: str, number: int, **values: Any) -> Change:
    """Give a change of one entry of a list; None takes a key out."""

    def change(found: Tables) -> None:
        entry = found[where][number]
        for key, value in values.items():
            entry.pop(key, None)
            if value is not None:
                entry[key] = value

    return change


def on_action(**values: Any) -> Change:
    """Give a change of the second action of the second moment."""
    return lambda found: found["moments"][1]["actions"][1].update(values)


def also(where: str, **entry: Any) -> Change:
    """Give a change that adds an entry to a list."""
    return lambda found: found.setdefault(where, []).append(entry)


def both(*changes: Change) -> Change:
    """Give one change of several."""
    return lambda found: [change(found) for change in changes]


def at_school(found: Tables) -> None:
    """Put the pack to school."""
    found["pack"]["domain"] = "education"
    for moment in found["moments"]:
        moment["override"] = "pace.turned_down"


def drop(where: str, number: int) -> Change:
    """Give a change that takes an entry out of a list."""
    return lambda found: found[where].pop(number)


FEELS = {"name": "pace.mood", "expert": "form", "says": "how somebody feels"}
PAGE = {
    "name": "mine",
    "title": "My runs",
    "part": "penchant_pace.parts:form",
    "purpose": "pace.training",
    "says": "Shows somebody their runs.",
}

# (what is changed, the key, a part of the sentence)
REFUSED: tuple[tuple[Change, str, str], ...] = (
    (
        lambda found: found["moments"][1]["actions"][0].pop("reason"),
        "moments.pace.plan_b.actions.stretch.reason",
        "no reason in words",
    ),
    (
        on_action(reason="  "),
        "moments.pace.plan_b.actions.cancel_race.reason",
        "no reason in words",
    ),
    (put("moments", 0, reasons=None), "moments.pace.next_run.reasons", "no reason in words"),
    (
        put("moments", 0, outcome={"name": "liked"}),
        "moments.pace.next_run.outcome.window",
        "no window",
    ),
    (put("moments", 1, outcome=None), "moments.pace.plan_b.outcome.window", "no window"),
    (drop("guards", 0), "moments.pace.next_run", "no guard metric"),
    (on_action(risk="auto"), "moments.pace.plan_b.actions.cancel_race.risk", "cannot be undone"),
    (on_action(risk="notify"), "moments.pace.plan_b.actions.cancel_race.risk", "`notify` lets it"),
    (put("claims", 0, baseline=None), "claims.fading.baseline", "no baseline"),
    (put("claims", 0, baseline=" "), "claims.fading.baseline", "no baseline"),
    (
        both(
            also("features", name="care.illness", expert="form", says="", sensitivity="special"),
            put("moments", 0, features=["care.illness"]),
        ),
        "moments.pace.next_run.features",
        "special category and belongs to another pack",
    ),
    (
        put("moments", 0, features=["shop.taste"]),
        "moments.pace.next_run.features",
        "belongs to another pack",
    ),
    (
        on_action(features={"care.illness": True}),
        "moments.pace.plan_b.actions.cancel_race.features",
        "belongs to another pack",
    ),
    (put("features", 0, sensitivity="special"), "features.pace.form.sensitivity", "not explicit"),
    (put("signals", 0, sensitivity="special"), "signals.pace.ran.sensitivity", "not explicit"),
    (put("traits", 0, sensitivity="special"), "traits.longest.sensitivity", "not explicit"),
    (both(at_school, also("features", **FEELS)), "features.pace.mood", "(`mood`)"),
    (
        both(at_school, put("experts", 0, infers="frustration")),
        "experts.form.infers",
        "(`frustration`)",
    ),
    (
        both(at_school, put("signals", 1, data={"happy": "yes or no", "route": "text"})),
        "signals.pace.rated.data",
        "(`happy`)",
    ),
    (
        both(at_school, put("traits", 0, says="how angry somebody gets")),
        "traits.longest",
        "(`angry`)",
    ),
    (
        both(at_school, lambda found: found["moments"][1].pop("override")),
        "moments.pace.plan_b.override",
        "a teacher can override every step",
    ),
    (put("moments", 1, override="pace.gone"), "moments.pace.plan_b.override", "no signal"),
    (
        lambda found: [found["pack"].update(minors=True), on_action(burden=0.9)(found)],
        "moments.pace.plan_b.actions.cancel_race.burden",
        "at most 0.2",
    ),
    (
        lambda found: [
            found["pack"].update(minors=True),
            put("purposes", 0, says="To show you advertisements.")(found),
        ],
        "purposes.pace.training",
        "nothing is advertised",
    ),
    (put("signals", 0, retention="soon"), "signals.pace.ran.retention", "a number and a unit"),
    (put("guards", 0, window="x"), "guards.turned_down.window", "a number and a unit"),
    (put("outcomes", 0, after="x"), "outcomes.pace.next_run.after", "a number and a unit"),
    (put("signals", 0, purpose="pace.gone"), "signals.pace.ran.purpose", "no purpose `pace.gone`"),
    (put("purposes", 0, name="training"), "purposes.training", "must begin with `pace.`"),
    (put("signals", 1, name="pace.ran"), "signals.pace.ran", "declared twice"),
    (put("experts", 0, folds=[]), "experts.form.folds", "folds nothing"),
    (put("experts", 0, folds=["shop.bought"]), "experts.form.folds", "no signal `shop.bought`"),
    (put("experts", 0, purpose="pace.body"), "experts.form.folds", "Nothing crosses purposes"),
    (put("moments", 0, purpose="pace.body"), "moments.pace.next_run.features", "crosses purposes"),
    (put("features", 0, expert="gone"), "features.pace.form.expert", "no expert `gone`"),
    (put("moments", 0, features=["pace.gone"]), "moments.pace.next_run.features", "no feature"),
    (drop("proposers", 0), "moments.pace.next_run.actions", "neither actions nor a proposer"),
    (put("guards", 0, moment="pace.gone"), "guards.turned_down.moment", "no moment"),
    (put("guards", 0, signal="pace.gone"), "guards.turned_down.signal", "no signal"),
    (put("guards", 0, at_most=-1.0), "guards.turned_down.at_most", "0 or more"),
    (put("planners", 0, moment="pace.gone"), "planners.pace.gone.moment", "no moment"),
    (put("outcomes", 0, signal="pace.gone"), "outcomes.pace.next_run.signal", "no signal"),
    (put("outcomes", 0, reward="gone"), "outcomes.pace.next_run", "no field `gone`"),
    (also("pages", **PAGE, sends=["pace.gone"]), "pages.mine.sends", "no signal `pace.gone`"),
    (also("pages", **PAGE, sends=["pace.pulse_measured"]), "pages.mine.sends", "the same purpose"),
)


@pytest.mark.parametrize(
    ("change", "key", "words"), REFUSED, ids=[f"{n}-{row[1]}" for n, row in enumerate(REFUSED)]
)
def test_what_would_harm_is_refused(change: Change, key: str, words: str) -> None:
    """The sentence names the file and the key, and says what is wrong."""
    found = [one for one in against(change) if f"key `{key}`:" in one]

    assert found, against(change)
    assert any(words in one for one in found), found
    assert all(one.startswith("`pace/pack.toml`, key `") and one.endswith(".") for one in found)


def test_nothing_stands_against_what_is_right() -> None:
    """The stranger's pack, as it is."""
    assert not against(lambda _: None)


def test_every_rule_is_seen_to_refuse() -> None:
    """Each rule finds something in one of the changes above."""
    silent = {rule.__name__ for rule in RULES}
    for change, _, _ in REFUSED:
        changed = tables()
        change(changed)
        pack = pack_of(changed, "pace/pack.toml")
        silent -= {rule.__name__ for rule in RULES if list(rule(pack))}

    assert not silent


@given(st.sampled_from([one for one in DOMAINS if one not in {"education", "workplace"}]))
def test_elsewhere_an_emotion_may_be_told(domain: str) -> None:
    """The rule is about school and work; elsewhere consent decides."""

    def change(found: Tables) -> None:
        found["pack"]["domain"] = domain
        also("features", **FEELS)(found)

    assert not against(change)


@given(st.sampled_from(["frustration", "mood", "bored", "Joy", "stress", "anxious"]), st.text())
def test_an_emotion_is_found_in_any_text(word: str, around: str) -> None:
    """Whatever stands around it, case and underscores aside."""
    letters = "".join(one for one in around if not one.isascii() or not one.isalpha())

    assert emotion_in(f"{letters}_{word} {letters}") == word.lower()


@pytest.mark.parametrize(
    "text", ["moodle", "what happens", "homework", "effort", "tired", "pain", "sadhu", "fearless"]
)
def test_what_only_looks_like_an_emotion_is_none(text: str) -> None:
    """Words are looked at whole."""
    assert not emotion_in(text)


# What is no pack at all: the error names the file and the place in it.
UNREADABLE: tuple[tuple[Change, str], ...] = (
    (lambda found: found.pop("pack"), "does not say which pack it is"),
    (lambda found: found["pack"].update(name="Pace Pack"), "lower-case letters"),
    (lambda found: found["pack"].update(nam="x"), "there is no key `nam`; is `name` meant?"),
    (
        lambda found: found["pack"].update(domain="army"),
        "`domain` must be one of `general`, `education`",
    ),
    (lambda found: found.update(signal=[]), "there is no key `signal`; is `signals` meant?"),
    (lambda found: found.update(signals={}), "begin each with a line `[[signals]]`"),
    (lambda found: found.update(signals=["x"]), "`signals` 1: this must be a table"),
    (put("signals", 0, purpos="x"), "`signals` 1 (`pace.ran`): there is no key `purpos`"),
    (put("signals", 0, purpose=3), "`purpose` should be a text and is a whole number"),
    (put("signals", 0, retention=None), "misses `retention`"),
    (put("guards", 0, at_most="few"), "`at_most` should be a number and is a text"),
    (put("moments", 0, reasons=["x"]), "moment `pace.next_run`, `reasons`"),
    (put("moments", 0, features="x"), "moment `pace.next_run`, `features`"),
    (put("moments", 0, explor=0.1), "there is no key `explor`; is `explore` meant?"),
    (on_action(reason=3), "action `cancel_race`, `reason`"),
    (on_action(irreversible="yes"), "action `cancel_race`, `irreversible`"),
    (lambda found: found.update(texts={"a": 1}), "`texts`"),
    (lambda found: found.update(moments="x"), "moment 1"),
)


@pytest.mark.parametrize(
    ("change", "words"), UNREADABLE, ids=[str(n) for n in range(len(UNREADABLE))]
)
def test_a_file_that_is_no_pack_is_told(change: Change, words: str) -> None:
    """The file, the list, the entry and the key are named."""
    changed = tables()
    change(changed)

    with pytest.raises(BadInput) as caught:
        pack_of(changed, "pace/pack.toml")
    assert str(caught.value).startswith("`pace/pack.toml`")
    assert words in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With the command that writes one."""
    with pytest.raises(BadInput, match="penchant pack new NAME"):
        read_pack(tmp_path)


class _Careless:
    """An expert whose state can be changed from outside."""

    def initial(self) -> list[float]:
        return []

    def fold(self, state: list[float], signal: Signal) -> list[float]:
        del signal
        return [*state, 1.0]

    def features(self, state: list[float], at: object) -> dict[str, float]:
        del state, at
        return {}


class _Changing(_Careless):
    """An expert that changes the state it is given."""

    def initial(self) -> Any:
        return _Box()

    def fold(self, state: Any, signal: Signal) -> Any:
        del signal
        msgspec.structs.force_setattr(state, "counts", (*state.counts, 1))
        return state


class _Box(msgspec.Struct, frozen=True):
    """A frozen struct that is changed all the same."""

    counts: tuple[int, ...] = (0,)


class _Dicey(_Careless):
    """An expert that comes to another state each time."""

    turn = 0

    def initial(self) -> Any:
        return (0.0,)

    def fold(self, state: Any, signal: Signal) -> Any:
        del state, signal
        self.turn += 1
        return (float(self.turn),)


class _LateList(_Dicey):
    """An expert whose first state is a value and whose second is none."""

    def fold(self, state: Any, signal: Signal) -> Any:
        del state, signal
        return ([1.0],)


KINDS = {"pace.ran": Kind("pace.ran", "pace.training", "1y", "", data={"km": "number"})}


@pytest.mark.parametrize(
    ("expert", "words"),
    [
        (_Careless(), "Its first state is no value: `state` is a `list`, which can be changed"),
        (_Changing(), "Folding `pace.ran` changes the state it was given"),
        (_Dicey(), "Folding `pace.ran` twice gives two states"),
        (_LateList(), "Its state is no value: `state[0]` is a `list`"),
    ],
    ids=["list", "in place", "dice", "later"],
)
def test_an_expert_whose_state_is_not_a_value_is_refused(expert: Any, words: str) -> None:
    """However it comes to be changed."""
    assert words in state_problem(expert, KINDS, ("pace.ran",))


def parts_with(**changed: Any) -> tuple[str, ...]:
    """Give what stands against the stranger's code with some parts changed."""
    installed = pace()
    parts = {
        place: changed.get(place.partition(":")[2], part) for place, part in installed.parts.items()
    }
    parts = {place: part for place, part in parts.items() if part is not None}
    return part_problems(installed.pack, parts)


def test_what_stands_against_the_code_names_file_and_key() -> None:
    """A state that is no value, a part that is not there, one that cannot do its work."""
    (state,) = parts_with(form=lambda contents: _Careless())  # noqa: ARG005 - as parts are made
    (missing,) = parts_with(routes=None)
    (useless,) = parts_with(by_length=lambda contents: object())  # noqa: ARG005 - as above
    (claim,) = parts_with(fading=None)

    assert state.startswith(f"`{PACE / 'pack.toml'}`, key `experts.form`: The state of this expert")
    assert (
        "key `proposers.pace.next_run.part`: `penchant_pace.parts:routes` is not there" in missing
    )
    assert "key `planners.pace.next_run.part`" in useless
    assert "has no `plan`" in useless
    assert "key `claims.fading.measure`" in claim


def test_code_that_raises_is_told() -> None:
    """When it is made, and when it is asked."""

    def broken(contents: object) -> object:
        raise RuntimeError(str(contents))

    class Raising(_Careless):
        def initial(self) -> Any:
            raise KeyError("x")

    (made,) = parts_with(routes_file=broken)
    (asked,) = parts_with(form=lambda contents: Raising())  # noqa: ARG005 - as parts are made

    assert "cannot be made where nothing was brought yet. It raised a `RuntimeError`" in made
    assert "It raised a `KeyError`" in asked


def test_a_feature_that_is_not_declared_is_told() -> None:
    """What is inferred of a person is said where everybody can read it."""

    class Talkative(_Dicey):
        def fold(self, state: Any, signal: Signal) -> Any:
            del signal
            return state

        def features(self, state: object, at: object) -> dict[str, float]:
            del state, at
            return {"pace.secret": 1.0}

    (found,) = parts_with(form=lambda contents: Talkative())  # noqa: ARG005 - as parts are made

    assert "It gives a feature `pace.secret` that is not declared" in found


def test_a_pack_without_code_needs_none(tmp_path: Path) -> None:
    """Data alone make a pack."""
    text = '[pack]\nname = "still"\ntitle = "Still"\nabout = "Nothing yet."\n'
    (tmp_path / "pack.toml").write_text(text)

    assert at_path(tmp_path)[1] == ()


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.floats(),
    lambda inside: (
        st.lists(inside, max_size=3).map(tuple)
        | st.dictionaries(st.text(), inside, max_size=3).map(FrozenMap)
    ),
    max_leaves=8,
)


@given(plain, st.integers(0, 2))
def test_what_cannot_be_changed_is_a_value(state: object, depth: int) -> None:
    """Tuples and frozen maps of plain things are values, and none with a list inside is one."""
    assert not_a_value(state) == ""
    changed: object = [state]
    for _ in range(depth):
        changed = (state, changed)
    assert "which can be changed" in not_a_value(changed)


def numbers(state: object) -> Iterator[object]:
    """Give the leaves of a state."""
    if isinstance(state, tuple):
        for one in state:
            yield from numbers(one)
    else:
        yield state


@given(st.lists(st.integers() | st.text(), max_size=4))
def test_equal_states_are_written_alike(leaves: list[int | str]) -> None:
    """So two states can be compared by what is written of them."""
    one, other = tuple(leaves), (*leaves,)

    assert encoded(one) == encoded(other)
    assert list(numbers(one)) == leaves
