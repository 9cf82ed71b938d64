"""The agents' voices: each desk's sound over a WebSocket, connected from sign-in on.

Binary messages are 20 ms frames of signed 16-bit mono audio at 16 kHz, both ways; nothing is heard
or sent before a call is joined, of which the text `{"type":"live","on":true}` tells the desk.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final

import structlog
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from voice_gateway import metrics
from voice_gateway.bridge.leg import AgentLegs, Hear
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES
from voice_gateway.transports.browser import close_reason
from voice_gateway.transports.browser_protocol import (
    PaceLimit,
    ProtocolError,
    Rechunker,
    parse_client_message,
)
from voice_gateway.transports.line import FRAME_MS, Audio

log = structlog.get_logger(__name__)

AUDIO_PATH: Final = "/desk/audio"
SIGNED_OUT: Final = 4401
_BYTES_A_SECOND: Final = LISTENING_RATE * SAMPLE_BYTES
_FRAME_S: Final = FRAME_MS / 1000


def audio_routes(legs: AgentLegs, name_of: Callable[[WebSocket], str | None]) -> list[BaseRoute]:
    """Serve the desks' sound.

    Args:
        legs: Where each desk's sound is put while it is connected.
        name_of: Tells who is signed in at the other end; None for nobody.

    Returns:
        The routes to add to the desk's app, behind the guard of its sessions.
    """

    async def audio(socket: WebSocket) -> None:
        name = name_of(socket)
        await socket.accept()
        if name is None:
            await socket.close(SIGNED_OUT, "sign in first")
            return
        leg = SocketLeg(socket, name)
        legs.connect(leg)
        log.info("agent_sound_connected", agent=name)
        try:
            await leg.run()
        finally:
            legs.disconnect(leg)
            log.info("agent_sound_gone", agent=name)

    return [WebSocketRoute(AUDIO_PATH, audio)]


class SocketLeg:
    """One agent's sound over an open WebSocket.

    A client that does not read is closed by the web server, whose pings it does not answer; until
    then whoever sends waits.

    Args:
        socket: Accepted.
        name: The agent's name.
    """

    def __init__(self, socket: WebSocket, name: str) -> None:
        self.name: str = name
        self.sample_rate: int = LISTENING_RATE
        self._socket = socket
        self._hear: Hear | None = None
        self._telling: set[asyncio.Task[None]] = set()

    def attach(self, hear: Hear) -> None:
        """Begin to pass on what the agent says, and tell the desk so.

        Args:
            hear: Takes each 20 ms frame.
        """
        if self._hear is None:
            self._tell({"type": "live", "on": True})
        self._hear = hear

    def detach(self) -> None:
        """Pass on nothing more, and tell the desk so; detaching twice is no error."""
        if self._hear is not None:
            self._hear = None
            self._tell({"type": "live", "on": False})

    async def send_audio(self, pcm: bytes) -> None:
        """Let the agent hear something; nothing happens once the desk is gone.

        Args:
            pcm: One 20 ms frame.
        """
        await self._send({"type": "websocket.send", "bytes": pcm})

    async def run(self) -> None:
        """Take in what the desk sends until it goes away, or until what it sends is nonsense."""
        rechunker = Rechunker(LISTENING_RATE)
        # As for callers: a desk may catch up after a stall, and must not flood.
        audio_pace, message_pace = PaceLimit(), PaceLimit()
        loop = asyncio.get_running_loop()
        try:
            while True:
                pcm = await self._receive()
                now = loop.time()
                in_time = audio_pace.allows(len(pcm) / _BYTES_A_SECOND, now)
                if not (in_time and message_pace.allows(_FRAME_S / 4, now)):
                    raise ProtocolError(
                        "too_fast", "sound comes faster than real time: 50 frames a second", 1008
                    )
                for frame in rechunker.feed(pcm):
                    if self._hear is not None:
                        self._hear(frame)
        except WebSocketDisconnect:
            pass
        except ProtocolError as error:
            metrics.BAD_INPUT.labels(error.code).inc()
            log.warning("bad_input", agent=self.name, code=error.code, error=error.message)
            await self._send(
                {
                    "type": "websocket.close",
                    "code": error.close_code,
                    "reason": close_reason(error.message),
                }
            )

    async def _receive(self) -> bytes:
        """Wait for the next piece of sound.

        Raises:
            WebSocketDisconnect: The desk is gone.
            ProtocolError: What it sent is no sound.
        """
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        data = message.get("bytes")
        if data is None:
            raise ProtocolError(
                "not_audio", "send nothing but sound here: binary frames of 640 bytes", 1003
            )
        received = parse_client_message(data, LISTENING_RATE)
        assert isinstance(received, Audio)
        return received.pcm

    def _tell(self, message: dict[str, Any]) -> None:
        telling = asyncio.ensure_future(
            self._send({"type": "websocket.send", "text": json.dumps(message)})
        )
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            await self._socket.send(message)
        except (WebSocketDisconnect, RuntimeError):
            # Gone, or going: `run` learns of it and ends the leg.
            await asyncio.sleep(0)
