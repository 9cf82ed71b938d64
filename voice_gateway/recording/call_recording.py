"""Records one call: the caller on the left, what the caller hears on the right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog

from contact_center.database import StorageError
from contact_center.recordings import RecordingFormat, Recordings
from voice_gateway.recording.timeline import Block, Timeline
from voice_gateway.recording.writer import RecordingWriter
from voice_gateway.transports.line import Audio, Line, Received

log = structlog.get_logger(__name__)

WRITTEN_AT_ONCE: Final = 10
"""Frames that go to the writer together; a server that dies loses that much more."""
PATIENCE_S: Final = 60.0
"""How long a file may take to be finished after the call; then its length is stored later, by the
retention."""


class CallRecording:
    """The recording of one call, if it comes to that.

    Whatever happens to it, the call goes on: failures are logged once, and stored with the
    recording.

    Args:
        call_id: The call, stored already when the recording starts.
        line: The connection to the caller.
        recordings: Where is stored what is known of the recording.
        folder: Where the files lie.
        format: `opus` or `flac`.
        clock: The wall clock, aware.
    """

    def __init__(
        self,
        call_id: str,
        line: Line,
        recordings: Recordings,
        folder: Path,
        format: RecordingFormat = "opus",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._timeline = Timeline(line.sample_rate)
        self.line: Line = _RecordedLine(line, self._on_heard, self._on_sent, self._timeline.clear)
        """What the call uses in place of the line it was given."""
        self._call_id = call_id
        self._recordings = recordings
        self._path = folder / f"{call_id}.{format}"
        self._format: RecordingFormat = format
        self._clock = clock
        self._log = log.bind(call_id=call_id)
        self._blocks: list[Block] = []
        self._writer: RecordingWriter | None = None
        self._started = False
        self._recording = False

    @property
    def recording(self) -> bool:
        """Whether the call is being recorded now."""
        return self._recording

    async def start(self) -> None:
        """Begin to record; a call is recorded once, so that starting again does nothing."""
        if self._started:
            return
        self._started = self._recording = True
        now, heard_s = self._clock(), self._timeline.heard_s
        # What is heard and said while this is stored is part of the recording already.
        self._timeline.begin()
        try:
            await self._recordings.begin(
                self._call_id, self._path.name, self._format, now, heard_s=heard_s
            )
        except Exception as error:
            self._recording = False
            self._blocks = []
            self._log_failure("recording_not_begun", error)
        else:
            self._writer = RecordingWriter(
                self._path, self._format, self.line.sample_rate, self._on_broken
            )

    def pause(self, on: bool) -> None:
        """Begin or end a part that is silence on both sides, because a code is spoken.

        Args:
            on: Whether it begins.
        """
        self._timeline.pause(on)

    async def stop(self) -> None:
        """Finish the recording; stopping what is not recorded does nothing."""
        self._recording = False
        writer, self._writer = self._writer, None
        if writer is None:
            return
        writer.write(self._blocks)
        self._blocks = []
        try:
            written = await writer.close(PATIENCE_S)
            await self._recordings.finish(
                self._call_id,
                written.seconds,
                written.size,
                self._timeline.paused,
                self._clock(),
                caller_clock=self._timeline.caller_clock,
                broken=written.broken,
            )
        except Exception as error:
            self._log_failure("recording_not_finished", error)

    def _on_heard(self, pcm: bytes) -> None:
        self._take(self._timeline.hear(pcm))

    def _on_sent(self, pcm: bytes) -> None:
        self._take(self._timeline.send(pcm))

    def _take(self, blocks: list[Block]) -> None:
        if self._recording:
            self._blocks += blocks
        if self._writer is not None and len(self._blocks) >= WRITTEN_AT_ONCE:
            self._writer.write(self._blocks)
            self._blocks = []

    def _on_broken(self, why: str) -> None:
        self._log.error("recording_broken", file=self._path.name, error=why)

    def _log_failure(self, event: str, error: Exception) -> None:
        expected = isinstance(error, (StorageError, TimeoutError))
        why = str(error) or "it takes too long"
        self._log.error(event, error=why, exc_info=None if expected else error)


class _RecordedLine:
    """The line, with both directions tapped."""

    def __init__(
        self,
        line: Line,
        heard: Callable[[bytes], None],
        sent: Callable[[bytes], None],
        cleared: Callable[[], None],
    ) -> None:
        self.sample_rate: int = line.sample_rate
        self.channel: str = line.channel
        self._line = line
        self._heard = heard
        self._sent = sent
        self._cleared = cleared

    async def send_audio(self, pcm: bytes) -> None:
        # Noted first: what is cleared while it waits for the network is never played.
        self._sent(pcm)
        await self._line.send_audio(pcm)

    async def send_mark(self, mark_id: int) -> None:
        await self._line.send_mark(mark_id)

    async def clear(self) -> None:
        self._cleared()
        await self._line.clear()

    async def notify(self, message: Mapping[str, Any]) -> None:
        await self._line.notify(message)

    async def received(self) -> AsyncIterator[Received]:
        async for received in self._line.received():
            if isinstance(received, Audio):
                self._heard(received.pcm)
            yield received

    async def close(self, reason: str) -> None:
        await self._line.close(reason)
