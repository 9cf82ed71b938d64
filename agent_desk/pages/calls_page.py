"""The list of past calls, and the page of one call: its recording, its words and its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

from nicegui import ui
from nicegui.element import Element
from starlette.exceptions import HTTPException
from starlette.requests import Request

from agent_desk import words
from agent_desk.pages.call_views import (
    ADDRESS,
    PlayerView,
    address,
    call_line,
    lasted,
    outcome,
    player_view,
    wanted,
)
from agent_desk.pages.frame import frame
from agent_desk.pages.parts import badge, box, text
from agent_desk.pages.services import DeskServices
from agent_desk.pages.theme import STATIC
from agent_desk.plain_text import plain
from agent_desk.web.session_guard import SignedIn, staff_of
from agent_desk.words import DISPOSITIONS, REASONS, Badge, named
from contact_center.call_list import CallFilter, CallPage, KeptCall
from contact_center.handoff_packet import HandoffPacket
from contact_center.handoffs import Handoff
from contact_center.phone_numbers import ending
from contact_center.tickets import Ticket

MAY_LOOK = ("supervisor", "designer")
PLAYER_KEYS = (
    ("Space", "Play or pause"),
    ("← →", "Five seconds back or on"),
    ("↑ ↓", "The turn before or after"),
    ("?", "These keys"),
)


class Player(Element, component="components/player.js"):
    """A recording with its transcript.

    Args:
        call: What it plays and shows.
    """

    def __init__(self, call: PlayerView) -> None:
        super().__init__()
        self.props["call"] = call


def register(services: DeskServices) -> None:
    """Serve the pages.

    Args:
        services: What they work with.
    """

    @ui.page("/calls")
    async def calls_page(request: Request) -> None:
        signed_in = _reader(request)
        asked, number = wanted(request.query_params)
        page = await services.call_list.find(asked, number)
        agents = await services.call_list.agents()
        dispositions = await services.call_list.dispositions()
        now, zone = services.clock(), services.settings.zone
        with frame("Calls", signed_in, "calls"):
            _style()
            with box(classes="calls-page scroll"):
                text("Calls", "h1")
                _filters(asked, agents, dispositions)
                _table(page, zone, now)
                _pages(asked, page)

    @ui.page("/calls/{call_id}")
    async def call_page(request: Request, call_id: str) -> None:
        signed_in = _reader(request)
        kept = await services.call_list.open(call_id)
        if kept is None:
            _unknown(signed_in)
            return
        recording = await services.recordings.of_call(call_id)
        now, zone = services.clock(), services.settings.zone
        with frame("Call", signed_in, "calls", PLAYER_KEYS):
            _style()
            with box(classes="call-page"):
                _head(kept, zone, now)
                with box(classes="call-columns"):
                    with box("section", "heard", aria_label="Recording and transcript"):
                        Player(player_view(kept, recording, zone))
                    with box("aside", "about", aria_label="About the call"):
                        for handoff in reversed(kept.handoffs):
                            _handoff(handoff, zone, now)
                        if not kept.handoffs:
                            with box("section", "card"):
                                text("The bot kept this call", "h2")
                                text("It was not handed over to a person.", "p", "quiet")
                        _tickets(kept.tickets, zone, now)


def _unknown(signed_in: SignedIn) -> None:
    with frame("Call", signed_in, "calls"):
        _style()
        with box(classes="calls-page scroll"):
            text("There is no such call", "h1")
            text("It may have been deleted. See that its whole address was copied.", "p")
            text("All calls", "a", href=ADDRESS)


def _reader(request: Request) -> SignedIn:
    signed_in = staff_of(request)
    if signed_in.staff.role not in MAY_LOOK:
        raise HTTPException(403)
    return signed_in


def _style() -> None:
    ui.add_head_html(f'<link rel="stylesheet" href="{STATIC}/overview.css">')


# -- the list --------------------------------------------------------------------------------------


def _filters(asked: CallFilter, agents: Iterable[str], dispositions: Iterable[str]) -> None:
    with box("form", "filters", method="get", action=ADDRESS, aria_label="Which calls"):
        _input("From", "from", "date", asked.first_day.isoformat() if asked.first_day else "")
        _input("To", "to", "date", asked.last_day.isoformat() if asked.last_day else "")
        _choice("Agent", "agent", {name: plain(name, 60) for name in agents}, asked.agent)
        digits = _input("Number ends in", "ending", "text", asked.number_ending or "")
        digits.props.update(inputmode="numeric", pattern="[0-9]{0,15}", title="Digits only", size=6)
        _choice("Reason", "reason", REASONS, asked.reason)
        shown = {key: named(DISPOSITIONS, key) for key in dispositions}
        _choice("Outcome", "disposition", shown, asked.disposition)
        with box(classes="filter-buttons"):
            text("Show", "button", "button primary", type="submit")
            text("Clear", "a", "button", href=ADDRESS)


def _input(label: str, name: str, kind: str, value: str) -> Element:
    with box("label", "filter"):
        text(label)
        return box("input", type=kind, name=name, value=value)


def _choice(label: str, name: str, options: Mapping[str, str], chosen: str | None) -> None:
    with box("label", "filter"):
        text(label)
        with box("select", name=name):
            text("Any", "option", value="")
            for value, shown in options.items():
                option = text(shown, "option", value=value)
                if value == chosen:
                    option.props["selected"] = "selected"


def _table(page: CallPage, zone: tzinfo, now: datetime) -> None:
    with box(classes="sheet"), box("table", "call-list"):
        with box("thead"), box("tr"):
            for name in ("When", "Caller", "Reason", "Agent", "Outcome", "Lasted"):
                text(name, "th", scope="col")
        with box("tbody"):
            if not page.calls:
                with box("tr"):
                    text("No call fits. Take a filter away.", "td", "empty", colspan=6)
            for call in page.calls:
                line = call_line(call, zone, now)
                with box("tr"):
                    with box("td", "when"):
                        text(line.when, "a", href=line.address)
                    with box("td"):
                        with box("span", "who-calls"):
                            text(line.caller, classes="name")
                            if line.tier:
                                badge(Badge(line.tier_label, line.tier))
                        text(line.number, classes="quiet")
                    text(line.reason, "td")
                    text(line.agent, "td", "" if call.agent_name else "quiet")
                    text(line.outcome, "td")
                    text(line.lasted, "td", "tabular")


def _pages(asked: CallFilter, page: CallPage) -> None:
    with box("nav", "pages", aria_label="Pages of the list"):
        calls = "call" if page.total == 1 else "calls"
        text(f"{page.total:,} {calls}, page {page.page} of {page.pages}", "p", "quiet")
        if page.page > 1:
            text("Newer", "a", "button", href=address(asked, page.page - 1), rel="prev")
        if page.page < page.pages:
            text("Older", "a", "button", href=address(asked, page.page + 1), rel="next")


# -- one call --------------------------------------------------------------------------------------


def _head(kept: KeptCall, zone: tzinfo, now: datetime) -> None:
    call = kept.call
    customer = call.customer
    number = "".join(ending(call.caller_number or "", 4))
    with box("header", "call-head"):
        text("All calls", "a", "back", href=ADDRESS)
        with box(classes="call-title"):
            text(plain(customer.name, 60) if customer else "Unknown caller", "h1")
            if customer is not None and customer.tier != "standard":
                badge(Badge(words.TIERS[customer.tier], customer.tier))
        with box("dl", "call-facts"):
            _fact("Number", f"ends in {number}" if number else "withheld")
            _fact("When", words.at(call.started_at, zone, now))
            _fact("Lasted", lasted(call.started_at, call.ended_at))
            disposition = kept.handoffs[-1].disposition if kept.handoffs else None
            _fact("Outcome", outcome(disposition, call.ended_at, call.end_reason))


def _fact(name: str, value: str) -> None:
    with box():
        text(name, "dt")
        text(value, "dd")


def _handoff(handoff: Handoff, zone: tzinfo, now: datetime) -> None:
    packet = handoff.packet
    with box("section", "card handoff"):
        with box(classes="card-head"):
            text(named(REASONS, packet.reason), "h2")
            for each in words.badges(packet):
                badge(each)
        with box("dl", "facts"):
            _fact("Handed over", words.at(handoff.offered_at, zone, now))
            _fact("Agent", plain(handoff.agent_name or "", 60) or "Nobody took it")
            if handoff.disposition:
                _fact("Outcome", named(DISPOSITIONS, handoff.disposition))
            else:
                _fact("State", words.sentence(words.words(handoff.state)))
        _summary(packet)
        if handoff.notes:
            text("Notes", "h3")
            for line in handoff.notes.splitlines():
                text(plain(line), "p")


def _summary(packet: HandoffPacket) -> None:
    summary = packet.summary
    for name, lines in (
        ("Issue", (summary.issue,)),
        ("Asks for", (summary.asks_for,)),
        ("Already tried", summary.tried),
        ("Promised", summary.promises),
        ("The bot did", packet.actions_done),
        ("Not done", packet.actions_not_done),
    ):
        said = [words.sentence(line) for line in lines if line]
        if said:
            text(name, "h3")
            for line in said:
                text(line, "p")


def _tickets(tickets: Iterable[Ticket], zone: tzinfo, now: datetime) -> None:
    with box("section", "card tickets"):
        text("Tickets", "h2")
        listed = list(tickets)
        if not listed:
            text("Nothing is owed because of this call.", "p", "quiet")
        for ticket in listed:
            with box("article", "owed-ticket"):
                with box(classes="card-head"):
                    text(f"{ticket.id}: {words.sentence(words.words(ticket.kind))}", "h3")
                    badge(_ticket_state(ticket, now))
                text(words.sentence(ticket.subject), "p")
                owner = plain(ticket.owner or "", 60) or "nobody yet"
                due = words.at(ticket.promised_at, zone, now)
                text(f"Promised by {due}. Owner: {owner}.", "p", "quiet")


def _ticket_state(ticket: Ticket, now: datetime) -> Badge:
    if ticket.state == "closed":
        return Badge("Done", "good")
    return Badge("Overdue", "alarm") if ticket.promised_at < now else Badge("Open", "quiet")
