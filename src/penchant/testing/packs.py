"""The check kit of packs: what a pack must keep, whoever wrote it.

Each check takes the folder in which the pack's `pack.toml` lies and raises AssertionError with what
stands against it. A pack passes all of `PACK_CHECKS`, or an engine does not open it.
"""

from collections.abc import Callable
from pathlib import Path

from penchant.adapters.packs.claiming import judge
from penchant.adapters.packs.finding import at_path
from penchant.adapters.packs.stories import tell_all
from penchant.contract.claims import Judged
from penchant.testing.expecting import checks_of, expect

__all__ = ["PACK_CHECKS", "PackCheck"]

PackCheck = Callable[[Path], None]


def check_what_it_declares_may_be_used(folder: Path) -> None:
    """Nothing in its file or its code would harm a person."""
    _, against = at_path(folder)
    expect(not against, " ".join(against))


def check_its_stories_are_so(folder: Path) -> None:
    """Each line of its stories that says what may be seen is so."""
    installed, _ = at_path(folder)
    wrong = list(tell_all(installed, folder))
    expect(not wrong, "\n".join(wrong))


def check_its_claims_hold(folder: Path) -> None:
    """What it claims is so, on the data that are here."""
    installed, _ = at_path(folder)
    for one in judge(installed):
        if isinstance(one, Judged):
            expect(one.holds, one.sentence)


PACK_CHECKS: tuple[PackCheck, ...] = checks_of(globals())
"""Every check, found by its name."""
