"""The routes of a person's rights: to have what is kept, and to be forgotten."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.http.answering import answered, part_of
from penchant.adapters.http.described import Described
from penchant.engine import Engine
from penchant.words import Receipt

__all__ = ["rights_routes"]

_ONE = "/v1/people/{person}"
_NDJSON = "application/x-ndjson"


def rights_routes(engine: Engine) -> list[Described]:
    """Give the routes of rights."""
    rights = _Rights(engine)
    return [
        Described(
            "DELETE",
            _ONE,
            "forget_person",
            "rights:exec",
            "Forget a person: nothing of them can be read again. The receipt names nobody.",
            gives=(Receipt,),
            endpoint=rights.forget,
        ),
        Described(
            "GET",
            f"{_ONE}/export",
            "export_person",
            "rights:exec",
            "Every fact kept about a person, as JSON Lines.",
            gives=(_NDJSON,),
            endpoint=rights.export,
        ),
    ]


class _Rights:
    """Serves them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def forget(self, request: Request) -> Response:
        person = part_of(request, "person")
        return answered(await run_in_threadpool(self._engine.forget, person))

    async def export(self, request: Request) -> Response:
        person = part_of(request, "person")
        lines = await run_in_threadpool(self._engine.export, person)
        return Response(lines, media_type=_NDJSON)
