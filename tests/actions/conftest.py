"""A seeded contact centre for the skills, and a caller to speak to them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest

from actions.business import Business
from actions.respond import respond
from actions.turn import Instruct, Say, Turn
from contact_center.calls import Calls
from contact_center.customers import Customer
from contact_center.database import Database
from contact_center.seed import DEMO_CUSTOMER, seed
from contact_center.settings import ContactCenterSettings

# How fast a test runs says nothing about whether the code is right.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

# A Monday morning in November, before Thanksgiving.
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=ZoneInfo("America/New_York"))


def words(text: str) -> list[str]:
    """Split a text at its spaces."""
    return text.split()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the example company, made once."""
    path = tmp_path_factory.mktemp("seeded") / "warmline.db"

    async def fill() -> None:
        db = Database(f"sqlite:///{path}")
        await db.migrate()
        await seed(db, NOW.date(), customers=20, orders=60)
        # A call is stored before anything is said in it; what is promised is bound to it.
        await Calls(db).start("call-1", None, "browser", NOW)
        await db.close()

    asyncio.run(fill())
    return path


@pytest.fixture
async def db(seeded: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """The example company, for one test to change as it likes."""
    path = tmp_path / "warmline.db"
    for each in seeded.parent.glob(f"{seeded.name}*"):
        shutil.copy(each, tmp_path / each.name)
    database = Database(f"sqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture
def business(db: Database, tmp_path: Path) -> Business:
    """The company on a Monday morning."""
    settings = ContactCenterSettings(data_dir=tmp_path)
    return Business.over(db, settings, clock=lambda: NOW)


@dataclass
class Heard:
    """The assistant's answer to one turn."""

    messages: list[Any]

    @property
    def responses(self) -> list[str]:
        """Names of the responses, in order."""
        return [each.response for each in self.messages if isinstance(each, Say)]

    @property
    def expects(self) -> dict[str, Any] | None:
        """What the gateway is told to listen for."""
        return self._custom("expect")

    @property
    def handoff(self) -> dict[str, Any] | None:
        """The hand-off, if there is one."""
        return self._custom("handoff")

    @property
    def hangs_up(self) -> bool:
        """Whether the call ends."""
        return self._custom("hangup") is not None

    def values(self, response: str) -> dict[str, Any]:
        """The values that fill a response."""
        return next(
            dict(each.values)
            for each in self.messages
            if isinstance(each, Say) and each.response == response
        )

    def _custom(self, kind: str) -> dict[str, Any] | None:
        found = [
            dict(each.message)
            for each in self.messages
            if isinstance(each, Instruct) and each.message["type"] == kind
        ]
        return found[-1] if found else None


@dataclass
class Caller:
    """Speaks to the skills turn by turn, as Rasa would on the caller's behalf."""

    business: Business
    slots: dict[str, Any] = field(default_factory=dict)
    call_id: str = "call-1"

    async def says(
        self,
        text: str,
        intent: str | None = None,
        *,
        action: str = "action_answer",
        alternatives: tuple[str, ...] = (),
        metadata: dict[str, Any] | None = None,
        confidence: float = 0.9,
    ) -> Heard:
        """Say something that the assistant answers by an action."""
        turn = Turn(
            self.call_id,
            text,
            intent,
            confidence,
            self.slots,
            alternatives=alternatives,
            metadata=metadata or {},
        )
        await respond(action, turn, self.business)
        self.slots |= turn.changes
        return Heard(turn.messages)

    async def wants(self, intent: str, text: str = "") -> Heard:
        """Ask for something about an order."""
        return await self.says(text, intent, action="action_order")


@pytest.fixture
async def maria(business: Business) -> Caller:
    """A known customer, calling from her own number."""
    customer = await known(business, DEMO_CUSTOMER.phone)
    return caller_of(business, customer)


@pytest.fixture
def stranger(business: Business) -> Caller:
    """A caller whose number nobody has."""
    return Caller(business)


async def known(business: Business, phone: str) -> Customer:
    """The customer with a number."""
    customer = await business.customers.find_by_phone(phone)
    assert customer is not None
    return customer


def caller_of(business: Business, customer: Customer) -> Caller:
    """A call from a customer's own number."""
    return Caller(business, {"customer_id": customer.id, "tier": customer.tier})
