"""Recordings reach those who may hear them, piece by piece, and each opening is written down."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from agent_desk.web.app import create_app
from agent_desk.web.recording_files import RecordingFiles
from agent_desk.web.session_cookie import SessionCookie
from agent_desk.web.site import Site
from contact_center.audit import Audit
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.handoffs import Handoffs
from contact_center.packet_builder import build_packet
from contact_center.passwords import Passwords
from contact_center.recordings import RecordingFormat, Recordings
from contact_center.seed import DEMO_CUSTOMER
from contact_center.settings import ContactCenterSettings
from contact_center.staff import Role, StaffAccounts
from contact_center.staff_sessions import StaffSessions
from tests.taking_calls import take

from .conftest import NOW

URL = "http://127.0.0.1:8444"
SOUND = bytes(range(256)) * 40
PASSWORD = "four lamps on a wide table"

pytestmark = pytest.mark.usefixtures("light_passwords")


@dataclass
class Archive:
    """The pages, the folder, and whoever signs in."""

    settings: ContactCenterSettings
    database: Database
    folder: Path
    client: httpx.AsyncClient
    now: datetime = NOW

    async def sign_in(self, name: str, role: Role) -> None:
        """Somebody signs in at the browser."""
        accounts = StaffAccounts(self.database, Passwords())
        staff = await accounts.add(name, PASSWORD, self.now, role=role)
        token, _ = await StaffSessions(self.database).begin(staff.id, self.now)
        self.client.cookies.set(SessionCookie.of(self.settings).name, token)

    async def call(self, call_id: str, *, agent: str | None = None) -> None:
        """Maria calls, and perhaps an agent takes over."""
        await Calls(self.database).start(call_id, DEMO_CUSTOMER.phone, "browser", NOW)
        if agent is None:
            return
        packet = await build_packet(
            self.database,
            call_id=call_id,
            reason="requested",
            details={},
            trigger_turn_id=None,
            state={},
            wait_seconds=None,
            now=NOW,
            settings=self.settings,
        )
        handoff = await Handoffs(self.database).open(packet)
        await take(self.database, handoff.id, agent, NOW)

    async def record(
        self, call_id: str, format: RecordingFormat = "opus", *, agent: str | None = None
    ) -> None:
        """Such a call is recorded."""
        await self.call(call_id, agent=agent)
        recordings = Recordings(self.database)
        await recordings.begin(call_id, f"{call_id}.{format}", format, NOW)
        await recordings.finish(call_id, 3.0, len(SOUND), (), NOW)
        write(self.folder / f"{call_id}.{format}")

    async def play(self, call_id: str, **headers: str) -> httpx.Response:
        return await self.client.get(f"/desk/recordings/{call_id}", headers=headers)

    async def played(self, call_id: str) -> list[str]:
        entries = await Audit(self.database).entries(call_id=call_id)
        assert {entry.action for entry in entries} <= {"recording_played"}
        return [entry.detail for entry in entries]


def write(path: Path) -> None:
    path.write_bytes(SOUND)


@pytest.fixture
async def archive(company: Path, tmp_path: Path) -> AsyncIterator[Archive]:
    for each in company.parent.glob(f"{company.name}*"):
        shutil.copy(each, tmp_path / each.name)
    database = Database(f"sqlite:///{tmp_path / company.name}")
    settings = ContactCenterSettings(data_dir=tmp_path, desk_url=URL)
    site = Site(settings, database, clock=lambda: archive.now)
    app = create_app(site, RecordingFiles(site, tmp_path).routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=URL) as client:
        archive = Archive(settings, database, tmp_path, client)
        yield archive
    await database.close()


async def test_nobody_hears_anything_without_signing_in(archive: Archive) -> None:
    await archive.record("c1")
    answer = await archive.play("c1")
    assert (answer.status_code, answer.content) != (200, SOUND)
    assert "/desk/sign-in" in answer.headers.get("location", "")
    assert await archive.played("c1") == []


@pytest.mark.parametrize(("format", "media_type"), [("opus", "audio/ogg"), ("flac", "audio/flac")])
async def test_a_supervisor_hears_any_call(
    archive: Archive, format: RecordingFormat, media_type: str
) -> None:
    await archive.record("c1", format, agent="Ada")
    await archive.sign_in("Sue", "supervisor")
    answer = await archive.play("c1")
    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["accept-ranges"] == "bytes"
    assert await archive.played("c1") == ["Sue (supervisor)"]


async def test_a_player_may_ask_for_a_part(archive: Archive) -> None:
    await archive.record("c1")
    await archive.sign_in("Dee", "designer")
    answer = await archive.play("c1", range="bytes=100-199")
    assert (answer.status_code, answer.content) == (206, SOUND[100:200])
    assert answer.headers["content-range"] == f"bytes 100-199/{len(SOUND)}"
    assert (await archive.play("c1", range=f"bytes={len(SOUND)}-")).status_code == 416


async def test_the_parts_of_one_listening_are_one_opening(archive: Archive) -> None:
    await archive.record("c1")
    await archive.record("c2")
    await archive.sign_in("Sue", "supervisor")
    for at in range(5):
        archive.now = NOW + timedelta(seconds=40 * at)
        await archive.play("c1", range=f"bytes={at}-")
    assert len(await archive.played("c1")) == 1
    await archive.play("c2")
    assert len(await archive.played("c2")) == 1
    archive.now += timedelta(minutes=2)
    await archive.play("c1", range="bytes=5000-")
    assert len(await archive.played("c1")) == 2


async def test_an_agent_hears_their_own_calls_and_no_others(archive: Archive) -> None:
    await archive.record("hers", agent="Ada")
    await archive.record("his", agent="Bob")
    await archive.sign_in("Ada", "agent")
    assert (await archive.play("hers")).content == SOUND
    for call_id in ("his", "no-such-call"):
        answer = await archive.play(call_id)
        assert answer.status_code == 403
        assert "not for you" in answer.text
    assert await archive.played("hers") == ["Ada (agent)"]
    assert await archive.played("his") == []


async def test_the_audit_names_the_customer(archive: Archive) -> None:
    await archive.record("c1")
    await archive.sign_in("Sue", "supervisor")
    await archive.play("c1")
    (entry,) = await Audit(archive.database).entries(call_id="c1")
    call = await Calls(archive.database).get("c1")
    assert call is not None
    assert (entry.customer_id, entry.at) == (call.customer_id, NOW)


async def test_a_call_without_a_recording(archive: Archive) -> None:
    await archive.call("c1")
    await archive.sign_in("Sue", "supervisor")
    for call_id in ("c1", "no-such-call", "..%2Fwarmline.db"):
        answer = await archive.play(call_id)
        assert answer.status_code == 404
    assert "not recorded" in (await archive.play("c1")).text
    assert await archive.played("c1") == []


async def test_a_recording_under_way_is_not_played(archive: Archive) -> None:
    await archive.call("c1")
    await Recordings(archive.database).begin("c1", "c1.opus", "opus", NOW)
    write(archive.folder / "c1.opus")
    await archive.sign_in("Sue", "supervisor")
    answer = await archive.play("c1")
    assert answer.status_code == 404
    assert "still being recorded" in answer.text


async def test_a_deleted_recording_is_gone(archive: Archive) -> None:
    await archive.record("c1")
    await Recordings(archive.database).mark_deleted("c1", NOW)
    await archive.sign_in("Sue", "supervisor")
    answer = await archive.play("c1")
    assert answer.status_code == 410
    assert "deleted" in answer.text
    assert await archive.played("c1") == []


async def test_a_file_that_is_missing_is_no_recording(archive: Archive) -> None:
    await archive.record("c1")
    (archive.folder / "c1.opus").unlink()
    await archive.sign_in("Sue", "supervisor")
    assert (await archive.play("c1")).status_code == 404


async def test_a_recording_that_broke_at_once_is_no_recording(archive: Archive) -> None:
    await archive.record("c1")
    await Recordings(archive.database).finish("c1", 0.0, 0, (), NOW, broken="no space")
    await archive.sign_in("Sue", "supervisor")
    assert (await archive.play("c1")).status_code == 404
