"""The `voice` channel: one request a caller's turn, answered as a stream of JSON lines.

`POST /webhooks/voice/turn` answers `application/x-ndjson`. Each line is sent as soon as Rasa has
produced the message: `{"text"}`, `{"custom"}`, then the state, and last `{"done"}` or `{"error"}`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from channels.surfacing import TurnFailed, surface_failures
from channels.turn_request import MAX_BODY_BYTES, BadTurn, TurnRequest
from channels.understanding import understand

logger = logging.getLogger(__name__)

SendLine = Callable[[dict[str, Any]], Awaitable[None]]

# Never part of the state that is stored with a call: large, or known to the gateway already.
PRIVATE_SLOTS = frozenset({"resume_state", "session_started_metadata", "requested_slot"})
TURN_SECONDS = 20.0


class VoiceOutput(OutputChannel):
    """Sends each message of one turn down the response stream as it is produced."""

    def __init__(self, send_line: SendLine) -> None:
        """Bind the output to one open response."""
        self._send_line = send_line
        self.tracker: DialogueStateTracker | None = None

    @classmethod
    def name(cls) -> str:
        """The channel's name, by which responses can be worded for it."""
        return "voice"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Send one sentence or two to be spoken."""
        await self._send_line({"text": text})

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        """Send an instruction to the gateway: expect, handoff or hangup."""
        await self._send_line({"custom": json_message})


class VoiceInput(InputChannel):
    """Receives the caller's turns from the voice gateway."""

    def __init__(self, secret: str, turn_seconds: float = TURN_SECONDS) -> None:
        """Create the channel.

        Args:
            secret: What the gateway must present as a bearer token.
            turn_seconds: A turn that takes longer fails.

        Raises:
            ValueError: The secret is empty.
        """
        if not secret:
            raise ValueError("the voice channel needs a secret: set WARMLINE_ASSISTANT_SECRET")
        self._authorisation = f"Bearer {secret}".encode()
        self._turn_seconds = turn_seconds
        self._in_flight: set[str] = set()

    @classmethod
    def name(cls) -> str:
        """The path below `/webhooks/`."""
        return "voice"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> VoiceInput:
        """Create the channel from its section of `credentials.yml`."""
        return cls(str((credentials or {}).get("secret") or ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Define the channel's routes."""
        routes = Blueprint("voice")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return json_response({"status": "ok"})

        @routes.post("/turn", stream=True)
        async def turn(request: Request) -> HTTPResponse | None:
            if not self._authorised(request):
                return _refusal(401, "wrong or missing secret")
            body = await _read(request)
            if body is None:
                return _refusal(413, f"more than {MAX_BODY_BYTES} bytes")
            try:
                asked = TurnRequest.parse(body)
            except BadTurn as error:
                return _refusal(400, str(error))
            if asked.sender in self._in_flight:
                return _refusal(409, "a turn of this call is still being answered")
            self._in_flight.add(asked.sender)
            try:
                await self._answer(request, asked, on_new_message)
            finally:
                self._in_flight.discard(asked.sender)
            return None

        return routes

    def _authorised(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(given, self._authorisation)

    async def _answer(
        self,
        request: Request,
        asked: TurnRequest,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
    ) -> None:
        response = await request.respond(content_type="application/x-ndjson")

        async def send_line(line: dict[str, Any]) -> None:
            await response.send(json.dumps(line, separators=(",", ":"), default=str) + "\n")

        output = VoiceOutput(send_line)
        last: dict[str, Any] = {"done": True}
        # When the gateway hangs up, Sanic cancels this task: the turn stops where it is, Rasa's
        # lock is released, and the tracker stays as it was before the turn.
        try:
            agent: Agent = request.app.ctx.agent
            if not agent.is_ready():
                raise TurnFailed("no model is loaded")
            surface_failures(agent)
            understood = await understand(agent, asked)
            message = UserMessage(
                understood.asked.text,
                output,
                asked.sender,
                input_channel=self.name(),
                metadata=understood.asked.metadata,
                parse_data=understood.parsed,
            )
            await asyncio.wait_for(on_new_message(message), self._turn_seconds)
            if output.tracker is not None:
                await send_line({"custom": state_of(output.tracker)})
        except TurnFailed as error:
            logger.error("turn of call %s failed: %s", asked.sender, error)
            last = {"error": str(error)}
        except asyncio.TimeoutError:  # noqa: UP041 (not the built-in one in Python 3.10)
            logger.error("turn of call %s took over %s s", asked.sender, self._turn_seconds)
            last = {"error": "the assistant took too long"}
        except Exception as error:
            logger.exception("turn of call %s failed", asked.sender)
            last = {"error": f"{type(error).__name__}: {error}"}
        await send_line(last)
        await response.eof()


def state_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Describe where a conversation stands.

    Args:
        tracker: The call's tracker after a turn.

    Returns:
        The channel's `state` message.
    """
    intent = (tracker.latest_message.intent if tracker.latest_message else None) or {}
    slots = {
        name: value
        for name, value in tracker.current_slot_values().items()
        if value is not None and name not in PRIVATE_SLOTS
    }
    return {
        "type": "state",
        "intent": {"name": intent.get("name"), "confidence": intent.get("confidence")},
        "slots": slots,
        "active_task": slots.get("active_task"),
        "misunderstandings": int(slots.get("misunderstandings") or 0),
    }


async def _read(request: Request) -> bytes | None:
    """Read a request body, but never more than the limit."""
    body = b""
    while True:
        chunk = await request.stream.read()
        if chunk is None:
            return body
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None


def _refusal(status: int, reason: str) -> HTTPResponse:
    return json_response({"error": reason}, status=status)
