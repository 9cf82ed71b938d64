"""Answers cut to what matters, for a caller who does not let the bot finish."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")


def shortened(text: str) -> str:
    """Keep the first sentence, which answers, and the last one if it asks something.

    Args:
        text: A few sentences.

    Returns:
        One or two of them.
    """
    sentences = _SENTENCE_END.split(text.strip())
    asks = len(sentences) > 1 and sentences[-1].endswith("?")
    return " ".join([sentences[0], sentences[-1]] if asks else sentences[:1])
