"""The browser line's wire format, both directions, without sockets (docs/browser_protocol.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from voice_gateway.transports.line import (
    FRAME_MS,
    SAMPLE_BYTES,
    Audio,
    HungUp,
    Key,
    PlayedMark,
    frame_bytes,
)

SUBPROTOCOL: Final = "warmline.v1"
SAMPLE_RATES: Final = (8000, 16000)
DEFAULT_SAMPLE_RATE: Final = 16000
MAX_MESSAGE_BYTES: Final = 64 * 1024
MAX_AUDIO_MS: Final = 200
STATES: Final = ("listening", "thinking", "speaking", "holding", "with_agent", "ended")

_KEYS = re.compile(r"[0-9*#]")
_MAX_ID = 2**53 - 1  # what every JSON reader keeps exactly


class ProtocolError(Exception):
    """A message broke the protocol.

    Args:
        code: A stable name of the error for programs.
        message: What is wrong and what to do, for people.
        close_code: The WebSocket close code that goes with it.
    """

    def __init__(self, code: str, message: str, close_code: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.close_code = close_code


@dataclass(frozen=True, slots=True)
class Hello:
    """The client's first message.

    Args:
        token: Proof that it may call; None when it came as a header.
        sample_rate: Of the audio in both directions, in hertz.
    """

    token: str | None = None
    sample_rate: int = DEFAULT_SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Answered:
    """The call was answered."""

    call_id: str


@dataclass(frozen=True, slots=True)
class State:
    """What the line is doing now: one of `STATES`."""

    state: str


@dataclass(frozen=True, slots=True)
class Partial:
    """What has been recognised so far of what the caller is saying."""

    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's whole turn.

    Args:
        turn_id: Names it.
        speaker: `caller`, `bot` or `agent`.
        text: What was said.
        confidence: How sure the recogniser is of a caller's turn, 0 to 1; None when unknown.
    """

    turn_id: str
    speaker: str
    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Delay:
    """How long the caller waited for an answer, as the server measured it.

    Args:
        turn_id: The caller's turn.
        ms: Milliseconds by part: `endpoint`, `recognition`, `assistant`, `synthesis`, `total`.
    """

    turn_id: str
    ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """To be echoed when all audio before it has been played."""

    mark_id: int


@dataclass(frozen=True, slots=True)
class Clear:
    """Drop all audio and marks not yet played."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over."""

    reason: str


@dataclass(frozen=True, slots=True)
class Error:
    """The call is refused or broken off; the connection is closed next."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A server message of a type this client does not know, to be ignored."""

    type: str


ClientMessage = Hello | Audio | PlayedMark | Key | HungUp
ServerMessage = (
    Audio | Mark | Clear | Answered | State | Partial | Turn | Delay | Ended | Error | Unknown
)


def bad_message(message: str) -> ProtocolError:
    """The error for JSON that is not what the protocol says."""
    return ProtocolError("bad_message", message, 1008)


def parse_client_message(data: str | bytes, sample_rate: int) -> ClientMessage:
    """Read one message from a client.

    Args:
        data: Text or binary, as received.
        sample_rate: Of the audio, in hertz.

    Returns:
        What it says.

    Raises:
        ProtocolError: It is no message of this protocol.
    """
    if isinstance(data, bytes):
        return _audio(data, sample_rate)
    fields = _json_object(data)
    kind = fields.get("type")
    read = _CLIENT_MESSAGES.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise bad_message(
            f"unknown message type {_shortened(kind)}: "
            f"expected one of {', '.join(_CLIENT_MESSAGES)}"
        )
    return read(fields)


def parse_server_message(data: str | bytes) -> ServerMessage:
    """Read one message from a server.

    Args:
        data: Text or binary, as received.

    Returns:
        What it says; `Unknown` for a type this version does not know.

    Raises:
        ProtocolError: It is no message of this protocol.
    """
    if isinstance(data, bytes):
        if len(data) % SAMPLE_BYTES:
            raise _odd_length(data)
        return Audio(data)
    fields = _json_object(data)
    kind = _string(fields, "type")
    read = _SERVER_MESSAGES.get(kind)
    return read(fields) if read else Unknown(kind)


def serialise(message: ClientMessage | ServerMessage) -> str | bytes:
    """Write a message of either side.

    Args:
        message: What to say.

    Returns:
        The WebSocket message: bytes for audio, JSON text for everything else.
    """
    match message:
        case Audio(pcm):
            return pcm
        case Hello(token, sample_rate):
            fields: dict[str, Any] = {"type": "hello", "sample_rate": sample_rate}
            if token is not None:
                fields["token"] = token
        case PlayedMark(mark_id) | Mark(mark_id):
            fields = {"type": "mark", "id": mark_id}
        case Key(key):
            fields = {"type": "digit", "key": key}
        case HungUp():
            fields = {"type": "hangup"}
        case Clear():
            fields = {"type": "clear"}
        case Answered(call_id):
            fields = {"type": "answered", "call_id": call_id}
        case State(state):
            fields = {"type": "state", "state": state}
        case Partial(text):
            fields = {"type": "partial", "text": text}
        case Turn(turn_id, speaker, text, confidence):
            fields = {"type": "turn", "turn_id": turn_id, "speaker": speaker, "text": text}
            if confidence is not None:
                fields["confidence"] = confidence
        case Delay(turn_id, ms):
            fields = {"type": "delay", "turn_id": turn_id, "ms": dict(ms)}
        case Ended(reason):
            fields = {"type": "ended", "reason": reason}
        case Error(code, text):
            fields = {"type": "error", "code": code, "message": text}
        case Unknown(kind):
            fields = {"type": kind}
    return json_text(fields)


