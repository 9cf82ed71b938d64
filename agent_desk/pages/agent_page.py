"""The agent's own page: who waits, who is on the line, and all there is to know about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import structlog
from fastapi import Request
from nicegui import background_tasks, ui

from agent_desk import words
from agent_desk.desk_protocol import ServerMessage, Turn
from agent_desk.pages import desk_view
from agent_desk.pages.agent_state import AgentStateCard
from agent_desk.pages.briefing import Briefing
from agent_desk.pages.call_bar import CallActions, CallBar
from agent_desk.pages.customer_view import CustomerView
from agent_desk.pages.desk_view import Colleague
from agent_desk.pages.frame import frame
from agent_desk.pages.help_view import LATEST_TURNS, HelpView
from agent_desk.pages.notes_view import NotesView
from agent_desk.pages.notices import Notices
from agent_desk.pages.offer_card import OfferCard
from agent_desk.pages.parts import attribute, box, say, show, text
from agent_desk.pages.services import DeskServices
from agent_desk.pages.shortcuts import KEYS
from agent_desk.pages.transcript_view import TranscriptView
from agent_desk.pages.waiting_list import Mine, WaitingList
from agent_desk.pages.wrap_up_form import WrapUpForm
from agent_desk.web.session_guard import SignedIn, staff_of
from agent_desk.workplace import DeskError, Workplace
from contact_center.routing.agents import NOT_ONLINE
from contact_center.routing.roster import Roster
from contact_center.wrap_up import WrapUp, prepared_summary

if TYPE_CHECKING:
    from contact_center.customer_profile import CustomerProfile
    from contact_center.handoff_packet import HandoffPacket
    from contact_center.tickets import TicketKind

log = structlog.get_logger(__name__)

_FOCUS: dict[desk_view.Phase, str] = {
    "idle": "#main",
    "offer": "#main",
    "call": "#conversation",
    "wrap_up": "#conversation",
}
"""Where the keyboard is led when the page changes."""


def register(services: DeskServices) -> None:
    """Serve the page.

    Args:
        services: What it works with.
    """

    @ui.page("/", title="Desk", response_timeout=10)
    async def desk(request: Request) -> None:
        signed_in = staff_of(request)
        page = AgentPage(services, signed_in, await _workplace(services, signed_in))
        page.build()
        page.follow()


async def _workplace(
    services: DeskServices, signed_in: SignedIn, *, ready: bool = False
) -> Workplace:
    staff = signed_in.staff
    return await services.desk.open(staff.name, staff.abilities, ready=ready)


class AgentPage:
    """One window of an agent.

    Args:
        services: What it works with.
        signed_in: Who sits at it.
        workplace: Where they work; shared by all their windows.
    """

    def __init__(self, services: DeskServices, signed_in: SignedIn, workplace: Workplace) -> None:
        self._services = services
        self._signed_in = signed_in
        self._workplace = workplace
        self._zone = services.settings.zone
        self._clock = services.clock
        self._since = desk_view.WaitingSince()
        self._profiles: dict[str, CustomerProfile | None] = {}
        self._suggested_for: tuple[str, str] | None = None
        self._phase: desk_view.Phase = "idle"
        self._unwatch: Callable[[], None] | None = None
        self._online = False
        self._client = ui.context.client

    def build(self) -> None:
        """Put the page together; what it shows comes by `redraw`."""
        with frame("Desk", self._signed_in, "desk", KEYS):
            with box(classes="desk") as self._desk:
                with box("aside", "column left", aria_label="Queue"):
                    self._state = AgentStateCard(self._break, self._come_back)
                    self._mine = Mine()
                    self._waiting = WaitingList()
                with box(classes="column middle"):
                    self._build_middle()
                with box("aside", "column right", aria_label="Customer and help") as self._right:
                    self._customer = CustomerView(self._zone)
                    self._help = HelpView()
                    self._notes = NotesView(self._keep_notes, self._open_ticket, self._zone)
            self._bar = CallBar(self._actions())
            self._notices = Notices()
        self.redraw()

    def _build_middle(self) -> None:
        self._offer = OfferCard(self._accept, self._decline, self._zone)
        with box("section", "idle", aria_label="No call") as self._idle:
            box(classes="idle-mark", aria_hidden="true")
            self._idle_head = text("", "h1")
            self._idle_text = text("", "p", "quiet")
        with box(classes="conversation", id="conversation", tabindex=-1) as self._conversation:
            with box(classes="call-only") as self._call_only:
                self._briefing = Briefing(self._zone)
            with box(classes="after-only") as self._after_only:
                self._wrap_up = WrapUpForm(
                    self._close, lambda: self._notes.written, self._zone, self._clock
                )
            self._transcript = TranscriptView(self._zone, self._workplace.name)

    def follow(self) -> None:
        """Follow the workplace for as long as the window is open."""
        self._unwatch = self._workplace.watch(self._told)
        self._client.on_connect(self._back)
        self._client.on_disconnect(self._gone)
        self._client.on_delete(self._gone)

    async def _back(self) -> None:
        if self._unwatch is not None:
            return
        # The agent may have been given up meanwhile: then this is another workplace.
        self._workplace = await _workplace(self._services, self._signed_in, ready=self._online)
        self._unwatch = self._workplace.watch(self._told)
        self.redraw()

    def _gone(self) -> None:
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None

    def _told(self, message: ServerMessage) -> None:
        try:
            with self._client:
                self.redraw()
                if news := desk_view.news(message):
                    self._notices.tell(*news)
        except Exception as error:
            # One window that cannot be drawn is no reason for the others to miss what happens.
            log.error("desk_not_drawn", error=type(error).__name__, exc_info=True)

    def redraw(self) -> None:
        """Show the workplace as it is now; only what differs is sent to the browser."""
        state = self._workplace.state
        now = self._clock()
        phase = desk_view.phase_of(state)
        offer = state.offer if phase == "offer" else None
        attribute(self._desk, "data-phase", phase)
        if phase != self._phase:
            self._client.run_javascript(f"deskFocus({_FOCUS[phase]!r})")
            self._phase = phase
        self._state.show(state)
        self._show_queue(now)
        show(self._idle, phase == "idle")
        show(self._conversation, state.active is not None)
        show(self._call_only, phase == "call")
        show(self._after_only, phase == "wrap_up")
        show(self._right, phase != "idle")
        self._offer.show(offer, self._since.of(offer, now) if offer else now, now)
        if offer is not None:
            self._notes.wait()
            # All that is known is put in place while the agent decides: accepting only shows it.
            self._show_about(offer.packet, ())
        if state.active is not None:
            self._show_conversation(phase)
        self._bar.show(state)

    def _show_queue(self, now: datetime) -> None:
        state = self._workplace.state
        items = desk_view.waiting_items(state)
        shown = desk_view.waiting_views(items, state.agent_name, self._since, now)
        self._waiting.show(shown, len(items))
        head, line = desk_view.idle_words(state.agent_state, len(items), state.break_reason)
        say(self._idle_head, head)
        say(self._idle_text, line)
        active = state.active
        who = words.caller_name(active.packet) if active is not None else ""
        what = "" if active is None else words.named(words.REASONS, active.packet.reason)
        self._mine.show(who, what, state.since if active is not None else None)

    def _show_about(self, packet: HandoffPacket, turns: Sequence[Turn]) -> None:
        now = self._clock()
        self._briefing.show(packet, now)
        self._customer.show(packet, self._profiles.get(packet.handoff_id), now)
        if packet.handoff_id not in self._profiles:
            self._profiles = {packet.handoff_id: None}
            background_tasks.create(self._read_profile(packet), name="customer profile")
        said = " ".join([t.text for t in turns if t.speaker == "caller"][-LATEST_TURNS:])
        if (packet.handoff_id, said) != self._suggested_for:
            self._suggested_for = (packet.handoff_id, said)
            articles = self._services.knowledge.suggest(packet, said)
            self._help.show(packet.suggestions, articles)

    def _show_conversation(self, phase: desk_view.Phase) -> None:
        state = self._workplace.state
        active = state.active
        assert active is not None
        turns = dict(state.turns)
        self._show_about(active.packet, tuple(turns.values()))
        self._notes.begin(active.handoff_id, state.notes)
        scores = desk_view.scores(active.packet, turns.values())
        caller = words.short_name(active.packet)
        self._transcript.show(active.call_id, caller, turns, scores)
        if phase == "wrap_up":
            summary = prepared_summary(active.packet, turns.values())
            self._wrap_up.begin(active.handoff_id, summary)

    async def _read_profile(self, packet: HandoffPacket) -> None:
        if packet.customer is None:
            return
        customer_id, before = packet.customer.customer_id, packet.call.started_at
        profile = await self._services.profiles.of(customer_id, self._clock(), before=before)
        if profile is None or packet.handoff_id not in self._profiles or self._client.is_deleted:
            return
        self._profiles[packet.handoff_id] = profile
        with self._client:
            self._customer.show(packet, profile, self._clock())

    def _actions(self) -> CallActions:
        async def look_around() -> tuple[tuple[Colleague, ...], tuple[str, ...]]:
            agents = await Roster(self._services.database).signed_in()
            active = self._workplace.state.active
            queue = active.packet.routing.queue if active is not None else "support"
            own = self._signed_in.staff.name
            return desk_view.colleagues(agents, own), desk_view.queues(agents, queue)

        return CallActions(
            mute=lambda on: self._try(self._workplace.mute(on)),
            hold=lambda on: self._try(self._workplace.hold(on)),
            say=lambda line: self._try(self._workplace.say(line)),
            consult=lambda name: self._try(self._workplace.consult(name)),
            end_consult=lambda join: self._try(self._workplace.end_consult(join)),
            pass_on=lambda queue, note: self._try(self._workplace.pass_on(queue, note)),
            hang_up=lambda: self._try(self._workplace.hang_up()),
            look_around=look_around,
            online=self._go_online,
            problem=lambda text: self._notices.tell(text, "problem"),
        )

    async def _go_online(self) -> None:
        self._online = True
        if self._workplace.state.break_reason == NOT_ONLINE:
            await self._come_back()

    async def _try(self, action: Awaitable[object]) -> bool:
        """Do something that can fail, and tell the agent if it does."""
        try:
            await action
        except DeskError as error:
            with self._client:
                self._notices.tell(str(error), "problem")
            return False
        except Exception as error:
            log.error("desk_action_failed", error=type(error).__name__, exc_info=True)
            with self._client:
                self._notices.tell("That did not work at our side: try again.", "problem")
            return False
        return True

    async def _accept(self, handoff_id: str) -> None:
        await self._try(self._workplace.accept(handoff_id))

    async def _decline(self, handoff_id: str) -> None:
        await self._try(self._workplace.decline(handoff_id))

    async def _break(self, reason: str) -> None:
        await self._try(self._workplace.take_break(reason))

    async def _come_back(self) -> None:
        await self._try(self._workplace.come_back())

    async def _keep_notes(self, written: str) -> None:
        await self._try(self._workplace.keep_notes(written))

    async def _close(self, wrap_up: WrapUp, then: Literal["available", "break"]) -> None:
        reason = "After a call" if then == "break" else None
        if await self._try(self._workplace.close(wrap_up, then, reason)):
            self._notices.tell("Cleared.")

    async def _open_ticket(self) -> None:
        active = self._workplace.state.active
        if active is None:
            return
        packet = active.packet
        kind: TicketKind = "follow_up" if packet.complaint is None else "complaint"
        now = self._clock()

        async def open_one() -> None:
            ticket = await self._services.tickets.open_from_call(
                active.handoff_id, self._signed_in.staff.name, kind, packet.summary.issue, now
            )
            self._notes.show_ticket(ticket, now)

        await self._try(open_one())
