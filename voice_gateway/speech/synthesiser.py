"""Text spoken sentence by sentence at the line's rate."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from voice_gateway.conversation.timing import PACES
from voice_gateway.speech.pcm import bytes_of
from voice_gateway.speech.speech_cache import DEFAULT_LIMIT_BYTES, SpeechCache
from voice_gateway.speech.spoken_text import Sentence, sentences, speakable
from voice_gateway.speech.voice import Voice

RATES: Final = (8_000, 48_000)

LEAD_S: Final = 0.03
SENTENCE_PAUSE_S: Final = 0.2
CLAUSE_PAUSE_S: Final = 0.08
_AUDIBLE: Final = 250.0  # on the 16-bit scale: about -42 dB

REMEMBERED_BYTES: Final = 16 * 1024 * 1024

# A first sentence longer than this is begun with its first clause, for the sake of the delay.
LONG_CHARS: Final = 32
_CLAUSE: Final = re.compile(r"[,;:]\s+(?=\S)")
_CLAUSE_CHARS: Final = (8, 60)


_Key = tuple[str, str, int, float, float]  # voice, text, rate, pace, pause after it


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

    What was said lately is remembered in memory. On disk only the phrases given to `warm` are kept,
    because anything else may tell about a customer.

    Args:
        voice: Who speaks; by default the voice that comes with Warmline.
        cache_dir: Where to keep the audio of fixed phrases; None keeps nothing on disk.
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
        self._remembered: OrderedDict[_Key, bytes] = OrderedDict()
        self._remembered_bytes = 0
        self._making: dict[_Key, Future[bytes]] = {}
        self._lock = threading.Lock()

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
                key = self._key(sentence.text, sample_rate, pace)
                if self._kept(key) is None:
                    pcm = self._render(key)
                    if self._cache and pcm:
                        self._cache.put(pcm, *key)

    def _speak(self, text: str, sample_rate: int, pace: float) -> Iterator[SpokenSentence]:
        for number, sentence in enumerate(sentences(text)):
            parts = [sentence]
            if number == 0 and self._kept(self._key(sentence.text, sample_rate, pace)) is None:
                parts = _clauses(sentence)
            for part in parts:
                pause = SENTENCE_PAUSE_S if part is parts[-1] else CLAUSE_PAUSE_S
                key = self._key(part.text, sample_rate, pace, pause)
                pcm = self._made(key)
                if pcm:
                    yield SpokenSentence(part.text, part.start, part.end, pcm)

    def _key(
        self, text: str, sample_rate: int, pace: float, pause: float = SENTENCE_PAUSE_S
    ) -> _Key:
        return (self._voice.name, text, sample_rate, pace, pause)

    def _kept(self, key: _Key) -> bytes | None:
        with self._lock:
            pcm = self._remembered.get(key)
            if pcm is not None:
                self._remembered.move_to_end(key)
                return pcm
        pcm = self._cache.get(*key) if self._cache else None
        if pcm is not None:
            self._remember(key, pcm)
        return pcm

    def _made(self, key: _Key) -> bytes:
        """Take what is kept, wait for whoever is making it just now, or make it."""
        kept = self._kept(key)
        if kept is not None:
            return kept
        with self._lock:
            begun = self._making.get(key)
            making = self._making.setdefault(key, Future())
        if begun:
            return begun.result()
        try:
            making.set_result(self._render(key))
        except BaseException as error:
            making.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._making[key]
        return making.result()

    def _render(self, key: _Key) -> bytes:
        _, text, sample_rate, pace, pause = key
        spoken = speakable(text)
        if not any(character.isalpha() for character in spoken):
            return b""
        audio = self._voice.render(_closed(spoken), 1.0 / pace)
        audio = _trimmed(audio, self._voice.sample_rate, pause)
        pcm = bytes_of(soxr.resample(audio, self._voice.sample_rate, sample_rate))
        self._remember(key, pcm)
        return pcm

    def _remember(self, key: _Key, pcm: bytes) -> None:
        with self._lock:
            self._remembered_bytes += len(pcm) - len(self._remembered.pop(key, b""))
            self._remembered[key] = pcm
            while self._remembered_bytes > REMEMBERED_BYTES:
                _, oldest = self._remembered.popitem(last=False)
                self._remembered_bytes -= len(oldest)


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
