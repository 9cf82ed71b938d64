"""Our call protocol (docs/browser_protocol.md) as pipecat has wire formats: a serializer, and what
tells the caller's side how the call stands."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pipecat.frames.frames import (
    AggregatedTextFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMContextUserTurnFrame,
    OutputAudioRawFrame,
    OutputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.serializers.base_serializer import FrameSerializer

from voice_gateway.transports.browser_protocol import (
    Clear,
    json_text,
    parse_client_message,
    serialise,
)
from voice_gateway.transports.line import Audio, HungUp


class CallSerializer(FrameSerializer):
    """Writes and reads the messages of one call.

    Args:
        sample_rate: Of both directions, in hertz.
        on_hang_up: Awaited when the caller hangs up.
    """

    def __init__(self, sample_rate: int, on_hang_up: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._sample_rate = sample_rate
        self._on_hang_up = on_hang_up

    async def serialize(self, frame: Frame) -> str | bytes | None:
        """Write what the caller is to get of a frame."""
        match frame:
            case OutputAudioRawFrame():
                return bytes(frame.audio)
            case InterruptionFrame():
                return serialise(Clear())
            case OutputTransportMessageFrame() | OutputTransportMessageUrgentFrame():
                return None if self.should_ignore_frame(frame) else json_text(frame.message)
        return None

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """Read what the caller sent."""
        match parse_client_message(data, self._sample_rate):
            case Audio(pcm):
                return InputAudioRawFrame(pcm, self._sample_rate, 1)
            case HungUp():
                await self._on_hang_up()
        return None


class Narrator(FrameProcessor):
    """Stands before the transport and tells the caller's side states, turns, marks and delays.

    The delays are of the same parts as our own line's, but that recognition is within `endpoint`:
    pipecat does not end a turn before it has its words.
    """

    def __init__(self) -> None:
        super().__init__()
        self._turns = 0
        self._marks = 0
        self._last_word: float | None = None
        self._ended: float | None = None
        self._answered: float | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass every frame on, and tell what it means."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        upstream = direction == FrameDirection.UPSTREAM
        match frame:
            case BotStartedSpeakingFrame() if upstream:
                await self._tell({"type": "state", "state": "speaking"})
                await self._tell_delay()
            case BotStoppedSpeakingFrame() if upstream:
                await self._tell({"type": "state", "state": "listening"})
            case _ if upstream:
                pass
            case VADUserStoppedSpeakingFrame():
                self._last_word = frame.timestamp - frame.stop_secs
            case UserStartedSpeakingFrame():
                self._ended = self._answered = None
                await self._tell({"type": "state", "state": "listening"})
            case UserStoppedSpeakingFrame():
                self._ended = time.time()
                await self._tell({"type": "state", "state": "thinking"})
            case LLMContextUserTurnFrame():
                await self._tell_turn("caller", frame.text)
            case TTSTextFrame() | TTSStoppedFrame():
                # In order with the audio: what follows is no gap torn into an utterance.
                self._marks += 1
                mark = {"type": "mark", "id": self._marks}
                await self.push_frame(OutputTransportMessageFrame(mark))
            case AggregatedTextFrame():
                self._answered = self._answered or time.time()
                await self._tell_turn("bot", frame.text)

    async def _tell_turn(self, speaker: str, text: str) -> None:
        self._turns += 1
        turn = {"type": "turn", "turn_id": str(self._turns), "speaker": speaker, "text": text}
        await self._tell(turn)

    async def _tell_delay(self) -> None:
        if self._last_word is None or self._ended is None or self._answered is None:
            return
        now = time.time()
        parts = {
            "endpoint": self._ended - self._last_word,
            "assistant": self._answered - self._ended,
            "synthesis": now - self._answered,
            "total": now - self._last_word,
        }
        self._last_word = self._ended = self._answered = None
        milliseconds = {part: round(1000 * seconds) for part, seconds in parts.items()}
        await self._tell({"type": "delay", "turn_id": str(self._turns), "ms": milliseconds})

    async def _tell(self, message: Mapping[str, Any]) -> None:
        await self.push_frame(OutputTransportMessageUrgentFrame(message))
