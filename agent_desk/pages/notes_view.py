"""The agent's notes, kept as they are typed, and the ticket of one click."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from agent_desk import words
from agent_desk.pages.parts import Clock, Field, attribute, box, button, say, show, text

if TYPE_CHECKING:
    from contact_center.tickets import Ticket


class NotesView:
    """Notes and ticket.

    Args:
        keep: Keeps what was typed.
        open_ticket: Opens a ticket.
        zone: Where the company is.
    """

    def __init__(
        self,
        keep: Callable[[str], Awaitable[None]],
        open_ticket: Callable[[], Awaitable[None]],
        zone: tzinfo,
    ) -> None:
        self._keep = keep
        self._zone = zone
        self._handoff_id: str | None = None

        async def changed(written: str) -> None:
            say(self._kept, "Saving")
            await self._keep(written)
            say(self._kept, "Saved")

        with box("section", "card notes", aria_labelledby="notes-title"):
            with box(classes="card-head"):
                text("Notes", "h2", id="notes-title")
                box(classes="space")
                self._open = button("Open a ticket", open_ticket, key="k", classes="small")
                with box(classes="ticket", role="status") as self._ticket:
                    self._number = text("", "strong")
                    self._due = text("", classes="quiet")
                    self._left = Clock(classes="tabular")
            self._field = Field(
                "Notes",
                rows=3,
                placeholder="For yourself and whoever comes next",
                focus_key="n",
                changed=changed,
            )
            self._kept = text("", classes="kept quiet", role="status")
        show(self._ticket, False)

    def wait(self) -> None:
        """Be empty until there is a conversation."""
        if self._handoff_id != "":
            self._begin("", "")

    def begin(self, handoff_id: str, notes: str) -> None:
        """Begin with another conversation.

        Args:
            handoff_id: Its hand-off.
            notes: What was written already.
        """
        if handoff_id != self._handoff_id:
            self._begin(handoff_id, notes)

    def _begin(self, handoff_id: str, notes: str) -> None:
        self._handoff_id = handoff_id
        self._field.fill(notes)
        say(self._kept, "Saved" if notes else "")
        show(self._ticket, False)
        show(self._open, True)
        for element in (self._field, self._open):
            attribute(element, "disabled", None if handoff_id else True)

    @property
    def written(self) -> str:
        """What stands in the field."""
        return self._field.value

    def show_ticket(self, ticket: Ticket, now: datetime) -> None:
        """Show the ticket of this conversation, with its time running.

        Args:
            ticket: The ticket.
            now: The present instant.
        """
        owed = "settle" if ticket.responded_at is not None else "answer"
        say(self._number, f"Ticket #{ticket.id}")
        say(self._due, f"{owed} in")
        by = words.at(ticket.due_by, self._zone, now)
        attribute(self._ticket, "title", f"{owed.capitalize()} by {by}")
        self._left.set(until=ticket.due_by)
        show(self._open, False)
        show(self._ticket, True)
