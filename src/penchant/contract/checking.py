"""Checks of a pack as it is declared: what would harm a person later is refused now.

Loop: beside it; asked when a pack is opened, and by `penchant pack check`.
Rule 1: each refusal is a sentence that names the file and the key, says what was expected and what
to do. Rule 2: one rule is one function; `RULES` lists them in the order of the file.
What needs the pack's code is asked in `checking_parts.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from penchant.contract.declarations import DeclaredMoment, Pack
from penchant.contract.emotion import DOMAINS_WITHOUT, emotion_in
from penchant.errors import BadInput
from penchant.limits import seconds
from penchant.words import NOTHING

__all__ = ["LOWEST_BURDEN", "RULES", "Problem", "problems", "sentence_of"]

LOWEST_BURDEN = 0.2
"""The greatest burden of an action where minors may be among the people it is for."""


class Problem(NamedTuple):
    """A key of the file, and what is wrong with it."""

    key: str
    sentence: str


_AUTOMATIC = frozenset({"auto", "notify"})
_SELLING = ("advert", "marketing", "ads.")


def problems(pack: Pack) -> tuple[str, ...]:
    """Give everything that stands against a pack, a sentence each; nothing where it may be used."""
    return tuple(sentence_of(pack, found) for rule in RULES for found in rule(pack))


def sentence_of(pack: Pack, found: Problem) -> str:
    """Put a problem into a sentence that names the file and the key.

    Example:
        >>> from penchant.contract.declarations import Name
        >>> sentence_of(Pack(Name("x", "X", ""), "x/pack.toml"), Problem("claims.a", "It is odd."))
        '`x/pack.toml`, key `claims.a`: It is odd.'
    """
    key, sentence = found
    return f"`{pack.place or pack.name}`, key `{key}`: {sentence}"


def names_are_its_own(pack: Pack) -> Iterator[Problem]:
    """Every name is of the pack's namespace, and declared once."""
    met: set[tuple[str, str]] = set()
    moments = [("moments", one.moment.name, "") for one in pack.moments]
    for where, name, _ in (*pack.named(), *moments):
        key = f"{where}.{name}"
        if (where, name) in met:
            yield Problem(key, "It is declared twice. Give each its own name.")
        met.add((where, name))
        if where == "features" and not pack.owns(name):
            continue  # said more exactly by `features_stay_inside`
        if where not in {"traits", "experts", "guards", "pages"} and not pack.owns(name):
            yield Problem(
                key,
                f"It must begin with `{pack.name}.`, so that what the pack brings can be told "
                "apart and taken away.",
            )


def purposes_are_declared(pack: Pack) -> Iterator[Problem]:
    """Whatever is kept or decided has a purpose that says what a person agrees to."""
    known = {one.name for one in pack.purposes}
    asked = [
        *((f"signals.{one.name}.purpose", one.purpose) for one in pack.signals),
        *((f"traits.{one.name}.purpose", one.purpose) for one in pack.traits),
        *((f"experts.{one.name}.purpose", one.purpose) for one in pack.experts),
        *((f"moments.{one.moment.name}.purpose", one.moment.purpose) for one in pack.moments),
        *((f"pages.{one.name}.purpose", one.purpose) for one in pack.pages),
    ]
    for key, purpose in asked:
        if purpose not in known:
            yield Problem(key, f"There is no purpose `{purpose}`. Declare it under `[[purposes]]`.")


def retention_is_a_time(pack: Pack) -> Iterator[Problem]:
    """Every signal says how long it is kept."""
    for one in pack.signals:
        yield from _duration(f"signals.{one.name}.retention", one.retention)
    for guard in pack.guards:
        yield from _duration(f"guards.{guard.name}.window", guard.window)
    for outcome in pack.outcomes:
        if outcome.after:
            yield from _duration(f"outcomes.{outcome.moment}.after", outcome.after)


