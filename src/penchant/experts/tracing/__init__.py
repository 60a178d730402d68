"""Tracing: how likely the next answer is right, from sums of what difficulty did not expect."""
