"""Runs that fit: a pack that lives outside Penchant, as a stranger's does."""
