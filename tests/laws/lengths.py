"""How often a law is tried of which every example is costly: a share of what the others get."""

from hypothesis import settings

__all__ = ["tried"]


def tried(share: float) -> settings:
    """Give the settings of a law that is tried so often, beside the others, at either length."""
    return settings(max_examples=round(share * settings().max_examples))
