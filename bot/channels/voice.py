"""The `voice` channel: one request a caller's turn, answered as a stream of JSON lines.

`POST /webhooks/voice/turn` answers `application/x-ndjson`. Each line is sent as soon as Rasa has
produced the message: `{"text"}`, `{"custom"}`, then the state, and last `{"done"}` or `{"error"}`.
A turn whose metadata say `guess` is worked out and not carried out (`guesses.py`); first of all it
is told what was understood.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from channels.answering import UNDERSTOOD, answer, store
from channels.guesses import Ending, Guess, Guesses, Line, SendLine, Work, going_on
from channels.lean import make_lean
from channels.surfacing import TurnFailed, surface_failures
from channels.turn_request import MAX_BODY_BYTES, BadTurn, TurnRequest

logger = logging.getLogger(__name__)

# Never part of the state that is stored with a call: large, or known to the gateway already.
PRIVATE_SLOTS = frozenset({"resume_state", "session_started_metadata", "requested_slot"})
TURN_SECONDS = 20.0


class VoiceOutput(OutputChannel):
    """Sends each message of one turn down the response stream as it is produced."""

    def __init__(self, send_line: SendLine) -> None:
        """Bind the output to one open response."""
        self._send_line = send_line

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
        """Send an instruction to the gateway, such as expect, handoff or hangup."""
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
        self._guesses = Guesses()

    @classmethod
    def name(cls) -> str:
        """The path below `/webhooks/`."""
        return "voice"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> VoiceInput:
        """Create the channel from its section of `credentials.yml`."""
        return cls(str((credentials or {}).get("secret") or ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Define the channel's routes; `answering.py` does what `on_new_message` would."""
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
            # A guess begins and a turn takes it before anything is waited for: so none is worked
            # out beside a turn of its call.
            agent: Agent = request.app.ctx.agent
            if asked.guess:
                guess = self._guesses.begin(asked, partial(self._guess, agent, asked))
                try:
                    await _respond(request, guess.follow)
                except asyncio.CancelledError:
                    self._guesses.give_up(guess)
                    raise
                return None
            guessed = self._guesses.take(asked)
            self._in_flight.add(asked.sender)
            try:
                await _respond(request, partial(self._answer, agent, asked, guessed))
            finally:
                self._in_flight.discard(asked.sender)
            return None

        return routes

    def _authorised(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(given, self._authorisation)

    async def _guess(self, agent: Agent, asked: TurnRequest, send_line: SendLine) -> Ending:
        return await self._ending(asked, _worked_out(agent, asked, send_line))

    async def _answer(
        self, agent: Agent, asked: TurnRequest, guess: Guess | None, send_line: SendLine
    ) -> Ending:
        # When the gateway hangs up, Sanic cancels this task: the turn stops where it is, Rasa's
        # lock is released, and the tracker stays as it was before the turn.
        if guess is not None:
            said: list[Line] = []

            async def pass_on(line: Line) -> None:
                # What was understood is told to whoever guesses, and to nobody else.
                if (line.get("custom") or {}).get("type") != UNDERSTOOD:
                    said.append(line)
                    await send_line(line)

            try:
                guessed = await guess.follow(pass_on)
            finally:
                guess.drop()
            if guessed.tracker is not None:
                return await self._ending(asked, store(agent, guessed.tracker))
            send_line = going_on(send_line, said)
        return await self._ending(asked, _carried_out(agent, asked, send_line))

    async def _ending(
        self, asked: TurnRequest, work: Coroutine[Any, Any, DialogueStateTracker]
    ) -> Ending:
        """Wait for what comes of a turn; what fails is told, and logged unless it was a guess."""
        level = logging.DEBUG if asked.guess else logging.ERROR
        try:
            return Ending(await asyncio.wait_for(work, self._turn_seconds))
        except TurnFailed as error:
            logger.log(level, "turn of call %s failed: %s", asked.sender, error)
            return Ending(None, str(error))
        except asyncio.TimeoutError:  # noqa: UP041 (not the built-in one in Python 3.10)
            logger.log(level, "turn of call %s took over %s s", asked.sender, self._turn_seconds)
            return Ending(None, "the assistant took too long")
        except Exception as error:
            logger.log(level, "turn of call %s failed", asked.sender, exc_info=True)
            return Ending(None, f"{type(error).__name__}: {error}")


async def _worked_out(
    agent: Agent, asked: TurnRequest, send_line: SendLine
) -> DialogueStateTracker:
    if not agent.is_ready():
        raise TurnFailed("no model is loaded")
    surface_failures(agent)
    make_lean(agent)
    return await answer(agent, asked, VoiceOutput(send_line))


async def _carried_out(
    agent: Agent, asked: TurnRequest, send_line: SendLine
) -> DialogueStateTracker:
    async with agent.lock_store.lock(asked.sender):
        return await store(agent, await _worked_out(agent, asked, send_line))


async def _respond(request: Request, work: Work) -> None:
    """Send what comes of a turn as a stream of lines."""
    response = await request.respond(content_type="application/x-ndjson")

    async def send_line(line: Line) -> None:
        await response.send(json.dumps(line, separators=(",", ":"), default=str) + "\n")

    ending = await work(send_line)
    if ending.tracker is not None:
        await send_line({"custom": state_of(ending.tracker)})
    await send_line({"error": ending.error} if ending.error else {"done": True})
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
