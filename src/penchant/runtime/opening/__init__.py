"""Moments that open themselves: who is watched, what is due when, and the opening itself."""
