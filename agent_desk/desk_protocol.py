"""What a desk and the server say to each other, as JSON texts: pure, without sockets.

Described for other clients in `docs/desk_protocol.md`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from agent_desk.plain_text import plain
from contact_center.handoff_packet import HandoffPacket

PATH = "/v1/desk"
MAX_MESSAGE = 16 * 1024
"""The longest message a desk may send, in characters."""
MAX_TEXT = 500
"""The most characters an agent may have spoken at once."""
MAX_NOTES = 4000

Disposition = Literal[
    "resolved", "call_back_promised", "transferred", "not_resolved", "abuse", "wrong_number"
]
DISPOSITIONS: tuple[Disposition, ...] = get_args(Disposition)

# WebSocket close codes of our own (4000-4999 are free for applications).
UNAUTHORISED = 4401
HELLO_TIMEOUT = 4408
REPLACED = 4409
TOO_MANY_ERRORS = 4429
# Codes of the standard.
GOING_AWAY = 1001
TRY_AGAIN_LATER = 1013


class ProtocolError(ValueError):
    """A message that does not follow the protocol.

    Args:
        code: One word for programs.
        message: One sentence for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


# Nothing that a database would choke on; whether there is such a hand-off is another question.
HandoffId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,64}$")]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


# From the desk


class Hello(_Message):
    """The first message: who is there."""

    type: Literal["hello"] = "hello"
    token: str = Field(pattern=r"^[\x21-\x7e]{1,4096}$")


class Accept(_Message):
    """Take a waiting hand-off."""

    type: Literal["accept"] = "accept"
    handoff_id: HandoffId


class Decline(_Message):
    """Leave a waiting hand-off to others."""

    type: Literal["decline"] = "decline"
    handoff_id: HandoffId


class Say(_Message):
    """Have a line spoken to the caller."""

    type: Literal["say"] = "say"
    text: str

    @field_validator("text")
    @classmethod
    def _speakable(cls, text: str) -> str:
        if len(text) > MAX_TEXT:
            raise ValueError(f"at most {MAX_TEXT} characters can be spoken at once")
        text = plain(text)
        if not text:
            raise ValueError("there is nothing to say")
        return text


class Close(_Message):
    """End the conversation, or the work after it, saying how it went."""

    type: Literal["close"] = "close"
    disposition: Disposition
    notes: str = Field(default="", max_length=MAX_NOTES)

    @field_validator("notes")
    @classmethod
    def _readable(cls, notes: str) -> str:
        return "\n".join(plain(line) for line in notes.splitlines()).strip()


DeskMessage = Hello | Accept | Decline | Say | Close


# From the server


class Turn(_Message):
    """One turn of the call, as stored; a turn seen before replaces its earlier version."""

    type: Literal["turn"] = "turn"
    call_id: str
    turn_id: str
    speaker: str
    text: str
    heard: str | None = None
    complete: bool = True
    started_at: datetime
    confidence: float | None = None
    words: tuple[dict[str, Any], ...] = ()


class Waiting(_Message):
    """A hand-off that can be taken."""

    handoff_id: str
    call_id: str
    waiting_s: float
    packet: HandoffPacket


class Snapshot(_Message):
    """Where things stand: who you are and everything that waits, most urgent first.

    `handoff_id` names the conversation you still have; its `accepted` follows.
    """

    type: Literal["snapshot"] = "snapshot"
    agent_name: str
    handoff_id: str | None = None
    waiting: tuple[Waiting, ...] = ()


class Offered(Waiting):
    """A hand-off has begun to wait."""

    type: Literal["offered"] = "offered"


class Withdrawn(_Message):
    """A hand-off waits no longer: `accepted` by someone, `declined` by you, or its outcome."""

    type: Literal["withdrawn"] = "withdrawn"
    handoff_id: str
    outcome: str


class Accepted(_Message):
    """The hand-off is yours: everything known, and every turn so far."""

    type: Literal["accepted"] = "accepted"
    handoff_id: str
    call_id: str
    packet: HandoffPacket
    turns: tuple[Turn, ...] = ()
    resumed: bool = False


class Taken(_Message):
    """Somebody else was faster."""

    type: Literal["taken"] = "taken"
    handoff_id: str


class CallEnded(_Message):
    """The caller is gone; `close` is still due."""

    type: Literal["call_ended"] = "call_ended"
    call_id: str
    reason: str


class Closed(_Message):
    """Your `close` is stored, and you are free for the next."""

    type: Literal["closed"] = "closed"
    handoff_id: str
    disposition: str


class Error(_Message):
    """A message was not carried out; the connection goes on unless it closes right after."""

    type: Literal["error"] = "error"
    code: str
    message: str


ServerMessage = (
    Snapshot | Offered | Withdrawn | Accepted | Taken | Turn | CallEnded | Closed | Error
)

M = TypeVar("M")

_FROM_DESK: TypeAdapter[DeskMessage] = TypeAdapter(
    Annotated[DeskMessage, Field(discriminator="type")]
)
_FROM_SERVER: TypeAdapter[ServerMessage] = TypeAdapter(
    Annotated[ServerMessage, Field(discriminator="type")]
)


def serialise(message: DeskMessage | ServerMessage) -> str:
    """Write a message of either side.

    Args:
        message: The message.

    Returns:
        JSON in one line.
    """
    return message.model_dump_json()


def parse_desk_message(data: str | bytes) -> DeskMessage:
    """Read what a desk sent.

    Args:
        data: One WebSocket message.

    Returns:
        The message, its texts free of control characters.

    Raises:
        ProtocolError: It is no message of the protocol; says which rule it breaks.
    """
    if isinstance(data, bytes):
        raise ProtocolError("text_only", "This line takes JSON texts, no binary messages.")
    if len(data) > MAX_MESSAGE:
        raise ProtocolError("too_large", f"A message has at most {MAX_MESSAGE} characters.")
    return _parse(_FROM_DESK, data)


def parse_server_message(data: str | bytes) -> ServerMessage:
    """Read what the server sent.

    Args:
        data: One WebSocket message.

    Returns:
        The message.

    Raises:
        ProtocolError: It is no message of the protocol.
    """
    return _parse(_FROM_SERVER, data)


def _parse(adapter: TypeAdapter[M], data: str | bytes) -> M:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("not_json", "The message is not JSON.") from error
    try:
        return adapter.validate_python(content, strict=False)
    except ValidationError as error:
        raise _explained(content, error) from error


def _explained(content: object, error: ValidationError) -> ProtocolError:
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        return ProtocolError("no_type", "A message is a JSON object with a `type`.")
    kind = plain(content["type"], 40)
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "union_tag_invalid":
        return ProtocolError("unknown_type", f"There is no message of type '{kind}'.")
    field = ".".join(str(part) for part in first["loc"][1:])
    reason = first["msg"].removeprefix("Value error, ")
    return ProtocolError("bad_field", f"'{kind}': {field}: {reason}.")
