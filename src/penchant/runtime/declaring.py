"""Checks of a declaration, before it becomes a moment of an engine.

Rule: what could not be read again is not written. A moment whose fields have other types than its
noun would be a journal that never opens again, so shapes are checked before anything else.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from penchant.errors import BadInput, BadNumber, UnknownAction
from penchant.guard.quiet_hours import quiet_problem
from penchant.journal import Declared, decode, encode
from penchant.limits import Limits, check_id, check_length, check_number, seconds
from penchant.model.encoding import LARGEST, Encoder
from penchant.runtime.memory import Memory
from penchant.runtime.opening.opening_nouns import check_opens
from penchant.words import NOTHING, Action, Cap, GuardrailRule, Moment

__all__ = ["check_actions", "check_moment", "declare", "open_by"]

_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_RISKS = ("auto", "notify", "confirm", "human")


def declare(memory: Memory, moment: Moment) -> None:
    """Take a declaration in, unless it stands already.

    Raises:
        BadInput: When the moment cannot be decided; see `check_moment`.
    """
    check_moment(moment, memory.limits)
    with memory.lock:
        known = memory.moments.get(moment.name)
        if known is not None and known.moment == moment:
            return
        if known is not None:
            known.check_redeclared(moment)
        now = memory.now()
        memory.write([Declared(now, moment)])
        memory.declare(moment, now)
        open_by(memory, now)
    memory.bell.ring()


def check_moment(moment: Moment, limits: Limits) -> None:
    """See that a moment can be decided.

    Raises:
        BadName: For a name, purpose or outcome that is no id.
        BadNumber: For a share, burden, window, half-life or reward range that makes no sense.
        UnknownAction: When the default is not among the actions.
        BadInput: When a field has a type it may not have, two actions have one name, a feature has
            a value no feature may have, or quiet hours cannot be read.
        FeatureTypeChanged: When two actions give a feature values of different types.
        LimitReached: For more actions or features than a moment may have, or too long ones.

    Example:
        >>> check_moment(Moment("home.hero", purpose="recommendation"), Limits())
    """
    if not isinstance(moment, Moment):
        raise BadInput("What is declared must be a `Moment`.")
    check_id(moment.name, "A moment's name", limits)
    _check_shape(moment, limits)
    where = f"of moment `{moment.name}`"
    check_id(moment.purpose, f"The purpose {where}", limits)
    check_id(moment.outcome.name, f"The outcome {where}", limits)
    check_length(len(moment.actions), limits.actions_per_moment, f"Actions {where}")
    _check_names(moment, where)
    Encoder(f"actions {where}", limits).encode_actions(moment.actions)
    check_number(moment.explore, f"`explore` {where}", 0.0, 1.0)
    check_number(moment.neutral_share, f"`neutral_share` {where}", 0.0, 1.0)
    _check_rewards(moment, where)
    seconds(moment.outcome.window, what=f"The window {where}")
    least, most = limits.half_life_min_seconds, limits.half_life_max_seconds
    half_life = seconds(moment.half_life, what=f"The half-life {where}")
    check_number(half_life, f"The half-life {where}, in seconds,", least, most)
    for rule in moment.guardrails:
        _check_rule(rule, where)
    for opening in moment.opens:
        check_opens(opening, where, limits)
    if moment.opens and moment.apprentice:
        raise BadInput(
            f"A moment that opens itself has no logic of yours to learn from: leave out `opens` or "
            f"`apprentice` {where}."
        )
    if moment.opens and not moment.actions:
        raise BadInput(
            f"A moment that opens itself gets no actions with a call: declare those {where}."
        )


def open_by(memory: Memory, now: datetime) -> None:
    """Take over what moments open by; who may be due is read from the journal where needed."""
    declared = [live.declared for live in memory.moments.values()]
    if memory.openings.declared(declared, now.timestamp()):
        recall = memory.openings.recall(now)
        for fact in memory.store.read():
            recall.see(fact)
        memory.openings.recalled(recall, now.timestamp())


def check_actions(actions: Iterable[object], where: str, limits: Limits) -> tuple[Action, ...]:
    """Give actions back when their fields are as they must be; features are not read.

    Raises:
        BadInput: When one is no Action, or a field is of another type.
        BadName: For a name that is no id.
        BadNumber: For a burden outside 0..1, or one of leaving a person alone.
        LimitReached: For a content or a channel that is too long.

    Example:
        >>> check_actions([Action("tip")], "of moment `nudge`", Limits())[0].name
        'tip'
    """
    given = tuple(actions)
    checked = tuple(action for action in given if isinstance(action, Action))
    if len(checked) < len(given):
        raise BadInput(f"The actions {where} must be `Action`s.")
    for action in checked:
        _check_action(action, where, limits)
    return checked


def _check_action(action: Action, where: str, limits: Limits) -> None:
    check_id(action.name, f"An action's name {where}", limits)
    texts = _is_text(action.content) and _is_text(action.channel)
    if not (texts and _is_number(action.burden) and action.risk in _RISKS):
        raise BadInput(
            f"An action {where} is not as it should be: `content` and `channel` are texts, "
            f"`burden` is a number, `risk` is one of {', '.join(_RISKS)}."
        )
    if (len(action.content) + len(action.channel)) * 4 > limits.string_bytes:  # bytes at most
        for text in (action.content, action.channel):
            check_length(len(text.encode()), limits.string_bytes, f"Bytes of a text {where}")
    if not 0.0 <= action.burden <= 1.0:
        check_number(action.burden, f"The burden of `{action.name}` {where}", 0.0, 1.0)
    if action.burden and action.name == NOTHING:
        msg = f"The action `nothing` {where} has a burden; leaving a person alone has none."
        raise BadNumber(msg)


def _is_text(value: object) -> bool:
    """Tell whether a value is a text that can be written."""
    try:
        return isinstance(value, str) and (value.isascii() or bool(value.encode()))
    except UnicodeEncodeError:
        return False


def _is_number(value: object) -> bool:
    """Tell whether a value is a number; whether it makes sense is asked elsewhere."""
    return isinstance(value, float | int) and not isinstance(value, bool)


def _check_shape(moment: Moment, limits: Limits) -> None:
    """See that a moment can be written and read again; its features are the encoder's to judge."""
    where = f"of moment `{moment.name}`"
    actions = check_actions(moment.actions, where, limits)
    bare = [msgspec.structs.replace(action, features={}) for action in actions]
    try:
        decode(encode(Declared(_ANY_TIME, msgspec.structs.replace(moment, actions=bare))))
    except msgspec.ValidationError as error:
        problem = str(error).replace("$.moment.", "")
        raise BadInput(f"A setting {where} is not as it should be: {problem}.") from error
    except UnicodeEncodeError as error:
        raise BadInput(f"A text {where} is not valid Unicode.") from error
    except OverflowError as error:
        raise BadNumber(f"A number {where} is too great: a whole one must fit 64 bits.") from error


