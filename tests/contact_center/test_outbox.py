"""Messages waiting to be sent."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from contact_center.database import Database
from contact_center.models import MessageRow
from contact_center.outbox import (
    CLAIM,
    LIFE,
    SECRET_LIFE,
    BodyErased,
    Message,
    Outbox,
    queue_within,
)
from contact_center.sealing import Seal, SealingError

from .conftest import NOW
from .migrating import migrate

CODE = "Your code is 123456."


async def queue_secret(database: Database, **told: Any) -> int:
    async with database.session() as session:
        return await queue_within(
            session,
            **{
                "kind": "text",
                "to": "+15550100042",
                "subject": "",
                "body": CODE,
                "customer_id": None,
                "call_id": None,
                "now": NOW,
                "secret": True,
                **told,
            },
        )


async def queue_email(outbox: Outbox) -> int:
    return await outbox.queue("email", "a@example.com", "Hello", "One", None, None, NOW)


async def stored(database: Database, message_id: int) -> MessageRow:
    async with database.reading() as session:
        row = await session.get(MessageRow, message_id)
        assert row is not None
        return row


async def everything_stored(database: Database) -> str:
    async with database.reading() as session:
        return str((await session.execute(text("SELECT * FROM messages"))).all())


async def test_messages_wait_in_order_until_they_are_sent(database: Database) -> None:
    outbox = Outbox(database)
    first = await queue_email(outbox)
    second = await outbox.queue("text", "+15550100042", "", "Two", None, None, NOW)
    assert [message.id for message in await outbox.pending()] == [first, second]
    assert [message.body for message in await outbox.pending(limit=1)] == ["One"]
    await outbox.mark_sent(first, NOW)
    (left,) = await outbox.pending()
    assert (left.kind, left.to, left.queued_at) == ("text", "+15550100042", NOW)
    assert [message.id for message in await outbox.recent()] == [second, first]


async def test_a_body_that_is_not_secret_stays_after_the_sending(database: Database) -> None:
    outbox = Outbox(database)
    message_id = await queue_email(outbox)
    await outbox.mark_sent(message_id, NOW)
    assert await outbox.read_body(message_id) == "One"


async def test_a_secret_body_is_never_stored_in_clear(database: Database) -> None:
    message_id = await queue_secret(database)
    assert "123456" not in await everything_stored(database)
    outbox = Outbox(database)
    assert await outbox.read_body(message_id) == CODE
    (message,) = await outbox.pending()
    assert message.body == CODE
    assert "123456" not in repr(message)
    (listed,) = await outbox.recent()
    assert listed.body == ""


async def test_a_secret_body_does_not_outlive_the_sending(database: Database) -> None:
    message_id = await queue_secret(database)
    outbox = Outbox(database)
    await outbox.mark_sent(message_id, NOW)
    await outbox.mark_sent(message_id, NOW + timedelta(hours=1))
    row = await stored(database, message_id)
    assert (row.body, row.erased_at, row.sent_at) == ("", NOW, NOW)
    with pytest.raises(BodyErased):
        await outbox.read_body(message_id)


async def test_a_message_that_never_was_has_no_body(database: Database) -> None:
    with pytest.raises(BodyErased):
        await Outbox(database).read_body(7)


async def test_without_a_key_no_secret_is_stored(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WARMLINE_OUTBOX_SECRET")
    with pytest.raises(SealingError, match="set WARMLINE_OUTBOX_SECRET"):
        await queue_secret(database)
    assert await Outbox(database).recent() == []


async def test_the_key_may_come_with_the_database(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WARMLINE_OUTBOX_SECRET")
    seal = Seal(["a secret of the database itself that is long enough"])
    with_key, without = Database(sqlite_url, seal=seal), Database(sqlite_url)
    message_id = await queue_secret(with_key)
    assert await Outbox(with_key).read_body(message_id) == CODE
    with pytest.raises(SealingError):
        await Outbox(without).read_body(message_id)
    assert await Outbox(without, seal).read_body(message_id) == CODE
    other = await Outbox(without, seal).queue(
        "email", "a@example.com", "", CODE, None, None, NOW, secret=True
    )
    assert await Outbox(with_key).read_body(other) == CODE
    await with_key.close()
    await without.close()


async def test_who_claims_a_message_has_it_for_a_while(database: Database) -> None:
    outbox = Outbox(database)
    message_id = await queue_email(outbox)
    (claimed,) = await outbox.claim(["email"], NOW)
    assert (claimed.id, claimed.attempts) == (message_id, 1)
    assert await outbox.claim(["email"], NOW + CLAIM / 2) == []
    (again,) = await outbox.claim(["email"], NOW + CLAIM)
    assert again.attempts == 2


async def test_only_kinds_that_can_be_sent_are_claimed(database: Database) -> None:
    outbox = Outbox(database)
    await queue_email(outbox)
    assert await outbox.claim(["text"], NOW) == []
    assert await outbox.claim([], NOW) == []


async def test_two_servers_never_claim_the_same_message(database_url: str) -> None:
    servers = [Database(database_url) for _ in range(2)]
    for _ in range(20):
        await queue_email(Outbox(servers[0]))

    async def take(server: Database) -> list[Message]:
        taken: list[Message] = []
        while batch := await Outbox(server).claim(["email"], NOW, limit=3):
            taken += batch
        return taken

    taken = [message.id for each in await asyncio.gather(*map(take, servers)) for message in each]
    assert len(taken) == len(set(taken)) == 20
    for server in servers:
        await server.close()


async def test_a_failed_message_is_tried_again_when_it_is_time(database: Database) -> None:
    outbox = Outbox(database)
    await queue_email(outbox)
    (claimed,) = await outbox.claim(["email"], NOW)
    later = NOW + timedelta(minutes=5)
    await outbox.mark_failed(claimed, "nobody there", NOW, again_at=later)
    assert await outbox.claim(["email"], later - timedelta(seconds=1)) == []
    (again,) = await outbox.claim(["email"], later)
    assert (again.attempts, again.last_error) == (2, "nobody there")


async def test_a_failure_is_not_noted_when_another_attempt_was_begun(database: Database) -> None:
    outbox = Outbox(database)
    await queue_email(outbox)
    (slow,) = await outbox.claim(["email"], NOW)
    (fast,) = await outbox.claim(["email"], NOW + CLAIM)
    await outbox.mark_failed(slow, "too late", NOW + CLAIM, again_at=None)
    (message,) = await outbox.pending()
    assert (message.given_up_at, message.last_error) == (None, None)
    await outbox.mark_sent(fast.id, NOW + CLAIM)
    await outbox.mark_failed(fast, "after all", NOW + CLAIM, again_at=None)
    (sent,) = await outbox.recent()
    assert (sent.given_up_at, sent.last_error) == (None, None)


async def test_a_secret_that_is_given_up_loses_its_body(database: Database) -> None:
    message_id = await queue_secret(database)
    outbox = Outbox(database)
    (claimed,) = await outbox.claim(["text"], NOW)
    assert claimed.body == ""
    await outbox.mark_failed(claimed, "no such number" * 100, NOW, again_at=None)
    row = await stored(database, message_id)
    assert (row.body, row.erased_at, row.given_up_at) == ("", NOW, NOW)
    assert await outbox.pending() == []


async def test_a_secret_that_expires_unsent_loses_its_body(database: Database) -> None:
    message_id = await queue_secret(database)
    kept = await queue_email(Outbox(database))
    outbox = Outbox(database)
    assert await outbox.expire(NOW + SECRET_LIFE - timedelta(seconds=1)) == 0
    assert await outbox.claim(["text"], NOW + SECRET_LIFE) == []
    assert await outbox.expire(NOW + SECRET_LIFE) == 1
    assert await outbox.expire(NOW + SECRET_LIFE) == 0
    row = await stored(database, message_id)
    assert (row.body, row.last_error) == ("", "expired before it was sent")
    assert [message.id for message in await outbox.pending()] == [kept]


async def test_how_long_a_message_is_worth_sending_can_be_said(database: Database) -> None:
    await queue_secret(database, expires_at=NOW + timedelta(minutes=10))
    assert await Outbox(database).expire(NOW + timedelta(minutes=10)) == 1


async def test_old_news_is_not_sent(database: Database) -> None:
    outbox = Outbox(database)
    await queue_email(outbox)
    assert await outbox.claim(["email"], NOW + LIFE) == []
    assert await outbox.expire(NOW + LIFE) == 1
    (message,) = await outbox.recent()
    assert (message.body, message.erased_at) == ("One", None)
    assert message.given_up_at == NOW + LIFE


async def test_what_was_queued_before_messages_were_sealed_is_erased_and_not_sent(
    tmp_path: Path,
) -> None:
    path = tmp_path / "older.db"
    await migrate(f"sqlite:///{path}", "upgrade", "0005")
    older = sqlite3.connect(path)
    older.executemany(
        'INSERT INTO messages (kind, "to", subject, body, secret, queued_at, sent_at) '
        "VALUES ('email', 'a@example.com', '', ?, ?, '2026-01-01 00:00:00', ?)",
        [(CODE, True, None), (CODE, True, "2026-01-01 00:00:01"), ("News", False, None)],
    )
    older.commit()
    older.close()
    database = Database(f"sqlite:///{path}")
    await database.migrate()
    outbox = Outbox(database)
    assert await outbox.pending() == []
    assert await outbox.claim(["email"], NOW) == []
    assert "123456" not in await everything_stored(database)
    assert [message.sent_at is not None for message in await outbox.recent()] == [
        False, True, False,
    ]  # fmt: skip
    await database.close()
    await migrate(f"sqlite:///{path}", "downgrade", "0005")
