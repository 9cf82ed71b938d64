"""Word errors: what was said against what was heard, in one spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import jiwer
import numpy as np

from voice_gateway.speech.spoken_text import speakable

_RESAMPLED: Final = 2_000
_INTERVAL: Final = (2.5, 97.5)
# Spellings that differ between models and scripts, and one mistake of the prompts' script.
_ONE_SPELLING: Final = {
    "alfa": "alpha", "juliett": "juliet", "juliette": "juliet", "whisky": "whiskey",
    "ok": "okay", "o": "oh", "mr": "mister", "mrs": "missus", "fourtieth": "fortieth",
}  # fmt: skip
_ONE_WORD: Final = {
    ("a", "m"): "am", ("p", "m"): "pm", ("x", "ray"): "xray", ("e", "mail"): "email",
    ("o", "clock"): "o'clock", ("good", "bye"): "goodbye",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordErrors:
    """How many words of a set were heard wrong.

    Args:
        words: Words said.
        substituted: Words heard as another.
        left_out: Words not heard.
        put_in: Words heard that nobody said.
        low: Lower end of the 95 % interval of the rate.
        high: Its upper end.
        sentences: Utterances.
        wrong_sentences: Utterances with an error.
    """

    words: int
    substituted: int
    left_out: int
    put_in: int
    low: float
    high: float
    sentences: int
    wrong_sentences: int

    @property
    def rate(self) -> float:
        """Errors a word said; can exceed 1."""
        return (self.substituted + self.left_out + self.put_in) / self.words


def normalised(text: str) -> str:
    """Bring a text into the one spelling that is compared.

    Args:
        text: As written in a script, or as recognised: "Press 9, O.K.?"

    Returns:
        Lower-case words without punctuation, numbers as words: "press nine okay".
    """
    spoken = speakable(text.replace("\u2019", "'")).lower()
    plain = "".join(c if c.isalnum() or c == "'" else " " for c in spoken)
    words = [word for word in (w.strip("'") for w in plain.split()) if word]
    joined: list[str] = []
    for word in words:
        pair = (joined[-1], word) if joined else ("", "")
        if pair in _ONE_WORD:
            joined[-1] = _ONE_WORD[pair]
        else:
            joined.append(word)
    return " ".join(_ONE_SPELLING.get(word, word) for word in joined)


def word_errors(said: Sequence[str], heard: Sequence[str], seed: int = 0) -> WordErrors:
    """Count the errors of a set.

    The interval is the percentile bootstrap over utterances, whose errors go together (Bisani and
    Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", 2004).

    Args:
        said: Texts in one spelling, none empty.
        heard: What was made of each, in the same order.
        seed: Another seed, another resampling.

    Returns:
        The errors of all utterances together.

    Raises:
        ValueError: No utterance, an empty one, or not as many heard as said.
    """
    if not said or len(said) != len(heard) or not all(text.split() for text in said):
        raise ValueError("word errors need as many texts heard as said, and none said empty")
    counts = np.zeros((len(said), 4), np.int64)
    for row, chunks in zip(counts, _aligned(said, heard), strict=True):
        for chunk in chunks:
            ours, theirs = _length(chunk, "ref"), _length(chunk, "hyp")
            row[0] += ours
            row[("equal", "substitute", "delete", "insert").index(chunk.type)] += (
                0 if chunk.type == "equal" else max(ours, theirs)
            )
    wrong = counts[:, 1:].sum(axis=1)
    picked = np.random.default_rng(seed).integers(0, len(said), (_RESAMPLED, len(said)))
    rates = wrong[picked].sum(axis=1) / counts[:, 0][picked].sum(axis=1)
    low, high = np.percentile(rates, _INTERVAL)
    words, substituted, left_out, put_in = (int(total) for total in counts.sum(axis=0))
    return WordErrors(
        words, substituted, left_out, put_in, float(low), float(high),
        len(said), int((wrong > 0).sum()),
    )  # fmt: skip


def right_words(said: str, heard: str) -> list[bool]:
    """Tell which of the words heard were said.

    Args:
        said: In one spelling.
        heard: In the same spelling; both are aligned with the fewest errors.

    Returns:
        One truth for each word of `heard`.
    """
    right = [False] * len(heard.split())
    if said and heard:
        for chunk in _aligned([said], [heard])[0]:
            for at in range(chunk.hyp_start_idx, chunk.hyp_end_idx):
                right[at] = chunk.type == "equal"
    return right


def _aligned(said: Sequence[str], heard: Sequence[str]) -> list[list[jiwer.AlignmentChunk]]:
    aligned = jiwer.process_words(list(said), list(heard)).alignments
    return [list(chunks) for chunks in aligned]


def _length(chunk: jiwer.AlignmentChunk, side: str) -> int:
    begin, end = (getattr(chunk, f"{side}_{edge}_idx") for edge in ("start", "end"))
    return int(end - begin)
