"""The writing thread: order, batches, and errors that reach the callers they belong to."""

import threading
from collections.abc import Sequence

import pytest

from penchant.adapters.store.writing import Ticket, Writer
from penchant.errors import StoreDamaged, StoreFailed


class Letter(Ticket):
    """A ticket with a letter; those in lower case may share a batch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.is_handed_in = threading.Event()

    @property
    def is_joined(self) -> bool:
        """Whether the letter is in lower case."""
        return self.text.islower()

    def wait(self) -> None:
        """Say that it is in the queue, then wait."""
        self.is_handed_in.set()
        super().wait()


def handed_in(letters: str, *, fails: Exception | None = None, most: int = 100) -> tuple[str, str]:
    """Queue up letters behind a first batch that takes long; give batches and who failed."""
    batches: list[str] = []
    failed: dict[str, Exception] = {}
    begun, go_on = threading.Event(), threading.Event()

    def run(batch: Sequence[Letter]) -> None:
        begun.set()
        go_on.wait()
        batches.append("".join(letter.text for letter in batch))
        if fails and "x" in batches[-1]:
            raise fails

    def submit(letter: Letter) -> None:
        try:
            writer.submit(letter)
        except StoreFailed as error:
            failed[letter.text] = error

    writer: Writer[Letter] = Writer(run, most=most, between=lambda: False)
    threads = []
    for text in letters:
        letter = Letter(text)
        threads.append(threading.Thread(target=submit, args=(letter,)))
        threads[-1].start()
        letter.is_handed_in.wait()
        begun.wait()
    go_on.set()
    for thread in threads:
        thread.join()
    writer.close()
    assert len({id(error) for error in failed.values()}) == len(failed)
    return " ".join(batches).removeprefix(letters[0]), "".join(sorted(failed))


@pytest.mark.parametrize(
    ("letters", "batches"),
    [("-abc", " abc"), ("-abCDef", " ab C D ef"), ("-A", " A"), ("-", "")],
)
def test_what_waits_is_done_together_in_order(letters: str, batches: str) -> None:
    """Tickets that may be joined share a batch; the others are done alone, in their turn."""
    assert handed_in(letters) == (batches, "")


def test_a_batch_takes_no_more_than_its_bound() -> None:
    """Beyond the bound, tickets wait for the next batch."""
    assert handed_in("-abcde", most=2)[0].split() == ["ab", "cd", "e"]


@pytest.mark.parametrize("error", [StoreFailed("full"), ZeroDivisionError()])
def test_a_batch_that_fails_fails_its_own_callers(error: Exception) -> None:
    """Each caller of the batch gets an exception of its own; the others get none."""
    assert handed_in("-abCxyDz", fails=error) == (" ab C xy D z", "xy")


def test_an_error_keeps_its_kind_and_its_words() -> None:
    """What went wrong in the writing thread is what the caller is told."""
    ticket = Ticket()
    ticket.error = StoreDamaged("Stream `00` is not whole.")
    ticket.finish()

    with pytest.raises(StoreDamaged, match="Stream `00` is not whole"):
        ticket.wait()


def test_a_closed_writer_takes_nothing() -> None:
    """After closing, twice even, a ticket is refused at once."""
    writer: Writer[Ticket] = Writer(print, most=1, between=lambda: False)
    writer.close()
    writer.close()

    with pytest.raises(StoreFailed, match="closed"):
        writer.submit(Ticket())


def test_what_nobody_waits_for_is_done_in_between() -> None:
    """Piece by piece while there is more, behind the callers' work and before it is closed."""
    pieces, all_done = iter([True, True, False]), threading.Event()
    did: list[str] = []

    def between() -> bool:
        did.append("piece")
        more = next(pieces)
        if not more:
            all_done.set()
        return more

    writer: Writer[Ticket] = Writer(lambda _: did.append("batch"), most=1, between=between)
    writer.submit(Ticket())
    assert all_done.wait(5)
    writer.close()

    assert did == ["batch", "piece", "piece", "piece"]
