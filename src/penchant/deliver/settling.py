"""Settling: what becomes of a drawn action that may not be executed (yet).

Place in the loop: after the draw. Channels come here when there are some; today an action is
either handed to the caller or held.
Rule: a forced decision keeps its propensities; its action becomes the moment's fallback, and it
is left out of estimates.
"""

from collections.abc import Iterable

__all__ = ["forced_sentence"]


def forced_sentence(held: Iterable[tuple[int, str]], index: int) -> str:
    """Say why the drawn action gives way to the fallback; an empty text when it stands.

    Args:
        held: Index and sentence of each action that waits for a yes, as in `Permitted.held`.
        index: Index of the drawn action, into the same actions.

    Returns:
        The sentence for `Decision.forced`.

    Example:
        >>> forced_sentence(((2, "It needs the person's yes before it is done."),), 2)
        "It needs the person's yes before it is done."
        >>> forced_sentence(((2, "It needs the person's yes before it is done."),), 0)
        ''
    """
    return next((sentence for one, sentence in held if one == index), "")
