"""One call as a page to read: the conversation, the hand-off packet, and the recording beside it.

The page is one HTML file; only the recording is a file of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from statistics import median
from typing import Any, Literal
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from agent_desk.doubtful_words import DOUBTFUL_BELOW, pieces
from agent_desk.plain_text import plain
from agent_desk.words import clock, money, words
from contact_center.calls import TurnRecord
from contact_center.handoff_packet import HandoffPacket

SLOW_ANSWER_S = 1.0
"""Answers later than this are shown as slow."""

_WHO = {"caller": "Caller", "bot": "Bot", "agent": "Agent"}


@dataclass(frozen=True, slots=True)
class PagePiece:
    """A stretch of a turn's text and how to show it."""

    text: str
    kind: Literal["plain", "doubtful", "unheard"] = "plain"
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class PageTurn:
    """One turn as the page shows it.

    Args:
        speaker: `caller`, `bot` or `agent`.
        text: What was said, or was to be said.
        at_s: Seconds from the start of the recording.
        heard: What the caller heard of it, when it was interrupted.
        complete: False when the caller did not hear all of it.
        confidence: Of the recogniser, 0 to 1, for a caller's turn.
        words: The recogniser's words, each with `text` and `confidence`.
        delay_s: For an answer: seconds from the caller's last word to its first sound.
        did: What the bot did, one phrase each ("looked up order 482913").
        barge_in: True when the caller interrupted with this turn.
    """

    speaker: str
    text: str
    at_s: float
    heard: str | None = None
    complete: bool = True
    confidence: float | None = None
    words: Sequence[Mapping[str, Any]] = ()
    delay_s: float | None = None
    did: tuple[str, ...] = ()
    barge_in: bool = False

    @classmethod
    def from_record(
        cls,
        record: TurnRecord,
        call_started_at: datetime,
        *,
        delay_s: float | None = None,
        did: tuple[str, ...] = (),
    ) -> PageTurn:
        """Make it from a stored turn.

        Args:
            record: The turn as stored.
            call_started_at: When the call (and its recording) began, aware.
            delay_s: As in the class.
            did: As in the class.

        Returns:
            The turn for the page.
        """
        return cls(
            speaker=record.speaker,
            text=record.text,
            at_s=max((record.started_at - call_started_at).total_seconds(), 0.0),
            heard=record.heard,
            complete=record.complete,
            confidence=record.confidence,
            words=record.words or (),
            delay_s=delay_s,
            did=did,
            barge_in=record.barge_in,
        )

    @property
    def who(self) -> str:
        """The speaker's name on the page."""
        return _WHO.get(self.speaker, "Somebody")

    @property
    def side(self) -> str:
        """The speaker as a class of the style sheet."""
        return self.speaker if self.speaker in _WHO else "bot"

    @property
    def unheard(self) -> str:
        """The end of the text that the caller did not hear."""
        if self.complete or self.heard is None or not self.text.startswith(self.heard):
            return ""
        return self.text[len(self.heard) :].strip()

    @property
    def pieces(self) -> list[PagePiece]:
        """The text in stretches, cleaned of what a reader cannot see."""
        if self.unheard:
            parts = [
                PagePiece(plain(self.heard)),
                PagePiece(plain(self.unheard), "unheard"),
            ]
            return [part for part in parts if part.text]
        return [
            PagePiece(plain(part.text), "doubtful", part.confidence)
            if part.doubtful
            else PagePiece(plain(part.text))
            for part in pieces(self.text, self.words)
        ]


@dataclass(frozen=True, slots=True)
class CallReport:
    """One call as the page shows it.

    Args:
        call_id: The call.
        title: What the page is called.
        caller: Who called, as it may be shown.
        started_at: When it was answered, aware; shown in this time's own zone.
        turns: Everything that was said, in order.
        ended_at: When it ended, aware; None for a live call.
        end_reason: Why it ended.
    """

    call_id: str
    title: str
    caller: str
    started_at: datetime
    turns: tuple[PageTurn, ...]
    ended_at: datetime | None = None
    end_reason: str | None = None

    @property
    def delays(self) -> list[float]:
        """The delays of the answers that were measured, in seconds."""
        return [turn.delay_s for turn in self.turns if turn.delay_s is not None]

    @property
    def has_doubtful_words(self) -> bool:
        """Whether any word is marked."""
        return any(piece.kind == "doubtful" for turn in self.turns for piece in turn.pieces)

    @property
    def median_delay(self) -> float:
        """The median of `delays`; 0 when there are none."""
        return median(self.delays) if self.delays else 0.0


def render_call_page(
    report: CallReport, packet: HandoffPacket | None = None, audio_file: str | None = None
) -> str:
    """Write the page of one call.

    Args:
        report: The call.
        packet: The hand-off packet, when the call was handed to a person.
        audio_file: Name of the stereo recording in the page's own folder.

    Returns:
        The HTML document.
    """
    return (
        _environment()
        .get_template("call_page.html.j2")
        .render(
            call=report,
            packet=packet,
            # "./" keeps a name such as "javascript:..." a name.
            audio=f"./{quote(audio_file)}" if audio_file else None,
            slow_s=SLOW_ANSWER_S,
            doubtful_below=DOUBTFUL_BELOW,
            zone=report.started_at.tzinfo,
            nonce=secrets.token_urlsafe(12),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("warmline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
    environment.filters.update(
        clock=clock,
        seconds=_seconds,
        percent=_percent,
        day_and_time=_day_and_time,
        words=words,
        money=money,
    )
    return environment


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _day_and_time(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M} {at.tzname() or ''}".strip()
