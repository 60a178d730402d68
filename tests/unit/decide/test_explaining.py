"""Explaining: each sentence on decisions made by hand, word for word."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from engines import NOW
from views import Shape
from views import version_of as drawn_version

from penchant.decide.contributions import Encoders
from penchant.decide.explaining import DecisionExplainer
from penchant.model.action_names import ActionNames
from penchant.model.encoding import Encoder
from penchant.model.version import Scaling, Version
from penchant.words import Action, Decision, Explanation, FrozenMap, Moment, Removed, Value

ACTIONS = (
    Action("shoes", {"sport": "run", "price": 80.0, "new": True, "look": [1.0, 0.0]}),
    Action("fins", {"sport": "swim", "price": 40.0, "new": False, "look": [0.0, 1.0]}),
    Action("nothing"),
)
MOMENT = Moment("m", "shop", ACTIONS, reward_range=(0.0, 10.0))
CONTEXT: Mapping[str, Value] = {"hour": 2.0, "sunny": True, "mood": [1.0], "town": "Bonn"}


def encoders() -> Encoders:
    """Give encoders that have met everything."""
    of_context, of_actions = Encoder("context"), Encoder("actions")
    of_context.encode(CONTEXT)
    of_actions.encode_actions(ACTIONS)
    known = ActionNames()
    known.places(action.name for action in ACTIONS)
    return Encoders(of_context, of_actions, known)


def plain(width: int) -> Scaling:
    """Give the scaling that leaves numbers as they are; what is not named counts as 0."""
    return Scaling(np.zeros(width), np.ones(width), np.full(width, 99.0))


def explained(
    weights: Mapping[tuple[str, str], float],
    own: Mapping[str, float],
    *,
    moment: Moment = MOMENT,
    version: Version | None = None,
    **more: Any,
) -> Explanation:
    """Decide by hand and explain.

    `weights` go by (context column, action column), `own` (the person's) by action column; columns
    are named as in `place`.
    """
    used, known_to = version or version_with(weights, own), encoders()
    of_context, of_actions, _ = known_to
    names = tuple(more.pop("names", ("shoes", "fins", "nothing")))
    known = {action.name: action for action in ACTIONS}
    scaled = used.action.apply(of_actions.encode_actions([known[name] for name in names]))
    row = used.context.apply(of_context.encode(more.get("context", CONTEXT)))
    belief = np.ones(used.rank)
    given = {
        "id": "d",
        "moment": "m",
        "person": "ada",
        "at": NOW,
        "action": known[names[0]],
        "propensity": 0.9851,
        "mode": "personal",
        "names": names,
        "weights": (1.0, *(0.0,) * (len(names) - 1)),
        "neutral": (1.0, *(0.0,) * (len(names) - 1)),
        "expected": tuple(used.rewards(row, scaled).tolist()),
        "personal": tuple((scaled @ used.basis @ belief).tolist()),
        "belief": tuple(belief.tolist()),
        **more,
        "context": FrozenMap(more.get("context", CONTEXT)),
    }
    explainer = DecisionExplainer(moment, used, known_to)
    explanation = explainer.explain(Decision(**given))

    assert explainer.reasons(Decision(**given)) == explanation.reasons
    return explanation


def test_what_explains_holds_nothing_that_grows_with_the_actions() -> None:
    """A decision that is kept keeps what explains it, so that is small."""
    used = drawn_version(Shape(1, has_spread=True))
    explainer = DecisionExplainer(Moment("m", purpose="p"), used, encoders())

    assert used.spread is not None
    assert explainer.version.spread is None


def place(column: str, names: tuple[str, ...]) -> int:
    """Give the place of a column in a scaled row; "" is the leading 1."""
    return names.index(column)


OF_CONTEXT = ("", "hour", "sunny", "town=Bonn", "mood")
OF_ACTIONS = ("", "price", "new", "sport=run", "look0", "look1", "sport=swim", "nothing")


def version_with(weights: Mapping[tuple[str, str], float], own: Mapping[str, float]) -> Version:
    """Give a version with those weights, and one direction in which people differ."""
    of_context, of_actions, _ = encoders()
    table = np.zeros((1 + of_context.width, 1 + of_actions.width))
    for (context, action), weight in weights.items():
        table[place(context, OF_CONTEXT), place(action, OF_ACTIONS)] = weight
    basis = np.zeros((1 + of_actions.width, 1))
    for action, weight in own.items():
        basis[place(action, OF_ACTIONS), 0] = weight
    return Version(
        number=1,
        n_outcomes=9,
        round=1,
        context=plain(of_context.width),
        action=plain(of_actions.width),
        weights=table,
        is_logistic=False,
        spread=None,
        basis=basis,
        prior=np.ones(1),
        noise=0.1,
        own=np.zeros((0, 0)),
    )


def test_columns_stand_where_these_tests_take_them_to() -> None:
    """The names above are the columns as the encoders lay them out."""
    of_context, of_actions, _ = encoders()

    assert [int(of_context.columns_of(name, value)[0]) + 1 for name, value in CONTEXT.items()] == [
        OF_CONTEXT.index(name) for name in ("hour", "sunny", "mood", "town=Bonn")
    ]
    assert [int(one) + 1 for one in of_actions.columns_of("look", [1.0, 2.0])] == [4, 5]
    for name, value, column in (
        ("price", 1.0, "price"),
        ("new", True, "new"),
        ("sport", "run", "sport=run"),
        ("sport", "swim", "sport=swim"),
        ("action", "nothing", "nothing"),
    ):
        assert int(of_actions.columns_of(name, value)[0]) + 1 == OF_ACTIONS.index(column)


def test_people_and_person_are_told_apart_with_their_share() -> None:
    """The share in words is that of the margin: 0.3 of 0.3 + 0.1."""
    told = explained({("", "sport=run"): 0.1}, {"new": 0.3})

    assert told.sentences == (
        "`shoes` was chosen; its chance was 98.5 %.",
        "You lean to `new` yes rather than no.",
        "People in general lean to `sport` run rather than swim.",
        "This was 75 % you and 25 % people in general.",
    )
    assert told.person_share == pytest.approx(0.75)
    assert told.runner_up == "fins"
    assert not told.explored
    assert [reason.source for reason in told.reasons] == ["person", "people", "note"]
    assert [reason.share for reason in told.reasons] == pytest.approx([3.0, 1.0, 0.0])


def test_who_leans_the_other_way_is_told() -> None:
    """People would have taken the other; the person tips it."""
    told = explained({("", "sport=swim"): 0.1}, {"sport=run": 0.3})

    assert "This was 75 % you and 25 % people in general, who lean the other way." in told.sentences
    assert told.would_change == "For somebody nothing is known of, `fins` would have come first."
    assert told.sentences[-1] == told.would_change
    assert "People in general lean less to `sport` run rather than swim." in told.sentences


def test_what_holds_right_now_is_named_with_its_value() -> None:
    """A number, a yes, a text; of a list only that it is as now."""
    weights = {
        ("hour", "new"): 0.2,
        ("sunny", "sport=run"): 0.3,
        ("town=Bonn", "price"): 0.004,
        ("mood", "look0"): 0.11,
    }
    told = explained(weights, {}).sentences

    assert told[1] == "People in general lean to `new` yes rather than no when `hour` is 2."
    assert told[2] == "People in general lean to `sport` run rather than swim when `sunny` is yes."
    assert told[3] == "People in general lean to `price` 80 rather than 40 when `town` is Bonn."
    lists = explained({("mood", "look0"): 0.5}, {}).sentences
    assert lists[1] == "People in general lean to the `look` of `shoes` when `mood` is as now."


def test_at_most_three_parts_are_told_and_no_trifles() -> None:
    """What is below a twentieth of all is left out."""
    weights = {("", "new"): 0.5, ("", "sport=run"): 0.01, ("", "look0"): 0.01}
    many = {("", name): 0.2 for name in ("new", "sport=run", "look0")}

    assert len(explained(weights, {}).reasons) == 2
    assert len(explained(many, {"price": 0.01, "look0": 0.2}).reasons) == 4


def test_what_the_other_has_and_this_one_lacks_is_told() -> None:
    """Against an action without features."""
    told = explained(
        {("", "sport=run"): -0.1, ("", "nothing"): 0.3}, {}, names=("nothing", "shoes")
    )

    assert told.sentences[1] == "People in general lean to `nothing` rather than `shoes`."
    assert told.sentences[2] == "People in general lean to what has no `sport`."


def test_a_try_says_what_looked_better_and_by_how_much() -> None:
    """In units of reward: 0.2 of a range of 10."""
    told = explained({("", "sport=swim"): 0.2}, {})

    assert told.explored
    assert told.sentences[1] == "This was a try, to learn: `fins` looked better by 2."
    assert told.reasons[0].source == "exploration"
    assert told.reasons[0].share == pytest.approx(-2.0)


def test_a_neutral_try_says_whom_the_person_was_taken_for() -> None:
    """As if nothing were known of them."""
    told = explained({}, {"sport=swim": 0.2}, mode="neutral")

    assert "looked better by 2, and you were treated as somebody new." in told.sentences[1]


def test_a_stranger_has_no_share() -> None:
    """Nobody is spoken of in percent of nobody."""
    told = explained({("", "sport=run"): 0.2}, {}, person=None, personal=(0.0,) * 3, belief=())

    assert not [sentence for sentence in told.sentences if "%" in sentence][1:]
    assert told.person_share == 0.0
    assert told.sentences[1] == "People in general lean to `sport` run rather than swim."


def test_what_would_have_changed_it_is_one_feature_put_back_to_usual() -> None:
    """The first that would have put another action first, and only if one would."""
    swayed = explained({("sunny", "sport=run"): 0.3, ("", "sport=swim"): 0.1}, {})
    firm = explained({("sunny", "sport=run"): 0.3, ("", "sport=run"): 0.1}, {})

    assert swayed.would_change == (
        "Had `sunny` been as it usually is, `fins` would have come first."
    )
    assert firm.would_change == ""


def test_nothing_known_is_said_as_such() -> None:
    """Before the first outcome all actions look the same."""
    told = explained({}, {})

    assert told.sentences[1:] == ("Nothing is known yet that tells these actions apart.",)
    assert told.person_share == 0.0


def test_what_was_removed_is_told_with_its_reason() -> None:
    """One sentence for each, and the same as data."""
    removed = (Removed("bike", "dial", "Its burden is above the dial."),)
    told = explained({}, {}, removed=removed)

    assert told.sentences[-1] == "`bike` was left out. Its burden is above the dial."
    assert told.removed == removed
    assert told.reasons[-1].source == "rule"


def test_a_neutral_decision_says_so_though_nothing_looked_better() -> None:
    """It was not taken by what is known of the person, so no share of it is theirs."""
    parts = {("", "sport=run"): 0.2}
    told = explained(parts, {"sport=run": 0.2}, mode="neutral", belief=(0.1,))
    nobody = explained(parts, {}, mode="neutral", person=None, personal=(0.0,) * 3, belief=())

    assert not told.explored
    assert told.reasons[0].source == "exploration"
    assert told.sentences[1].startswith("You were treated as somebody new here")
    assert "% you" not in str(told)
    assert "somebody new" not in str(nobody)


def test_what_one_rule_removed_is_told_in_one_sentence() -> None:
    """Thousands of actions above a cap are three names and a number; the data name them all."""
    capped = tuple(Removed(f"a{i}", "caps", "It has acted enough.") for i in range(10_000))
    told = explained({}, {}, removed=(*capped, Removed("bike", "dial", "It is a burden.")))

    assert told.sentences[-2:] == (
        "`a0`, `a1`, `a2` and 9,997 more were left out. It has acted enough.",
        "`bike` was left out. It is a burden.",
    )
    assert len(told.removed) == 10_001


def test_what_was_drawn_but_not_done_is_told() -> None:
    """The explanation is that of the action drawn."""
    told = explained(
        {("", "sport=run"): 0.2},
        {},
        action=ACTIONS[2],
        drawn="shoes",
        forced="It needs a human's yes before it is done.",
    )

    assert told.sentences[0].startswith("`nothing` was chosen")
    assert (
        "`shoes` was drawn, but not done. It needs a human's yes before it is done."
        in told.sentences
    )
    assert told.runner_up == "fins"


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("", "`nothing` was all that was left."),
        ("Nothing was personalised: not asked.", "Nothing was personalised: not asked."),
    ],
)
def test_one_action_alone_needs_no_margin(note: str, said: str) -> None:
    """Because of guardrails, or for want of consent."""
    told = explained({}, {}, names=("nothing",), expected=(), personal=(), note=note)

    assert told.sentences == ("`nothing` was chosen; its chance was 98.5 %.", said)
    assert told.runner_up == ""


def test_candidates_are_explained_by_their_own_features() -> None:
    """An action given with the call stands in for a declared one of the same name."""
    twin = Action("fins", {"sport": "run", "price": 80.0, "new": True, "look": [1.0, 0.0]})
    told = explained(
        {("", "sport=run"): 0.2},
        {},
        candidates=(ACTIONS[0], twin),
        names=("shoes", "fins"),
        expected=(0.2, 0.2),
        personal=(0.0, 0.0),
    )

    assert told.sentences[1:] == ("Nothing is known yet that tells these actions apart.",)
