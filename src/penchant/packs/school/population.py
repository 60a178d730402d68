"""The population: what is usual, learned by the tracer from the answers of many.

Loop: an importer whose content is a tracer. Rule: what is kept is the file as it came, so bring
answers under names that lead to nobody; every start fits the tracer to it again.
"""

from penchant.pack import Brought, Contents, Finding, FrozenMap, Tracer
from penchant.packs.school.importers import Reader
from penchant.packs.school.tables import answers_from_csv

__all__ = ["FEWEST", "population"]

FEWEST = 100
"""Answers below which nothing usual can be told from them."""


def population(contents: Contents) -> Reader:
    """Read a table of answers and fit a tracer to it."""
    del contents
    return Reader(_read)


def _read(content: bytes) -> Brought:
    answers, findings = answers_from_csv(content)
    told = tuple(Finding(one.line, one.field, one.sentence) for one in findings)
    if len(answers) < FEWEST:
        few = Finding(0, "", f"{len(answers)} answers are too few; bring at least {FEWEST}.")
        return Brought(findings=(*told, few))
    return Brought(content=FrozenMap({"tracer": Tracer.fit(answers)}), findings=told)
