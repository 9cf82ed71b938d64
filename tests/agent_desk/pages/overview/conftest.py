"""A contact centre in the middle of its day, served as the server process does, in a browser."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile
from playwright.async_api import Page, async_playwright, expect

from agent_desk.pages import calls_page, supervisor_page
from agent_desk.pages.mount import desk_pages
from agent_desk.supervision import Supervision
from agent_desk.web.app import create_app
from agent_desk.web.audio_socket import audio_routes
from agent_desk.web.recording_files import RecordingFiles
from agent_desk.web.server import WebServer
from agent_desk.web.session_cookie import SessionCookie
from agent_desk.web.session_guard import staff_of
from agent_desk.web.site import Site
from contact_center.call_list import CallList
from contact_center.calls import Calls, Speaker, TurnRecord
from contact_center.database import Database
from contact_center.floor import Floor
from contact_center.handoff_packet import HandoffReason, Routing, Summary
from contact_center.packet_builder import build_packet
from contact_center.passwords import Passwords
from contact_center.recordings import Recordings, Span
from contact_center.routing.line import Line
from contact_center.routing.roster import Abilities, Roster
from contact_center.routing.rules import RoutingRules
from contact_center.seed import seed
from contact_center.settings import ContactCenterSettings
from contact_center.staff import Role, StaffAccounts
from contact_center.staff_sessions import StaffSessions
from tests.agent_desk.silent import SilentLine, Voice
from tests.services import free_port
from voice_gateway.bridge.bridge import Bridge
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.registry import CallRegistry

CHROMIUM = shutil.which("chromium") or "chromium"
LAPTOP = {"width": 1280, "height": 720}
STAFF: tuple[tuple[str, Role], ...] = (
    ("Alex", "supervisor"),
    ("Dana", "designer"),
    ("Sam", "agent"),
)
# A Wednesday, three in the afternoon in New York.
NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)


class House:
    """A contact centre; `now` is moved by `later`."""

    def __init__(self, db: Database, folder: Path, url: str) -> None:
        self.db = db
        self.folder = folder
        self.url = url
        self.now = NOW - timedelta(hours=5)
        self.registry = CallRegistry()
        self.legs = AgentLegs()
        # How desks show that they are there is not what is looked at here.
        self.rules = RoutingRules(lost_after_s=1e6, overflow={})
        self.line = Line(db, self.rules)
        self.roster = Roster(db)
        self.calls = Calls(db)
        self.supervision = Supervision(db, self.registry, self.legs, self.clock)
        self.bridges: dict[str, Bridge] = {}

    def clock(self) -> datetime:
        return self.now

    def later(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    async def sign_in(self, name: str, *queues: str) -> None:
        abilities = Abilities(frozenset(queues or ("support",)))
        await self.roster.sign_in(name, self.now, abilities=abilities)

    async def call(self, call_id: str, number: str | None = None, *affect: float) -> None:
        """Answer a call of this server, in which the caller says something upset or not."""
        await self.calls.start(call_id, number, "browser", self.now)
        line: Any = SilentLine()
        bridge = self.bridges[call_id] = Bridge(line, self.legs, None, lambda event: None)
        self.registry.add(call_id, lambda event: None, bridge)
        for score in affect:
            await self.say(call_id, "caller", "so", affect=score)

    async def say(self, call_id: str, speaker: Speaker, text: str, **more: Any) -> None:
        self.later(4)
        turn = TurnRecord(
            call_id=call_id,
            turn_id=f"t{self.now.timestamp():.0f}",
            speaker=speaker,
            text=text,
            started_at=self.now,
            **more,
        )
        await self.calls.record_turn(turn)

    async def hand_over(
        self, call_id: str, reason: HandoffReason = "requested", **more: Any
    ) -> str:
        packet = await build_packet(
            self.db,
            call_id=call_id,
            reason=reason,
            details=more.pop("details", {}),
            trigger_turn_id=None,
            state=None,
            wait_seconds=None,
            now=self.now,
        )
        update = {"handoff_id": f"h-{call_id}", "routing": Routing(**more)}
        return (await self.line.join(packet.model_copy(update=update))).id

    async def take(self, call_id: str, agent: str) -> None:
        """Let an agent accept, who is the only one that is free."""
        await self.line.dispatch(self.now)
        assert await self.line.accept(f"h-{call_id}", agent, self.now) == "accepted"
        if bridge := self.bridges.get(call_id):
            if self.legs.get(agent) is None:
                self.legs.connect(Voice(agent))
            bridge.start()
            assert bridge.join(agent, "agent")

    async def end(self, call_id: str, reason: str = "completed") -> None:
        await self.bridges[call_id].stop()
        self.registry.remove(call_id)
        await self.calls.end(call_id, reason, self.now)

    async def kept_call(self, call_id: str, agent: str, disposition: str, **more: Any) -> None:
        """A whole call that was handed over, from the greeting to the wrap-up."""
        await self.call(call_id, more.pop("number", None))
        await self.say(call_id, "bot", "Thank you for calling. How can I help?")
        await self.say(call_id, "caller", more.pop("says", "i want a person"))
        await self.hand_over(call_id, more.pop("reason", "requested"), **more)
        self.later(more.pop("after_s", 9))
        await self.take(call_id, agent)
        await self.say(call_id, "agent", "I will see to it.")
        self.later(50)
        await self.end(call_id)
        await self.line.close(f"h-{call_id}", agent, disposition, "", self.later(20))

    async def record(self, call_id: str, seconds: float, *paused: tuple[float, float]) -> None:
        """Keep a recording of a call that begins with it: tones, louder on one side."""
        call = await self.calls.get(call_id)
        assert call is not None
        time = np.arange(int(seconds * 16000)) / 16000
        tone = 0.2 * np.sin(2 * np.pi * 330 * time)
        stereo = np.stack([tone, 0.3 * tone], axis=1)
        for start, end in paused:
            stereo[int(start * 16000) : int(end * 16000)] = 0
        self.folder.mkdir(exist_ok=True)
        soundfile.write(self.folder / f"{call_id}.flac", stereo, 16000, format="FLAC")
        recordings = Recordings(self.db)
        await recordings.begin(call_id, f"{call_id}.flac", "flac", call.started_at)
        spans = [Span(*each) for each in paused]
        await recordings.finish(call_id, seconds, 1, spans, self.now)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the example company and its staff, made once."""
    path = tmp_path_factory.mktemp("overview") / "warmline.db"

    async def fill() -> None:
        db = Database(f"sqlite:///{path}")
        await db.migrate()
        await seed(db, date(2026, 3, 4), customers=0, orders=0)
        accounts = StaffAccounts(db, Passwords())
        for name, role in STAFF:
            await accounts.add(name, "gravel umbrella 7 tulips", NOW, role=role)
        await db.close()

    asyncio.run(fill())
    return path


