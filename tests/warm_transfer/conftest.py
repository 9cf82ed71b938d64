"""A real server, real browsers for callers and agents, and no assistant: all calls need a person.

Without an assistant each call is handed over by itself, once its caller has said something: that
is all these tests want of it. Whole calls with the assistant are in `tests/calls/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from contact_center.database import Database
from contact_center.passwords import Passwords
from contact_center.routing.line import Line
from contact_center.routing.roster import Abilities, Roster
from contact_center.sealing import Seal
from contact_center.staff import Role, StaffAccounts
from tests.services import free_port
from tests.warm_transfer.browsers import Part, browsers
from tests.warm_transfer.people import PATIENCE_S, Agent, Caller, OpenBrowser
from warmline.line_children import line_children
from warmline.seeding import seed_database
from warmline.settings import Settings, load_settings
from warmline.supervisor import Supervisor

HERE = Path(__file__).parent
OFFER_S = 15


@pytest.hookimpl(tryfirst=True)  # xdist looks at the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one event loop and one test process, which the server belongs to.

    It is that of the whole calls: two sets of live calls at once would be too much for two cores.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.xdist_group("line"))


@dataclass(frozen=True)
class House:
    """A server that runs.

    Args:
        settings: With which it runs.
        database: Its database.
    """

    settings: Settings
    database: Database


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("house")
    desk_port = free_port()
    settings = load_settings(
        data_dir=folder,
        database_url="",
        tracker_url="",
        port=free_port(),
        desk_port=desk_port,
        desk_url=f"http://127.0.0.1:{desk_port}",
        assistant_url=f"http://127.0.0.1:{free_port()}",
        routing={"offer_s": OFFER_S},
        handoff_wait_s=90.0,
        drain_seconds=0.5,
        recording="announce",
        admission="count",
    )
    await seed_database(settings)
    server = [child for child in line_children(settings) if child.name == "server"]
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, seal=Seal.of(settings))
        stack.push_async_callback(database.close)
        supervisor = Supervisor(server, log_dir=folder / "log")
        stack.push_async_callback(supervisor.stop)
        await supervisor.start()
        await supervisor.ready()
        yield House(settings, database)


Hire = Callable[..., "asyncio.Future[Agent]"]


@pytest_asyncio.fixture(loop_scope="session")
async def open_browser(house: House) -> AsyncIterator[OpenBrowser]:
    async with browsers() as open_browser:
        yield open_browser
    # A desk outlives its window for a moment; nobody is to be asked who is not there any more.
    async with asyncio.timeout(PATIENCE_S):
        while await Roster(house.database).signed_in() or await Line(house.database).waiting():
            await asyncio.sleep(0.2)


@pytest.fixture
def hire(house: House, open_browser: OpenBrowser, tmp_path: Path) -> Callable[..., object]:
    """Makes an account and opens the desk, signed in and with a voice."""

    async def hire(
        name: str, *says: Part, role: Role = "agent", queues: Collection[str] | None = None
    ) -> Agent:
        password = f"correct horse {name} battery"
        accounts = StaffAccounts(house.database, Passwords())
        abilities = Abilities(queues=frozenset(queues)) if queues else None
        await accounts.add(name, password, datetime.now(UTC), role=role, abilities=abilities)
        agent = Agent(name, house.settings.desk_url, open_browser)
        place = "/desk/floor" if role == "supervisor" else "/desk/"
        await agent.come(password, tmp_path / f"{name}.wav", *says, place=place)
        return agent

    return hire


@pytest.fixture
def ring(house: House, open_browser: OpenBrowser, tmp_path: Path) -> Callable[..., object]:
    """Calls the line from a browser and asks for a person."""

    async def ring(*says: Part, number: str = "+15550100042", loop: bool = False) -> Caller:
        caller = Caller(house.settings.public_url, open_browser)
        await caller.call(number, tmp_path / f"caller{number}.wav", *says, loop=loop)
        return caller

    return ring
