"""Emotion: the words by which a declaration gives away that it is about one.

At school and at work no emotion is inferred, whatever it is inferred from. That somebody struggles
shows in answers, in time and in help that was asked for; that somebody is tired or in pain is no
emotion. Source: AI Act, article 5(1)(f) and recital 18, made general.
Rule: words are looked at whole, so that a `moodle` is no mood and what `happens` no happiness.
"""

import re

__all__ = ["DOMAINS_WITHOUT", "emotion_in"]

DOMAINS_WITHOUT = frozenset({"education", "workplace"})
"""Domains in which no emotion is inferred."""

_STEMS = (
    *("emotion", "affectiv", "feeling", "sentiment", "joyful", "happi", "sadn", "anxi", "boredom"),
    *("frustrat", "stress", "embarrass", "excit", "disgust", "asham", "lonel", "depress"),
)
_WORDS = frozenset(
    {
        *("mood", "moods", "moody", "joy", "happy", "sad", "anger", "angry", "fear", "fears"),
        *("afraid", "bored", "shame", "valence", "arousal", "grief", "jealous", "jealousy"),
    }
)


def emotion_in(text: str) -> str:
    """Give the first word of a text that is about an emotion, or "".

    Example:
        >>> emotion_in("school.mood_today"), emotion_in("how it happens in a moodle")
        ('mood', '')
    """
    words = re.findall(r"[a-z]+", text.lower())
    return next((one for one in words if one in _WORDS or one.startswith(_STEMS)), "")
