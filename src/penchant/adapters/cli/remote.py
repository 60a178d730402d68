"""A service that runs on this machine, asked by the command line over HTTP."""

from pathlib import Path
from typing import Any

from penchant.adapters.http.service_file import ServiceAddress, find_service
from penchant.errors import BadInput

__all__ = ["asked", "console_link"]

_SECONDS = 30.0


def asked(address: ServiceAddress, method: str, path: str, **given: Any) -> Any:
    """Ask a service; give what it answers.

    Raises:
        BadInput: With the sentence of the problem, when it is one.
        ConnectionError: When nobody is there.
    """
    import httpx

    headers = {"authorization": f"Bearer {address.token}"}
    try:
        answer = httpx.request(
            method, address.url + path, headers=headers, timeout=_SECONDS, **given
        )
    except httpx.TransportError as wrong:
        raise ConnectionError(str(wrong)) from None
    if answer.is_error:
        raise BadInput(str(answer.json()["detail"]))
    return answer.json()


def console_link(database: Path) -> str:
    """Give another link to the console, or "" where no service runs."""
    address = find_service(database)
    if address is None:
        return ""
    try:
        return address.url + str(asked(address, "POST", "/v1/links")["path"])
    except ConnectionError:
        return ""
