"""An engine while it runs: what it keeps ready in memory, and how a verb goes through it.

Everything here follows from the journal and can be dropped. `engine.py` has the verbs; `memory` the
state and the lock; `deciding` and `learning` the two halves of the loop with their writes. What
stands beside the loop has a folder: `opening`, `outbox`, `insight` and `rights`.
"""
