"""How many digits a person's sums need, so that one belief follows from one set of outcomes.

Everything here is SIMULATED: people who meet 20 actions at rank 8 over four half-lives, with
rewards of 0 or 1. G = Σψψᵀ is cut to so many binary digits whenever it is kept, g is kept whole.
The same outcomes are added one by one, and in one go as after a restart; printed is by how much
what is believed of an action then differs, at most. The laws hold the two to 1e-9.

    python bench/digits.py
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from penchant.model.posteriors import posteriors_of, products_of

Floats = NDArray[np.float64]

RANK, N_ACTIONS = 8, 20
NUMBERS = RANK * (RANK + 1) // 2
COUNTS = 16
"""Bytes of the step the sums stand at, and of how many outcomes they are of."""
FORMS = {"float32": (24, 4), "6 bytes": (37, 6), "float64": (53, 8)}
"""Binary digits kept, and bytes a number."""
PRIOR, NOISE = np.full(RANK, 0.05), 0.2
MIB = 2**20


def cut(numbers: Floats, digits: int) -> Floats:
    """Round numbers to so many binary digits."""
    if digits == FORMS["float64"][0]:
        return numbers
    mantissa, exponent = np.frexp(numbers)
    return np.asarray(np.ldexp(np.rint(np.ldexp(mantissa, digits)), exponent - digits))


def believed(gram: Floats, moment: Floats, seen: Floats) -> Floats:
    """Give what is believed of each action: means (n, 20) and deviations (n, 20), side by side."""
    mean, covariance = posteriors_of(gram, moment, PRIOR, NOISE)
    spread = np.sqrt(np.einsum("kr,nrs,ks->nk", seen, covariance, seen))
    return np.concatenate([mean @ seen.T, spread], axis=1)


def apart(seed: int, people: int, outcomes: int) -> list[float]:
    """Give by how much beliefs differ at most, form by form."""
    dice = np.random.default_rng([seed, outcomes])
    seen = dice.normal(size=(N_ACTIONS, RANK)) / RANK**0.5
    products = products_of(seen)
    shown = dice.integers(N_ACTIONS, size=(outcomes, people))
    residual = dice.integers(0, 2, size=(outcomes, people)) - 0.3
    fade = 2.0 ** (-4.0 / outcomes)
    left = fade ** np.arange(outcomes - 1, -1, -1.0)
    whole = np.stack([np.bincount(one, left, N_ACTIONS) for one in shown.T]) @ products
    pulls = [
        np.bincount(one, left * own, N_ACTIONS)
        for one, own in zip(shown.T, residual.T, strict=True)
    ]
    at_once = np.stack(pulls) @ seen
    found = []
    for digits, _ in FORMS.values():
        gram, moment = np.zeros((people, NUMBERS)), np.zeros((people, RANK))
        for action, own in zip(shown, residual, strict=True):
            gram = cut(gram * fade + products[action], digits)
            moment = moment * fade + seen[action] * own[:, None]
        one = believed(gram, moment, seen)
        other = believed(cut(whole, digits), at_once, seen)
        found.append(float(np.abs(one - other).max()))
    return found


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--people", type=int, default=200)
    options.add_argument("--seeds", type=int, default=10)
    options.add_argument("--outcomes", type=int, nargs="+", default=[1, 10, 100, 1_000, 10_000])
    given = options.parse_args()
    print(f"SIMULATED, {given.people} people x {given.seeds} seeds, G of rank {RANK}")
    print(f"{'outcomes a person':34}" + "".join(f"{name:>12}" for name in FORMS))
    for outcomes in given.outcomes:
        rows = [apart(seed, given.people, outcomes) for seed in range(given.seeds)]
        worst = np.max(rows, axis=0)
        print(f"{outcomes:<34,}" + "".join(f"{one:12.1e}" for one in worst), flush=True)
    sizes = {
        "MiB a million, G alone so": [NUMBERS * size + 8 * RANK for _, size in FORMS.values()],
        "MiB a million, g as well": [(NUMBERS + RANK) * size for _, size in FORMS.values()],
    }
    for label, bytes_ in sizes.items():
        row = "".join(f"{1e6 * (one + COUNTS) / MIB:12.0f}" for one in bytes_)
        print(f"{label:34}{row}")


if __name__ == "__main__":
    main()
