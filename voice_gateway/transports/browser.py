"""The browser line: one WebSocket connection as a `Line`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from voice_gateway import metrics
from voice_gateway.transports.browser_protocol import (
    DEFAULT_SAMPLE_RATE,
    SUBPROTOCOL,
    Clear,
    Ended,
    Error,
    Hello,
    Mark,
    PaceLimit,
    ProtocolError,
    Rechunker,
    bad_message,
    json_text,
    parse_client_message,
    serialise,
)
from voice_gateway.transports.line import (
    FRAME_MS,
    SAMPLE_BYTES,
    Audio,
    HungUp,
    Key,
    PlayedMark,
    Received,
)

log = structlog.get_logger(__name__)

_FRAME_S = FRAME_MS / 1000


@dataclass(frozen=True, slots=True)
class BrowserLineLimits:
    """How much a client may ask of the server.

    Args:
        hello_timeout_s: How long a new connection may take to say hello.
        send_timeout_s: How long a client may leave what it was sent unread.
        received_ahead_s: How far ahead of real time a client may send.
        catch_up_s: How much of a stall of the network a client may make good at any speed.
    """

    hello_timeout_s: float = 5.0
    send_timeout_s: float = 10.0
    received_ahead_s: float = 5.0
    catch_up_s: float = 15.0


async def receive_hello(connection: ServerConnection, timeout_s: float) -> Hello:
    """Wait for the client's first message.

    Args:
        connection: Just opened.
        timeout_s: How long to wait.

    Returns:
        The hello.

    Raises:
        ProtocolError: It did not come, or something else came.
        ConnectionClosed: The client went away.
    """
    if connection.subprotocol != SUBPROTOCOL:
        raise ProtocolError(
            "unsupported_protocol", f"connect with the WebSocket subprotocol {SUBPROTOCOL}", 4406
        )
    try:
        async with asyncio.timeout(timeout_s):
            data = await connection.recv()
    except TimeoutError:
        raise ProtocolError(
            "hello_missing",
            f"no hello within {timeout_s:g} seconds: send "
            '{"type":"hello","token":...} as the first message',
            4408,
        ) from None
    message = parse_client_message(data, DEFAULT_SAMPLE_RATE)
    if not isinstance(message, Hello):
        raise bad_message("the first message must be the hello")
    return message


async def refuse(connection: ServerConnection, error: ProtocolError, timeout_s: float) -> None:
    """Say what is wrong and close.

    Args:
        connection: May be closed already.
        error: What is wrong.
        timeout_s: How long the client may take to read it.
    """
    try:
        async with asyncio.timeout(timeout_s):
            await connection.send(serialise(Error(error.code, error.message)))
            await connection.close(error.close_code, close_reason(error.message))
    except ConnectionClosed:
        pass
    except TimeoutError:
        connection.transport.abort()


def close_reason(text: str) -> str:
    """Shorten a text to what fits into a WebSocket close frame (123 bytes of UTF-8)."""
    return text.encode()[:123].decode(errors="ignore")


class BrowserLine:
    """A `Line` over an open WebSocket connection whose hello has been accepted.

    What is sent goes out at once: whoever speaks keeps time, so that little is in vain when the
    caller interrupts. Sending waits while the client's network does not keep up.

    Args:
        connection: The connection.
        sample_rate: As asked for in the hello, in hertz.
        limits: How much the client may ask for.
    """

    def __init__(
        self,
        connection: ServerConnection,
        sample_rate: int = DEFAULT_SAMPLE_RATE,
        limits: BrowserLineLimits | None = None,
    ) -> None:
        self.sample_rate: int = sample_rate
        self.channel: str = "browser"
        self._connection = connection
        self._limits = limits or BrowserLineLimits()
        self._outgoing = Rechunker(sample_rate)
        self._clears = 0
        self._ended = False

    async def send_audio(self, pcm: bytes) -> None:
        """Send audio to be played after all that was sent before, in frames of 20 ms.

        Args:
            pcm: Signed 16-bit mono little-endian samples at `sample_rate`, any length; what does
                not fill a frame waits for more, or for a mark.
        """
        if len(pcm) % SAMPLE_BYTES:
            raise ValueError("audio must be whole 16-bit samples")
        await self._send_frames(self._outgoing.feed(pcm))

    async def send_mark(self, mark_id: int) -> None:
        """Ask to be told when all audio sent so far has been played.

        Args:
            mark_id: Not negative; unique within the call.
        """
        await self._send_frames(self._outgoing.flush())
        await self._send(serialise(Mark(mark_id)))

    async def clear(self) -> None:
        """Stop playing at once: audio and marks not yet played are dropped."""
        self._clears += 1
        self._outgoing.flush()
        await self._send(serialise(Clear()))

    async def notify(self, message: Mapping[str, Any]) -> None:
        """Tell the caller's page something.

        Args:
            message: A JSON object with a `type`.
        """
        await self._send(json_text(message))

    async def received(self) -> AsyncIterator[Received]:
        """What comes from the caller: audio in 20 ms frames, ending with one `HungUp`."""
        loop = asyncio.get_running_loop()
        rechunker = Rechunker(self.sample_rate)
        limits = self._limits
        audio_pace = PaceLimit(limits.received_ahead_s, limits.catch_up_s)
        # Marks, keys and empty audio messages are cheap but not free: as many as frames, no more.
        message_pace = PaceLimit(limits.received_ahead_s, limits.catch_up_s)
        bytes_per_second = self.sample_rate * SAMPLE_BYTES
        reason = "connection_lost"
        try:
            while True:
                data = await self._connection.recv()
                now = loop.time()
                message = parse_client_message(data, self.sample_rate)
                if isinstance(message, Audio):
                    cost = len(message.pcm) / bytes_per_second
                    metrics.AUDIO_RECEIVED.inc(cost)
                    # A message a millisecond is as much of a flood as too much audio.
                    if not (
                        audio_pace.allows(cost, now) and message_pace.allows(_FRAME_S / 4, now)
                    ):
                        raise _too_fast()
                    for frame in rechunker.feed(message.pcm):
                        yield Audio(frame)
                    continue
                if not message_pace.allows(_FRAME_S, now):
                    raise _too_fast()
                match message:
                    case PlayedMark() | Key():
                        yield message
                    case HungUp():
                        reason = "caller_hung_up"
                        break
                    case Hello():
                        raise bad_message("hello may be said only once")
        except ProtocolError as error:
            reason = "bad_input"
            metrics.BAD_INPUT.labels(error.code).inc()
            log.warning("bad_input", code=error.code, error=error.message)
            self._ended = True
            await refuse(self._connection, error, self._limits.send_timeout_s)
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd_then_sent:
                reason = "caller_hung_up"
            elif closed.sent is not None and closed.sent.code in (1002, 1007, 1009):
                reason = "bad_input"
                metrics.BAD_INPUT.labels("websocket").inc()
                log.warning("bad_input", code=int(closed.sent.code), error=closed.sent.reason)
        for frame in rechunker.flush():
            yield Audio(frame)
        yield HungUp(reason)

    async def close(self, reason: str) -> None:
        """End the call at once, dropping what was not yet played; closing twice is no error.

        Args:
            reason: Why, in one word.
        """
        if not self._ended:
            self._ended = True
            await self._send(serialise(Ended(reason)))
        try:
            async with asyncio.timeout(self._limits.send_timeout_s):
                await self._connection.close(1000, close_reason(reason))
        except TimeoutError:
            self._connection.transport.abort()

    async def _send_frames(self, frames: list[bytes]) -> None:
        clears = self._clears
        for frame in frames:
            if self._clears != clears:
                return
            await self._send(frame)
            metrics.AUDIO_SENT.inc(_FRAME_S)

    async def _send(self, data: str | bytes) -> None:
        """Send one message; a client that does not read loses the call, and nothing else."""
        try:
            async with asyncio.timeout(self._limits.send_timeout_s):
                await self._connection.send(data)
        except ConnectionClosed:
            # Whoever goes on sending must not keep everybody else from running.
            await asyncio.sleep(0)
        except TimeoutError:
            log.warning("client_does_not_read", timeout_s=self._limits.send_timeout_s)
            self._connection.transport.abort()


def _too_fast() -> ProtocolError:
    return ProtocolError(
        "too_fast",
        "audio or messages come faster than real time: send a 20 ms frame every 20 ms",
        1008,
    )
