"""Sessions of staff: how long they last, and what ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from contact_center.database import Database
from contact_center.passwords import Passwords
from contact_center.staff import Staff, StaffAccounts
from contact_center.staff_sessions import LAST_CALL, LONGEST, LONGEST_IDLE, StaffSessions

from .conftest import NOW

A_MOMENT = timedelta(seconds=1)

pytestmark = pytest.mark.usefixtures("light_passwords")


@pytest.fixture
async def sam(database: Database) -> Staff:
    return await StaffAccounts(database, Passwords()).add("Sam", "gravel umbrella 7 tulips", NOW)


@pytest.fixture
def sessions(database: Database) -> StaffSessions:
    return StaffSessions(database)


async def test_the_token_finds_the_session(sessions: StaffSessions, sam: Staff) -> None:
    token, csrf = await sessions.begin(sam.id, NOW)
    found = await sessions.find(token, NOW)
    assert found is not None
    assert (found.staff, found.csrf, found.begun_at) == (sam, csrf, NOW)
    for other in ("", token[:-1], token + "x", csrf, "\u00ff"):
        assert await sessions.find(other, NOW) is None


async def test_every_sign_in_has_a_token_of_its_own(sessions: StaffSessions, sam: Staff) -> None:
    made = {part for _ in range(5) for part in await sessions.begin(sam.id, NOW)}
    assert len(made) == 10
    assert all(len(part) >= 43 for part in made)


async def test_the_database_holds_nothing_that_opens_anything(
    sessions: StaffSessions, sam: Staff, database: Database
) -> None:
    token, csrf = await sessions.begin(sam.id, NOW)
    async with database.reading() as session:
        (row,) = (await session.execute(text("SELECT * FROM staff_sessions"))).all()
    assert token not in str(row)
    assert csrf not in str(row)
    assert await sessions.find(str(row.token_hash), NOW) is None


async def test_a_session_that_is_not_used_ends(sessions: StaffSessions, sam: Staff) -> None:
    token, _ = await sessions.begin(sam.id, NOW)
    assert await sessions.find(token, NOW + LONGEST_IDLE - A_MOMENT) is not None
    # It was used just now.
    assert await sessions.find(token, NOW + LONGEST_IDLE + A_MOMENT) is not None
    assert await sessions.find(token, NOW + 3 * LONGEST_IDLE) is None


async def test_no_session_lasts_longer_than_a_shift(sessions: StaffSessions, sam: Staff) -> None:
    token, _ = await sessions.begin(sam.id, NOW)
    now = NOW
    while (now := now + timedelta(hours=1)) < NOW + LONGEST:
        assert await sessions.find(token, now) is not None
    assert await sessions.find(token, NOW + LONGEST) is None


async def test_an_open_desk_is_in_use(sessions: StaffSessions, sam: Staff) -> None:
    token, _ = await sessions.begin(sam.id, NOW)
    found = await sessions.find(token, NOW)
    assert found is not None
    for minutes in range(0, 300, 10):
        now = NOW + timedelta(minutes=minutes)
        assert await sessions.still_open([found.id], now) == {found.id}
    assert await sessions.find(token, NOW + timedelta(minutes=300)) is not None


async def test_an_open_desk_may_finish_its_call_and_no_more(
    sessions: StaffSessions, sam: Staff
) -> None:
    token, _ = await sessions.begin(sam.id, NOW)
    found = await sessions.find(token, NOW)
    assert found is not None
    assert await sessions.still_open([found.id], NOW + LONGEST) == {found.id}
    assert await sessions.find(token, NOW + LONGEST) is None
    assert await sessions.still_open([found.id], NOW + LONGEST + LAST_CALL) == frozenset()


async def test_signing_out_ends_that_session_alone(sessions: StaffSessions, sam: Staff) -> None:
    tokens = [(await sessions.begin(sam.id, NOW))[0] for _ in range(3)]
    ids = [found.id for token in tokens if (found := await sessions.find(token, NOW))]
    await sessions.end(tokens[0])
    await sessions.end("nobody's")
    assert await sessions.still_open(ids, NOW) == set(ids[1:])
    assert await sessions.find(tokens[0], NOW) is None


async def test_what_is_over_is_not_kept(
    sessions: StaffSessions, sam: Staff, database: Database
) -> None:
    await sessions.begin(sam.id, NOW)
    await sessions.begin(sam.id, NOW + LONGEST + LAST_CALL + A_MOMENT)
    async with database.reading() as session:
        count = await session.scalar(text("SELECT count(*) FROM staff_sessions"))
    assert count == 1
