"""The desk's pages, served as the server process does, over the example company's data."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, async_playwright, expect

from agent_desk.web import sign_in_delays
from agent_desk.web.app import create_app
from agent_desk.web.server import WebServer
from agent_desk.web.site import Site
from contact_center.accounts import Accounts
from contact_center.calls import Calls
from contact_center.customers import Customer, Customers
from contact_center.database import Database
from contact_center.one_time_codes import OneTimeCodes
from contact_center.outbox import Outbox
from contact_center.passwords import Passwords
from contact_center.reset_links import ResetLinks
from contact_center.seed import DEMO_CUSTOMER, seed
from contact_center.settings import ContactCenterSettings
from tests.services import free_port

NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)

BROWSER = {"sec-fetch-site": "same-origin", "origin": "null"}
"""What a browser says of itself when it sends a form of our pages."""


@dataclass
class DeskUnderTest:
    """Pages that are served, and the line's part in a reset."""

    settings: ContactCenterSettings
    database: Database
    maria: Customer
    now: datetime = NOW
    calls: int = 0
    client: httpx.AsyncClient = field(init=False)

    @property
    def url(self) -> str:
        return self.settings.desk_url

    async def link(self) -> str:
        """A link as Maria gets it after she has given the code from her mailbox."""
        self.calls += 1
        call_id = f"c{self.calls}"
        await Calls(self.database).start(call_id, DEMO_CUSTOMER.phone, "browser", self.now)
        codes = OneTimeCodes(self.database, self.settings)
        await codes.send(self.maria.id, "email", call_id, self.now)
        code = re.search(r"\d{6}", await self.last_body())
        assert code is not None
        assert (await codes.try_code(call_id, code[0], self.now)).outcome == "verified"
        await ResetLinks(self.database, self.settings).issue(call_id, self.now)
        link = re.search(r"https?://\S+", await self.last_body())
        assert link is not None
        return link[0]

    async def last_body(self) -> str:
        return (await Outbox(self.database).pending(100))[-1].body

    async def post(self, link: str, password: str, again: str | None = None) -> httpx.Response:
        """Send the form as a browser does."""
        form = {"password": password, "again": password if again is None else again}
        return await self.client.post(link, data=form, headers=BROWSER)

    async def opens_with(self, password: str) -> bool:
        accounts = Accounts(self.database, Passwords())
        return await accounts.is_password_of(self.maria.id, password)


ServeDesk = Callable[..., Awaitable[DeskUnderTest]]
Open = Callable[..., Any]

CHROMIUM = shutil.which("chromium") or "chromium"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between tries to sign in that are not over while a test looks at them."""
    monkeypatch.setattr(sign_in_delays, "FIRST_WAIT_S", 60.0)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the example company, made once."""
    path = tmp_path_factory.mktemp("company") / "warmline.db"

    async def fill() -> None:
        db = Database(f"sqlite:///{path}")
        await db.migrate()
        await seed(db, date(2026, 3, 4), customers=0, orders=0)
        await db.close()

    asyncio.run(fill())
    return path


@pytest.fixture
async def serve_desk(company: Path, tmp_path: Path) -> AsyncIterator[ServeDesk]:
    """Serves the desk's pages, with settings as a test likes."""
    async with AsyncExitStack() as stack:

        async def start(
            *, shows_outbox: bool = False, more: Any = (), pages: Any = None, **told: Any
        ) -> DeskUnderTest:
            for each in company.parent.glob(f"{company.name}*"):
                shutil.copy(each, tmp_path / each.name)
            database = Database(f"sqlite:///{tmp_path / company.name}")
            stack.push_async_callback(database.close)
            maria = await Customers(database).find_by_phone(DEMO_CUSTOMER.phone)
            assert maria is not None
            port = free_port()
            facts = {"data_dir": tmp_path, "desk_url": f"http://127.0.0.1:{port}"}
            settings = ContactCenterSettings(**{**facts, "reset_answer_s": 0.0, **told})
            desk = DeskUnderTest(settings, database, maria)
            site = Site(settings, database, shows_outbox, None, clock=lambda: desk.now)
            app = create_app(site, more, desk=pages)
            server = WebServer(app, host="127.0.0.1", port=port)
            await stack.enter_async_context(server)
            desk.client = await stack.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)
            )
            return desk

        yield start


@pytest.fixture
async def desk(serve_desk: ServeDesk) -> DeskUnderTest:
    """The pages as a company would serve them."""
    return await serve_desk()


@pytest.fixture
async def open_page() -> AsyncIterator[Open]:
    """Opens a page of a fresh browser; what it complains about is in `complaints`."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync"],
        )  # fmt: skip

        async def launch(**context: Any) -> Page:
            page = await browser.new_page(**{"viewport": PHONE, **context})
            page.set_default_timeout(30_000)
            expect.set_options(timeout=30_000)
            return page

        yield launch
        await browser.close()
