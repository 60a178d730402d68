"""The routes about decisions that were taken: what they were, and why."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.http.answering import answered, part_of, principal_of
from penchant.adapters.http.bodies import DecisionAnswer
from penchant.adapters.http.described import Described
from penchant.adapters.http.verbs import told_decision
from penchant.engine import Engine
from penchant.errors import UnknownDecision
from penchant.words import Decision, Explanation

__all__ = ["decision_routes"]

_ONE = "/v1/decisions/{id}"


def decision_routes(engine: Engine) -> list[Described]:
    """Give the routes about decisions."""
    serve = _Decisions(engine)
    return [
        Described(
            "GET",
            _ONE,
            "show_decision",
            "decide:read",
            "One decision, as it was taken, with its reasons.",
            gives=(DecisionAnswer,),
            may_fail=(404,),
            endpoint=serve.decision,
        ),
        Described(
            "GET",
            f"{_ONE}/explanation",
            "explain_decision",
            "decide:read",
            "One decision in plain words.",
            gives=(Explanation,),
            may_fail=(404,),
            endpoint=serve.explanation,
        ),
    ]


class _Decisions:
    """Serves them."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._many = engine, engine.many

    async def decision(self, request: Request) -> Response:
        found = await self._find(request)
        return answered(await run_in_threadpool(told_decision, found, self._many))

    async def explanation(self, request: Request) -> Response:
        found = await self._find(request)
        return answered(await run_in_threadpool(self._engine.explain, found.id))

    async def _find(self, request: Request) -> Decision:
        """Give the decision of the path; another person's is as if it were not there."""
        name, who = part_of(request, "id"), principal_of(request)
        found = await run_in_threadpool(self._many.find, name)
        if found is None or (who.person and found.person != who.person):
            raise UnknownDecision(f"No decision `{name[:64]}` is kept. Was its person forgotten?")
        return found
