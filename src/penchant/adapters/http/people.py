"""The routes about what is believed of a person, and what they answered."""

from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.http.answering import answered, body_of, part_of
from penchant.adapters.http.bodies import Kept, Opinion
from penchant.adapters.http.described import Described
from penchant.adapters.http.problems import Refusal
from penchant.engine import Engine
from penchant.words import Consent, Profile, Refused

__all__ = ["people_routes"]

_ONE = "/v1/people/{person}"


def people_routes(engine: Engine) -> list[Described]:
    """Give the routes about people."""
    people = _People(engine)
    return [
        Described(
            "GET",
            _ONE,
            "show_person",
            "profile:read",
            "All that is believed about a person, and how sure that is.",
            gives=(Profile,),
            endpoint=people.profile,
        ),
        Described(
            "GET",
            f"{_ONE}/consent",
            "show_consent",
            "profile:read",
            "What a person answered, purpose by purpose.",
            gives=(list[Consent],),
            endpoint=people.consents,
        ),
        Described(
            "PUT",
            f"{_ONE}/consent/{{purpose}}",
            "keep_consent",
            "consent:write",
            "Keep a person's answer for a purpose, from the next decision on.",
            takes=(Opinion,),
            gives=(Kept,),
            endpoint=people.consent,
        ),
    ]


class _People:
    """Serves them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def profile(self, request: Request) -> Response:
        person = part_of(request, "person")
        return answered(await run_in_threadpool(self._engine.profile, person))

    async def consents(self, request: Request) -> Response:
        person = part_of(request, "person")
        profile = await run_in_threadpool(self._engine.profile, person)
        return answered(profile.consents)

    async def consent(self, request: Request) -> Response:
        person, purpose = part_of(request, "person"), part_of(request, "purpose")
        given = await body_of(request, Opinion, self._engine.many.limits)
        result = await run_in_threadpool(
            lambda: self._engine.consent(
                person,
                purpose,
                granted=given.granted,
                dial=given.dial,
                until=_time(given.until),
            )
        )
        sentence = result.sentence if isinstance(result, Refused) else ""
        return answered(Kept(kept=False, sentence=sentence) if sentence else Kept(kept=True))


def _time(text: str | None) -> datetime | None:
    """Read a time.

    Raises:
        Refusal: When it is none.
    """
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(400, "`until` must be a time such as `2026-11-22T10:00:00Z`.") from None
