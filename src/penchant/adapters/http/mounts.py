"""What other parts of Penchant add to the service: the pages of the console, a person's inbox."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from penchant.adapters.console.pages import routes as console_routes
from penchant.adapters.http.described import Described
from penchant.engine import Engine

__all__ = ["mounted", "pages_of"]


def pages_of(engine: Engine) -> Sequence[BaseRoute]:
    """Give the pages below `/console`; only an open session reaches them."""
    return console_routes(engine)


def mounted(engine: Engine) -> list[Described]:
    """Give the routes that other parts serve."""
    del engine
    return []
