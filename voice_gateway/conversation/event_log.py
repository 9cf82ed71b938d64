"""Events as JSON lines, so that a whole call can be replayed from its log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import TypeAdapter

from voice_gateway.conversation.commands import Command
from voice_gateway.conversation.core import Conversation
from voice_gateway.conversation.events import Event

_READERS: dict[str, TypeAdapter[Any]] = {
    kind.__name__: TypeAdapter(kind) for kind in get_args(Event)
}


def encode(event: Event, at: float) -> str:
    """Write one event.

    Args:
        event: What happened.
        at: When, on the conversation's clock, in seconds.

    Returns:
        One line of JSON without a line break.
    """
    kind = type(event).__name__
    body = _READERS[kind].dump_python(event, mode="json")
    return json.dumps({"at": at, "event": kind, **body}, ensure_ascii=False)


def decode(line: str) -> tuple[Event, float]:
    """Read one event back.

    Args:
        line: What `encode` wrote.

    Returns:
        The event and its time.

    Raises:
        ValueError: The line is no event.
    """
    data = json.loads(line)
    reader = _READERS.get(data.pop("event", None))
    if reader is None or "at" not in data:
        raise ValueError(f"not an event of a call: {line[:200]}")
    at = float(data.pop("at"))
    return reader.validate_python(data), at


def replay(conversation: Conversation, log: Iterable[str]) -> list[Command]:
    """Run a whole call again.

    Args:
        conversation: A fresh conversation with the language and timing of the logged one.
        log: The lines that `encode` wrote, in order.

    Returns:
        Every command, in order.
    """
    commands: list[Command] = []
    for line in log:
        event, at = decode(line)
        commands += conversation.receive(event, at)
    return commands
