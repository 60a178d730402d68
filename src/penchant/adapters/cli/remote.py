"""A service that owns the database, asked by the command line over HTTP: the engine's verbs again.

`penchant up` leaves its address and a key beside the database (`http.service_file`); commands that
find the file taken go that way.
Rule: what a command does is the same either way; what only the owner of the file can do is said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode

import msgspec

from penchant.adapters.client.client import Client
from penchant.adapters.http.bodies import DecisionRecord, Health, Link
from penchant.adapters.http.service_file import ServiceAddress, find_service
from penchant.errors import BadInput, PenchantError, ServiceFailed
from penchant.learn.evaluate.evaluation import Evaluation
from penchant.limits import Limits
from penchant.runtime.rights.portable import Imported
from penchant.words import Accepted, Action, Explanation, Moment, Profile, Receipt, Refused, Signal

__all__ = ["Remote", "SlateRecord", "console_link", "evaluated_by", "find_remote", "service_health"]

_SECONDS = 60.0
_JUDGING_SECONDS = 1_200.0  # 22 questions of a hundred thousand decisions
_ROOM_BYTES = Limits().batch_bytes - 4_096  # for what stands around the items


class SlateRecord(NamedTuple):
    """A slate of a service, with all that is kept of its decisions."""

    id: str
    decisions: tuple[DecisionRecord, ...]


class Remote:
    """The verbs of the engine of a service that runs; a context manager."""

    def __init__(self, address: ServiceAddress) -> None:
        """Connect to a service."""
        self.address = address
        self._client = Client(address.url, address.token, timeout_seconds=_SECONDS)

    def __enter__(self) -> Self:
        """Use it as a context manager."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the connection."""
        self._client.close()

    def declare(self, moment: Moment) -> None:
        """Declare a moment."""
        self._client.declare(moment)

    def consent(
        self,
        person: str,
        purpose: str,
        *,
        granted: bool = True,
        dial: float = 1.0,
        until: datetime | None = None,
        at: datetime | None = None,
    ) -> Accepted | Refused:
        """Keep a person's answer for a purpose."""
        _only_now(at)
        return self._client.consent(person, purpose, granted=granted, dial=dial, until=until)

    def observe(
        self, signals: Signal | Iterable[Signal], *, purpose: str | None = None
    ) -> Any:  # one answer for one signal, a list for many
        """Keep signals, in batches that a body has room for."""
        if isinstance(signals, Signal):
            return self._client.observe(signals, purpose=purpose)
        told: list[Accepted | Refused] = []
        for part in _parts(signals):
            told += self._client.observe(part, purpose=purpose)
        return told

    def decide(
        self,
        moment: str,
        *,
        person: str | None = None,
        context: Mapping[str, Any] | None = None,
        actions: Iterable[Action | str] | None = None,
        at: datetime | None = None,
        draw: float | None = None,
    ) -> DecisionRecord:
        """Decide a moment."""
        _only_now(at)
        if draw is not None:
            raise BadInput(
                "A service draws by its own dice. Stop it to decide with `--draw` from the file."
            )
        told = self._client.decide(moment, person=person, context=context or {}, actions=actions)
        return self._record(told.id)

    def decide_slate(
        self,
        moment: str,
        k: int,
        *,
        person: str | None = None,
        context: Mapping[str, Any] | None = None,
        actions: Iterable[Action | str] | None = None,
        at: datetime | None = None,
    ) -> SlateRecord:
        """Decide a slate."""
        _only_now(at)
        told = self._client.decide_slate(
            moment, k, person=person, context=context or {}, actions=actions
        )
        return SlateRecord(told.id, tuple(self._record(one.id) for one in told.decisions))

    def _record(self, decision: str) -> DecisionRecord:
        """Give all that is kept of a decision."""
        told = _asked(self.address, "GET", f"/v1/decisions/{decision}")
        return msgspec.json.decode(told, type=DecisionRecord)

    def learn(
        self,
        decision_id: str,
        *,
        reward: float | None = None,
        outcome: str | None = None,
        at: datetime | None = None,
    ) -> Accepted | Refused:
        """Learn what followed a decision."""
        _only_now(at)
        return self._client.learn(decision_id, reward=reward, outcome=outcome)

    def explain(self, decision_id: str) -> Explanation:
        """Explain a decision."""
        return self._client.explain(decision_id)

    def profile(self, person: str) -> Profile:
        """Give what is believed about a person."""
        return self._client.profile(person)

    def export_lines(self, person: str, *, population: bool = True) -> Iterator[str]:
        """Give everything about a person, line by line."""
        for line in self._client.export(person).splitlines(keepends=True):
            if population or not line.startswith('{"type":"population"'):
                yield line

    def import_(self, lines: Iterable[bytes], *, returning: bool = False) -> Imported | Refused:
        """Take in a person whom another instance exported."""
        return self._client.import_(b"".join(lines).decode(), returning=returning)

    def forget(self, person: str) -> Receipt:
        """Forget a person."""
        return self._client.forget(person)


def evaluated_by(remote: Remote, moment: str, *, alpha: float, against: str) -> Evaluation:
    """Let a service judge what other policies would have earned at a moment."""
    asked = urlencode({"alpha": alpha, "against": against}, quote_via=quote)
    path = f"/v1/moments/{quote(moment, safe='')}/evaluation?{asked}"
    told = _asked(remote.address, "GET", path, seconds=_JUDGING_SECONDS)
    return msgspec.json.decode(told, type=Evaluation)


def find_remote(database: Path) -> Remote | None:
    """Give the service of a database, when one runs and answers."""
    address = find_service(database)
    if address is None:
        return None
    return None if service_health(address) is None else Remote(address)


def service_health(address: ServiceAddress) -> Health | None:
    """Ask a service how it is; None where nobody answers."""
    try:
        return msgspec.json.decode(_asked(address, "GET", "/healthz"), type=Health)
    except (PenchantError, msgspec.DecodeError):
        return None


def console_link(database: Path) -> str:
    """Give another link to the console, or "" where no service runs."""
    address = find_service(database)
    if address is None:
        return ""
    try:
        told = _asked(address, "POST", "/v1/links")
    except ServiceFailed:
        return ""
    return address.url + msgspec.json.decode(told, type=Link).path


def _asked(address: ServiceAddress, method: str, path: str, *, seconds: float = _SECONDS) -> bytes:
    """Ask a service; give what it answers.

    Raises:
        BadInput: With the sentence of the problem, when it is one.
        ServiceFailed: When nobody is there.
    """
    import httpx

    headers = {"authorization": f"Bearer {address.token}"}
    try:
        answer = httpx.request(method, address.url + path, headers=headers, timeout=seconds)
    except httpx.TransportError:
        raise ServiceFailed(f"No service answers at {address.url} any more.") from None
    if answer.is_error:
        raise BadInput(str(answer.json()["detail"]))
    return answer.content


def _parts(signals: Iterable[Signal]) -> Iterator[Sequence[Signal]]:
    """Part signals so that each part fits into one body."""
    part: list[Signal] = []
    size = 0
    for signal in signals:
        length = len(msgspec.json.encode(dict(signal.data))) + len(signal.person) + 512
        if part and size + length > _ROOM_BYTES:
            yield part
            part, size = [], 0
        part.append(signal)
        size += length
    if part:
        yield part


def _only_now(at: datetime | None) -> None:
    """See that nothing is asked for another time.

    Raises:
        BadInput: When it is: a service goes by its own clock.
    """
    if at is not None:
        raise BadInput(
            "A service goes by its own clock. Stop it to use `--at` on the file itself, or leave "
            "`--at` out."
        )
