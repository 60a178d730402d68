"""One turn of a hot route: the requests that wait, asked of the engine at once.

Order: repeats are answered from what is remembered, bodies are read, the engine is asked for all
items of all requests, and each request gets its bytes. A broken item is answered in its place.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from penchant.adapters.http.decoding import Items
from penchant.adapters.http.meters import Meters
from penchant.adapters.http.problems import Refusal
from penchant.adapters.http.repeats import Answer, Repeats, Seed, not_the_same
from penchant.adapters.http.verbs import Question, Verb
from penchant.errors import StoreDamaged, StoreError
from penchant.journal import as_plain

__all__ = ["Turn"]

_encoder = msgspec.json.Encoder(enc_hook=as_plain)
_OK = 200


class _Read(NamedTuple):
    """A request that was read: where it stands in the turn, and its items in order."""

    place: int
    question: Question
    items: Items[Any]
    things: list[Any]


class Turn:
    """Answers the requests of a turn; it is what a lane runs."""

    def __init__(self, verb: Verb[Any], repeats: Repeats, meters: Meters, name: str) -> None:
        """Keep what is asked, and where turns are counted under which name."""
        self._verb, self._repeats = verb, repeats
        self._meters, self._name = meters, name

    def __call__(self, questions: Sequence[Question]) -> Sequence[Answer | Exception]:
        """Answer each."""
        started = time.perf_counter()
        answers = self._answers(questions)
        self._meters.turn(self._name, len(questions), time.perf_counter() - started)
        return answers

    def _answers(self, questions: Sequence[Question]) -> list[Answer | Exception]:
        answers: list[Answer | Exception | None] = [None] * len(questions)
        first: dict[bytes, tuple[int, Seed]] = {}
        again: list[tuple[int, Seed]] = []
        read: list[_Read] = []
        for place, question in enumerate(questions):
            seed = question.seed
            if seed is not None and seed.name in first:
                again.append((place, seed))
                continue
            try:
                known = self._repeats.find(seed) if seed else None
                if known is not None:
                    answers[place] = known
                    continue
                read.append(_Read(place, question, *self._verb.read(question)))
            except Exception as wrong:  # noqa: BLE001 - raised where the request is answered
                answers[place] = wrong
                continue
            if seed is not None:
                first[seed.name] = (place, seed)
        self._ask(read, answers)
        for place, seed in again:
            before, earlier = first[seed.name]
            answers[place] = answers[before] if seed.body == earlier.body else not_the_same()
        return [one or RuntimeError("a request of a turn was not answered") for one in answers]

    def _ask(self, read: Sequence[_Read], answers: list[Answer | Exception | None]) -> None:
        """Ask the engine for every item that can be asked, then give each request its part."""
        asked = [thing for one in read for thing in one.things if not isinstance(thing, Refusal)]
        try:
            told = iter(self._verb.ask(asked) if asked else ())
        except StoreError as wrong:
            self._fail(read, answers, wrong)
            return
        for place, question, items, things in read:
            part = [thing if isinstance(thing, Refusal) else next(told) for thing in things]
            try:
                answer = Answer(_OK, self._body(question, items, part))
            except Exception as wrong:  # noqa: BLE001 - as above
                answers[place] = wrong
                continue
            answers[place] = answer
            if question.seed is not None:
                is_remembered = not self._verb.is_journalled
                self._repeats.keep(question.seed, answer if is_remembered else None)

    def _fail(
        self, read: Sequence[_Read], answers: list[Answer | Exception | None], wrong: StoreError
    ) -> None:
        """Answer requests of which nothing was kept; one damaged stream fails nobody else."""
        if isinstance(wrong, StoreDamaged) and len(read) > 1:
            for one in read:
                self._ask([one], answers)
            return
        for one in read:
            answers[one.place] = wrong

    def _body(self, question: Question, items: Items[Any], part: Sequence[Any]) -> bytes:
        tell = self._verb.tell
        if not items.is_batch:
            return _encoder.encode(tell(part[0], question, is_alone=True))
        if items.broken:
            part = list(_woven(part, items))
        told = [tell(one, question, is_alone=False) for one in part]
        return _encoder.encode({"items": told})


def _woven(part: Iterable[Any], items: Items[Any]) -> Iterator[Any]:
    """Put what could not be read back into its place."""
    broken = {one.index: one for one in items.broken}
    rest = iter(part)
    for index in range(len(items.read) + len(broken)):
        yield Refusal(400, broken[index].detail) if index in broken else next(rest)
