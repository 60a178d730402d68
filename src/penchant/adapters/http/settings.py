"""What a service can be told when it starts; every bound has its reason beside it."""

from msgspec import Struct

__all__ = ["DEFAULT_HOST", "DEFAULT_PORT", "Settings"]

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8321


class Settings(Struct, frozen=True):
    """How a service runs. Sizes of bodies and batches are the engine's own limits.

    Attributes:
        host: Where it listens; loopback unless told otherwise.
        port: Where it listens; 0 lets the system choose.
        allow_hosts: Names it answers to besides loopback and `host`; see `door`.
        allow_origins: Pages of other origins that may call it, such as `https://shop.example`.
        rate: Requests of one key; a little under what one core serves, so that one client in a
            loop leaves room for the others.
        concurrency: Requests under way at once; beyond it they are told to come again.
        body_seconds: A body that takes longer is given up.
        header_seconds: The same for the head of a request, and for connections that say nothing.
        stop_seconds: What a stop waits for requests under way.
        streams: Answers that last, such as an open inbox, at once.
        room_bytes: What all bodies may take together until they are answered.
        import_bytes: The largest body of an import, which is one person's whole journal.
        logs_requests: Whether each request is logged, by the template of its route.
        webhook: Where letters of the channel `webhook` go, and the secrets they are signed with;
            `webhook_private` lets that be this machine or its network.
        show_people: Whether the console lists ids of people; else they are found by theirs alone.
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    rate: str = "5000/second"
    concurrency: int = 1_024
    body_seconds: float = 10.0
    header_seconds: float = 10.0
    stop_seconds: float = 10.0
    streams: int = 1_024
    room_bytes: int = 512 * 2**20
    import_bytes: int = 256 * 2**20
    logs_requests: bool = False
    webhook: str = ""
    webhook_secrets: tuple[str, ...] = ()
    webhook_private: bool = False
    show_people: bool = False
