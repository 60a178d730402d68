"""The contract of packs: what a pack declares, what it may see, and what is refused.

Loop: beside it. A pack is data first; code stands behind the protocols of `parts.py`. Nothing here
knows a store, a clock, dice or a pack by name.
"""
