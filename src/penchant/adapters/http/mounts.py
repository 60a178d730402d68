"""What other parts of Penchant add to the service: the pages of the console, a person's inbox."""

from starlette.routing import BaseRoute

from penchant.adapters.http.described import Described
from penchant.engine import Engine

__all__ = ["mounted", "pages_of"]


def pages_of(engine: Engine) -> list[BaseRoute]:
    """Give the pages below `/console`; only an open session reaches them."""
    del engine
    return []


def mounted(engine: Engine) -> list[Described]:
    """Give the routes that other parts serve."""
    del engine
    return []
