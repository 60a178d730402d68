"""Formats: how an item is given (problem, hint first, worked example, video), learned by chance.

Place: what the moment `school.format` of the engine chooses from, and what it is rewarded by. The
reward is whether the skill is still there later, not whether the next click was right.
Rule 1: what is learned about is the item and how well its skill is known; there is no kind of
learner, and no trait of a person among the features.
Rule 2: an answer to the same skill counts only when it comes at least a day after.
"""

from collections.abc import Iterable

from penchant.pack import Action, Value
from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Course, Item

__all__ = ["FORMATS", "context_of", "delayed_reward", "formats_of"]

FORMATS = ("problem", "hint first", "worked example", "video")
DAY = 86_400.0
LATEST_DAYS = 14.0


def formats_of(course: Course, item: Item) -> tuple[Action, ...]:
    """Give the formats an item can be given in, as actions.

    A problem always can; hint first needs a hint; a worked example or a video needs an item of that
    format on the same skills.

    Example:
        >>> item = Item("2+2", ("add",), right=("4",), hints=("count on",))
        >>> [one.name for one in formats_of(Course("sums", (item,)), item)]
        ['problem', 'hint first']
    """
    shown = {one.format for skill in item.skills for one in course.items_of(skill)}
    there = {"problem"} | (shown & {"worked example", "video"})
    there |= {"hint first"} if item.hints else set()
    return tuple(Action(name, features={"format": name}) for name in FORMATS if name in there)


def context_of(mastery: float, unsure: float, answers: int, chance: float) -> dict[str, Value]:
    """Give the context a format is chosen in: of the skill and the item, nothing of the person.

    Args:
        mastery: Of the item's skill.
        unsure: Its standard deviation.
        answers: To the skill so far.
        chance: Of a right answer to the item.

    Example:
        >>> context_of(0.5, 0.1, 0, 0.4)["is_new"]
        True
    """
    return {"mastery": mastery, "unsure": unsure, "is_new": answers == 0, "chance": chance}


def delayed_reward(given_at: float, skills: Iterable[str], later: Iterable[Answer]) -> float | None:
    """Say what a format was worth: whether the skill is there a day to two weeks later.

    Args:
        given_at: When the item was given in its format, in seconds since 1970.
        skills: Of the item.
        later: Answers of the same student; those without a time do not count.

    Returns:
        1 when the first answer in that time to one of the skills is right, 0 when it is wrong, None
        while there is none: then nothing is learned.

    Example:
        >>> next_day = Answer("ada", "3+3", ("add",), True, at=90_000.0)
        >>> delayed_reward(0.0, ["add"], [next_day]), delayed_reward(0.0, ["add"], [])
        (1.0, None)
    """
    wanted = set(skills)
    timed = [
        (one.at, one.correct)
        for one in later
        if one.at is not None
        and DAY <= one.at - given_at <= LATEST_DAYS * DAY
        and wanted & set(one.skills)
    ]
    return float(min(timed)[1]) if timed else None
