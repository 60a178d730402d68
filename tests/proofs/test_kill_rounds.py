"""Kill rounds: a service killed at any moment under load has what it acknowledged, and no half."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from proofs.serving import Up, begun, up
from proofs.visitors import Eraser, Visitor

from penchant.adapters.store.sqlite import SqliteStore

LIVES, ROUNDS = (range(10), 20) if os.environ.get("PENCHANT_PROOF") == "full" else (range(1), 3)

MOST_ANSWERS = 300  # a kill comes after fewer; how fast the machine is plays no part


@pytest.mark.proof
@pytest.mark.parametrize("life", LIVES)
def test_nothing_acknowledged_is_lost(
    life: int, tmp_path: Path, figures: Callable[..., None]
) -> None:
    """Kill after kill: each service has all its predecessor acknowledged, before it goes on."""
    database = tmp_path / "people.db"
    key, dice = begun(database), random.Random(life)  # noqa: S311 - moments, not secrets
    everybody: list[Visitor] = []
    last: list[Visitor] = []
    for number in range(ROUNDS):
        with up(database, key) as service:
            check(service, last)
            last = killed_under_load(service, f"{life}.{number}", dice, within=bool(number % 2))
            everybody += last
    with up(database, key) as service:
        check(service, last)
        check(service, everybody)
        assert service.stop() == 0
    with closing(SqliteStore(database)) as store:
        entries = len(list(store.read()))

    counted = sum((one.counted for one in everybody), Counter())
    figures(
        "kill rounds through the service",
        rounds=ROUNDS,
        **{what.replace(" ", "_"): count for what, count in counted.items()},
        entries_that_verify_in_the_end=entries,
        lost=0,
    )
    assert min(counted[what] for what in ("signals", "decisions", "outcomes", "in doubt")) > 0


def killed_under_load(
    service: Up, name: str, dice: random.Random, *, within: bool
) -> list[Visitor]:
    """Let visitors live, then kill the service: `within` a forgetting, or after some answers."""
    eraser = Eraser(f"{name}.e", name)
    visitors = [*(Visitor(f"{name}.{n}", f"{name}.{n}") for n in range(5)), eraser]
    with ThreadPoolExecutor(len(visitors)) as threads:
        lives = [threads.submit(one.live, service) for one in visitors]
        if within:
            assert eraser.begins.wait(60)
        else:
            enough = dice.randrange(MOST_ANSWERS)
            while sum(one.n_answered for one in visitors) < enough:
                time.sleep(0.001)
        time.sleep(dice.uniform(0.0, 0.05))
        service.kill()
        for life in lives:
            life.result()
    return visitors


def check(service: Up, visitors: Sequence[Visitor]) -> None:
    """See that the service has what these visitors were told."""
    with closing(service.caller()) as caller:
        for one in visitors:
            one.check(caller)
