"""The routes about moments: what is declared, and declaring."""

from asyncio import Lock
from functools import partial
from typing import Any

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.http.answering import answered, body_of, part_of
from penchant.adapters.http.described import Described
from penchant.adapters.toml_moments import moments_of
from penchant.engine import Engine
from penchant.errors import BadNumber, UnknownMoment
from penchant.learn.evaluate.evaluation import Evaluation, evaluated
from penchant.words import Moment

__all__ = ["moment_routes"]


class Declared(Struct, frozen=True):
    """Names of the moments that were declared."""

    declared: tuple[str, ...]


def moment_routes(engine: Engine) -> list[Described]:
    """Give the routes about moments."""
    serve = _Moments(engine)
    return [
        Described(
            "GET",
            "/v1/moments",
            "list_moments",
            "decide:read",
            "The moments that are declared.",
            gives=(list[Moment],),
            endpoint=serve.moments,
        ),
        Described(
            "PUT",
            "/v1/moments",
            "declare_moments",
            "policy:admin",
            "Declare a moment, or several; one of a known name replaces it, and what was learned "
            "for actions of the same name is kept.",
            takes=(Moment, list[Moment]),
            gives=(Declared,),
            endpoint=serve.declare,
            is_wide=True,
        ),
        Described(
            "GET",
            "/v1/moments/{name}",
            "show_moment",
            "decide:read",
            "One moment, as it is declared.",
            gives=(Moment,),
            may_fail=(404,),
            endpoint=serve.moment,
        ),
        _evaluation(serve),
    ]


def _evaluation(serve: "_Moments") -> Described:
    """Describe the judging of a moment."""
    return Described(
        "GET",
        "/v1/moments/{name}/evaluation",
        "evaluate_moment",
        "audit:read",
        "What other policies would have earned at a moment, and whether to promote one.",
        gives=(Evaluation,),
        may_fail=(404,),
        asks=(
            ("against", "The policy in force, such as `even chance`; as logged by default."),
            ("alpha", "Intervals miss in at most this share of cases; 0.05 by default."),
        ),
        endpoint=serve.evaluation,
        is_wide=True,
    )


class _Moments:
    """Serves them."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._many = engine, engine.many
        self._judging = Lock()

    async def moments(self, request: Request) -> Response:
        del request
        return answered(self._many.moments())

    async def moment(self, request: Request) -> Response:
        name = part_of(request, "name")
        for moment in self._many.moments():
            if moment.name == name:
                return answered(moment)
        raise UnknownMoment(f"No moment `{name[:64]}` was declared.")

    async def evaluation(self, request: Request) -> Response:
        name, asked = part_of(request, "name"), request.query_params
        try:
            alpha = float(asked.get("alpha", "0.05"))
        except ValueError:
            raise BadNumber("`alpha` must be a number between 0 and 1, such as 0.05.") from None
        async with self._judging:  # one at a time: each takes a processor for seconds
            log = await run_in_threadpool(self._engine.insight.log, name)
            judge = partial(evaluated, log, alpha, against=asked.get("against", ""))
            return answered(await run_in_threadpool(judge))

    async def declare(self, request: Request) -> Response:
        limits = self._many.limits
        given = await body_of(request, Any, limits)
        tables = given if isinstance(given, list) else [given]
        moments = moments_of({"moments": tables}, "the body", limits=limits)
        for moment in moments:
            await run_in_threadpool(self._engine.declare, moment)
        return answered(Declared(tuple(moment.name for moment in moments)))
