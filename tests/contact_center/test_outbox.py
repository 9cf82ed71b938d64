"""Messages waiting to be sent."""

from __future__ import annotations

from contact_center.database import Database
from contact_center.models import MessageRow
from contact_center.outbox import SENT_SECRET, Outbox, queue_within

from .conftest import NOW


async def test_messages_wait_in_order_until_they_are_sent(database: Database) -> None:
    outbox = Outbox(database)
    first = await outbox.queue("email", "a@example.com", "Hello", "One", None, None, NOW)
    second = await outbox.queue("text", "+15550100042", "", "Two", None, None, NOW)
    assert [message.id for message in await outbox.pending()] == [first, second]
    assert [message.body for message in await outbox.pending(limit=1)] == ["One"]
    await outbox.mark_sent(first, NOW)
    (left,) = await outbox.pending()
    assert (left.kind, left.to, left.queued_at) == ("text", "+15550100042", NOW)


async def test_a_secret_body_does_not_outlive_the_sending(database: Database) -> None:
    async with database.session() as session:
        message_id = await queue_within(
            session,
            kind="text",
            to="+15550100042",
            subject="",
            body="123456",
            customer_id=None,
            call_id=None,
            now=NOW,
            secret=True,
        )
    outbox = Outbox(database)
    (message,) = await outbox.pending()
    assert message.body == "123456"
    assert "123456" not in repr(message)
    await outbox.mark_sent(message_id, NOW)
    await outbox.mark_sent(message_id, NOW)
    async with database.reading() as session:
        row = await session.get(MessageRow, message_id)
        assert row is not None
        assert row.body == SENT_SECRET
