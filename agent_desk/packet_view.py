"""A hand-off packet, a waiting line and a turn, as a terminal shows them: pure functions.

Whatever comes from callers or other systems passes through `plain` and becomes `Text`, so that
neither escape sequences nor rich's markup in it have any effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from agent_desk.doubtful_words import pieces
from agent_desk.plain_text import plain
from agent_desk.words import caller_name, clock, order_words
from agent_desk.words import words as _words
from contact_center.handoff_packet import (
    CustomerFacts,
    HandoffPacket,
    OrderFacts,
    TicketFacts,
)

_TIER_STYLE = {"vip": "bold magenta", "gold": "bold yellow"}
_LEVEL_STYLE = {1: "bold white on red", 2: "bold red", 3: "yellow"}
_WHO = {"caller": "caller", "bot": "bot", "agent": "you"}
_WHO_STYLE = {"caller": "bold cyan", "bot": "bold blue", "agent": "bold green"}
_DOUBTFUL = "underline yellow"


def waiting_line(packet: HandoffPacket, waited_s: float, hint: str) -> Text:
    """Show a waiting hand-off in one line.

    Args:
        packet: The hand-off packet.
        waited_s: Seconds the caller has waited.
        hint: Who is asked to take it, or how it is taken.

    Returns:
        The line, with the hint at its end.
    """
    line = Text("· ", "bold")
    if packet.complaint is not None:
        line.append(*_level(packet))
        line.append(" ")
    if packet.customer is not None and packet.customer.tier in _TIER_STYLE:
        tier = packet.customer.tier
        line.append(tier.upper(), _TIER_STYLE[tier])
        line.append(" ")
    line.append(_words(packet.reason), "bold")
    line.append(f" · {caller_name(packet)}")
    if packet.summary.issue:
        line.append(f" · {plain(packet.summary.issue, 80)}")
    line.append(f" · waiting {clock(waited_s)}", "yellow")
    if hint:
        line.append(f"   {plain(hint, 60)}", "dim")
    return line


def packet_panel(packet: HandoffPacket) -> RenderableType:
    """Show everything known about a call before saying hello.

    Args:
        packet: The hand-off packet.

    Returns:
        A panel without the transcript, which is shown turn by turn.
    """
    title = Text.assemble(
        ("Hand-off", "bold"), f" · {_words(packet.reason)} · {caller_name(packet)}", no_wrap=True
    )
    parts: list[RenderableType] = [*_strips(packet), _summary(packet), _facts(packet)]
    if packet.customer is not None:
        parts += _records(packet.customer)
    return Panel(Group(*parts), title=title, title_align="left", border_style="cyan")


def turn_line(
    speaker: str,
    text: str,
    words: Sequence[Mapping[str, Any]] | None,
    at: datetime,
    *,
    heard: str | None = None,
    complete: bool = True,
    colleague: str | None = None,
) -> Text:
    """Show one turn.

    Args:
        speaker: `caller`, `bot` or `agent`.
        text: What was said.
        words: The recogniser's words, each with `text` and `confidence`; doubtful ones are marked
            by colour, and by a question mark for those who see none.
        at: When it began, aware; shown in the terminal's own time zone.
        heard: What the caller heard of it.
        complete: False when the caller did not hear all of it.
        colleague: Which other agent spoke; None when it was the one who reads it.

    Returns:
        The line.
    """
    who = plain(colleague, 60) if colleague else _WHO.get(speaker, "somebody")
    line = Text.assemble(
        (f"{at.astimezone():%H:%M:%S} ", "dim"),
        (f"{who:>6} ", _WHO_STYLE.get(speaker, "bold")),
    )
    if not complete and heard is not None and text.startswith(heard):
        line.append(plain(heard))
        line.append(" — not heard: ", "dim italic")
        line.append(plain(text[len(heard) :]), "dim strike")
        return line
    for index, piece in enumerate(pieces(text, words)):
        if index:
            line.append(" ")
        if piece.doubtful:
            line.append(f"{plain(piece.text)}(?)", _DOUBTFUL)
        else:
            line.append(plain(piece.text))
    return line


def _strips(packet: HandoffPacket) -> Iterable[RenderableType]:
    if packet.do_not_ask_again:
        given = ", ".join(_words(item) for item in packet.do_not_ask_again)
        yield Text.assemble((" Do not ask again: ", "bold black on yellow"), " ", (given, "bold"))
    if packet.complaint is not None:
        complaint = packet.complaint
        yield Text.assemble(
            _level(packet),
            f" {_words(complaint.category)}: answer by {_time(complaint.respond_by)}, "
            f"settle by {_day_and_time(complaint.resolve_by)}",
        )
    for step in packet.passed_on:
        yield Text.assemble(
            (f"{plain(step.from_agent, 60)} passed this on: ", "bold green"),
            plain(step.note, 500) or "no note",
        )
    promises = packet.summary.promises
    if promises:
        yield Text.assemble(("Promised: ", "bold magenta"), _sentences(promises))


def _summary(packet: HandoffPacket) -> RenderableType:
    summary = packet.summary
    rows: list[tuple[str, Text | str]] = [
        ("issue", plain(summary.issue) or "not known"),
        ("asks for", plain(summary.asks_for)),
        ("tried", _sentences(summary.tried)),
        ("done", _sentences(packet.actions_done)),
        ("not done", Text(_sentences(packet.actions_not_done), "red")),
        ("try next", _sentences(packet.suggestions)),
    ]
    return _table("Summary", rows)


def _facts(packet: HandoffPacket) -> RenderableType:
    customer = packet.customer
    identity = packet.identity
    level_style = {"verified": "green", "claimed": "yellow"}.get(identity.level, "red")
    shown = Text(identity.level, level_style)
    if identity.how:
        shown.append(f" ({plain(identity.how, 60)})", "default")
    if identity.until is not None:
        shown.append(f", until {_time(identity.until)}", "default")
    who: Text | str = "not known"
    if customer is not None:
        who = Text.assemble(
            f"{plain(customer.name, 60)}, ",
            (customer.tier, _TIER_STYLE.get(customer.tier, "")),
            f", found by {_words(customer.matched_by)}",
            (", staff" if customer.is_staff else "", "bold"),
        )
    rows: list[tuple[str, Text | str]] = [
        ("customer", who),
        ("identity", shown),
        ("calls from", plain(packet.call.caller_number) or "a withheld number"),
        ("wants", _intent(packet)),
        ("has given", _slots(packet)),
        ("mood", _mood(packet)),
        ("wait told", _wait(packet)),
    ]
    if packet.call.resumed_from:
        rows.append(("", "goes on with a call that was cut off"))
    return _table("Caller", rows)


def _records(customer: CustomerFacts) -> Iterable[RenderableType]:
    if customer.recent_orders:
        yield _table("Orders", [_order(order) for order in customer.recent_orders])
    if customer.open_tickets:
        yield _table("Open tickets", [_ticket(ticket) for ticket in customer.open_tickets])
    if customer.recent_contacts:
        yield _table(
            "Earlier calls",
            [
                (_day_and_time(contact.at), _words(contact.topic or contact.end_reason or ""))
                for contact in customer.recent_contacts
            ],
        )


def _order(order: OrderFacts) -> tuple[str, Text | str]:
    shown = Text.assemble(
        _words(order.state),
        (" LATE" if order.late else "", "bold red"),
        f" · {plain(', '.join(order.items), 80)} · {order_words(order)}",
    )
    return plain(order.number, 20), shown


def _ticket(ticket: TicketFacts) -> tuple[str, Text | str]:
    return (
        f"#{ticket.ticket_id}",
        f"{_words(ticket.kind)}: {plain(ticket.subject, 80)} · promised by "
        f"{_day_and_time(ticket.promised_at)}",
    )


def _table(title: str, rows: Sequence[tuple[str, Text | str]]) -> RenderableType:
    """Two columns under a heading, without the rows that have nothing to show."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for name, value in rows:
        content = Text(value) if isinstance(value, str) else value
        if content.plain:
            table.add_row(Text(name), content)
    return Padding(Group(Text(title, "bold cyan"), Padding(table, (0, 0, 0, 2))), (1, 0, 0, 0))


