"""Vosk as a streaming service of pipecat's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from concurrent.futures import Executor
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

import vosk
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InterimTranscriptionFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.settings import STTSettings
from pipecat.services.stt_service import STTService
from pipecat.utils.time import time_now_iso8601

BLOCK_S: Final = 0.1
TTFS_P99_S: Final = 0.35
"""Only where a turn begins without voice activity does pipecat wait so long for more words."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the recogniser understands.

    Args:
        text: The words since the utterance began.
        closed: Whether Vosk itself has ended the utterance after a pause.
        confidence: The mean of the words' confidences; 1.0 while there are none.
    """

    text: str
    closed: bool = False
    confidence: float = 1.0


class Recogniser:
    """One call's recogniser; blocking, for one thread at a time.

    Args:
        model: Shared by all calls.
        sample_rate: In hertz.
    """

    def __init__(self, model: vosk.Model, sample_rate: int) -> None:
        self._vosk = vosk.KaldiRecognizer(model, sample_rate)
        self._vosk.SetWords(True)
        self._words: list[dict[str, Any]] = []

    def accept(self, block: bytes) -> Heard:
        """Hear more of the utterance."""
        closed = bool(block) and bool(self._vosk.AcceptWaveform(block))
        if closed:
            self._words += json.loads(self._vosk.Result()).get("result", ())
        partial = "" if closed else json.loads(self._vosk.PartialResult()).get("partial", "")
        return self._heard(partial, closed)

    def finish(self, block: bytes) -> Heard:
        """Hear the last of the utterance, and begin another."""
        self.accept(block)
        self._words += json.loads(self._vosk.FinalResult()).get("result", ())
        heard = self._heard("", closed=True)
        self._words.clear()
        return heard

    def _heard(self, partial: str, closed: bool) -> Heard:
        words = [str(word["word"]) for word in self._words]
        text = " ".join([*words, *([partial] if partial else [])])
        confidences = [float(word["conf"]) for word in self._words]
        return Heard(text, closed, fmean(confidences) if confidences else 1.0)


class VoskSTTService(STTService):
    """Hears all of a call, tells what it understands so far, and is final where the voice stops.

    As with a service on the network, audio is taken in at once and decoded beside the pipeline.

    Args:
        model: Shared by all calls.
        threads: Where it is decoded.
    """

    def __init__(self, model: vosk.Model, threads: Executor) -> None:
        super().__init__(
            ttfs_p99_latency=TTFS_P99_S, settings=STTSettings(model="vosk", language=None)
        )
        self._model = model
        self._threads = threads
        self._recogniser: Recogniser | None = None
        self._work: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._decoding: asyncio.Task[None] | None = None
        self._told = ""
        self.confidence = 1.0
        """Of the words that were final last."""

    async def start(self, frame: StartFrame) -> None:
        """Make the recogniser and begin to decode."""
        await super().start(frame)
        self._recogniser = Recogniser(self._model, self.sample_rate)
        self._decoding = self.create_task(self._decode())

    async def stop(self, frame: EndFrame) -> None:
        """End with the call."""
        await super().stop(frame)
        await self._end()

    async def cancel(self, frame: CancelFrame) -> None:
        """End with the call, at once."""
        await super().cancel(frame)
        await self._end()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        """Take audio in; the words follow by themselves."""
        self._work.put_nowait(audio)
        yield None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Beside what every service does: be final when the voice stops."""
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            self.request_finalize()  # type: ignore[no-untyped-call]
            self._work.put_nowait(None)

    async def _decode(self) -> None:
        assert self._recogniser is not None
        loop = asyncio.get_running_loop()
        size = round(self.sample_rate * BLOCK_S) * 2
        block = b""
        while True:
            audio = await self._work.get()
            if audio is None:
                heard = await loop.run_in_executor(self._threads, self._recogniser.finish, block)
                block = b""
                self.confirm_finalize()  # type: ignore[no-untyped-call]
                await self._tell_final(heard)
            elif len(block := block + audio) >= size:
                heard = await loop.run_in_executor(self._threads, self._recogniser.accept, block)
                block = b""
                if heard.closed and not self._user_speaking:
                    # Too quiet for the voice activity detector, which will never say that it ended.
                    heard = await loop.run_in_executor(self._threads, self._recogniser.finish, b"")
                    await self._tell_final(heard)
                else:
                    await self._tell_interim(heard.text)

    async def _tell_final(self, heard: Heard) -> None:
        self._told = ""
        if heard.text:
            self.confidence = heard.confidence
            await self.push_frame(TranscriptionFrame(heard.text, "", time_now_iso8601()))

    async def _tell_interim(self, text: str) -> None:
        if text and text != self._told:
            self._told = text
            await self.push_frame(InterimTranscriptionFrame(text, "", time_now_iso8601()))

    async def _end(self) -> None:
        if self._decoding is not None:
            await self.cancel_task(self._decoding)
            self._decoding = None
