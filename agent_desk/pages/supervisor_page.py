"""The supervisors' page: queues, agents and live calls, and a way into each call."""

from __future__ import annotations

from typing import Any, cast, get_args

import structlog
from nicegui import ui
from nicegui.element import Element
from starlette.exceptions import HTTPException
from starlette.requests import Request

from agent_desk.pages.call_bar import Microphone
from agent_desk.pages.floor_view import FloorView, floor_view
from agent_desk.pages.frame import frame
from agent_desk.pages.notices import Notices
from agent_desk.pages.parts import attribute, box, button, say, show, text
from agent_desk.pages.services import DeskServices
from agent_desk.pages.theme import STATIC
from agent_desk.supervision import SupervisionRefused, Way
from agent_desk.web.session_guard import SignedIn, staff_of
from contact_center.database import StorageError

log = structlog.get_logger(__name__)

EVERY_S = 2.0
KEYS = (("x", "Leave the call"), ("?", "These keys"))
_WAYS: tuple[Way, ...] = get_args(Way)


class FloorSheet(Element, component="components/floor.js"):
    """Queues, agents, calls and alerts.

    Args:
        floor: What they show.
    """

    def __init__(self, floor: FloorView) -> None:
        super().__init__()
        self.props["floor"] = floor

    def put(self, floor: FloorView) -> None:
        """Show how things stand now.

        Args:
            floor: What is shown.
        """
        self.props["floor"] = floor


def register(services: DeskServices) -> None:
    """Serve the page.

    Args:
        services: What it works with.
    """

    @ui.page("/floor")
    async def floor_page(request: Request) -> None:
        signed_in = staff_of(request)
        if signed_in.staff.role != "supervisor":
            raise HTTPException(403)
        await _Page(services, signed_in).build()


class _Page:
    """One supervisor's page in one window."""

    def __init__(self, services: DeskServices, signed_in: SignedIn) -> None:
        self._services = services
        self._signed_in = signed_in
        self._name = signed_in.staff.name
        self._joined_here = False
        self._is_stale = False

    async def build(self) -> None:
        with frame("Floor", self._signed_in, "floor", KEYS):
            ui.add_head_html(f'<link rel="stylesheet" href="{STATIC}/overview.css">')
            text("Floor", "h1", "visually-hidden")
            self._sheet = FloorSheet(await self._look())
            self._sheet.on("join", self._join)
            self._sheet.on("leave", self._leave, args=[])
            with box("section", "call-bar", aria_label="Your voice"):
                self._microphone = Microphone(self._tell)
                self._doing = text("", "p", "doing", role="status")
                self._leave_button = button("Leave", self._leave, key="x", classes="leave")
            self._notices = Notices()
        self._show_joined()
        ui.timer(EVERY_S, self._refresh)
        ui.context.client.on_delete(self._closed)

    async def _look(self) -> FloorView:
        services = self._services
        view = await services.floor.look(services.clock())
        return floor_view(
            view,
            services.supervision.current(self._name),
            lambda call_id: services.supervision.why_not(self._name, call_id),
            services.settings.zone,
        )

    async def _refresh(self) -> None:
        try:
            self._sheet.put(await self._look())
        except StorageError as error:
            if not self._is_stale:
                log.warning("floor_not_read", error=str(error))
                self._tell("The floor cannot be read now. What you see may be out of date.")
            self._is_stale = True
            return
        if self._is_stale:
            self._is_stale = False
            self._tell("The floor is up to date again.", "done")
        self._show_joined()

    def _show_joined(self) -> None:
        doing = cast(FloorView, self._sheet.props["floor"])["doing"]
        say(self._doing, doing or "You are in no call. Join one from the list of live calls.")
        self._doing.classes(add="live" if doing else "", remove="" if doing else "live")
        show(self._leave_button, bool(doing))
        # Who only listens is not heard anyway; their microphone need not send at all.
        joined = self._services.supervision.current(self._name)
        attribute(self._microphone, "muted", joined is not None and joined.way == "listen")

    async def _join(self, event: Any) -> None:
        asked = event.args[0] if isinstance(event.args, list) else event.args
        call_id, way = str(asked.get("call", "")), asked.get("way")
        if way not in _WAYS:
            return
        supervision = self._services.supervision
        join = {
            "listen": supervision.listen,
            "whisper": supervision.whisper,
            "barge_in": supervision.barge_in,
        }[cast(Way, way)]
        try:
            await join(self._name, call_id)
            self._joined_here = True
        except SupervisionRefused as refused:
            self._tell(str(refused))
        except StorageError as error:
            log.warning("supervision_not_noted", error=str(error))
            self._tell("This could not be written down, so it did not begin. Try again.")
        await self._refresh()

    async def _leave(self) -> None:
        self._services.supervision.leave(self._name)
        self._joined_here = False
        await self._refresh()

    def _tell(self, message: str, kind: str = "problem") -> None:
        self._notices.tell(message, kind)

    def _closed(self) -> None:
        # Nobody stays in a call unseen after the window is gone from which they joined it.
        if self._joined_here:
            self._services.supervision.leave(self._name)
