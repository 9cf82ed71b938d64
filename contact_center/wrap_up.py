"""The wrap-up of a call: how it came out, what is to be remembered, and what is still owed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, cast, get_args

from contact_center.database import Database
from contact_center.handoff_packet import HandoffPacket
from contact_center.handoffs import UnknownHandoff
from contact_center.models import HandoffRow, WrapUpRow
from contact_center.privacy import redact
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Ticket, Tickets

Disposition = Literal[
    "resolved", "call_back_promised", "transferred", "not_resolved", "abuse", "wrong_number"
]
DISPOSITIONS: Final[tuple[Disposition, ...]] = get_args(Disposition)

MOST_PROMISES = 5
# What of an agent's own sentences may be a promise; the agent strikes out what is none.
_PROMISING: Final = re.compile(
    r"\b(?:i|we)(?:'ll|'m going to|'re going to| will| am going to| are going to| promise)\b"
    r"|\byou(?:'ll| will) (?:get|receive|have|hear)\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[^.!?]+[.!?]*")


class Spoken(Protocol):
    """One turn of a call, as stored or as a desk shows it."""

    @property
    def speaker(self) -> str:
        """Who spoke: "caller", "bot" or "agent"."""
        ...

    @property
    def text(self) -> str:
        """What was said."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What the agent promised to do after the call.

    Args:
        what: In a few words.
        due: By when, as an aware time.

    Raises:
        ValueError: Nothing is said of what, or the time has no zone.
    """

    what: str
    due: datetime

    def __post_init__(self) -> None:
        if not self.what.strip():
            raise ValueError("a follow-up says what is to be done")
        if self.due.tzinfo is None:
            raise ValueError("a follow-up is due at a time with a zone")


@dataclass(frozen=True, slots=True)
class WrapUp:
    """What an agent writes down after a call.

    Args:
        disposition: How it came out.
        summary: The call in a few lines, for whoever speaks with this customer next.
        notes: Anything else.
        follow_up: What is still to be done, if something is.

    Raises:
        ValueError: There is no such disposition.
    """

    disposition: Disposition
    summary: str = ""
    notes: str = ""
    follow_up: FollowUp | None = None

    def __post_init__(self) -> None:
        if self.disposition not in DISPOSITIONS:
            raise ValueError(f"{self.disposition!r} is none of {', '.join(DISPOSITIONS)}")


@dataclass(frozen=True, slots=True)
class StoredWrapUp:
    """A wrap-up as it was stored.

    Args:
        handoff_id: The hand-off of the call.
        agent_name: Who wrote it.
        disposition: How the call came out.
        summary: The call in a few lines.
        notes: Anything else.
        ticket: The follow-up, as it stands now.
        at: When it was written.
    """

    handoff_id: str
    agent_name: str
    disposition: Disposition
    summary: str
    notes: str
    ticket: Ticket | None
    at: datetime


class WrapUps:
    """Keeps what agents wrote down after their calls.

    Args:
        db: Where it is stored.
        settings: Passed on to the tickets.
    """

    def __init__(self, db: Database, settings: ContactCenterSettings | None = None) -> None:
        self._db = db
        self._tickets = Tickets(db, settings)

    async def store(
        self, handoff_id: str, agent_name: str, wrap_up: WrapUp, now: datetime
    ) -> Ticket | None:
        """Store a wrap-up, and open the ticket of its follow-up.

        Storing again for the same hand-off replaces what was stored, with its ticket. Card numbers,
        codes and passwords that were written down are hidden.

        Args:
            handoff_id: The hand-off of the call.
            agent_name: Who writes it; the follow-up is theirs.
            wrap_up: What they write.
            now: The present instant.

        Returns:
            The ticket of the follow-up; a call-back when the disposition says so.

        Raises:
            UnknownHandoff: There is no such hand-off.
        """
        ticket = None
        if wrap_up.follow_up is not None:
            ticket = await self._tickets.open_from_call(
                handoff_id,
                agent_name,
                "callback" if wrap_up.disposition == "call_back_promised" else "follow_up",
                wrap_up.follow_up.what,
                now,
                promised_at=wrap_up.follow_up.due,
            )
        async with self._db.session() as session:
            if await session.get(HandoffRow, handoff_id) is None:
                raise UnknownHandoff(handoff_id)
            before = await session.get(WrapUpRow, handoff_id, with_for_update=True)
            replaced = before.ticket_id if before else None
            await session.merge(
                WrapUpRow(
                    handoff_id=handoff_id,
                    agent_name=agent_name,
                    disposition=wrap_up.disposition,
                    summary=redact(wrap_up.summary.strip(), contacts=False),
                    notes=redact(wrap_up.notes.strip(), contacts=False),
                    ticket_id=ticket.id if ticket else None,
                    at=now,
                )
            )
        if replaced is not None and (ticket is None or ticket.id != replaced):
            await self._tickets.close(replaced, now)
        return ticket

    async def get(self, handoff_id: str) -> StoredWrapUp | None:
        """Read the wrap-up of a hand-off.

        Args:
            handoff_id: The hand-off.

        Returns:
            What was written down; None when nothing was.
        """
        async with self._db.reading() as session:
            row = await session.get(WrapUpRow, handoff_id)
        if row is None:
            return None
        return StoredWrapUp(
            handoff_id=row.handoff_id,
            agent_name=row.agent_name,
            disposition=cast(Disposition, row.disposition),
            summary=row.summary,
            notes=row.notes,
            ticket=None if row.ticket_id is None else await self._tickets.get(row.ticket_id),
            at=row.at,
        )


def prepared_summary(packet: HandoffPacket, turns: Iterable[Spoken]) -> str:
    """Write the summary of a call that the agent then corrects.

    Args:
        packet: What was handed over.
        turns: What was said in the call, in order; of the agent's turns, what sounds like a promise
            is taken over.

    Returns:
        A few lines, such as "Wanted: The floor lamp is six days late.", without those that would
        have nothing to say.
    """
    told = packet.summary
    lines = {
        "Wanted": told.issue,
        "Asked for": told.asks_for,
        "Tried": "; ".join(told.tried),
        "Not done": "; ".join(packet.actions_not_done),
        "Promised": "; ".join((*told.promises, *_promises(turns))),
    }
    return "\n".join(f"{name}: {text}" for name, text in lines.items() if text.strip())


def _promises(turns: Iterable[Spoken]) -> tuple[str, ...]:
    said = dict.fromkeys(
        redact(sentence)
        for turn in turns
        if turn.speaker == "agent"
        for sentence in _sentences(turn.text)
        if _PROMISING.search(sentence)
    )
    return tuple(f"\u201c{sentence}\u201d" for sentence in list(said)[-MOST_PROMISES:])


def _sentences(text: str) -> Iterator[str]:
    return (found[0].strip() for found in _SENTENCE.finditer(text))
