"""What a person may ask for: to see what is believed about them, and to be forgotten.

Loop: beside it. Each is one call, under any of the person's ids.
Rule: what is forgotten is gone from the store first; tables and models follow before the receipt.
"""

from penchant.limits import check_id
from penchant.profile.beliefs import believe, profile_of
from penchant.runtime.memory import Memory
from penchant.runtime.rights.taste import tastes
from penchant.words import Profile, Receipt

__all__ = ["forget", "profile"]


def profile(memory: Memory, person: str) -> Profile:
    """Give all that is believed about a person, in words and with how sure it is."""
    check_id(person, "A person id", memory.limits)
    with memory.lock:
        now = memory.now()
        registers = memory.people.person(person).registers
        ids = memory.people.ids(person)
        readings = [memory.store.read(one) for one in ids]
        moments = [(live.learning, live.moment) for live in memory.moments.values()]
        learned = [one for live, moment in moments for one in tastes(live, moment, ids, now)]
    facts = (fact for reading in readings for fact in reading)
    beliefs = believe(facts, now=now, time_zone=registers.time_zone)
    return profile_of(registers, (*beliefs, *learned), now)


def forget(memory: Memory, person: str) -> Receipt:
    """Forget a person under all of their ids, and write the versions that are without them."""
    check_id(person, "A person id", memory.limits)
    with memory.gate.alone(), memory.lock:
        receipt = memory.erase(memory.people.ids(person), memory.now())
    memory.write([])
    return receipt
