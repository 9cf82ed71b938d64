"""What a desk and the server say to each other, as JSON texts: pure, without sockets.

Described for other clients in `docs/desk_protocol.md`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
)

from agent_desk.plain_text import plain, plain_lines
from contact_center.handoff_packet import HandoffPacket
from contact_center.routing.agents import AgentState
from contact_center.routing.line import AcceptAnswer
from contact_center.wrap_up import Disposition

PATH = "/v1/desk"
MAX_MESSAGE = 16 * 1024
"""The longest message a desk may send, in characters."""
MAX_TEXT = 500
"""The most characters an agent may have spoken at once."""
MAX_NOTES = 4000

# WebSocket close codes of our own (4000-4999 are free for applications).
UNAUTHORISED = 4401
HELLO_TIMEOUT = 4408
TOO_MANY_ERRORS = 4429
# A code of the standard.
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
Notes = Annotated[str, Field(max_length=MAX_NOTES), AfterValidator(plain_lines)]


def _named(text: str) -> str:
    text = plain(text)
    if not text:
        raise ValueError("it says nothing")
    return text


Name = Annotated[str, Field(max_length=60), AfterValidator(_named)]


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


class FollowUpDue(BaseModel):
    """What is promised to be done after the call, and by when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    what: Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_named)]
    due: AwareDatetime


class Close(_Message):
    """End the conversation, or the work after it, saying how it went."""

    type: Literal["close"] = "close"
    disposition: Disposition
    summary: Notes = ""
    notes: Notes = ""
    follow_up: FollowUpDue | None = None
    then: Literal["available", "break"] = "available"
    reason: Name | None = None


class Hold(_Message):
    """Let the caller hear music, or take them back."""

    type: Literal["hold"] = "hold"
    on: bool


class Mute(_Message):
    """Let nobody hear the agent, or let them be heard again."""

    type: Literal["mute"] = "mute"
    on: bool


class Consult(_Message):
    """Ask a colleague, while the caller hears music."""

    type: Literal["consult"] = "consult"
    agent_name: Name


class EndConsult(_Message):
    """Go back to the caller, without the colleague or, with `join`, as three."""

    type: Literal["end_consult"] = "end_consult"
    join: bool = False


class PassOn(_Message):
    """Give the caller on to a queue, with a note for the next agent."""

    type: Literal["pass_on"] = "pass_on"
    queue: Name
    note: Notes = ""


class HangUp(_Message):
    """End the call, or leave that of a colleague; `close` is still due for one's own."""

    type: Literal["hang_up"] = "hang_up"


class TakeBreak(_Message):
    """Be offered nobody from now on."""

    type: Literal["take_break"] = "take_break"
    reason: Name


class ComeBack(_Message):
    """Be offered callers again."""

    type: Literal["come_back"] = "come_back"


class KeepNotes(_Message):
    """Keep what was noted of the call so far, in place of what was kept before."""

    type: Literal["keep_notes"] = "keep_notes"
    text: Notes


DeskMessage = (
    Hello
    | Accept
    | Decline
    | Say
    | Close
    | Hold
    | Mute
    | Consult
    | EndConsult
    | PassOn
    | HangUp
    | TakeBreak
    | ComeBack
    | KeepNotes
)


# From the server


class Turn(_Message):
    """One turn of the call, as stored; a turn seen before replaces its earlier version.

    `agent_name` says which agent spoke, of an agent's turn.
    """

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
    affect: float | None = None
    agent_name: str | None = None


class Waiting(_Message):
    """A caller who waits, and who is being asked to take them."""

    handoff_id: str
    call_id: str
    waiting_s: float
    packet: HandoffPacket
    since: datetime | None = None
    offered_to: str | None = None


class Snapshot(_Message):
    """Where things stand: who you are and who waits in your queues, first in line first.

    `handoff_id` names the conversation you still have; its `accepted` follows.
    """

    type: Literal["snapshot"] = "snapshot"
    agent_name: str
    handoff_id: str | None = None
    waiting: tuple[Waiting, ...] = ()


class Status(_Message):
    """What you do, and since when."""

    type: Literal["status"] = "status"
    agent_state: AgentState
    since: datetime
    break_reason: str | None = None


class Place(_Message):
    """One place in line."""

    handoff_id: str
    offered_to: str | None = None


class Queue(_Message):
    """Who waits in your queues now: all places in their order, and whoever you do not know yet."""

    type: Literal["queue"] = "queue"
    places: tuple[Place, ...] = ()
    new: tuple[Waiting, ...] = ()


class Offered(Waiting):
    """You are asked to take a hand-off, until `offer_until`."""

    type: Literal["offered"] = "offered"
    offer_until: datetime


class Withdrawn(_Message):
    """You are not asked any more: `declined` or `timed_out` by you, or the hand-off's outcome."""

    type: Literal["withdrawn"] = "withdrawn"
    handoff_id: str
    outcome: str


class Accepted(_Message):
    """The hand-off is yours: everything known, and every turn so far.

    When `consulted_by` names a colleague it is theirs, and you are there to give advice.
    """

    type: Literal["accepted"] = "accepted"
    handoff_id: str
    call_id: str
    packet: HandoffPacket
    turns: tuple[Turn, ...] = ()
    resumed: bool = False
    consulted_by: str | None = None


class Taken(_Message):
    """You did not get it: somebody else was faster, or the reason that `why` gives."""

    type: Literal["taken"] = "taken"
    handoff_id: str
    why: AcceptAnswer = "taken"


class Conversation(_Message):
    """How your conversation stands; `consulting` names the colleague who is in it too."""

    type: Literal["conversation"] = "conversation"
    on_hold: bool = False
    muted: bool = False
    consulting: str | None = None
    three_way: bool = False


class NotesKept(_Message):
    """What is noted of your conversation."""

    type: Literal["notes_kept"] = "notes_kept"
    text: str


class Released(_Message):
    """A conversation is not yours any more, and nothing is left to be closed."""

    type: Literal["released"] = "released"
    handoff_id: str
    why: Literal["passed_on", "left", "lost", "advice_over", "call_over"]


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
    Snapshot
    | Status
    | Queue
    | Offered
    | Withdrawn
    | Accepted
    | Taken
    | Conversation
    | NotesKept
    | Turn
    | CallEnded
    | Closed
    | Released
    | Error
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
