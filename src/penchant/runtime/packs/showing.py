"""Pages of packs: who is on them, what they show, and what their forms send.

Loop: beside it. A page is made of views of its purpose alone, so whoever did not agree is on none.
Rule 1: at most so many people are on one page; how many more there are is said.
Rule 2: a form sends a signal that its page declares, with the fields that the signal declares.
"""

import math
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from penchant.contract.declarations import FieldType, Pack, Paging
from penchant.contract.examples import SIMULATED
from penchant.contract.pages import Page, not_a_page
from penchant.contract.parts import View
from penchant.errors import BadInput
from penchant.runtime.memory import Memory
from penchant.runtime.packs.latent import view_of
from penchant.words import FrozenMap, Signal, Value

__all__ = ["MOST_PEOPLE", "Shown", "formed", "page_named", "shown"]

MOST_PEOPLE = 200
"""People on one page: more than a class, few enough to be read while somebody waits."""
MOST_LOOKED_AT = 2_000
"""People who are asked about for one page; whoever is not in memory is read from the journal."""
_SOURCE = "console"
_NOT_MADE = Page("This page could not be made; what went wrong stands in `engine.packs.faults`.")


class Shown(Struct, frozen=True):
    """A page as it stands: whom it is made of, how many more there are, whether some are made up.

    `simulated` is true where a signal that it rests on was simulated.
    """

    declared: Paging
    page: Page
    people: int
    left_out: int
    simulated: bool
    at: datetime


def page_named(pack: Pack, name: str) -> Paging:
    """Give a page that a pack declares.

    Raises:
        BadInput: When there is none of that name.
    """
    found = next((one for one in pack.pages if one.name == name), None)
    if found is None:
        raise BadInput(f"Pack `{pack.name}` has no page `{name[:64]}`.")
    return found


def shown(memory: Memory, pack: Pack, name: str, person: str, at: datetime) -> Shown:
    """Make a page of what may be seen for its purpose.

    Args:
        memory: Of the engine.
        pack: Whose page it is.
        name: Which.
        person: About whom, under any of their ids; not asked for a page of people.
        at: The time of the views.

    Raises:
        BadInput: When there is no such page.
    """
    declared = page_named(pack, name)
    part, loaded = memory.packs.pages.get((pack.name, name)), memory.packs
    if part is None:
        return Shown(declared, _NOT_MADE, 0, 0, simulated=False, at=at)
    with memory.lock:
        if declared.of == "person":
            views, left = {person: _view(memory, declared, pack, person, at)}, 0
            page = loaded.asked(pack.name, name, lambda: part.page(views[person]), _NOT_MADE)
        else:
            views, left = _views(memory, declared, pack, at)
            page = loaded.asked(pack.name, name, lambda: part.page(views, at), _NOT_MADE)
    if wrong := not_a_page(page):
        loaded.fault(f"Page `{name}` of pack `{pack.name}`: {wrong}")
        page = _NOT_MADE
    simulated = any(one.source == SIMULATED for view in views.values() for one in view.signals)
    return Shown(declared, page, len(views), left, simulated, at)


def formed(pack: Pack, name: str, kind: str, person: str, fields: Mapping[str, str]) -> Signal:
    """Give the signal that a form of a page sends.

    Args:
        pack: Whose page it is.
        name: Which.
        kind: The kind of signal that the form asks for.
        person: Whom it is about.
        fields: Its data, as a browser sends them.

    Raises:
        BadInput: When the page does not send that kind, or a field is not as it was declared.
    """
    declared = page_named(pack, name)
    if kind not in declared.sends:
        raise BadInput(f"Page `{name[:64]}` of pack `{pack.name}` sends no `{kind[:64]}`.")
    types = next(one.data for one in pack.signals if one.name == kind)
    strange = next((one for one in fields if one not in types), "")
    if strange:
        raise BadInput(f"Signal `{kind}` has no field `{strange[:64]}`; no purpose needs it.")
    data = {one: _value(text, types[one], one) for one, text in fields.items()}
    return Signal(kind, person, data=FrozenMap(data), nature="explicit", source=_SOURCE)


def _view(memory: Memory, page: Paging, pack: Pack, person: str, at: datetime) -> View:
    someone = memory.people.person(person)
    known = someone.registers, someone.latent
    return view_of(memory.packs, pack.name, page.purpose, known, at)


def _views(memory: Memory, page: Paging, pack: Pack, at: datetime) -> tuple[dict[str, View], int]:
    """Give views of those who agreed, and of how many more it was not asked."""
    homes = dict.fromkeys(memory.people.home(one) for one in memory.watch.people())
    views: dict[str, View] = {}
    for looked, person in enumerate(homes):
        if len(views) == MOST_PEOPLE or looked == MOST_LOOKED_AT:
            return views, len(homes) - looked
        consent = memory.people.person(person).registers.consent(page.purpose)
        is_over = consent.until is not None and consent.until <= at
        if consent.state == "granted" and not is_over:
            views[person] = _view(memory, page, pack, person, at)
    return dict(sorted(views.items())), 0


def _value(text: str, what: FieldType, field: str) -> Value:
    """Read a field of a form as what its signal declares."""
    if what == "yes or no" and text in {"yes", "no"}:
        return text == "yes"
    if what == "number":
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
    if what == "text":
        return text
    raise BadInput(f"`{field[:64]}` of a form must be a {what}.")
