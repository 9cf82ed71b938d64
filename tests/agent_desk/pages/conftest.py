"""The desk's pages as they are served, over a desk in a known state, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from starlette.routing import BaseRoute

from agent_desk.pages import agent_page
from agent_desk.pages.mount import desk_pages
from agent_desk.web.app import create_app
from agent_desk.web.server import WebServer
from agent_desk.web.session_cookie import SessionCookie
from agent_desk.web.site import Site
from contact_center.database import Database
from contact_center.models import StaffRow
from contact_center.settings import ContactCenterSettings
from contact_center.staff_sessions import StaffSessions
from tests.agent_desk.pages.fake_desk import AGENT, FakeDesk, FakeWorkplace
from tests.services import free_port

CHROMIUM = shutil.which("chromium") or "chromium"
BROWSER_FLAGS = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SMALLEST = {"width": 1280, "height": 720}


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Knowledge:
    """Two articles, whatever the call is about."""

    asked: str = ""

    def suggest(self, packet: Any, latest_words: str = "", limit: int = 3) -> tuple[Any, ...]:
        self.asked = latest_words
        return (
            SimpleNamespace(
                name="late",
                title="An order is late at the carrier",
                steps=("Open a search at the carrier.", "Offer a new one after five days."),
                promise="An answer of the carrier within two working days.",
                text="",
            ),
            SimpleNamespace(
                name="refund",
                title="Money back before delivery",
                steps=("Stop the parcel.", "Refund to the card that was used."),
                promise="Five working days.",
                text="",
            ),
        )[:limit]


class Profiles:
    """What is stored of Maria."""

    async def of(self, customer_id: int, now: datetime, *, before: Any = None) -> Any:
        return None


class Tickets:
    """Opens ticket 31."""

    def __init__(self) -> None:
        self.opened: list[tuple[Any, ...]] = []

    async def open_from_call(self, *told: Any) -> Any:
        self.opened.append(told[:4])
        return SimpleNamespace(id=31, responded_at=told[4], due_by=told[4] + timedelta(hours=24))


@dataclass
class ServedPages:
    """The agent's page, and the cookie with which Sam is signed in."""

    url: str
    cookie: dict[str, Any]


@asynccontextmanager
async def serve_pages(
    database: Database, folder: Path, *, more: Sequence[BaseRoute] = (), **parts: Any
) -> AsyncIterator[ServedPages]:
    """Serve the agent's page as the server process does."""
    port = free_port()
    settings = ContactCenterSettings(
        data_dir=folder,
        desk_url=f"http://127.0.0.1:{port}",
        company_name="Northwind Outfitters",
    )
    services: Any = SimpleNamespace(settings=settings, database=database, clock=now, **parts)
    desk = desk_pages(services, [agent_page.register])
    app = create_app(Site(settings, database), more, desk=desk)
    async with WebServer(app, host="127.0.0.1", port=port):
        async with database.session() as session:
            row = StaffRow(
                name=AGENT,
                folded_name=AGENT.casefold(),
                role="agent",
                password_hash="none",
                queues=["support"],
                skills=[],
                languages=["en"],
                capacity=1,
                added_at=now(),
                disabled_at=None,
            )
            session.add(row)
            await session.flush()
            staff_id = row.id
        token, _ = await StaffSessions(database).begin(staff_id, now())
        cookie = {
            "name": SessionCookie.of(settings).name,
            "value": token,
            "domain": urlsplit(settings.desk_url).hostname,
            "path": "/",
        }
        yield ServedPages(settings.desk_url, cookie)


@dataclass
class ServedDesk(ServedPages):
    """The page over a desk in a known state."""

    workplace: FakeWorkplace
    tickets: Tickets
    knowledge: Knowledge
    database: Database


@pytest.fixture
async def served(tmp_path: Path, empty_database: Path) -> AsyncIterator[ServedDesk]:
    """The agent's page over a desk in a known state."""
    database = Database(f"sqlite:///{shutil.copy(empty_database, tmp_path)}")
    workplace, tickets, knowledge = FakeWorkplace(), Tickets(), Knowledge()
    async with serve_pages(
        database,
        tmp_path,
        desk=FakeDesk(workplace),
        tickets=tickets,
        knowledge=knowledge,
        profiles=Profiles(),
    ) as pages:
        yield ServedDesk(pages.url, pages.cookie, workplace, tickets, knowledge, database)
    await database.close()


@dataclass
class Window:
    """A browser's window on the desk; what the browser complains about is in `problems`."""

    page: Page
    problems: list[str]


OpenWindow = Callable[..., Awaitable[Window]]
OpenDesk = Callable[..., Awaitable[Window]]


@pytest.fixture
async def open_window() -> AsyncIterator[OpenWindow]:
    """Opens the page of a desk that is served."""
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=BROWSER_FLAGS
        )

        async def launch(served: ServedPages, **context: Any) -> Window:
            opened = await browser.new_context(**{"viewport": SMALLEST, **context})
            await opened.add_cookies([served.cookie])  # type: ignore[list-item]
            page = await opened.new_page()
            page.set_default_timeout(30_000)
            expect.set_options(timeout=30_000)
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on(
                "console",
                lambda line: line.type in ("error", "warning") and problems.append(line.text),
            )
            await page.goto(f"{served.url}/desk/")
            await page.wait_for_function("window.did_handshake === true")
            return Window(page, problems)

        yield launch
        await browser.close()


@pytest.fixture
def open_desk(served: ServedDesk, open_window: OpenWindow) -> OpenDesk:
    """Opens the page of the desk in a known state."""
    return partial(open_window, served)