def json_text(fields: Mapping[str, Any]) -> str:
    """Write a JSON object compactly.

    Args:
        fields: Only JSON values.

    Returns:
        One line of JSON.
    """
    return json.dumps(fields, separators=(",", ":"))


class Rechunker:
    """Cuts audio of any even length into 20 ms frames.

    Args:
        sample_rate: In hertz.
    """

    def __init__(self, sample_rate: int) -> None:
        self._size = frame_bytes(sample_rate)
        self._rest = b""

    def feed(self, pcm: bytes) -> list[bytes]:
        """Take audio in.

        Args:
            pcm: The next audio.

        Returns:
            The frames that are complete now, in order; what is left waits for more.
        """
        if not self._rest and len(pcm) == self._size:
            return [pcm]
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % self._size
        self._rest = pcm[whole:]
        return [pcm[at : at + self._size] for at in range(0, whole, self._size)]

    def flush(self) -> list[bytes]:
        """Give out what is left, filled up with silence to a whole frame."""
        rest, self._rest = self._rest, b""
        return [rest.ljust(self._size, b"\0")] if rest else []


class PaceLimit:
    """Tells a client that sends faster than real time from one that catches up after a stall.

    Args:
        ahead_s: How far ahead of real time a client may get.
        catch_up_s: How much of a stall it may make good at any speed.
    """

    # Sound cards' clocks differ from ours by up to a per cent or so; that is no flood.
    _TOLERANCE = 1.02

    def __init__(self, ahead_s: float = 5.0, catch_up_s: float = 15.0) -> None:
        self._limit = ahead_s
        self._catch_up = catch_up_s
        self._ahead = 0.0
        self._then: float | None = None

    def allows(self, duration_s: float, now: float) -> bool:
        """Count what has come in.

        Args:
            duration_s: How much real time it stands for, in seconds.
            now: In seconds, of a clock that never goes back.

        Returns:
            False when the client is too far ahead.
        """
        passed = 0.0 if self._then is None else now - self._then
        self._then = now
        self._ahead = max(self._ahead - passed * self._TOLERANCE, -self._catch_up) + duration_s
        return self._ahead <= self._limit


def _audio(data: bytes, sample_rate: int) -> Audio:
    if len(data) % SAMPLE_BYTES:
        raise _odd_length(data)
    longest = frame_bytes(sample_rate) * MAX_AUDIO_MS // FRAME_MS
    if len(data) > longest:
        raise ProtocolError(
            "too_long",
            f"an audio message of {len(data)} bytes is too long: send at most {MAX_AUDIO_MS} ms "
            f"({longest} bytes at {sample_rate} Hz) at a time",
            1009,
        )
    return Audio(data)


def _odd_length(data: bytes) -> ProtocolError:
    return ProtocolError(
        "odd_length",
        f"an audio message of {len(data)} bytes ends in the middle of a sample: "
        "audio is signed 16-bit mono, two bytes a sample",
        1007,
    )


def _json_object(data: str) -> Mapping[str, Any]:
    try:
        fields = json.loads(data)
    # RecursionError: deeply nested brackets are as little JSON of ours as any other text.
    except (ValueError, RecursionError) as error:
        raise ProtocolError(
            "not_json",
            "a text message must be a JSON object; audio goes in binary messages",
            1003,
        ) from error
    if not isinstance(fields, dict):
        raise bad_message("a text message must be a JSON object with a type")
    return fields


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _string(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise bad_message(f"{name} must be a string")
    return value


def _optional_number(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise bad_message(f"{name} must be a number")
    return value


def _numbers(fields: Mapping[str, Any], name: str) -> Mapping[str, float]:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise bad_message(f"{name} must be an object")
    return {key: _optional_number(value, key) or 0 for key in value}


def _mark_id(fields: Mapping[str, Any]) -> int:
    value = fields.get("id")
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_ID:
        raise bad_message("a mark's id must be a whole number, not negative")
    return value


def _hello(fields: Mapping[str, Any]) -> Hello:
    token = fields.get("token")
    if token is not None and not isinstance(token, str):
        raise bad_message("the token must be a string")
    rate = fields.get("sample_rate", DEFAULT_SAMPLE_RATE)
    if isinstance(rate, bool) or rate not in SAMPLE_RATES:
        raise bad_message(
            f"sample_rate {_shortened(rate)} is not supported: use 16000 (the default) or 8000"
        )
    return Hello(token, int(rate))


def _key(fields: Mapping[str, Any]) -> Key:
    key = _string(fields, "key")
    if not _KEYS.fullmatch(key):
        raise bad_message("a digit's key must be one of 0 to 9, * and #")
    return Key(key)


_CLIENT_MESSAGES: Final[dict[str, Callable[[Mapping[str, Any]], ClientMessage]]] = {
    "hello": _hello,
    "mark": lambda fields: PlayedMark(_mark_id(fields)),
    "digit": _key,
    "hangup": lambda fields: HungUp("caller_hung_up"),
}

_SERVER_MESSAGES: Final[dict[str, Callable[[Mapping[str, Any]], ServerMessage]]] = {
    "mark": lambda fields: Mark(_mark_id(fields)),
    "clear": lambda fields: Clear(),
    "answered": lambda fields: Answered(_string(fields, "call_id")),
    "state": lambda fields: State(_string(fields, "state")),
    "partial": lambda fields: Partial(_string(fields, "text")),
    "turn": lambda fields: Turn(
        _string(fields, "turn_id"),
        _string(fields, "speaker"),
        _string(fields, "text"),
        _optional_number(fields, "confidence"),
    ),
    "delay": lambda fields: Delay(_string(fields, "turn_id"), _numbers(fields, "ms")),
    "ended": lambda fields: Ended(_string(fields, "reason")),
    "error": lambda fields: Error(_string(fields, "code"), _string(fields, "message")),
}
