"""What the tests of guardrails ask about: one moment, and a person who allows everything."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from penchant.guard.guardrail import Asked, Verdicts
from penchant.words import Action, Consent, FrozenMap, GuardrailRule, Moment, Never, Value

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WALK: FrozenMap[Value] = FrozenMap({"kind": "walk", "alcohol": False})
DRINK: FrozenMap[Value] = FrozenMap({"kind": "drink", "alcohol": True, "size": (1.0, 2.0)})
ACTIONS = (
    Action("nothing"),
    Action("tip", features=WALK, channel="app", burden=0.2),
    Action("wine", features=DRINK, burden=0.5),
    Action("call", channel="phone", burden=0.9, risk="human"),
)


def ask(
    *guardrails: GuardrailRule,
    dial: float = 1.0,
    nevers: Sequence[Never] = (),
    now: datetime = NOON,
    time_zone: str = "",
    recent: Sequence[float] = (),
    default: str = "",
) -> Asked:
    """Give a question in which consent is granted."""
    moment = Moment("nudge", "coaching", ACTIONS, guardrails=guardrails, default=default)
    consent = Consent("coaching", "granted", dial)
    return Asked(now, moment, consent, tuple(nevers), time_zone, tuple(recent))


class Says:
    """A guardrail that answers what it is told to."""

    def __init__(
        self, answer: Callable[[Sequence[Action], Asked], Verdicts], name: str = "says"
    ) -> None:
        """Keep the answer."""
        self.answer = answer
        self.name = name

    def check(self, actions: Sequence[Action], asked: Asked) -> Verdicts:
        """Give the answer."""
        return self.answer(actions, asked)
