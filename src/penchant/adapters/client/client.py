"""The client of a service, waiting (`Client`) or awaiting (`AsyncClient`): the engine's verbs.

Rule 1: what was asked is sent again when no answer came or the service was busy, but only where a
repeat has no second effect; questions carry an idempotency key for that.
Rule 2: an answer that is no success becomes an error of the tree; a refusal is a result.
"""

import asyncio
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeVar, overload

import httpx

from penchant.adapters.client import asking
from penchant.adapters.client.asking import Asking
from penchant.adapters.http.bodies import DecisionAnswer, SlateAnswer
from penchant.errors import PenchantError, ServiceBusy, ServiceFailed
from penchant.runtime.rights.portable import Imported
from penchant.words import Accepted, Action, Explanation, Moment, Profile, Receipt, Refused, Signal

__all__ = ["AsyncClient", "Client"]

T = TypeVar("T")

_NO_CONTEXT: Mapping[str, Any] = MappingProxyType({})
_TRIES = 3
_LONGEST_WAIT_SECONDS = 5.0


class _Tries:
    """The tries of one request: the same request each time, and how long to wait in between."""

    def __init__(self, asked: Asking[Any]) -> None:
        self._asked = asked
        self._failed: PenchantError | None = None
        self._number = 0
        self.headers = {"content-type": asked.content_type}
        if asked.has_key:
            self.headers["idempotency-key"] = uuid.uuid4().hex

    def pause(self) -> float:
        """Give the seconds to wait before the next try.

        Raises:
            PenchantError: What the last try met, where another would not help or do harm.
        """
        failed, number = self._failed, self._number
        self._number += 1
        if failed is None:
            return 0.0
        wait = failed.wait_seconds if isinstance(failed, ServiceBusy) else 0.1 * 4**number
        is_passing = isinstance(failed, ServiceBusy | ServiceFailed)
        if (
            not (is_passing and self._asked.may_repeat)
            or number >= _TRIES
            or wait > _LONGEST_WAIT_SECONDS
        ):
            raise failed
        return wait

    def answered(self, answer: httpx.Response) -> bool:
        """Say whether an answer is a success; else keep what it means."""
        if answer.is_success:
            return True
        retry_after = answer.headers.get("retry-after")
        self._failed = asking.failure(answer.status_code, answer.content, retry_after)
        return False

    def lost(self, error: httpx.HTTPError) -> None:
        """Keep that no answer came; the error's own text stays out, as it may name contents."""
        self._failed = ServiceFailed(
            f"No answer came from the service ({type(error).__name__}). Does it run there, and "
            "does it answer in time?"
        )