def special_needs_an_explicit_purpose(pack: Pack) -> Iterator[Problem]:
    """What is special is kept only under a purpose that is agreed to by name."""
    explicit = {one.name for one in pack.purposes if one.explicit}
    for where, ones in (("signals", pack.signals), ("traits", pack.traits)):
        for one in ones:
            if one.sensitivity == "special" and one.purpose not in explicit:
                yield Problem(
                    f"{where}.{one.name}.sensitivity",
                    f"It is special, and purpose `{one.purpose}` is not explicit. Keep it under a "
                    "purpose with `explicit = true`.",
                )


def features_stay_inside(pack: Pack) -> Iterator[Problem]:
    """A feature is given to decisions of its own pack only; above all a special one."""
    known = {one.name: one for one in pack.features}
    special = {one.name for one in pack.features if one.sensitivity == "special"}
    experts = {one.name: one for one in pack.experts}
    explicit = {one.name for one in pack.purposes if one.explicit}
    for one in pack.features:
        if not pack.owns(one.name):
            yield Problem(
                f"features.{one.name}", _foreign(one.name, is_special=one.name in special)
            )
        elif one.expert not in experts:
            yield Problem(f"features.{one.name}.expert", f"There is no expert `{one.expert}`.")
        elif one.name in special and experts[one.expert].purpose not in explicit:
            yield Problem(
                f"features.{one.name}.sensitivity",
                f"It is special, and its expert's purpose `{experts[one.expert].purpose}` is not "
                "explicit. Keep it under a purpose with `explicit = true`.",
            )
    for moment in pack.moments:
        where = f"moments.{moment.moment.name}"
        for name in moment.features:
            if not pack.owns(name):
                yield Problem(f"{where}.features", _foreign(name, is_special=name in special))
            elif name not in known:
                yield Problem(f"{where}.features", f"There is no feature `{name}`. Declare it.")
            elif _purpose_of(pack, name) not in {moment.moment.purpose, ""}:
                yield Problem(
                    f"{where}.features",
                    f"`{name}` is kept for `{_purpose_of(pack, name)}`, the moment decides for "
                    f"`{moment.moment.purpose}`. Nothing crosses purposes.",
                )
        yield from _action_features(pack, moment)


def experts_fold_what_is_declared(pack: Pack) -> Iterator[Problem]:
    """An expert folds kinds of its own pack that are kept for its own purpose."""
    known = {one.name: one for one in pack.signals}
    for one in pack.experts:
        key = f"experts.{one.name}.folds"
        if not one.folds:
            yield Problem(key, "It folds nothing. Name the kinds of signals its state is made of.")
        for kind in one.folds:
            if kind not in known:
                yield Problem(
                    key, f"There is no signal `{kind}` in this pack. Declare it, or leave it out."
                )
            elif known[kind].purpose != one.purpose:
                yield Problem(
                    key,
                    f"`{kind}` is kept for `{known[kind].purpose}`, the expert works for "
                    f"`{one.purpose}`. Nothing crosses purposes.",
                )


def actions_have_a_reason(pack: Pack) -> Iterator[Problem]:
    """What is done to a person can be told to them in words."""
    proposed = {one.moment for one in pack.proposers}
    for one in pack.moments:
        name = one.moment.name
        for action in one.moment.actions:
            if action.name != NOTHING and not one.reasons.get(action.name, "").strip():
                yield Problem(
                    f"moments.{name}.actions.{action.name}.reason",
                    "It has no reason in words. Say in a sentence why it may be good for a person.",
                )
        if not one.moment.actions and name not in proposed:
            yield Problem(
                f"moments.{name}.actions",
                "It has neither actions nor a proposer. Declare one of them.",
            )
        if name in proposed and not one.reasons:
            yield Problem(
                f"moments.{name}.reasons",
                "Its candidates have no reason in words. Give a table of sentences, by what their "
                "feature `why` says.",
            )