def _check_rule(rule: GuardrailRule, where: str) -> None:
    """See that a rule can be kept to; one that cannot would silence the moment for good."""
    if isinstance(rule, Cap):
        seconds(rule.per, what=f"The time of a cap {where}")
        check_number(rule.at_most, f"The most of a cap {where}", 0, 1_000)
    elif problem := quiet_problem(rule):
        raise BadInput(f"The quiet hours {where} cannot be kept to. {problem}")


def _check_names(moment: Moment, where: str) -> None:
    names = [action.name for action in moment.actions]
    if len(set(names)) < len(names):
        msg = f"Two actions {where} have the same name. Give each its own."
        raise BadInput(msg)
    if moment.default and names and moment.default not in names:
        msg = f"The default `{moment.default}` {where} is not among its actions. Declare it."
        raise UnknownAction(msg)


def _check_rewards(moment: Moment, where: str) -> None:
    what = f"The reward range {where}"  # its width, squared, has to be a number too
    low, high = (check_number(one, what, -LARGEST, LARGEST) for one in moment.reward_range)
    if not low < high:
        msg = f"{what} must go from a lower to a higher number."
        raise BadNumber(msg)
    if moment.outcome.default is not None:
        check_number(moment.outcome.default, f"The default reward {where}", low, high)
