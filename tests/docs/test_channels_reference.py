"""The reference of channels: every method of what brings letters, and the fields of a letter."""

import asyncio
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from penchant.adapters.channels.addresses import resolved
from penchant.adapters.channels.inbox import Inbox
from penchant.adapters.channels.scheduler import Scheduler
from penchant.adapters.channels.webhook import Webhook
from penchant.deliver.channel import Channel
from penchant.deliver.letter import Letter
from penchant.runtime.outbox.outbox import Outbox

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "channels.md").read_text("utf-8")
NAMED: dict[object, str] = {asyncio.to_thread: "asyncio.to_thread", resolved: "resolved"}
SAME = frozenset({"takes", "send", "close", "name"})  # as every channel has them


def default(value: object) -> str:
    """Write the default of an argument as a caller would."""
    if callable(value):
        return NAMED[value]
    return f'"{value}"' if isinstance(value, str) else repr(value)


def arguments(call: object) -> str:
    """Write the arguments of something that can be called, without types."""
    assert callable(call)
    parts: list[str] = []
    for one in inspect.signature(call).parameters.values():
        if one.name == "self":
            continue
        if one.kind is one.KEYWORD_ONLY and not any(part.startswith("*") for part in parts):
            parts.append("*")
        star = "*" if one.kind is one.VAR_POSITIONAL else ""
        is_open = one.default is one.empty
        parts.append(star + one.name + ("" if is_open else f"={default(one.default)}"))
    return f"({', '.join(parts)})"


def wanted() -> Iterator[str]:
    """Give the headings that the page must have."""
    for made in (Scheduler, Inbox, Webhook):
        yield made.__name__ + arguments(made)
    for kind in (Outbox, Inbox, Webhook, Scheduler, Channel):
        for name, member in vars(kind).items():
            if name.startswith("_") or (kind is not Channel and name in SAME):
                continue
            is_noun = isinstance(member, property)
            yield f"{kind.__name__}.{name}" + ("" if is_noun else arguments(member))


def test_every_method_has_its_heading_with_its_exact_arguments() -> None:
    """What can be called has a section with its arguments and defaults, and nothing else has."""
    assert sorted(re.findall(r"^### `(.+)`$", PAGE, flags=re.MULTILINE)) == sorted(wanted())


def test_the_fields_of_a_letter_are_listed() -> None:
    """Each field has a row, in order, and what is read from them too."""
    start = PAGE.index("## A letter")
    shown = re.findall(
        r"^\| `(\w+)` \|", PAGE[start : PAGE.index("## The scheduler")], re.MULTILINE
    )

    assert shown == [*Letter.__struct_fields__, "channel"]
