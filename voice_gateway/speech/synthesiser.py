"""Text spoken sentence by sentence at the line's rate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from voice_gateway.speech.pcm import bytes_of
from voice_gateway.speech.speech_cache import DEFAULT_LIMIT_BYTES, SpeechCache
from voice_gateway.speech.spoken_text import Sentence, sentences, speakable
from voice_gateway.speech.voice import Voice

PACES: Final = (0.5, 2.0)
RATES: Final = (8_000, 48_000)

LEAD_S: Final = 0.03
SENTENCE_PAUSE_S: Final = 0.2
CLAUSE_PAUSE_S: Final = 0.08
_AUDIBLE: Final = 250.0  # on the 16-bit scale: about -42 dB

# A first sentence longer than this is begun with its first clause, for the sake of the delay.
LONG_CHARS: Final = 48
_CLAUSE: Final = re.compile(r"[,;:]\s+(?=\S)")
_CLAUSE_CHARS: Final = (12, 60)


@dataclass(frozen=True, slots=True)
class SpokenSentence:
    """One sentence, or the first clause of a long one, as audio.

    Args:
        text: The words as written in the original text.
        start_char: Where they start in the original text.
        end_char: Where they end in the original text, exclusive.
        pcm: Their audio, 16-bit mono at the rate asked for.
    """

    text: str
    start_char: int
    end_char: int
    pcm: bytes


class Synthesiser:
    """Speaks texts. Blocking and thread-safe.

    Args:
        voice: Who speaks; by default the voice that comes with Warmline.
        cache_dir: Where to keep audio that may be needed again; None keeps nothing.
        cache_bytes: How much to keep there.
    """

    def __init__(
        self,
        voice: Voice | None = None,
        cache_dir: Path | None = None,
        cache_bytes: int = DEFAULT_LIMIT_BYTES,
    ) -> None:
        self._voice = voice or Voice.load()
        self._cache = SpeechCache(cache_dir, cache_bytes) if cache_dir else None

    def speak(self, text: str, sample_rate: int, pace: float = 1.0) -> Iterator[SpokenSentence]:
        """Speak a text, each sentence as soon as it is ready.

        Args:
            text: Any text; numbers, times, prices and the like are read as people say them.
            sample_rate: Hz, 8000 to 48000.
            pace: 1.0 is the voice's own; 0.5 to 2.0.

        Yields:
            Its sentences in order.

        Raises:
            ValueError: A rate or pace out of range.
        """
        _check(sample_rate, pace)
        return self._speak(text, sample_rate, pace)

    def warm(self, phrases: Iterable[str], sample_rate: int, pace: float = 1.0) -> None:
        """Synthesise phrases ahead of need, so that they start at once when they are spoken.

        Args:
            phrases: Texts as they will be given to `speak`.
            sample_rate: Hz, 8000 to 48000.
            pace: As it will be given to `speak`.

        Raises:
            ValueError: A rate or pace out of range.
        """
        _check(sample_rate, pace)
        for phrase in phrases:
            for sentence in sentences(phrase):
                self._pcm(sentence.text, sample_rate, pace, SENTENCE_PAUSE_S)

    def _speak(self, text: str, sample_rate: int, pace: float) -> Iterator[SpokenSentence]:
        for number, sentence in enumerate(sentences(text)):
            whole = self._cached(sentence.text, sample_rate, pace)
            if whole is not None:
                yield SpokenSentence(sentence.text, sentence.start, sentence.end, whole)
                continue
            parts = _clauses(sentence) if number == 0 else [sentence]
            for part in parts:
                pause = SENTENCE_PAUSE_S if part is parts[-1] else CLAUSE_PAUSE_S
                pcm = self._pcm(part.text, sample_rate, pace, pause)
                if pcm:
                    yield SpokenSentence(part.text, part.start, part.end, pcm)

    def _cached(self, text: str, sample_rate: int, pace: float) -> bytes | None:
        if self._cache is None:
            return None
        return self._cache.get(self._voice.name, text, pace, sample_rate, SENTENCE_PAUSE_S)

    def _pcm(self, text: str, sample_rate: int, pace: float, pause: float) -> bytes:
        key = (self._voice.name, text, pace, sample_rate, pause)
        kept = self._cache.get(*key) if self._cache else None
        if kept is not None:
            return kept
        spoken = speakable(text)
        if not any(character.isalpha() for character in spoken):
            return b""
        audio = self._voice.render(_closed(spoken), 1.0 / pace)
        audio = _trimmed(audio, self._voice.sample_rate, pause)
        pcm = bytes_of(soxr.resample(audio, self._voice.sample_rate, sample_rate))
        if self._cache and pcm:
            self._cache.put(pcm, *key)
        return pcm


def _check(sample_rate: int, pace: float) -> None:
    if not RATES[0] <= sample_rate <= RATES[1]:
        raise ValueError(f"sample rate {sample_rate} is not between {RATES[0]} and {RATES[1]} Hz")
    if not PACES[0] <= pace <= PACES[1]:
        raise ValueError(f"pace {pace} is not between {PACES[0]} and {PACES[1]}")


def _closed(spoken: str) -> str:
    """Without punctuation at its end Piper leaves a sentence hanging."""
    return spoken if spoken[-1] in ".!?,;:" else spoken + "."


def _clauses(sentence: Sentence) -> list[Sentence]:
    if len(sentence.text) <= LONG_CHARS:
        return [sentence]
    for comma in _CLAUSE.finditer(sentence.text):
        first, rest = sentence.text[: comma.start() + 1], sentence.text[comma.end() :]
        grouped_digits = first[-2].isdigit() and rest[0].isdigit()
        if _CLAUSE_CHARS[0] <= len(first) <= _CLAUSE_CHARS[1] and not grouped_digits:
            return [
                Sentence(first, sentence.start, sentence.start + len(first)),
                Sentence(rest, sentence.end - len(rest), sentence.end),
            ]
    return [sentence]


def _trimmed(audio: NDArray[np.float32], rate: int, pause: float) -> NDArray[np.float32]:
    """Cut the silence around speech to a short lead and the wanted pause."""
    audible = np.flatnonzero(np.abs(audio) > _AUDIBLE)
    if not audible.size:
        return audio[:0]
    first = max(0, int(audible[0]) - round(LEAD_S * rate))
    last = int(audible[-1]) + 1
    # What follows the last audible sample fades away; a little of it sounds natural.
    fading = audio[last : last + round(pause * rate)]
    silence = np.zeros(round(pause * rate) - len(fading), np.float32)
    return np.concatenate([audio[first:last], fading, silence])