@pytest.fixture
async def house(company: Path, tmp_path: Path) -> AsyncIterator[House]:
    """An empty contact centre whose pages are served."""
    db = Database(f"sqlite:///{shutil.copy(company, tmp_path)}")
    port = free_port()
    settings = ContactCenterSettings(
        data_dir=tmp_path,
        desk_url=f"http://127.0.0.1:{port}",
        company_name="Northwind Outfitters",
        time_zone="America/New_York",
    )
    house = House(db, tmp_path / "recordings", settings.desk_url)
    services: Any = SimpleNamespace(
        settings=settings,
        database=db,
        registry=house.registry,
        legs=house.legs,
        recordings=Recordings(db),
        floor=Floor(db, house.rules, settings.zone),
        call_list=CallList(db, settings.zone),
        supervision=house.supervision,
        clock=house.clock,
    )
    site = Site(settings, db, clock=lambda: NOW)
    app = create_app(
        site,
        more=[
            *RecordingFiles(site, house.folder).routes(),
            *audio_routes(house.legs, lambda socket: staff_of(socket).staff.name),
        ],
        desk=desk_pages(services, [supervisor_page.register, calls_page.register]),
    )
    async with WebServer(app, host="127.0.0.1", port=port):
        yield house
        for bridge in house.bridges.values():
            await bridge.stop()
    await db.close()


@dataclass
class Window:
    """A window of a browser, and what the browser complained about."""

    page: Page
    problems: list[str]


OpenAs = Callable[..., Any]


@pytest.fixture
async def open_as(house: House) -> AsyncIterator[OpenAs]:
    """Opens a page as somebody of the staff."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                  "--autoplay-policy=no-user-gesture-required", "--no-sandbox", "--disable-gpu",
                  "--disable-background-networking", "--disable-component-update",
                  "--disable-sync"],
        )  # fmt: skip

        async def launch(
            name: str, path: str, *, is_for_them: bool = True, **context: Any
        ) -> Window:
            number = 1 + [each for each, _ in STAFF].index(name)
            token, _ = await StaffSessions(house.db).begin(number, NOW)
            opened = await browser.new_context(**{"viewport": LAPTOP, **context})
            cookie: Any = {
                "name": SessionCookie.of(ContactCenterSettings(desk_url=house.url)).name,
                "value": token,
                "domain": urlsplit(house.url).hostname,
                "path": "/",
            }
            await opened.add_cookies([cookie])
            page = await opened.new_page()
            page.set_default_timeout(30_000)
            expect.set_options(timeout=30_000)
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on(
                "console",
                lambda line: line.type in ("error", "warning") and problems.append(line.text),
            )
            await page.goto(f"{house.url}{path}")
            if is_for_them:
                await page.wait_for_function("window.did_handshake === true")
            return Window(page, problems)

        yield launch
        await browser.close()


def complaint(level: int, category: str) -> dict[str, Any]:
    """What the assistant sends with a complaint."""
    return {"complaint": {"level": level, "category": category}}


def told(**summary: Any) -> dict[str, Any]:
    """What the assistant sends with a summary."""
    return {"summary": Summary(**summary).model_dump(mode="json")}
