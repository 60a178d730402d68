"""The versions of one moment: kept by number, written to the journal, taken over from it."""

from datetime import datetime

import msgspec

from penchant.errors import StoreDamaged, UnknownDecision
from penchant.journal import Derived
from penchant.model.moment_model import MomentModel
from penchant.model.version import Version, pack, unpack

__all__ = ["Versions"]


class Versions:
    """What explains the decisions of earlier versions, by the number they name."""

    def __init__(self, model: MomentModel) -> None:
        """Start with the version in force."""
        self._model = model
        self._kept: dict[int, Version] = {}
        self._outcomes = 0
        self.owed: datetime | None = None
        """Since when the version in force has to be derived anew, without somebody forgotten."""
        self.note()

    def __getitem__(self, number: int) -> Version:
        """Give the version of that number, without what grows with the actions.

        Raises:
            UnknownDecision: When it was lost, with a crash between its decision and itself.
        """
        found = self._kept.get(number)
        if found is None and number < 0:
            msg = (
                f"It was decided in another instance, under version {-number} of its model, which "
                "did not come along. Its propensities are kept, its reasons stand in the export."
            )
            raise UnknownDecision(msg)
        if found is None:
            msg = (
                f"Version {number} of the model was lost in a crash before it was written, so what "
                "was decided under it cannot be explained. Its propensities are kept."
            )
            raise UnknownDecision(msg)
        return found

    def note(self) -> None:
        """Keep the version in force."""
        version = self._model.version
        self._kept[version.number] = version.stripped()

    def derived(self, moment: str, at: datetime) -> Derived:
        """Give the version in force as a fact."""
        model = self._model
        numbers = pack(model.version, model.vocabulary)
        outcomes = model.evidence.alive()
        number = model.version.number
        return Derived(at, moment, number, numbers, outcomes=outcomes, owed=self.owed)

    def restore(self, fact: Derived) -> None:
        """Take over a version from the journal; its sums follow with `LiveModel.restored`.

        Raises:
            StoreDamaged: When its numbers cannot be read.
        """
        try:
            version, vocabulary = unpack(fact.numbers)
        except (msgspec.MsgspecError, ValueError) as error:
            msg = (
                f"Version {fact.version} of moment `{fact.moment}` cannot be read. "
                "Restore the files from a backup, or open them with the release that wrote them."
            )
            raise StoreDamaged(msg) from error
        self._model.restore(vocabulary)
        self._kept[version.number] = version.stripped()
        if version.number > self._model.version.number:
            self._model.version = version
            self._outcomes = fact.outcomes
            self.owed = fact.owed
            if fact.is_given:
                self._model.given = version.number

    def reached(self, number: int) -> None:
        """Note that the version in force was derived from what is kept so far.

        Its own count does not say: some of those outcomes may be forgotten by now.
        """
        if number == self._model.version.number:
            self._model.folded = len(self._model.evidence)

    def is_behind(self) -> bool:
        """Say whether outcomes were taken out since the version in force was derived from them.

        So it is where the process ended between a forgetting and the version without that person.
        Threads may have written a few outcomes more by then, never fewer.
        """
        return self._model.evidence.alive(self._model.folded) < self._outcomes
