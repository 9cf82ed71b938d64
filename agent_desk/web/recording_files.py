"""The audio of recorded calls, for those who may listen to it; each opening is audited."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import anyio
import structlog
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from agent_desk.web.session_guard import staff_of
from agent_desk.web.site import Site
from contact_center.audit import Audit
from contact_center.calls import Calls
from contact_center.recordings import Recordings
from contact_center.staff import Staff

log = structlog.get_logger(__name__)

ONE_OPENING: Final = timedelta(minutes=1)
"""A player asks for a recording piece by piece; with no longer pauses that is one opening."""
HEAR_ALL: Final = frozenset({"supervisor", "designer"})
"""The roles that may listen to every call; agents may listen to their own."""


class RecordingFiles:
    """Serves recordings, in ranges so that a player can seek.

    Args:
        site: Of which company.
        folder: Where the files lie.
    """

    def __init__(self, site: Site, folder: Path) -> None:
        self._site = site
        self._folder = folder
        self._recordings = Recordings(site.database)
        self._calls = Calls(site.database)
        self._audit = Audit(site.database)
        self._opened: dict[tuple[int, str], datetime] = {}

    def routes(self) -> list[Route]:
        """List the addresses that are answered here."""
        return [Route("/desk/recordings/{call_id}", self._play, methods=["GET"])]

    async def _play(self, request: Request) -> Response:
        call_id = str(request.path_params["call_id"])
        signed_in = staff_of(request)
        if not await self._may_hear(signed_in.staff, call_id):
            return self._site.message(
                403,
                "This recording is not for you",
                "Agents may listen to the calls that they took.",
            )
        recording = await self._recordings.of_call(call_id)
        if recording is None:
            return self._none("This call was not recorded.")
        if recording.deleted_at is not None:
            return self._site.message(
                410,
                "This recording was deleted",
                "Recordings are kept for a limited time only. The transcript stays.",
            )
        if recording.finished_at is None:
            return self._none("The call is still being recorded. Come back when it has ended.")
        path = self._folder / recording.file
        about = await _stat(path)
        if about is None or not recording.playable:
            log.warning("recording_missing", call_id=call_id, broken=recording.broken)
            return self._none("This call could not be recorded.")
        await self._note_opening(signed_in.staff, signed_in.session_id, call_id)
        return FileResponse(
            path,
            headers={"Cache-Control": "private, no-store"},
            media_type=recording.media_type,
            stat_result=about,
        )

    async def _may_hear(self, staff: Staff, call_id: str) -> bool:
        return staff.role in HEAR_ALL or await self._recordings.had_call(call_id, staff.name)

    async def _note_opening(self, staff: Staff, session_id: int, call_id: str) -> None:
        now = self._site.clock()
        self._opened = {
            opening: at for opening, at in self._opened.items() if now - at < ONE_OPENING
        }
        if (session_id, call_id) not in self._opened:
            call = await self._calls.get(call_id)
            await self._audit.record(
                "recording_played",
                customer_id=call.customer_id if call else None,
                call_id=call_id,
                detail=f"{staff.name} ({staff.role})",
                now=now,
            )
        self._opened[session_id, call_id] = now

    def _none(self, why: str) -> Response:
        return self._site.message(404, "There is no recording", why)


async def _stat(path: Path) -> os.stat_result | None:
    try:
        return await anyio.to_thread.run_sync(path.stat)
    except OSError:
        return None
