"""The packs of an engine, as a caller reaches them: `engine.packs`.

Loop: beside it. What a pack sees and plans of one person, its guard metrics, and content that is
brought for it. Looking changes nothing; a person who did not agree is a view of nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from penchant.contract.declarations import Pack
from penchant.contract.parts import Brought, Finding, View
from penchant.errors import BadInput
from penchant.journal import Provided
from penchant.limits import check_id, check_length
from penchant.runtime.memory import Memory
from penchant.runtime.packs.latent import view_of
from penchant.runtime.packs.loaded import Giving
from penchant.runtime.packs.proposing import candidates, reason_for
from penchant.runtime.packs.showing import Shown, formed, page_named, shown
from penchant.runtime.packs.watch import GuardReading
from penchant.runtime.reception import observe_all
from penchant.words import Action, FrozenMap, Refused, Signal, Value

__all__ = ["Packs", "Planned", "Received"]

_NO_CONTEXT: Mapping[str, Value] = MappingProxyType({})


class Planned(Struct, frozen=True):
    """One thing of a plan, and its reason in words."""

    action: Action
    reason: str


class Received(Struct, frozen=True):
    """What became of a file: how many signals were kept, what is new of content, what was wrong."""

    kept: int
    content: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Packs:
    """What an engine's packs can be asked."""

    def __init__(self, memory: Memory) -> None:
        """Work on the memory of an engine."""
        self._memory = memory

    def __iter__(self) -> Any:
        """Go through what the packs declare."""
        return iter(self._memory.packs.packs.values())

    def __getitem__(self, name: str) -> Pack:
        """Give what a pack declares.

        Raises:
            BadInput: When none of that name was opened.
        """
        found = self._memory.packs.packs.get(name)
        if found is None:
            raise BadInput(f"Pack `{name[:64]}` was not opened; see `Engine.open(packs=…)`.")
        return found

    def content(self, pack: str) -> Mapping[str, Any]:
        """Give what was brought for a pack, by name."""
        self[pack]
        return self._memory.packs.contents[pack]

    def view(self, pack: str, person: str, purpose: str, at: datetime | None = None) -> View:
        """Give what a pack may see of a person for a purpose.

        Args:
            pack: Its name.
            person: Under any of their ids.
            purpose: One that the pack declares.
            at: When; None means now.
        """
        memory = self._memory
        if purpose not in {one.name for one in self[pack].purposes}:
            raise BadInput(f"Pack `{pack}` declares no purpose `{purpose[:64]}`.")
        check_id(person, "A person id", memory.limits)
        with memory.lock:
            someone = memory.people.person(person)
            known = someone.registers, someone.latent
            return view_of(memory.packs, pack, purpose, known, memory.now(at))

    def plan(
        self,
        moment: str,
        person: str,
        context: Mapping[str, Value] = _NO_CONTEXT,
        at: datetime | None = None,
    ) -> tuple[Planned, ...]:
        """Give what a moment's pack would do for a person, in its order, each with its reason.

        Nothing is decided by it; a decision draws from the same candidates.
        """
        giving = self._giving(moment)
        purpose = giving.declared.moment.purpose
        view = self.view(giving.pack, person, purpose, at)
        memory, given = self._memory, FrozenMap(context)
        with memory.lock:
            found, _ = candidates(memory.packs, giving, view, given, memory.limits)
        return tuple(Planned(one, reason_for(giving, one, given)) for one in found)

    def page(self, pack: str, name: str, person: str = "", at: datetime | None = None) -> Shown:
        """Give a page of a pack, made of what may be seen for its purpose.

        Args:
            pack: Its name.
            name: Of the page.
            person: Whom it is about; a page of people needs none.
            at: When; None means now.

        Raises:
            BadInput: When there is no such page, or it is about a person and none is named.
        """
        declared, memory = self[pack], self._memory
        if page_named(declared, name).of == "person":
            check_id(person, "A person id", memory.limits)
        return shown(memory, declared, name, person, memory.now(at))

    def formed(
        self, pack: str, page: str, kind: str, person: str, fields: Mapping[str, str]
    ) -> Signal:
        """Give the signal that a form of a page sends, its fields as they were typed.

        It is observed like any other, and kept only under consent.

        Raises:
            BadInput: When the page does not send that kind, or a field is not as declared.
        """
        return formed(self[pack], page, kind, person, fields)

    def guards(self, at: datetime | None = None) -> tuple[GuardReading, ...]:
        """Give the guard metrics of all packs as they stand."""
        memory = self._memory
        with memory.lock:
            return memory.watch.guards(memory.now(at).timestamp())

    @property
    def faults(self) -> Mapping[str, int]:
        """What went wrong in the packs' own code since the engine started, and how often."""
        return dict(self._memory.packs.faults)

    def bring(self, pack: str, importer: str, content: bytes, *, name: str = "") -> Received:
        """Take in a file: signals are observed, content is kept as it came for the pack's parts.

        Args:
            pack: For which it is brought.
            importer: What reads it, by its name in the pack.
            content: The bytes of the file.
            name: Under which content is kept; what had it before is replaced. None: the importer's.

        Returns:
            What was kept; what was wrong is left out and told.

        Raises:
            BadInput: When the pack has no such importer, or the file is larger than is allowed.
        """
        memory, name = self._memory, name or importer
        self[pack]
        check_id(name, "The name of what is brought", memory.limits)
        check_length(len(content), memory.limits.content_bytes, "Bytes of what is brought")
        read = memory.packs.importer(pack, importer)
        brought = read(content)
        with memory.gate:
            if brought.content:
                fact = Provided(memory.now(), pack, name, importer, content)
                self._provide(fact, brought.content)
            answers = self._observed(brought)
        refused = [one.sentence for one in answers if isinstance(one, Refused)]
        return Received(
            kept=len(answers) - len(refused),
            content=tuple(brought.content),
            refused=tuple(refused),
            findings=brought.findings,
        )

    def _provide(self, fact: Provided, content: Mapping[str, Any]) -> None:
        """Keep content, let go of what it replaces, and make the parts anew."""
        memory = self._memory
        memory.write([fact])
        memory.store.remove(
            [fact.person],
            lambda one: (
                isinstance(one, Provided)
                and (one.pack, one.name) == (fact.pack, fact.name)
                and one != fact
            ),
        )
        with memory.lock:
            memory.packs.take(fact, content)
            memory.packs.remake()
            memory.people.clear()  # states are folded anew by what their experts know now

    def _observed(self, brought: Brought) -> list[Any]:
        """Observe what a file holds, a batch at a time."""
        memory, answers = self._memory, list[Any]()
        most = memory.limits.batch_items
        for first in range(0, len(brought.signals), most):
            some = brought.signals[first : first + most]
            answers += observe_all(memory, some, "", memory.now())
        return answers

    def _giving(self, moment: str) -> Giving:
        found = self._memory.packs.giving.get(moment)
        if found is None:
            raise BadInput(f"Moment `{moment[:64]}` is of no pack that was opened.")
        return found
