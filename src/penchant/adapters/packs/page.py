"""The page of a pack: everything it declares, in words and tables, as Markdown.

Printed by `penchant pack show`. Whoever is asked to agree to something can read here what for, and
whoever doubts a claim finds what it was measured against.
"""

from collections.abc import Iterable, Iterator, Sequence

from penchant.contract.declarations import Claim, DeclaredMoment, Pack
from penchant.words import NOTHING

__all__ = ["page_of"]


def page_of(pack: Pack) -> str:
    """Give the page of a pack.

    Example:
        >>> from penchant.contract.declarations import Name
        >>> print(page_of(Pack(Name("pace", "Pace", "Runs that fit."))))
        # Pace
        <BLANKLINE>
        Runs that fit.
        <BLANKLINE>
        Pack `pace`, version 1, for domain `general`.
        <BLANKLINE>
    """
    parts = [one for part in _parts(pack) for one in part]
    return "\n".join([*parts, ""])


def _parts(pack: Pack) -> Iterator[Iterable[str]]:
    about = pack.about
    minors = " Minors may be among those it is for." if about.minors else ""
    where = f"Pack `{about.name}`, version {about.version}, for domain `{about.domain}`.{minors}"
    yield [f"# {about.title}", "", about.about, "", where]
    yield _table(
        "What people agree to",
        ("purpose", "in words", ""),
        [(f"`{p.name}`", p.says, "explicit" if p.explicit else "") for p in pack.purposes],
    )
    yield _signals(pack)
    yield _table(
        "What may be stated",
        ("trait", "says", "for"),
        [(f"`{one.name}`", one.says, f"`{one.purpose}`") for one in pack.traits],
    )
    yield _table(
        "What is inferred",
        ("feature", "says", "from"),
        [(f"`{one.name}`", one.says, _folded(pack, one.expert)) for one in pack.features],
    )
    for moment in pack.moments:
        yield _moment(pack, moment)
    yield _claims(pack.claims)
    yield _table(
        "What comes in and goes out",
        ("format", "", ""),
        [
            *((f"`{one.name}`", "in", one.says) for one in pack.importers),
            *((f"`{one.name}`", "out", one.says) for one in pack.exporters),
        ],
    )
    yield from _shown(pack)


def _shown(pack: Pack) -> Iterator[Iterable[str]]:
    """Give the tables of pages and of examples."""
    yield _table(
        "What is shown",
        ("page", "of", "says", "seen for", "may send"),
        [
            (
                f"`{one.name}`",
                "one person" if one.of == "person" else "all who agreed",
                one.says,
                f"`{one.purpose}`",
                ", ".join(f"`{kind}`" for kind in one.sends),
            )
            for one in pack.pages
        ],
    )
    yield _table(
        "Examples",
        ("example", "says"),
        [(f"`{one.name}`", one.says) for one in pack.examples],
    )


def _signals(pack: Pack) -> Iterable[str]:
    """Give the table of signals: for what each is kept, and how long."""
    return _table(
        "What is kept",
        ("signal", "says", "fields", "for", "kept for", ""),
        [
            (
                f"`{one.name}`",
                one.says,
                ", ".join(f"`{name}` ({what})" for name, what in one.data.items()),
                f"`{one.purpose}`",
                one.retention,
                one.sensitivity if one.sensitivity == "special" else "",
            )
            for one in pack.signals
        ],
    )


def _folded(pack: Pack, expert: str) -> str:
    """Say which signals an expert folds."""
    folds = next((one.folds for one in pack.experts if one.name == expert), ())
    return ", ".join(f"`{kind}`" for kind in folds)


def _moment(pack: Pack, one: DeclaredMoment) -> Iterator[str]:
    """Give the part of one moment."""
    moment = one.moment
    yield from ("", f"## Moment `{moment.name}`", "")
    yield f"- Decides for `{moment.purpose}`."
    for proposing in pack.proposers:
        if proposing.moment == moment.name:
            yield f"- {proposing.says}"
    for planning in pack.planners:
        if planning.moment == moment.name:
            yield f"- {planning.says}"
    outcome = moment.outcome
    yield f"- Its outcome is `{outcome.name}`, within {outcome.window}."
    for guard in pack.guards:
        if guard.moment == moment.name:
            yield (
                f"- Guard `{guard.name}`: {guard.says} (`{guard.signal}`, at most "
                f"{guard.at_most:g} a decision in {guard.window})"
            )
    if one.override:
        yield f"- Overridden by `{one.override}`."
    if one.features:
        yield f"- Knows of a person: {', '.join(f'`{name}`' for name in one.features)}."
    risks = {action.name: action.risk for action in moment.actions}
    rows = [
        (f"`{name}`", text, "" if risks.get(name, "auto") == "auto" else risks[name])
        for name, text in one.reasons.items()
        if name != NOTHING
    ]
    yield from _rows(("action", "because", ""), rows)


def _claims(claims: Sequence[Claim]) -> Iterable[str]:
    """Give the claims: what is better than what, on which data, by how much at least."""
    return _table(
        "What it claims",
        ("claim", "says", "data", "metric", "baseline", "better by at least"),
        [
            (
                one.name,
                one.says,
                f"`{one.data}`",
                f"{one.metric}, {one.better} is better",
                one.baseline,
                f"{one.threshold:g}",
            )
            for one in claims
        ],
    )


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Give a table under its heading; nothing where there are no rows."""
    return ["", f"## {title}", *_rows(heads, rows)] if rows else []


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    used = [n for n, head in enumerate(heads) if head or any(row[n] for row in rows)]
    lines = [[heads[n] for n in used], ["---"] * len(used)]
    lines += [[row[n].replace("|", "\\|") for n in used] for row in rows]
    return ["", *(f"| {' | '.join(cells)} |" for cells in lines)]
