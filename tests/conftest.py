"""How often laws are tried: a fixed sample by default, at length with PENCHANT_PROOF=full."""

import os

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