def rewards_have_a_window(pack: Pack) -> Iterator[Problem]:
    """A reward comes within a time that somebody thought about."""
    for one in pack.moments:
        if not one.has_window:
            yield Problem(
                f"moments.{one.moment.name}.outcome.window",
                "Its reward has no window. Say how long an outcome may take, such as `7d`.",
            )


def moments_are_guarded(pack: Pack) -> Iterator[Problem]:
    """Every moment has a metric that must not get worse while it learns."""
    moments, kinds = _moments(pack), {one.name for one in pack.signals}
    guarded = {one.moment for one in pack.guards}
    for name in moments:
        if name not in guarded:
            yield Problem(
                f"moments.{name}",
                "It has no guard metric. Say under `[[guards]]` what must not get worse while it "
                "learns.",
            )
    for one in pack.guards:
        if one.moment not in moments:
            yield Problem(f"guards.{one.name}.moment", f"There is no moment `{one.moment}`.")
        if one.signal not in kinds:
            yield Problem(
                f"guards.{one.name}.signal", f"There is no signal `{one.signal}` in this pack."
            )
        if not one.at_most >= 0.0:
            yield Problem(
                f"guards.{one.name}.at_most", "It must be 0 or more, as signals a decision."
            )


def what_is_final_is_asked(pack: Pack) -> Iterator[Problem]:
    """What cannot be undone is not done without somebody's yes."""
    for one in pack.moments:
        for action in one.moment.actions:
            if action.name in one.irreversible and action.risk in _AUTOMATIC:
                yield Problem(
                    f"moments.{one.moment.name}.actions.{action.name}.risk",
                    f"It cannot be undone, and `{action.risk}` lets it happen by itself. Give it "
                    "`confirm` or `human`.",
                )


def no_emotion_is_inferred(pack: Pack) -> Iterator[Problem]:
    """At school and at work nothing is about an emotion."""
    if pack.about.domain not in DOMAINS_WITHOUT:
        return
    texts = [(f"{where}.{name}", f"{name} {says}") for where, name, says in pack.named()]
    texts += [(f"features.{one.name}.infers", one.infers) for one in pack.features]
    texts += [(f"experts.{one.name}.infers", one.infers) for one in pack.experts]
    texts += [(f"signals.{one.name}.data", " ".join(one.data)) for one in pack.signals]
    texts += [(f"moments.{one.moment.name}", one.moment.name) for one in pack.moments]
    texts += [(f"pages.{one.name}.title", one.title) for one in pack.pages]
    for key, text in texts:
        if word := emotion_in(text):
            yield Problem(
                key,
                f"It is about an emotion (`{word}`), and in domain `{pack.about.domain}` none is "
                "inferred or kept. Leave it out; answers, time and help asked for say enough.",
            )


def minors_are_spared(pack: Pack) -> Iterator[Problem]:
    """Where minors may be among the people, nothing is intense and nothing is advertised."""
    if not pack.about.minors:
        return
    for one in pack.moments:
        for action in one.moment.actions:
            if action.burden > LOWEST_BURDEN:
                yield Problem(
                    f"moments.{one.moment.name}.actions.{action.name}.burden",
                    f"Minors may be among those it is for: at most {LOWEST_BURDEN:g} is allowed.",
                )
    for purpose in pack.purposes:
        if any(word in f"{purpose.name} {purpose.says}".lower() for word in _SELLING):
            yield Problem(
                f"purposes.{purpose.name}",
                "Minors may be among those it is for: nothing is advertised by what is known of "
                "them.",
            )


def steps_can_be_overridden(pack: Pack) -> Iterator[Problem]:
    """Where learning is steered, somebody responsible can override every step."""
    kinds = {one.name for one in pack.signals}
    for one in pack.moments:
        key = f"moments.{one.moment.name}.override"
        if one.override and one.override not in kinds:
            yield Problem(key, f"There is no signal `{one.override}` in this pack.")
        elif pack.about.domain == "education" and not one.override:
            yield Problem(
                key,
                "In domain `education` a teacher can override every step. Name the signal by "
                "which they do.",
            )


