"""What pages and terminal call things: pure functions from what is stored to what people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from agent_desk.plain_text import plain
from contact_center.handoff_packet import (
    HandoffPacket,
    Identity,
    OrderFacts,
    SlotValue,
    TicketFacts,
)

REASONS: Mapping[str, str] = {
    "requested": "Asked for a person",
    "emotion": "Is upset",
    "complaint": "Has a complaint",
    "complex": "Needs more than the bot can do",
    "low_confidence": "Was hard to understand",
    "repeated_failure": "The bot failed more than once",
    "policy": "Only a person may do this",
    "after_hours": "Called after hours",
    "system_error": "Something broke at our side",
}
TIERS: Mapping[str, str] = {"vip": "VIP", "gold": "Gold", "standard": "Standard"}
LEVELS: Mapping[int, str] = {
    1: "L1 safety complaint",
    2: "L2 service complaint",
    3: "L3 complaint",
}
STATES: Mapping[str, str] = {
    "available": "Available",
    "offered": "You are asked",
    "on_call": "On a call",
    "wrap_up": "Wrap-up",
    "break": "On a break",
    "offline": "Offline",
}
DISPOSITIONS: Mapping[str, str] = {
    "resolved": "Resolved",
    "call_back_promised": "Call-back promised",
    "transferred": "Transferred",
    "not_resolved": "Not resolved",
    "abandoned": "Caller gave up",
    "abuse": "Abuse",
    "wrong_number": "Wrong number",
}
LET_GO: Mapping[str, str] = {
    "passed_on": "The caller waits for the next agent.",
    "left": "You left the call.",
    "lost": "The connection was lost, and the caller was given to somebody else.",
    "advice_over": "Your colleague has taken the caller back.",
    "call_over": "The call is over.",
}
REFUSALS: Mapping[str, str] = {
    "taken": "A colleague was faster.",
    "expired": "The time to accept was over: the caller is offered to somebody else.",
    "not_offered": "This caller was not offered to you.",
    "gone": "The caller is gone.",
}
BREAKS = ("Lunch", "Short break", "Training", "Meeting", "Technical trouble")

_LONGEST = 300


def words(name: object) -> str:
    """Make a name of the program readable.

    Args:
        name: Such as `order_number`.

    Returns:
        Such as "order number".
    """
    return plain(name, _LONGEST).replace("_", " ")


def sentence(text: object) -> str:
    """Let a text begin with a capital letter.

    Args:
        text: Any text from outside.

    Returns:
        It, free of control characters.
    """
    shown = plain(text, _LONGEST)
    return shown[:1].upper() + shown[1:]


def named(names: Mapping[str, str], key: str) -> str:
    """Look a name up; what is not known is made readable.

    Args:
        names: What is known.
        key: The name.

    Returns:
        What to show.
    """
    return names.get(key) or sentence(words(key))


def caller_name(packet: HandoffPacket) -> str:
    """Say who calls, as well as it is known.

    Args:
        packet: The hand-off packet.

    Returns:
        A name, a number, or "Unknown caller".
    """
    if packet.customer is not None:
        return plain(packet.customer.name, 60)
    return plain(packet.call.caller_number, 20) or "Unknown caller"


def short_name(packet: HandoffPacket) -> str:
    """Say what the caller is called in a narrow place.

    Args:
        packet: The hand-off packet.

    Returns:
        The first name, or "Caller".
    """
    names = plain(packet.customer.name, 60).split() if packet.customer is not None else []
    return names[0] if names else "Caller"


def initials(name: str) -> str:
    """Shorten a name to two letters.

    Args:
        name: Of a person.

    Returns:
        The first letters of its first and last word.
    """
    parts = [part for part in name.split() if part[:1].isalpha()]
    if not parts:
        return "?"
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


def clock(seconds: float) -> str:
    """Write a duration.

    Args:
        seconds: How long.

    Returns:
        Such as "4:05", or "1:04:05" from an hour on.
    """
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def at(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """Write an instant, with its day unless that is today.

    Args:
        moment: The instant, aware.
        zone: Where the company is.
        now: The present instant.

    Returns:
        Such as "14:05", or "Thu Mar 5, 14:05".
    """
    local = moment.astimezone(zone)
    time = f"{local:%H:%M}"
    if local.date() == now.astimezone(zone).date():
        return time
    return f"{local:%a %b} {local.day}, {time}"


def day(value: date) -> str:
    """Write a day.

    Args:
        value: The day.

    Returns:
        Such as "Mar 5".
    """
    return f"{value:%b} {value.day}"


def money(cents: int) -> str:
    """Write an amount.

    Args:
        cents: In cents.

    Returns:
        Such as "$89.99".
    """
    return f"${cents / 100:,.2f}"


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word in a coloured frame.

    Args:
        text: The word.
        kind: What it means, for its colour: alarm, warn, vip, gold, good or quiet.
        title: More words, for whoever points at it.
    """

    text: str
    kind: str
    title: str = ""


