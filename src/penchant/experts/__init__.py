"""Experts: latent states of a person that more than one domain folds from their signals.

What somebody knows (`tracing`), how able they are by a bank of items (`item_bank`), when they will
have forgotten (`repetition`). Each is a value and the pure functions that fold it; packs take them
from `penchant.pack`, wire them to their signals and give them their words.
"""
