"""What a guardrail may know when it is asked.

Rule: everything stands in this one value. A guardrail reads no clock, no store and no profile, so
its answer can be had again from the record.
"""

from datetime import datetime

from msgspec import Struct

from penchant.words import Consent, Moment, Never

__all__ = ["Asked"]


class Asked(Struct, frozen=True):
    """The question put to every guardrail: when, at which moment, and what the person said.

    Attributes:
        now: The time of the decision, aware, in UTC.
        moment: The moment being decided.
        consent: The person's answer for the purpose of the moment; `not_asked` where there is none.
        nevers: The person's standing rules.
        time_zone: The person's own zone as they stated it, such as "Europe/Berlin"; empty when
            they stated none.
        recent: When actions of this moment other than its fallback were executed for this
            person, in seconds since 1970, newest last; a slate counts once.
    """

    now: datetime
    moment: Moment
    consent: Consent
    nevers: tuple[Never, ...] = ()
    time_zone: str = ""
    recent: tuple[float, ...] = ()
