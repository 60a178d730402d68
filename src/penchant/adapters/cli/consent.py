"""`penchant consent`: a person's answer for a purpose, given or looked at."""

from typing import TYPE_CHECKING, Annotated

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, At, Database, Person
from penchant.adapters.cli.terminal import answer, labelled, say, say_json, show
from penchant.adapters.cli.values import time_of
from penchant.errors import BadInput
from penchant.words import Consent

if TYPE_CHECKING:
    from penchant.adapters.cli.remote import Remote
    from penchant.engine import Engine

__all__ = ["consent_command", "consent_sentence"]


def consent_command(
    person: Person,
    purpose: Annotated[
        str | None, typer.Argument(metavar="PURPOSE", help="What they are asked for.")
    ] = None,
    *,
    granted: Annotated[
        bool | None, typer.Option("--grant/--deny", help="Their answer: yes or no.")
    ] = None,
    dial: Annotated[
        float | None,
        typer.Option("--dial", metavar="0..1", help="The greatest burden allowed; else 1."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="When the answer ends.")
    ] = None,
    at: At = None,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Keep a person's answer for a purpose, or show their answers.

    penchant consent ada recommendation --grant --dial 0.5

    penchant consent ada
    """
    _check(purpose, granted, is_more_given=dial is not None or until is not None or at is not None)
    with open_engine(db) as engine:
        if granted is None or purpose is None:
            _show(engine, person, purpose, as_json=as_json)
            return
        result = engine.consent(
            person,
            purpose,
            granted=granted,
            dial=1.0 if dial is None else dial,
            until=time_of(until, "--until"),
            at=time_of(at, "--at"),
        )
    answer(result, done="Granted." if granted else "Denied.", as_json=as_json)


def consent_sentence(consent: Consent) -> str:
    """Say one answer in words.

    Example:
        >>> consent_sentence(Consent("news", "granted", 0.5))
        'granted, dial 0.5'
    """
    said = consent.state.replace("_", " ")
    if consent.state == "granted":
        said += f", dial {consent.dial:g}"
    if consent.at is not None:
        said += f", since {consent.at:%Y-%m-%d %H:%M} UTC"
    if consent.until is not None:
        said += f", until {consent.until:%Y-%m-%d %H:%M %Z}"
    return said


def _check(purpose: str | None, granted: bool | None, *, is_more_given: bool) -> None:  # noqa: FBT001 - three answers
    """See that what was given makes one question or one answer."""
    if granted is not None and purpose is None:
        raise BadInput("An answer is for one purpose: `penchant consent PERSON PURPOSE --grant`.")
    if granted is None and is_more_given:
        raise BadInput("`--dial`, `--until` and `--at` go with an answer: `--grant` or `--deny`.")


def _show(engine: "Engine | Remote", person: str, purpose: str | None, *, as_json: bool) -> None:
    """Show the answers of a person, or the one for a purpose."""
    consents = engine.profile(person).consents
    if purpose is not None:
        known = [consent for consent in consents if consent.purpose == purpose]
        consents = tuple(known) or (Consent(purpose),)
    if as_json:
        say_json(consents)
    elif consents:
        show(labelled((consent.purpose, consent_sentence(consent)) for consent in consents))
    else:
        say("Not asked for anything yet.")
