"""Wording: why a step comes next, in a sentence for the student and one for the teacher.

Place: beside teaching. The numbers are those the step was chosen by; nothing is computed here.
Rule: no word on what kind of learner somebody is, and none on how they feel.
"""

from collections.abc import Sequence

from msgspec import Struct

__all__ = ["Facts", "for_student", "for_teacher", "waiting"]


class Facts(Struct, frozen=True):
    """What a step was chosen by.

    `mastery` and `unsure` are of its skill that is known least; `needed_for` are goals that need
    it, `recall` the chance that it is still recalled where it is due, `runner_up` what came second.
    """

    item: str
    skill: str
    kind: str
    chance: float
    mastery: float
    unsure: float
    answers: int
    worth: float
    recall: float = 1.0
    needed_for: tuple[str, ...] = ()
    runner_up: str = ""
    runner_up_worth: float = 0.0
    in_band: bool = True
    leans: bool = False


def for_student(facts: Facts) -> str:
    """Say it to the student.

    Example:
        >>> print(for_student(Facts("i", "adding", "new", 0.75, 0.7, 0.1, 0, 0.1)))
        `adding` is new to you, and you have what it builds on. About 3 in 4 get this one right.
    """
    opening = {
        "asked": f"You or your teacher asked for this one, on `{facts.skill}`.",
        "review": f"You knew `{facts.skill}`; it is time to look at it before it fades.",
        "new": f"`{facts.skill}` is new to you, and you have what it builds on.",
        "practice": f"You are on your way with `{facts.skill}`, at about {facts.mastery:.0%}.",
    }[facts.kind]
    odds = f"About {_in_few(facts.chance)} get this one right."
    if not facts.in_band:
        odds += " Nothing fits you better right now, so ask for help when you want it."
    goal = f" It brings you nearer to `{facts.needed_for[0]}`." if facts.needed_for else ""
    leans = " You chose differently before, and that counted." if facts.leans else ""
    return f"{opening} {odds}{goal}{leans}"


def for_teacher(facts: Facts, band: tuple[float, float]) -> str:
    """Say it to the teacher, with the numbers it was chosen by."""
    worth = f"{100 * facts.worth:.1f} skills mastered per 100 such items expected"
    if facts.kind == "asked":
        opening = f"`{facts.item}` was asked for, so it comes first"
    elif facts.kind == "review":
        opening = f"`{facts.item}` is a review: `{facts.skill}` is recalled with {facts.recall:.0%}"
    else:
        opening = f"`{facts.item}` has the greatest gain on `{facts.skill}`: {worth}"
    belief = (
        f"mastery {facts.mastery:.0%} ± {facts.unsure:.0%} from {facts.answers} answers, chance of "
        f"a right answer {facts.chance:.0%} ({band[0]:.0%} to {band[1]:.0%} wanted)"
    )
    goals = f" Goals that need it: {_named(facts.needed_for)}." if facts.needed_for else ""
    second = f" Next best: `{facts.runner_up}` with {100 * facts.runner_up_worth:.1f}."
    leans = " Earlier overrides lean this choice." if facts.leans else ""
    return f"{opening}; {belief}.{goals}{second if facts.runner_up else ''}{leans}"


def waiting(skill: str, lacking: Sequence[tuple[str, float]], ready: float) -> str:
    """Say which skill waits, and for what.

    Example:
        >>> waiting("times", [("add", 0.45)], ready=0.6)
        '`times` waits for `add` (mastery 45 %, 60 % needed).'
    """
    names = ", ".join(f"`{name}` (mastery {100 * mastery:.0f} %" for name, mastery in lacking)
    names = names.replace(" %,", " %),")
    return f"`{skill}` waits for {names}, {100 * ready:.0f} % needed)."


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _in_few(chance: float) -> str:
    """Say a chance as so many in a few."""
    few = ((1, 4), (1, 3), (1, 2), (2, 3), (3, 4), (4, 5), (9, 10))
    n, of = min(few, key=lambda pair: abs(pair[0] / pair[1] - chance))
    return f"{n} in {of}"