def _level(packet: HandoffPacket) -> tuple[str, str]:
    level = packet.complaint.level if packet.complaint is not None else 3
    return f" L{level} complaint ", _LEVEL_STYLE[level]


def _intent(packet: HandoffPacket) -> str:
    if packet.intent is None:
        return ""
    sure = packet.intent.confidence
    return _words(packet.intent.name) + (f" ({sure:.0%} sure)" if sure is not None else "")


def _slots(packet: HandoffPacket) -> str:
    return "; ".join(
        f"{_words(name)} {plain(slot.value, 60)}{'' if slot.confirmed else ' (not confirmed)'}"
        for name, slot in packet.slots.items()
        if slot.value not in (None, "")
    )


def _mood(packet: HandoffPacket) -> str:
    emotion = packet.emotion
    if emotion.latest is None:
        return ""
    peak = f", {emotion.peak:.1f} at worst" if emotion.peak is not None else ""
    direction = f", {emotion.direction}" if emotion.direction != "unknown" else ""
    return f"{emotion.latest:.1f} of 1 upset{direction}{peak}"


def _wait(packet: HandoffPacket) -> str:
    told = packet.routing.wait_told_seconds
    return "" if told is None else f"about {clock(told)}"


def _sentences(texts: Iterable[str]) -> str:
    return "; ".join(plain(text, 200) for text in texts)


def _time(at: datetime) -> str:
    return f"{at.astimezone():%H:%M}"


def _day_and_time(at: datetime) -> str:
    local = at.astimezone()
    return f"{local:%a} {local.day} {local:%b %H:%M}"