def claims_have_a_baseline(pack: Pack) -> Iterator[Problem]:
    """A claim says better than what."""
    for one in pack.claims:
        if not one.baseline.strip():
            yield Problem(
                f"claims.{one.name}.baseline",
                "It has no baseline. Name what it is better than, measured in the same run.",
            )


def parts_have_a_place(pack: Pack) -> Iterator[Problem]:
    """Proposers, planners and outcomes belong to a moment of the pack."""
    moments, kinds = _moments(pack), {one.name: one for one in pack.signals}
    belonging: Sequence[tuple[str, Iterable[str]]] = (
        ("proposers", (one.moment for one in pack.proposers)),
        ("planners", (one.moment for one in pack.planners)),
        ("outcomes", (one.moment for one in pack.outcomes)),
    )
    for where, names in belonging:
        for name in names:
            if name not in moments:
                yield Problem(f"{where}.{name}.moment", f"There is no moment `{name}`.")
    for one in pack.outcomes:
        if one.signal not in kinds:
            yield Problem(
                f"outcomes.{one.moment}.signal", f"There is no signal `{one.signal}` here."
            )
            continue
        for field in (one.reward, *one.same):
            if field not in kinds[one.signal].data:
                yield Problem(f"outcomes.{one.moment}", f"`{one.signal}` has no field `{field}`.")


def pages_send_what_is_declared(pack: Pack) -> Iterator[Problem]:
    """Forms of a page send signals of the pack, kept for the purpose that the page is seen for."""
    kinds = {one.name: one for one in pack.signals}
    for one in pack.pages:
        for kind in one.sends:
            if kind not in kinds:
                yield Problem(f"pages.{one.name}.sends", f"There is no signal `{kind}` here.")
            elif kinds[kind].purpose != one.purpose:
                yield Problem(
                    f"pages.{one.name}.sends",
                    f"`{kind}` is kept for `{kinds[kind].purpose}`, and the page is seen for "
                    f"`{one.purpose}`. Give both the same purpose.",
                )


RULES: tuple[Callable[[Pack], Iterator[Problem]], ...] = (
    names_are_its_own,
    purposes_are_declared,
    retention_is_a_time,
    special_needs_an_explicit_purpose,
    features_stay_inside,
    experts_fold_what_is_declared,
    actions_have_a_reason,
    rewards_have_a_window,
    moments_are_guarded,
    what_is_final_is_asked,
    no_emotion_is_inferred,
    minors_are_spared,
    steps_can_be_overridden,
    claims_have_a_baseline,
    parts_have_a_place,
    pages_send_what_is_declared,
)


def _moments(pack: Pack) -> frozenset[str]:
    return frozenset(one.moment.name for one in pack.moments)


def _purpose_of(pack: Pack, feature: str) -> str:
    """Give the purpose for which a feature's state is folded; "" where nobody gives it."""
    expert = next((one.expert for one in pack.features if one.name == feature), "")
    return next((one.purpose for one in pack.experts if one.name == expert), "")


def _duration(key: str, given: str) -> Iterator[Problem]:
    try:
        seconds(given, what="It")
    except BadInput as wrong:
        yield Problem(key, str(wrong))


def _action_features(pack: Pack, one: DeclaredMoment) -> Iterator[Problem]:
    """A feature of an action may not be one of another pack either."""
    special = {other.name for other in pack.features if other.sensitivity == "special"}
    for action in one.moment.actions:
        for name in action.features:
            if "." in name and not pack.owns(name):
                yield Problem(
                    f"moments.{one.moment.name}.actions.{action.name}.features",
                    _foreign(name, is_special=name in special),
                )


def _foreign(name: str, *, is_special: bool) -> str:
    if is_special:
        return (
            f"`{name}` is of a special category and belongs to another pack; outside it nothing "
            "may use it. Leave it out."
        )
    return f"`{name}` belongs to another pack. A decision gets features of its own pack only."
