"""The routes of a person's rights: to have what is kept, take it along, and be forgotten."""

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from penchant.adapters.http.answering import answered, part_of
from penchant.adapters.http.bodies import Kept
from penchant.adapters.http.described import Described
from penchant.adapters.http.reading import Reader
from penchant.engine import Engine
from penchant.runtime.rights.portable import Imported
from penchant.words import Receipt, Refused

__all__ = ["rights_routes"]

_ONE = "/v1/people/{person}"
_NDJSON = "application/x-ndjson"
_IMPORT_SECONDS = 300.0


def rights_routes(engine: Engine, import_bytes: int) -> list[Described]:
    """Give the routes of rights; an import has at most so many bytes."""
    rights = _Rights(engine, import_bytes)
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
            "Everything about a person, as JSON Lines.",
            gives=(_NDJSON,),
            endpoint=rights.export,
        ),
        Described(
            "POST",
            "/v1/people/import",
            "import_person",
            "rights:exec",
            "Take in a person whom another instance exported; all of them, or nothing.",
            takes=(_NDJSON,),
            gives=(Imported, Kept),
            asks=(
                ("returning", "`true` for somebody forgotten here who comes back as they wish."),
            ),
            endpoint=rights.import_,
            is_wide=True,
        ),
    ]


class _Rights:
    """Serves them."""

    def __init__(self, engine: Engine, import_bytes: int) -> None:
        self._engine, self._import_bytes = engine, import_bytes

    async def forget(self, request: Request) -> Response:
        person = part_of(request, "person")
        return answered(await run_in_threadpool(self._engine.forget, person))

    async def export(self, request: Request) -> Response:
        person = part_of(request, "person")
        lines = await run_in_threadpool(self._engine.export_lines, person)
        return StreamingResponse(iterate_in_threadpool(lines), media_type=_NDJSON)

    async def import_(self, request: Request) -> Response:
        reader: Reader = request.scope["penchant.reader"]
        headers = dict(request.scope["headers"])
        types = (_NDJSON.encode(),)
        body = await reader.read(
            headers, request.receive, self._import_bytes, types=types, seconds=_IMPORT_SECONDS
        )
        is_returning = request.query_params.get("returning") == "true"
        result = await run_in_threadpool(self._engine.import_, body, returning=is_returning)
        if isinstance(result, Refused):
            return answered(Kept(kept=False, sentence=result.sentence))
        return answered(result)
