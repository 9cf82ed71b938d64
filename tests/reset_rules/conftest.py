"""The company, its callers, and a clock on which only waiting takes time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from actions.business import Business
from contact_center.database import Database
from contact_center.even_time import EvenTime
from contact_center.seed import DEMO_CUSTOMER
from contact_center.settings import ContactCenterSettings
from tests.actions.conftest import db, seeded
from tests.actions.reset_caller import Clock, ResetCaller, reset_by
from tests.agent_desk.web.conftest import company, desk, serve_desk
from tests.voice_gateway.test_call import assistant, exchange

__all__ = ["assistant", "company", "db", "desk", "exchange", "seeded", "serve_desk"]


@dataclass
class Watch:
    """Seconds that go by while somebody sleeps, and not otherwise."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """The present."""
    return Clock()


@pytest.fixture
def watch() -> Watch:
    """How long answers were waited for."""
    return Watch()


@pytest.fixture
def business(db: Database, tmp_path: Path, clock: Clock, watch: Watch) -> Business:
    """The company on a Monday morning."""
    settings = ContactCenterSettings(data_dir=tmp_path)
    even = EvenTime(settings.reset_answer_s, clock=watch, sleep=watch.sleep)
    return Business.over(db, settings, clock=clock, even=even)


@pytest.fixture
async def maria(business: Business, db: Database, clock: Clock) -> ResetCaller:
    """A customer who calls from her own number."""
    return await reset_by(business, db, clock, DEMO_CUSTOMER)


@pytest.fixture
async def stranger(business: Business, db: Database, clock: Clock) -> ResetCaller:
    """A caller whose number nobody has."""
    return await reset_by(business, db, clock, None)
