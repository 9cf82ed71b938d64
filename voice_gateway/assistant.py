"""The client of the assistant's voice channel: one question, a stream of answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

from voice_gateway.conversation.commands import START_OF_CALL
from voice_gateway.conversation.events import (
    AssistantExpects,
    AssistantFailed,
    AssistantFinished,
    AssistantHandsOff,
    AssistantHangsUp,
    AssistantMessage,
    AssistantSetsPace,
)
from voice_gateway.conversation.timing import PACES

__all__ = ["ENTER_CODE", "START_OF_CALL", "Answer", "AssistantClient", "DialogueState"]

log = structlog.get_logger(__name__)

TURN_PATH = "/webhooks/voice/turn"
ENTER_CODE = "/enter_code"
"""What the assistant is asked instead of a code: `metadata["code"]` says what came of it."""
CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 12.0


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Where the assistant stands after a turn: intent, slots and active task, as it sent them."""

    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Understood:
    """What the assistant made of a turn about which it was only asked to guess.

    Args:
        whole: Whether it says something complete.
    """

    whole: bool


Answer = (
    Understood
    | AssistantMessage
    | AssistantExpects
    | AssistantSetsPace
    | AssistantHandsOff
    | AssistantHangsUp
    | AssistantFinished
    | AssistantFailed
    | DialogueState
)


class AssistantClient:
    """Talks to the assistant for all calls of a server.

    Args:
        url: Where the assistant listens, without a path.
        secret: Shared with the assistant's voice channel.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {secret}"},
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def turn(
        self, call_id: str, turn_id: str, text: str, metadata: Mapping[str, Any]
    ) -> AsyncIterator[Answer]:
        """Ask, and pass on each answer as it comes.

        Args:
            call_id: Names the conversation; at most one turn of a call may be in flight.
            turn_id: Put on every answer.
            text: What the caller said, `START_OF_CALL` or `ENTER_CODE`.
            metadata: As the voice channel's contract has it.

        Returns:
            Answers, the last of which is `AssistantFinished` or `AssistantFailed`; a failure is
            an answer and never an exception.
        """
        body = {"sender": call_id, "text": text, "metadata": metadata}
        try:
            async with self._http.stream("POST", TURN_PATH, json=body) as response:
                if response.status_code != httpx.codes.OK:
                    detail = (await response.aread()).decode(errors="replace")[:300]
                    yield AssistantFailed(turn_id, f"HTTP {response.status_code}: {detail}")
                    return
                async for line in response.aiter_lines():
                    answer = read_answer(turn_id, line)
                    if answer is None:
                        continue
                    yield answer
                    if isinstance(answer, AssistantFinished | AssistantFailed):
                        return
            yield AssistantFailed(turn_id, "the answer broke off")
        except httpx.HTTPError as error:
            yield AssistantFailed(turn_id, f"{type(error).__name__}: {error}")


def read_answer(turn_id: str, line: str) -> Answer | None:
    """Read one line of the assistant's stream.

    Args:
        turn_id: Put on the answer.
        line: One JSON object.

    Returns:
        The answer; None for an empty line or something unknown, which a newer assistant may send.
    """
    if not line.strip():
        return None
    try:
        data = json.loads(line)
    except ValueError:
        return AssistantFailed(turn_id, f"not JSON: {line[:100]}")
    match data:
        case {"text": str(text)}:
            return AssistantMessage(turn_id, text)
        case {"custom": {"type": str(kind)}}:
            return _read_custom(turn_id, kind, data["custom"])
        case {"done": True}:
            return AssistantFinished(turn_id)
        case {"error": error}:
            return AssistantFailed(turn_id, str(error))
    log.warning("unknown_answer", line=line[:200])
    return None


def _read_custom(turn_id: str, kind: str, data: dict[str, Any]) -> Answer | None:
    rest = {name: value for name, value in data.items() if name != "type"}
    match kind:
        case "expect":
            return AssistantExpects(
                turn_id,
                str(rest.get("grammar", "free")),
                tuple(str(choice) for choice in rest.get("choices") or ()),
                rest.get("length"),
                float(rest.get("patience") or 0.0),
                bool(rest.get("secret")),
            )
        case "pace" if isinstance(pace := rest.get("pace"), int | float):
            slowest, fastest = PACES
            return AssistantSetsPace(turn_id, min(max(pace, slowest), fastest))
        case "handoff":
            return AssistantHandsOff(turn_id, rest)
        case "hangup":
            return AssistantHangsUp(turn_id)
        case "state":
            return DialogueState(rest)
        case "understood":
            return Understood(bool(rest.get("whole")))
    log.warning("unknown_answer", kind=kind[:50])
    return None
