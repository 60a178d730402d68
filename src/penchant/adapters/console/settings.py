"""What the console can be told when it starts."""

from msgspec import Struct

__all__ = ["ConsoleSettings"]


class ConsoleSettings(Struct, frozen=True):
    """How the console runs.

    Attributes:
        show_people: Whether ids may be listed. Without it a person is found by their exact id
            only, so that nobody browses people.
        prefix: The path under which the console is mounted.
    """

    show_people: bool = False
    prefix: str = "/console"