class Client:
    """The verbs of an engine that runs behind a service; safe to share between threads.

    Example:
        >>> with Client("http://127.0.0.1:8321", "pk_…") as penchant:
        ...     decision = penchant.decide("home.hero", person="ada")  # doctest: +SKIP
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout_seconds: float = 5.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Connect to a service.

        Args:
            url: Where it is, such as `http://127.0.0.1:8321`.
            key: An API key, as `penchant key new` gave it.
            timeout_seconds: For each try.
            transport: How requests travel, where the usual way does not do.
        """
        self._http = httpx.Client(
            base_url=url, headers=_auth(key), timeout=timeout_seconds, transport=transport
        )

    def __enter__(self) -> Self:
        """Use the client as a context manager."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the connections."""
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    @overload
    def observe(self, signals: Signal, *, purpose: str | None = None) -> Accepted | Refused: ...
    @overload
    def observe(
        self, signals: Iterable[Signal], *, purpose: str | None = None
    ) -> list[Accepted | Refused]: ...
    def observe(
        self, signals: Signal | Iterable[Signal], *, purpose: str | None = None
    ) -> Accepted | Refused | list[Accepted | Refused]:
        """Keep one signal or many; as `Engine.observe`."""
        if isinstance(signals, Signal):
            return self._ask(asking.observe(signals, purpose))
        return self._ask(asking.observe_many(signals, purpose))

    def decide(
        self,
        moment: str,
        *,
        person: str | None = None,
        context: Mapping[str, Any] = _NO_CONTEXT,
        actions: Iterable[Action | str] | None = None,
        reasons: bool = False,
    ) -> DecisionAnswer:
        """Decide a moment; as `Engine.decide`. `reasons` asks for them as well."""
        return self._ask(asking.decide(moment, person, context, actions, reasons=reasons))

    def decide_many(self, items: Sequence[Mapping[str, Any]]) -> list[DecisionAnswer | Refused]:
        """Decide `{"moment", "person", "context", "actions"}` each; answers come in order."""
        return self._ask(asking.decide_many(items))

    def decide_slate(
        self,
        moment: str,
        k: int,
        *,
        person: str | None = None,
        context: Mapping[str, Any] = _NO_CONTEXT,
        actions: Iterable[Action | str] | None = None,
        reasons: bool = False,
    ) -> SlateAnswer:
        """Decide up to `k` actions that are shown together; as `Engine.decide_slate`."""
        asked = asking.slate(moment, k, person, context, actions)
        return self._ask(asking.decide_slate(asked, reasons=reasons))

    def learn(
        self, decision_id: str, *, reward: float | None = None, outcome: str | None = None
    ) -> Accepted | Refused:
        """Learn what followed a decision; as `Engine.learn`."""
        return self._ask(asking.learn(decision_id, reward, outcome))

    def learn_many(self, items: Sequence[Mapping[str, Any]]) -> list[Accepted | Refused]:
        """Learn `{"decision", "reward"}` or `{"decision", "outcome"}` each."""
        return self._ask(asking.learn_many(items))

    def explain(self, decision_id: str) -> Explanation:
        """Explain a decision; as `Engine.explain`."""
        return self._ask(asking.explain(decision_id))

    def profile(self, person: str) -> Profile:
        """Give what is believed about a person; as `Engine.profile`."""
        return self._ask(asking.profile(person))

    def consent(
        self,
        person: str,
        purpose: str,
        *,
        granted: bool = True,
        dial: float = 1.0,
        until: datetime | None = None,
    ) -> Accepted | Refused:
        """Keep a person's answer for a purpose; as `Engine.consent`."""
        return self._ask(asking.consent(person, purpose, granted=granted, dial=dial, until=until))

    def export(self, person: str) -> str:
        """Give all that is kept about a person, as JSON Lines; as `Engine.export`."""
        return self._ask(asking.export(person))

    def import_(self, lines: str, *, returning: bool = False) -> Imported | Refused:
        """Take in what `export` gave, here or elsewhere; as `Engine.import_`."""
        return self._ask(asking.import_(lines, returning=returning))

    def forget(self, person: str) -> Receipt:
        """Forget a person; as `Engine.forget`."""
        return self._ask(asking.forget(person))

    def declare(self, moment: Moment) -> None:
        """Declare a moment, or replace it; as `Engine.declare`."""
        self._ask(asking.declare(moment))

    def moments(self) -> list[Moment]:
        """Give the moments that are declared."""
        return self._ask(asking.moments())

    def _ask(self, asked: Asking[T]) -> T:
        tries = _Tries(asked)
        while True:
            time.sleep(tries.pause())
            try:
                answer = self._http.request(
                    asked.method, asked.path, content=asked.body, headers=tries.headers
                )
            except httpx.HTTPError as error:
                tries.lost(error)
            else:
                if tries.answered(answer):
                    return asked.read(answer.content)


