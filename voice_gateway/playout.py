"""Plays utterances to one caller, a little ahead of time, and learns what has been heard."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import suppress

import structlog

from voice_gateway.bridge.hold_music import hold_music
from voice_gateway.conversation.events import PlayoutMark, SpeechFailed
from voice_gateway.speech.synthesiser import SpokenSentence, Synthesiser
from voice_gateway.transports.line import FRAME_MS, Line, frame_bytes

log = structlog.get_logger(__name__)

FRAME_S = FRAME_MS / 1000
# Audio sent this far ahead survives a busy moment of the server; more would only have to be
# dropped when the caller interrupts.
LEAD_S = 0.2
FRAMES_A_MARK = 10


class Playout:
    """The way from text to the caller's ear, for one call.

    Args:
        line: Where the audio goes.
        synthesiser: Makes audio of text; blocking, so it runs in `threads`.
        threads: Where synthesis runs.
        report: Takes `PlayoutMark` and `SpeechFailed`.
        first_audio: Called when the first audio of an utterance has been sent.
    """

    def __init__(
        self,
        line: Line,
        synthesiser: Synthesiser,
        threads: Executor,
        report: Callable[[PlayoutMark | SpeechFailed], None],
        first_audio: Callable[[int], None] = lambda utterance_id: None,
    ) -> None:
        self._line = line
        self._synthesiser = synthesiser
        self._threads = threads
        self._report = report
        self._first_audio = first_audio
        self._task: asyncio.Task[None] | None = None
        self._marks: dict[int, PlayoutMark] = {}
        self._next_mark = 0
        self._sent_until = 0.0
        self._unheard_frames = 0
        self._may_play = asyncio.Event()
        self._may_play.set()
        self.pace = 1.0

    def say(self, utterance_id: int, text: str) -> None:
        """Begin to play a text; what played before must have ended or been stopped.

        Args:
            utterance_id: Comes back in the marks.
            text: What to say.
        """
        self._begin(self._speak(utterance_id, text))

    def prepare(self, text: str) -> None:
        """Synthesise the beginning of a text that may be said soon.

        Args:
            text: As it will be given to `say`.
        """
        sentences = self._synthesiser.speak(text, self._line.sample_rate, self.pace)
        self._threads.submit(next, sentences, None)

    async def pause(self) -> None:
        """Fall silent at once, in the middle of what is being played.

        The last moments of something that has been sent to its end are played all the same.
        """
        if self._task is None or self._task.done():
            return
        self._may_play.clear()
        ahead = self._sent_until - asyncio.get_running_loop().time()
        self._unheard_frames = max(0, math.ceil(ahead / FRAME_S))
        self._marks.clear()
        self._sent_until = 0.0
        await self._line.clear()

    def resume(self) -> None:
        """Go on after `pause` with what the caller has not heard."""
        self._may_play.set()

    def hold(self, on: bool) -> None:
        """Start or stop the hold music.

        Args:
            on: Whether it should be heard.
        """
        if on:
            self._begin(self._play_hold())
        elif self._task:
            self._task.cancel()
            self._task = None

    async def stop(self) -> None:
        """Stop at once; nothing more of what was playing reaches the caller."""
        await self._end_task()
        self._marks.clear()
        self._sent_until = 0.0
        await self._line.clear()

    async def close(self) -> None:
        """Stop without a word to the line, which may be gone."""
        await self._end_task()

    def played(self, mark_id: int) -> None:
        """The caller's side has played everything up to a mark; unknown marks are ignored."""
        mark = self._marks.pop(mark_id, None)
        if mark:
            self._report(mark)

    def _begin(self, playing: Coroutine[None, None, None]) -> None:
        if self._task:
            self._task.cancel()
        self._may_play.set()
        self._unheard_frames = 0
        self._task = asyncio.create_task(playing)

    async def _end_task(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _speak(self, utterance_id: int, text: str) -> None:
        try:
            sentences = self._synthesiser.speak(text, self._line.sample_rate, self.pace)
            await self._play_sentences(utterance_id, text, sentences)
        except Exception as error:
            log.exception("speech_failed", utterance_id=utterance_id)
            self._report(SpeechFailed(utterance_id, str(error)))

    async def _play_sentences(
        self, utterance_id: int, text: str, sentences: Iterator[SpokenSentence]
    ) -> None:
        """Each sentence is synthesised while the one before it plays."""
        loop = asyncio.get_running_loop()

        def make() -> asyncio.Future[SpokenSentence | None]:
            return loop.run_in_executor(self._threads, next, sentences, None)

        started = False
        upcoming = make()
        while sentence := await upcoming:
            upcoming = make()
            frames = list(_frames(sentence.pcm, self._line.sample_rate))
            sent = 0
            while sent < len(frames):
                await self._may_play.wait()
                sent, self._unheard_frames = max(0, sent - self._unheard_frames), 0
                await self._send_in_time(frames[sent])
                if not started:
                    started = True
                    self._first_audio(utterance_id)
                sent += 1
                if sent % FRAMES_A_MARK == 0:
                    heard = heard_chars(sentence, text, sent / len(frames))
                    await self._mark(PlayoutMark(utterance_id, heard))
        await self._mark(PlayoutMark(utterance_id, len(text), finished=True))

    async def _play_hold(self) -> None:
        while True:
            for frame in hold_music(self._line.sample_rate):
                await self._send_in_time(frame)

    async def _send_in_time(self, frame: bytes) -> None:
        now = asyncio.get_running_loop().time()
        self._sent_until = max(self._sent_until, now) + FRAME_S
        await self._line.send_audio(frame)
        ahead = self._sent_until - now - LEAD_S
        if ahead > 0:
            await asyncio.sleep(ahead)

    async def _mark(self, mark: PlayoutMark) -> None:
        self._next_mark += 1
        self._marks[self._next_mark] = mark
        await self._line.send_mark(self._next_mark)


def heard_chars(sentence: SpokenSentence, text: str, fraction: float) -> int:
    """Where in the text a listener is, to the last whole word.

    Args:
        sentence: The sentence that plays.
        text: The whole text it is part of.
        fraction: How much of the sentence's audio has been played, 0 to 1.

    Returns:
        A number of characters of `text`.
    """
    length = sentence.end_char - sentence.start_char
    position = sentence.start_char + math.floor(length * min(fraction, 1.0))
    if position >= len(text) or text[position].isspace():
        return position
    word_start = text.rfind(" ", 0, position) + 1
    return max(word_start, sentence.start_char)


def _frames(pcm: bytes, sample_rate: int) -> Iterator[bytes]:
    size = frame_bytes(sample_rate)
    for start in range(0, len(pcm), size):
        frame = pcm[start : start + size]
        yield frame.ljust(size, b"\0")
