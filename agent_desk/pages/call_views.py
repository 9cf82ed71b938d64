"""Past calls as their pages show them: pure functions from what is kept to what people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final, TypedDict, cast
from urllib.parse import urlencode

from agent_desk.pages.turn_views import PieceView, Spoken, turn_view
from agent_desk.plain_text import plain
from agent_desk.words import DISPOSITIONS, REASONS, TIERS, at, clock, named
from contact_center.call_list import CallFilter, KeptCall, ListedCall
from contact_center.handoff_packet import HANDOFF_REASONS
from contact_center.phone_numbers import ending
from contact_center.recordings import Recording, turn_offsets

ADDRESS: Final = "/desk/calls"
_LONGEST_ENDING: Final = 15
_LONGEST_NAME: Final = 100


# -- the list --------------------------------------------------------------------------------------


def wanted(query: Mapping[str, str]) -> tuple[CallFilter, int]:
    """Read what is asked for in an address; what makes no sense is left out.

    Args:
        query: The address's parameters.

    Returns:
        Which calls, and which page of them.
    """
    reason = query.get("reason", "")
    digits = "".join(char for char in query.get("ending", "") if char in "0123456789")
    page = query.get("page", "")
    return CallFilter(
        first_day=_day(query.get("from", "")),
        last_day=_day(query.get("to", "")),
        agent=query.get("agent", "").strip()[:_LONGEST_NAME] or None,
        number_ending=digits[-_LONGEST_ENDING:] or None,
        reason=next((known for known in HANDOFF_REASONS if known == reason), None),
        disposition=query.get("disposition", "").strip()[:_LONGEST_NAME] or None,
    ), int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1


def address(asked: CallFilter, page: int = 1) -> str:
    """Write the address of a page of the list.

    Args:
        asked: Which calls.
        page: Which page of them.

    Returns:
        The address, which `wanted` reads as the same.
    """
    query = {
        "from": asked.first_day.isoformat() if asked.first_day else "",
        "to": asked.last_day.isoformat() if asked.last_day else "",
        "agent": asked.agent or "",
        "ending": asked.number_ending or "",
        "reason": asked.reason or "",
        "disposition": asked.disposition or "",
        "page": str(page) if page > 1 else "",
    }
    given = urlencode({name: value for name, value in query.items() if value})
    return f"{ADDRESS}?{given}" if given else ADDRESS


@dataclass(frozen=True, slots=True)
class CallLine:
    """One line of the list.

    Args:
        address: The call's own page.
        when: When it was answered.
        lasted: How long it was; "going on" while it is.
        caller: Who called.
        number: How their number ends.
        tier: `vip` or `gold`, where it matters.
        tier_label: That in words.
        reason: Why the bot handed it over; empty when it did not.
        agent: Who took it, or who kept it.
        outcome: How it came out.
    """

    address: str
    when: str
    lasted: str
    caller: str
    number: str
    tier: str
    tier_label: str
    reason: str
    agent: str
    outcome: str


def call_line(call: ListedCall, zone: tzinfo, now: datetime) -> CallLine:
    """Prepare a call for the list.

    Args:
        call: The call.
        zone: Where the company is.
        now: The present instant.

    Returns:
        The line.
    """
    number = "".join(ending(call.caller_number or "", 4))
    tier = call.tier if call.tier in ("vip", "gold") else ""
    nobody = "Nobody" if call.reason else "Bot"
    return CallLine(
        address=f"{ADDRESS}/{call.call_id}",
        when=at(call.started_at, zone, now),
        lasted=lasted(call.started_at, call.ended_at),
        caller=plain(call.customer_name or "", 60) or "Unknown caller",
        number=f"ends in {number}" if number else "number withheld",
        tier=tier,
        tier_label=TIERS[tier] if tier else "",
        reason=named(REASONS, call.reason) if call.reason else "",
        agent=plain(call.agent_name, 60) if call.agent_name else nobody,
        outcome=outcome(call.disposition, call.ended_at, call.end_reason),
    )


def lasted(started_at: datetime, ended_at: datetime | None) -> str:
    """Say how long a call was.

    Args:
        started_at: When it was answered.
        ended_at: When it ended.

    Returns:
        Such as "4:05"; "going on" while it is.
    """
    return clock((ended_at - started_at).total_seconds()) if ended_at else "going on"


def outcome(disposition: str | None, ended_at: datetime | None, end_reason: str | None) -> str:
    """Say how a call came out.

    Args:
        disposition: How an agent closed it, if one did.
        ended_at: When it ended.
        end_reason: How it ended.

    Returns:
        The disposition, otherwise how the call ended.
    """
    if disposition:
        return named(DISPOSITIONS, disposition)
    if ended_at is None:
        return "Going on"
    return named({}, end_reason) if end_reason else "Ended"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# -- one call --------------------------------------------------------------------------------------


class PlayedTurn(TypedDict):
    """A turn beside its recording; `start` is in seconds, None where it is not in the recording."""

    id: str
    speaker: str
    who: str
    at: str
    pieces: list[PieceView]
    unheard: str
    start: float | None


class PausedView(TypedDict):
    """A part that was not recorded, in seconds."""

    start: float
    end: float


class PlayerView(TypedDict):
    """What the player is told; without `source` it shows the transcript alone."""

    turns: list[PlayedTurn]
    source: str
    seconds: float
    paused: list[PausedView]
    note: str


def player_view(kept: KeptCall, recording: Recording | None, zone: tzinfo) -> PlayerView:
    """Prepare a call for the player.

    Args:
        kept: The call.
        recording: Its recording, if it was recorded.
        zone: Where the company is.

    Returns:
        Turns in the order in which they are heard, and what is to be played.
    """
    playable = recording if recording is not None and recording.playable else None
    offsets = turn_offsets(playable, kept.turns) if playable else {}
    caller = plain(kept.call.customer.name, 40) if kept.call.customer else "Caller"
    turns: list[PlayedTurn] = []
    for turn in kept.turns:
        start = offsets.get(turn.turn_id)
        view = turn_view(cast(Spoken, turn), caller, zone)
        shown = view["at"] if start is None else clock(start)
        turns.append({**view, "at": shown, "start": start})
    if playable:
        before = float("-inf")
        places = []
        for index, each in enumerate(turns):
            # What is not in the recording keeps its place behind the turn before it.
            before = each["start"] if each["start"] is not None else before
            places.append((before, index))
        turns = [turns[index] for _, index in sorted(places)]
    return {
        "turns": turns,
        "source": f"/desk/recordings/{kept.call.call_id}" if playable else "",
        "seconds": (playable.seconds or 0.0) if playable else 0.0,
        "paused": [{"start": span.start, "end": span.end} for span in playable.paused]
        if playable
        else [],
        "note": _note(kept, recording),
    }


def _note(kept: KeptCall, recording: Recording | None) -> str:
    if recording is None:
        return "This call was not recorded. Its transcript is below."
    if recording.deleted_at is not None:
        return "The recording has been deleted, as its time was over. The transcript is kept."
    if kept.call.ended_at is None or recording.finished_at is None:
        return "This call is being recorded. It can be played when it is over."
    if recording.broken:
        return "The recording broke off before the call did."
    return "" if recording.playable else "The recording is empty."
