"""What the bot hears of a caller: the words as they are, or speech over a noisy telephone line."""

from __future__ import annotations

import asyncio
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from voice_gateway.conversation.transcript import Transcript, Word
from voice_gateway.speech.speech_cache import SpeechCache
from voice_gateway.speech.voice_activity import level_dbfs
from warmline.noisy_line import NoisyLine, Timbre
from warmline.rehearsal.caller import BotTurn, Spoken
from warmline.rehearsal.conversation_file import Line
from warmline.rehearsal.spoken_values import DIGITS

USUAL_LEVEL_DB: Final = -26.0
USUAL_WORDS_A_SECOND: Final = 2.8
_CACHE_BYTES: Final = 512 * 1024 * 1024
_TEXT_CONFIDENCE: Final = 0.97


class Ear(Protocol):
    """Turns what a caller does into what the bot hears."""

    async def hear(self, spoken: Spoken, asked: BotTurn, *, call: str, turn: int) -> Transcript:
        """Hear one turn.

        Args:
            spoken: What the caller does.
            asked: What the bot expects, which narrows what is listened for.
            call: The conversation's name; the same one sounds the same every time.
            turn: Counts the caller's turns.

        Returns:
            What was understood; an empty text if nothing was.
        """
        ...


def as_keys(spoken: Spoken) -> Transcript | None:
    """Read keys as the line does.

    Args:
        spoken: What the caller does.

    Returns:
        Their names, or None if no keys are pressed.
    """
    if not spoken.keys:
        return None
    named = " ".join(DIGITS[int(key)] for key in spoken.keys if key.isdigit())
    return Transcript(named, confidence=1.0)


def recognisable(words: str) -> str:
    """Write words as the recogniser does.

    Args:
        words: As the caller says them.

    Returns:
        Lower case, without punctuation except apostrophes.
    """
    return " ".join(re.sub(r"[^a-z' ]+", " ", words.lower()).split())


class TextEar:
    """Hears every word right."""

    async def hear(self, spoken: Spoken, asked: BotTurn, *, call: str, turn: int) -> Transcript:
        """Take the words as they are; see `Ear.hear`."""
        if keyed := as_keys(spoken):
            return keyed
        text = recognisable(spoken.words)
        if not text:
            return Transcript("")
        step = 1 / (USUAL_WORDS_A_SECOND * spoken.line.faster)
        words = tuple(
            Word(word, at * step, (at + 1) * step, _TEXT_CONFIDENCE)
            for at, word in enumerate(text.split())
        )
        level = USUAL_LEVEL_DB + spoken.line.louder
        return Transcript(text, words, _TEXT_CONFIDENCE, level_db=level)


class SpeechEar:
    """Hears a synthetic caller over a telephone line with noise, by the line's own recogniser.

    Args:
        snr_db: How many decibels louder than the noise the speech is; None for a clean line.
        seed: Another seed, other voices and other noise.
        cache: Where synthesised utterances are kept.
        model: The Vosk model's folder; by default the one that comes with Warmline.
        threads: How many utterances are worked on at once.
    """

    def __init__(
        self,
        snr_db: float | None = 15.0,
        *,
        seed: int = 0,
        cache: Path,
        model: Path | None = None,
        threads: int = 2,
    ) -> None:
        self._snr_db = snr_db
        self._seed = seed
        self._line = NoisyLine(model, SpeechCache(cache, _CACHE_BYTES))
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="ear")

    def __enter__(self) -> Self:
        """Nothing to open; the threads are there."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the threads."""
        self._threads.shutdown(wait=True)

    async def hear(self, spoken: Spoken, asked: BotTurn, *, call: str, turn: int) -> Transcript:
        """Speak, transmit and recognise; see `Ear.hear`."""
        if keyed := as_keys(spoken):
            return keyed
        if not spoken.words:
            return Transcript("")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hear, spoken, asked, call, turn)

    async def recognise(self, words: str, *, call: str) -> Transcript:
        """Hear words that are said out of any call.

        Args:
            words: What is said.
            call: Names the voice and the noise.

        Returns:
            What was understood.
        """
        return await self.hear(_plainly(words), BotTurn(), call=call, turn=0)

    def _hear(self, spoken: Spoken, asked: BotTurn, call: str, turn: int) -> Transcript:
        timbre = Timbre.of(call, self._seed)
        audio = self._line.transmit(
            spoken.words,
            replace(timbre, pace=min(timbre.pace * spoken.line.faster, 2.0)),
            snr_db=self._snr_db,
            noise=zlib.crc32(f"{self._seed} {call} {turn}".encode()),
            louder=spoken.line.louder,
        )
        recogniser = self._line.recogniser()
        if asked.grammar != "free" and (asked.grammar != "choice" or asked.choices):
            recogniser.expect(asked.grammar, asked.choices, asked.length)
        recogniser.feed(audio)
        return replace(recogniser.finish(), level_db=level_dbfs(audio))


def _plainly(words: str) -> Spoken:
    return Spoken(Line(say=words), words=words)