class AsyncClient:
    """`Client` with verbs to be awaited; one for the whole program is enough.

    Example:
        >>> async def hero(penchant: AsyncClient) -> str:
        ...     return (await penchant.decide("home.hero", person="ada")).action.name
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout_seconds: float = 5.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Connect to a service; the arguments are those of `Client`."""
        self._http = httpx.AsyncClient(
            base_url=url, headers=_auth(key), timeout=timeout_seconds, transport=transport
        )

    async def __aenter__(self) -> Self:
        """Use the client as a context manager."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the connections."""
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    @overload
    async def observe(
        self, signals: Signal, *, purpose: str | None = None
    ) -> Accepted | Refused: ...
    @overload
    async def observe(
        self, signals: Iterable[Signal], *, purpose: str | None = None
    ) -> list[Accepted | Refused]: ...
    async def observe(
        self, signals: Signal | Iterable[Signal], *, purpose: str | None = None
    ) -> Accepted | Refused | list[Accepted | Refused]:
        """Keep one signal or many; as `Engine.observe`."""
        if isinstance(signals, Signal):
            return await self._ask(asking.observe(signals, purpose))
        return await self._ask(asking.observe_many(signals, purpose))

    async def decide(
        self,
        moment: str,
        *,
        person: str | None = None,
        context: Mapping[str, Any] = _NO_CONTEXT,
        actions: Iterable[Action | str] | None = None,
        reasons: bool = False,
    ) -> DecisionAnswer:
        """Decide a moment; as `Engine.decide`. `reasons` asks for them as well."""
        return await self._ask(asking.decide(moment, person, context, actions, reasons=reasons))

    async def decide_many(
        self, items: Sequence[Mapping[str, Any]]
    ) -> list[DecisionAnswer | Refused]:
        """Decide `{"moment", "person", "context", "actions"}` each; answers come in order."""
        return await self._ask(asking.decide_many(items))

    async def decide_slate(
        self,
        moment: str,
        k: int,
        *,
        person: str | None = None,
        context: Mapping[str, Any] = _NO_CONTEXT,
        actions: Iterable[Action | str] | None = None,
        reasons: bool = False,
    ) -> SlateAnswer:
        """Decide up to `k` actions that are shown together; as `Engine.decide_slate`."""
        asked = asking.slate(moment, k, person, context, actions)
        return await self._ask(asking.decide_slate(asked, reasons=reasons))

    async def learn(
        self, decision_id: str, *, reward: float | None = None, outcome: str | None = None
    ) -> Accepted | Refused:
        """Learn what followed a decision; as `Engine.learn`."""
        return await self._ask(asking.learn(decision_id, reward, outcome))

    async def learn_many(self, items: Sequence[Mapping[str, Any]]) -> list[Accepted | Refused]:
        """Learn `{"decision", "reward"}` or `{"decision", "outcome"}` each."""
        return await self._ask(asking.learn_many(items))

    async def explain(self, decision_id: str) -> Explanation:
        """Explain a decision; as `Engine.explain`."""
        return await self._ask(asking.explain(decision_id))

    async def profile(self, person: str) -> Profile:
        """Give what is believed about a person; as `Engine.profile`."""
        return await self._ask(asking.profile(person))

    async def consent(
        self,
        person: str,
        purpose: str,
        *,
        granted: bool = True,
        dial: float = 1.0,
        until: datetime | None = None,
    ) -> Accepted | Refused:
        """Keep a person's answer for a purpose; as `Engine.consent`."""
        return await self._ask(
            asking.consent(person, purpose, granted=granted, dial=dial, until=until)
        )

    async def export(self, person: str) -> str:
        """Give all that is kept about a person, as JSON Lines; as `Engine.export`."""
        return await self._ask(asking.export(person))

    async def import_(self, lines: str, *, returning: bool = False) -> Imported | Refused:
        """Take in what `export` gave, here or elsewhere; as `Engine.import_`."""
        return await self._ask(asking.import_(lines, returning=returning))

    async def forget(self, person: str) -> Receipt:
        """Forget a person; as `Engine.forget`."""
        return await self._ask(asking.forget(person))

    async def declare(self, moment: Moment) -> None:
        """Declare a moment, or replace it; as `Engine.declare`."""
        await self._ask(asking.declare(moment))

    async def moments(self) -> list[Moment]:
        """Give the moments that are declared."""
        return await self._ask(asking.moments())

    async def _ask(self, asked: Asking[T]) -> T:
        tries = _Tries(asked)
        while True:
            await asyncio.sleep(tries.pause())
            try:
                answer = await self._http.request(
                    asked.method, asked.path, content=asked.body, headers=tries.headers
                )
            except httpx.HTTPError as error:
                tries.lost(error)
            else:
                if tries.answered(answer):
                    return asked.read(answer.content)


def _auth(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}
