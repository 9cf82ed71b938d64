"""A turn as the transcript shows it: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Protocol, TypedDict

from agent_desk.doubtful_words import pieces
from agent_desk.plain_text import plain


class Spoken(Protocol):
    """What is read of a turn."""

    @property
    def turn_id(self) -> str:
        """Names the turn."""
        ...

    @property
    def speaker(self) -> str:
        """Who spoke: caller, bot or agent."""
        ...

    @property
    def agent_name(self) -> str | None:
        """Which agent spoke, of an agent's turn."""
        ...

    @property
    def text(self) -> str:
        """What was said."""
        ...

    @property
    def heard(self) -> str | None:
        """How much of it the caller heard."""
        ...

    @property
    def complete(self) -> bool:
        """Whether all of it was said."""
        ...

    @property
    def started_at(self) -> datetime:
        """When it began."""
        ...

    @property
    def words(self) -> tuple[Mapping[str, Any], ...]:
        """The recognised words."""
        ...


class PieceView(TypedDict):
    """A stretch of text; `sure` is the recogniser's confidence in percent, None for no doubt."""

    text: str
    sure: int | None


class TurnView(TypedDict):
    """What the transcript is told of a turn."""

    id: str
    speaker: str
    who: str
    at: str
    pieces: list[PieceView]
    unheard: str


WHO: Mapping[str, str] = {"caller": "Caller", "bot": "Bot", "agent": "Agent"}


def turn_view(turn: Spoken, caller: str, zone: tzinfo, reader: str = "") -> TurnView:
    """Prepare a turn for the transcript.

    Args:
        turn: The turn.
        caller: What the caller is called.
        zone: Where the company is.
        reader: The agent who looks at it.

    Returns:
        Who, when, the words with the doubtful ones marked, and what the caller did not hear.
    """
    text, unheard = plain(turn.text), ""
    if not turn.complete and turn.heard is not None and turn.text.startswith(turn.heard):
        text, unheard = plain(turn.heard), plain(turn.text[len(turn.heard) :])
    marked: list[PieceView] = [
        {
            "text": plain(piece.text),
            "sure": None if piece.confidence is None else round(piece.confidence * 100),
        }
        for piece in pieces(text, turn.words)
    ]
    return {
        "id": turn.turn_id,
        "speaker": turn.speaker if turn.speaker in WHO else "bot",
        "who": _who(turn, caller, reader),
        "at": f"{turn.started_at.astimezone(zone):%H:%M:%S}",
        "pieces": marked,
        "unheard": unheard,
    }


def _who(turn: Spoken, caller: str, reader: str) -> str:
    if turn.speaker == "caller":
        return caller
    if turn.speaker == "agent" and turn.agent_name:
        return "You" if turn.agent_name == reader else plain(turn.agent_name, 60)
    return WHO.get(turn.speaker, "Somebody")
