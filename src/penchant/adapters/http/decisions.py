"""The routes about decisions that were taken: what they were, and why."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.http.answering import answered, part_of, principal_of
from penchant.adapters.http.bodies import DecisionRecord
from penchant.adapters.http.described import Described
from penchant.engine import Engine
from penchant.errors import UnknownDecision
from penchant.runtime.many import Many
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
            "One decision, with all that is kept of it, and its reasons.",
            gives=(DecisionRecord,),
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
        return answered(await run_in_threadpool(_record, found, self._many))

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


def _record(decision: Decision, many: Many) -> DecisionRecord:
    """Give all that is kept of a decision, and its reasons."""
    return DecisionRecord(
        decision.id,
        decision.moment,
        decision.person,
        decision.at,
        decision.action,
        decision.propensity,
        decision.mode,
        dict(decision.propensities),
        decision.note,
        many.reasons(decision),
        neutral_propensities=dict(decision.neutral_propensities),
        executed=decision.executed,
        forced=decision.forced,
        removed=decision.removed,
        context=dict(decision.context),
        consent=decision.consent,
        version=decision.version,
        opened_by=decision.opened_by,
        position=decision.position,
    )
