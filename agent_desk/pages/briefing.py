"""What the agent must know before saying hello: what is given, and the call in four answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from agent_desk import words
from agent_desk.pages.parts import Clock, badge, box, text
from agent_desk.plain_text import plain

if TYPE_CHECKING:
    from contact_center.handoff_packet import HandoffPacket


class Briefing:
    """The strip "do not ask again" and the summary.

    Args:
        zone: Where the company is.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._shown: object = None
        with box(classes="briefing"):
            self._place = box(classes="briefing-place")

    def show(self, packet: HandoffPacket, now: datetime) -> None:
        """Show what is known of a call.

        Args:
            packet: The hand-off packet.
            now: The present instant.
        """
        # A call that comes back to the same agent brings a note along.
        key = (packet.handoff_id, packet.passed_on)
        if key == self._shown:
            return
        self._shown = key
        self._place.clear()
        with self._place:
            self._build(packet, now)

    def _build(self, packet: HandoffPacket, now: datetime) -> None:
        with box("section", "strip", aria_labelledby="given-title"):
            with box(classes="strip-head"):
                text("Do not ask again", "h2", id="given-title")
                badge(words.identity(packet.identity, self._zone, now))
                if packet.complaint is not None:
                    badge(words.badges(packet)[0])
            with box("ul", "chips"):
                for item in words.given(packet):
                    with box("li", f"chip{'' if item.confirmed else ' unsure'}"):
                        text(words.sentence(item.name), classes="chip-name")
                        if item.value:
                            text(item.value, "strong")
                        if not item.confirmed:
                            text("not confirmed", classes="chip-note")
            self._notices(packet, now)
        with box("section", "summary", aria_label="Summary of the call so far"):
            summary = packet.summary
            _answer("Issue", [summary.issue or _reason(packet)], "issue")
            _answer("Asks for", [summary.asks_for], "asks")
            _answer("Already tried", summary.tried, "tried")
            _answer("Promised", summary.promises, "promises")
            _answer("The bot did", packet.actions_done, "done")
            _answer("Not done", packet.actions_not_done, "not-done")

    def _notices(self, packet: HandoffPacket, now: datetime) -> None:
        if packet.complaint is not None:
            owed = packet.complaint
            with box("p", "owed"):
                text(f"{words.sentence(words.words(owed.category))}: answer by ")
                text(words.at(owed.respond_by, self._zone, now), "strong")
                text(", settle by ")
                text(words.at(owed.resolve_by, self._zone, now), "strong")
                text(", ")
                Clock(until=owed.resolve_by, classes="tabular")
                text(" left")
        for passed in packet.passed_on:
            with box("p", "passed-on"):
                text(f"From {plain(passed.from_agent, 40)}: ", "strong")
                text(plain(passed.note, 300) or "no note")


def _answer(name: str, lines: Sequence[str], kind: str) -> None:
    said = [words.sentence(line) for line in lines if line]
    with box(classes=f"answer {kind}"):
        text(name, "h3")
        if not said:
            text("Nothing", "p", "quiet")
        elif len(said) == 1:
            text(said[0], "p")
        else:
            with box("ul"):
                for line in said:
                    text(line, "li")


def _reason(packet: HandoffPacket) -> str:
    return words.named(words.REASONS, packet.reason)