def badges(packet: HandoffPacket) -> tuple[Badge, ...]:
    """Say what makes a caller urgent.

    Args:
        packet: The hand-off packet.

    Returns:
        The complaint's level and the customer's tier, where they matter.
    """
    found = []
    if packet.complaint is not None:
        level = packet.complaint.level
        category = sentence(words(packet.complaint.category))
        found.append(Badge(LEVELS[level], "alarm" if level == 1 else "warn", category))
    if packet.customer is not None and packet.customer.tier != "standard":
        tier = packet.customer.tier
        found.append(Badge(TIERS[tier], tier))
    if packet.customer is not None and packet.customer.is_staff:
        found.append(Badge("Staff", "quiet"))
    return tuple(found)


def identity(known: Identity, zone: tzinfo, now: datetime) -> Badge:
    """Say how far the caller has shown who they are.

    Args:
        known: What the packet says.
        zone: Where the company is.
        now: The present instant.

    Returns:
        The level, how, and until when.
    """
    how = words(known.how) if known.how else ""
    if known.level == "verified" and known.until is not None and known.until <= now:
        return Badge("Was verified, has run out", "warn", how)
    if known.level == "verified":
        until = f" until {at(known.until, zone, now)}" if known.until else ""
        return Badge(f"Verified{f' by {how}' if how else ''}{until}", "good")
    if known.level == "claimed":
        return Badge(f"Not verified{f', known by {how}' if how else ''}", "warn")
    return Badge("Identity not known", "alarm")


@dataclass(frozen=True, slots=True)
class Given:
    """Something the caller has said already.

    Args:
        name: What it is.
        value: What they said; empty when only the fact is known.
        confirmed: Whether it was read back and agreed to.
    """

    name: str
    value: str = ""
    confirmed: bool = True


def given(packet: HandoffPacket) -> tuple[Given, ...]:
    """List what nobody must ask for a second time, order numbers first.

    Args:
        packet: The hand-off packet.

    Returns:
        What the caller has given, with the values where they can be shown.
    """
    slots = {words(name): slot for name, slot in packet.slots.items()}
    facts = {"name": caller_name(packet), "phone number": plain(packet.call.caller_number, 20)}
    # The reason for the call stands right below, as the summary's first line.
    listed = [
        _given(name, slots, facts)
        for name in packet.do_not_ask_again
        if name not in ("reason for the call", "proof of identity")
    ]
    return tuple(sorted(listed, key=lambda item: "order" not in item.name))


def _given(name: str, slots: Mapping[str, SlotValue], facts: Mapping[str, str]) -> Given:
    slot = slots.get(name)
    if slot is None:
        return Given(name, facts.get(name, ""))
    return Given(name, plain(slot.value, 60), slot.confirmed)


def mood(scores: Sequence[float], direction: str = "") -> str:
    """Say how the caller's mood went, for whoever does not see the curve.

    Args:
        scores: How upset each turn sounded, from 0 to 1, oldest first.
        direction: What the line made of it: rising, steady, falling or unknown.

    Returns:
        Such as "Very upset, rising".
    """
    if not scores:
        return "Mood not known"
    latest = scores[-1]
    grade = next(
        name
        for limit, name in (
            (0.25, "Calm"),
            (0.5, "A little tense"),
            (0.75, "Upset"),
            (2.0, "Very upset"),
        )
        if latest < limit
    )
    if direction in ("", "unknown"):
        return grade
    return f"{grade}, {direction}"


def direction(scores: Sequence[float]) -> str:
    """Say where a mood goes, by its last turn and the ones before.

    Args:
        scores: How upset each turn sounded, from 0 to 1, oldest first.

    Returns:
        rising, steady, falling, or unknown with fewer than two turns.
    """
    if len(scores) < 2:
        return "unknown"
    before = scores[-4:-1]
    change = scores[-1] - sum(before) / len(before)
    if abs(change) < 0.1:
        return "steady"
    return "rising" if change > 0 else "falling"


def order_words(order: OrderFacts) -> str:
    """Describe an order in a line.

    Args:
        order: The order.

    Returns:
        When it was placed and comes, and what it cost.
    """
    parts = [f"placed {day(order.placed_on)}"]
    if order.delivered_on is not None:
        parts.append(f"delivered {day(order.delivered_on)}")
    elif order.expected_on is not None:
        parts.append(f"expected {day(order.expected_on)}")
    parts.append(money(order.total_cents))
    return ", ".join(parts)


def ticket_words(ticket: TicketFacts, zone: tzinfo, now: datetime) -> str:
    """Say what is owed by a ticket, and when.

    Args:
        ticket: The ticket.
        zone: Where the company is.
        now: The present instant.

    Returns:
        Its kind, its promise and who sees to it.
    """
    due = "overdue since" if ticket.promised_at < now else "due"
    owner = f", {plain(ticket.owner, 40)}" if ticket.owner else ""
    return f"{sentence(words(ticket.kind))}, {due} {at(ticket.promised_at, zone, now)}{owner}"


def usual_follow_up(now: datetime, zone: tzinfo) -> datetime:
    """Propose when a follow-up is promised for: the next working day at ten.

    Args:
        now: The present instant.
        zone: Where the company is.

    Returns:
        The instant, in the company's zone.
    """
    due = now.astimezone(zone).replace(hour=10, minute=0, second=0, microsecond=0)
    due += timedelta(days=1)
    while due.weekday() >= 5:
        due += timedelta(days=1)
    return due
