"""The error tree: everything Penchant raises on purpose.

PenchantError
├── BadInput                    the caller's value is wrong; nothing was kept
│   ├── BadNumber               not finite, or outside its range
│   ├── BadTime                 no time zone, too far in the future or the past
│   ├── BadName                 an id or a name that is empty, too long or not printable
│   ├── FeatureTypeChanged      a feature was a number before and is a text now (or the like)
│   ├── LimitReached            one of the limits of `limits.Limits`
│   ├── UnknownMoment           no moment of that name was declared
│   ├── UnknownAction           no action of that name in the moment
│   └── UnknownDecision         no decision of that id is kept
├── StoreError                  the disk, not the caller
│   ├── StoreDamaged            a chain, a seal or a file does not fit: found before it is served
│   ├── StoreLocked             another process owns the file
│   ├── StoreTooNew             written by a later version of Penchant
│   └── StoreFailed             a write was not made durable; nothing of it was kept
└── ServiceError                a client got no answer of use from its service
    ├── ServiceRefused          the key is missing, over, or may not do this
    ├── ServiceBusy             too much at once; the service says when to ask again
    └── ServiceFailed           no answer, or an error of the service's own

A message says what happened, where, what was expected and what to do. It holds ids and names of
declared things, never what a person said or did. A guardrail's refusal is no error but a result.
"""

__all__ = [
    "BadInput",
    "BadName",
    "BadNumber",
    "BadTime",
    "FeatureTypeChanged",
    "LimitReached",
    "PenchantError",
    "ServiceBusy",
    "ServiceError",
    "ServiceFailed",
    "ServiceRefused",
    "StoreDamaged",
    "StoreError",
    "StoreFailed",
    "StoreLocked",
    "StoreTooNew",
    "UnknownAction",
    "UnknownDecision",
    "UnknownMoment",
]


class PenchantError(Exception):
    """Root of the tree."""


class BadInput(PenchantError, ValueError):
    """The caller's value is wrong; nothing was kept."""


class BadNumber(BadInput):
    """A number is not finite or outside its range."""


class BadTime(BadInput):
    """A time has no zone, or lies too far in the future or the past."""


class BadName(BadInput):
    """An id or a name is empty, too long or not printable."""


class FeatureTypeChanged(BadInput):
    """A feature has another type than it had before."""


class LimitReached(BadInput):
    """One of the limits of `limits.Limits` was reached."""


class UnknownMoment(BadInput):
    """No moment of that name was declared."""


class UnknownAction(BadInput):
    """The moment has no action of that name."""


class UnknownDecision(BadInput):
    """No decision of that id is kept."""


class StoreError(PenchantError):
    """The disk failed, not the caller."""


class StoreDamaged(StoreError):
    """A chain, a seal or a file does not fit; found before anything of it was served."""


class StoreLocked(StoreError):
    """Another process owns the file."""


class StoreTooNew(StoreError):
    """The file was written by a later version of Penchant."""


class StoreFailed(StoreError):
    """A write was not made durable; nothing of it was kept."""


class ServiceError(PenchantError):
    """A client got no answer of use from its service."""


class ServiceRefused(ServiceError):
    """The key is missing, over, or may not do this."""


class ServiceBusy(ServiceError):
    """Too much at once; ask again after `wait_seconds`."""

    def __init__(self, sentence: str, wait_seconds: float = 1.0) -> None:
        """Keep how long to wait."""
        super().__init__(sentence)
        self.wait_seconds = wait_seconds


class ServiceFailed(ServiceError):
    """No answer came, or an error of the service's own."""
