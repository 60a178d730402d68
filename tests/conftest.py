"""How often laws are tried: a fixed sample by default, at length with PENCHANT_PROOF=full.

And what the proofs counted, shown at the end of a run.
"""

import os
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    derandomize=True,  # the same examples on every machine, so that red means the code changed
    database=None,
    deadline=None,  # a busy machine is no bug
    max_examples=100,
    print_blob=True,
)
settings.register_profile(
    "proof",
    database=None,
    deadline=None,
    max_examples=10_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("proof" if os.environ.get("PENCHANT_PROOF") == "full" else "ci")


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Give what takes down the figures of a proof, under its name: `figures("kills", rounds=3)`."""

    def note(proof: str, **counted: int) -> None:
        record_property("proof", [proof, counted])

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what proofs counted, the figures of one name added up."""
    proofs: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for name, (proof, counted) in getattr(report, "user_properties", ()):
                    if name == "proof":
                        proofs.setdefault(proof, Counter()).update(counted)
    if proofs:
        terminalreporter.section("proofs")
    for proof, total in sorted(proofs.items()):
        told = ", ".join(f"{what.replace('_', ' ')} {total[what]:,}" for what in total)
        terminalreporter.write_line(f"{proof}: {told}")
