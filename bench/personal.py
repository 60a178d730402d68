"""Is a walking tip personal? HeartSteps, by throwing the dice of its trial again.

Steps in the 30 minutes after, at most 2,000, of the moments at which chance decided.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from penchant.adapters.replay.map_file import read_map
from penchant.adapters.replay.rows import read_rows
from penchant.learn.evaluate.personal import is_personal

FOLDER = Path(__file__).resolve().parents[1] / "data" / "heartsteps"


def main() -> None:
    """Print what the test says."""
    plan = read_map(FOLDER / "heartsteps.toml")
    rows, _ = read_rows(FOLDER / "heartsteps.csv.gz", plan, map_path="heartsteps.toml")
    kept = [row for row in rows if row.action is not None and row.reward is not None]
    done = np.array([row.action for row in kept], dtype=np.int64)
    steps = np.clip([row.reward or 0.0 for row in kept], 0, 2_000)
    chance = plan.actions[1].propensity or 0.0
    people = [row.person for row in kept]
    rng = np.random.default_rng(7)
    found = is_personal(done, steps, np.full(len(kept), chance), people, rng)
    print(f"{len(kept):,} moments of {found.people} people; a tip adds {found.effect:.1f} steps")
    print(f"between people by about {found.spread:.1f}; as much by chance in {found.chance:.3f}")
    print(found.sentence)


if __name__ == "__main__":
    main()
