"""The two kinds of parties of a bridged call, each with its way in and its way out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from voice_gateway.bridge.hold_music import hold_music
from voice_gateway.bridge.jitter_buffer import JitterBuffer
from voice_gateway.bridge.leg import AgentLeg
from voice_gateway.bridge.mixing import Role, mix
from voice_gateway.bridge.outlet import Outlet
from voice_gateway.speech.pcm import LISTENING_RATE, bytes_of, samples_of
from voice_gateway.speech.rate import RateStream
from voice_gateway.transports.browser_protocol import Rechunker
from voice_gateway.transports.line import Line, frame_bytes

if TYPE_CHECKING:
    from voice_gateway.bridge.agent_ear import AgentEar

GONE_S: Final = 1.0
"""An agent from whom nothing has come for this long is gone, until something comes again."""

_SIZE: Final = frame_bytes(LISTENING_RATE)
_FALLING: Final = np.linspace(1.0, 0.0, _SIZE // 2)


class AgentParty:
    """An agent or supervisor in the call, whether their leg is there just now or not.

    Args:
        name: Who.
        role: What they are in the call.
        now: In seconds.
    """

    def __init__(self, name: str, role: Role, now: float) -> None:
        self.name = name
        self.role: Role = role
        self.muted = False
        self.ear: AgentEar | None = None
        self.buffer = JitterBuffer()
        self._heard_at = now
        self._leg: AgentLeg | None = None
        self._outlet: Outlet[bytes] | None = None

    def connect(self, leg: AgentLeg | None) -> None:
        """Talk through a leg; the one in use already is no error.

        Args:
            leg: The agent's leg as of now, None while there is none.
        """
        if leg is self._leg:
            return
        if self._leg is not None:
            self._leg.detach()
        self.forget_leg()
        if leg is not None:
            self._leg = leg
            self._outlet = Outlet(leg.send_audio, self.name)
            leg.attach(self._hear)

    def forget_leg(self) -> None:
        """Leave the leg to the other conversation that has it now."""
        self._leg = None
        if self._outlet is not None:
            self._outlet.stop()
            self._outlet = None

    def is_gone(self, now: float) -> bool:
        """Tell whether nothing has come for so long that the agent cannot be there.

        Args:
            now: In seconds.

        Returns:
            True after `GONE_S`.
        """
        return now - self._heard_at > GONE_S

    def pull(self, now: float) -> bytes | None:
        """What the agent says just now.

        Args:
            now: In seconds.

        Returns:
            A frame, or None while they are silent or muted.
        """
        frame = self.buffer.pull(now)
        return None if self.muted else frame

    def put(self, frame: bytes) -> None:
        """Let the agent hear a frame.

        Args:
            frame: At 16 kHz.
        """
        if self._outlet is not None:
            self._outlet.put(frame)

    def _hear(self, frame: bytes) -> None:
        if len(frame) == _SIZE:
            self._heard_at = asyncio.get_running_loop().time()
            self.buffer.push(frame, self._heard_at)


class CallerParty:
    """The caller in the call.

    The caller's page is told where live audio begins and ends, because it must not let it pile up
    as it may with speech that is sent ahead.

    Args:
        line: The caller's.
    """

    def __init__(self, line: Line) -> None:
        self.buffer = JitterBuffer()
        self._line = line
        self._inwards = RateStream(line.sample_rate, LISTENING_RATE)
        self._outwards = RateStream(LISTENING_RATE, line.sample_rate)
        self._rechunker = Rechunker(LISTENING_RATE)
        self._outlet: Outlet[bytes | Mapping[str, Any]] = Outlet(self._send, "caller")
        self._live = False
        self._music_at = 0
        self._music_plays = False

    def hear(self, pcm: bytes) -> None:
        """Take in what the caller says.

        Args:
            pcm: At the line's rate.
        """
        now = asyncio.get_running_loop().time()
        for frame in self._rechunker.feed(self._inwards.feed(pcm)):
            self.buffer.push(frame, now)

    def put(self, frame: bytes) -> None:
        """Let the caller hear a frame.

        Args:
            frame: At 16 kHz.
        """
        if self._music_plays:
            self._music_plays = False
            frame = mix([frame, _faded(self._music(), _FALLING)])
        self._put(frame)

    def put_music(self) -> None:
        """Let the caller hear the next 20 ms of the hold music."""
        frame = self._music()
        if not self._music_plays:
            self._music_plays = True
            frame = _faded(frame, _FALLING[::-1])
        self._put(frame)

    def be_silent(self) -> None:
        """Leave the caller's ear to others."""
        if self._live:
            self._live = self._music_plays = False
            self._outlet.forget()
            self._outlet.put(live(False))

    async def stop(self) -> None:
        """Send nothing more, and wait until that is so."""
        await self._outlet.stop()
        if self._live:
            self._live = False
            await self._line.notify(live(False))

    def _put(self, frame: bytes) -> None:
        if not self._live:
            self._live = True
            self._outlet.put(live(True))
        if pcm := self._outwards.feed(frame):
            self._outlet.put(pcm)

    def _music(self) -> bytes:
        music = hold_music(LISTENING_RATE)
        frame = music[self._music_at]
        self._music_at = (self._music_at + 1) % len(music)
        return frame

    async def _send(self, item: bytes | Mapping[str, Any]) -> None:
        if isinstance(item, bytes):
            await self._line.send_audio(item)
        else:
            await self._line.notify(item)


def live(on: bool) -> dict[str, Any]:
    """What tells the caller's page that live audio begins or has ended.

    Args:
        on: Whether it begins.

    Returns:
        A message of the browser protocol.
    """
    return {"type": "live", "on": on}


def _faded(frame: bytes, gain: np.typing.NDArray[np.float64]) -> bytes:
    return bytes_of(samples_of(frame) * gain)
