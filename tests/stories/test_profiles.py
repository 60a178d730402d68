"""People through registers and beliefs: what happened to them is the text before each test."""

from functools import reduce

from stories.told import facts_of, lines_of, time_of

from penchant.journal import Fact
from penchant.profile import Registers, believe, fold, join, profile_of, start

NOW = time_of("2026-11-01 18:00")


def registers_of(facts: list[Fact], person: str = "ada") -> Registers:
    """Fold a person's facts."""
    return reduce(fold, facts, start(person))


def told(registers: Registers, facts: list[Fact]) -> list[str]:
    """Say a person's whole profile."""
    believed = believe(facts, now=NOW, time_zone=registers.time_zone)
    return lines_of(profile_of(registers, believed, NOW))


RUNNER = """
2026-09-07 05:00 consent shop granted 0.5
2026-09-07 05:00 trait.stated time_zone=Europe/Berlin
2026-09-07 05:01 goal.stated name=5k text="run 5 km without a stop"
2026-09-07 05:02 never.stated name=night text="nothing at night" start=22:00 end=07:00
2026-09-07 05:03 never.stated name=hats text="no hats" feature=item equals=hat
2026-09-07 05:30 each weekday for 56 days: shop.viewed item=sneakers device=phone
2026-09-12 14:00 each day for 2 days: shop.viewed item=hat device=laptop
2026-09-07 09:00 each day for 50 days: decided home sport=run -> 1
2026-09-07 17:00 each day for 50 days: decided home sport=swim -> 0
2026-10-01 05:00 goal.stated name=5k text="run 5 km without a stop" progress=0.4
2026-10-02 05:00 never.lifted name=hats
2026-10-20 05:00 consent shop granted 0.8
"""


def test_a_runner_in_berlin() -> None:
    """Ada looks at running shoes before work, and says what she does not want."""
    facts = facts_of(RUNNER)

    assert told(registers_of(facts), facts) == [
        "shop: granted, dial 0.8",
        "time_zone is Europe/Berlin",
        "wants to run 5 km without a stop (40%)",
        "never: nothing at night",
        "rhythm: mostly mornings on weekdays, very sure",
        "interests: leans to sport=run (+0.96 reward, very sure)",
        (
            "counts: `shop.viewed` about 17 times in the last 4 weeks, mostly device=phone and "
            "item=sneakers (fairly sure)"
        ),
    ]


VISITOR = """
anon-7: 2026-10-20 19:10 each day for 9 days: shop.viewed item=tent
anon-7: 2026-10-21 19:11 trait.stated shoe=41
2026-10-25 08:00 consent shop granted 1
2026-10-25 08:00 trait.stated shoe=38
2026-10-30 08:00 shop.viewed item=sneakers
2026-10-30 08:01 person.merged from=anon-7
"""


def test_a_visitor_turns_out_to_be_ada() -> None:
    """Somebody looks around without a name, then signs in; later ada says that was not her."""
    mine, theirs = facts_of(VISITOR), facts_of(VISITOR, "anon-7")
    alone = registers_of(mine)
    both = join(alone, registers_of(theirs, "anon-7"))

    assert told(both, [*mine, *theirs]) == [
        "also known as anon-7",
        "shop: granted, dial 1",
        "shoe is 38.0",
        "rhythm: mostly evenings on any day, fairly sure; hours in UTC, no time zone is known",
        "interests: not enough yet to say which (about 0 of the 10 outcomes it takes)",
        "counts: `shop.viewed` about 8 times in the last 4 weeks, mostly item=tent (fairly sure)",
    ]

    undone = [*mine, *facts_of("2026-10-31 08:00 person.unmerged from=anon-7")]

    assert told(registers_of(undone), undone) == [
        "shop: granted, dial 1",
        "shoe is 38.0",
        "rhythm: not enough yet to say when (about 1 of the 8 signals it takes)",
        "interests: not enough yet to say which (about 0 of the 10 outcomes it takes)",
        "counts: `shop.viewed` about once in the last half year (not sure)",
    ]
