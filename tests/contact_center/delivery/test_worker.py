"""The worker empties the outbox, in its own time and without getting in anybody's way."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from contact_center.database import Database
from contact_center.delivery.sender import NotSent
from contact_center.delivery.smtp import SmtpSender, SmtpServer
from contact_center.delivery.worker import ATTEMPTS, WAITS, DeliveryWorker
from contact_center.outbox import Message, Outbox
from contact_center.sealing import Seal

from ..conftest import NOW
from .conftest import MailServer

CODE = "Your code is 123456."


class Post:
    """A sender that keeps what it gets; `refusals` are raised first."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.sent: list[str] = []

    async def send(self, message: Message, body: str) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append(body)

    async def check(self) -> str:
        return "the post"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def queue(database: Database, *, secret: bool = False, kind: str = "email") -> int:
    to = "maria@example.com" if kind == "email" else "+15550100042"
    return await Outbox(database).queue(
        kind,  # type: ignore[arg-type]
        to,
        "Your code",
        CODE,
        None,
        None,
        NOW,
        secret=secret,
    )


async def test_a_code_goes_from_the_outbox_to_the_mailbox(
    database: Database, mail_server: MailServer
) -> None:
    mailbox = await mail_server()
    message_id = await queue(database, secret=True)
    server = SmtpServer("127.0.0.1", mailbox.port, "none", "line@northwind.example")
    async with DeliveryWorker(
        database, {"email": SmtpSender(server)}, clock=lambda: NOW, look_every_s=0.01
    ):
        while not (await Outbox(database).recent())[0].sent_at:
            await asyncio.sleep(0.01)
    (mail,) = mailbox.mails
    assert mail.get_content().strip() == CODE
    (sent,) = await Outbox(database).recent()
    assert (sent.id, sent.sent_at, sent.erased_at, sent.attempts) == (message_id, NOW, NOW, 1)


async def test_kinds_without_a_sender_stay(database: Database) -> None:
    await queue(database, kind="text")
    await queue(database)
    post = Post()
    await DeliveryWorker(database, {"email": post}, clock=Clock()).send_due("email")
    assert post.sent == [CODE]
    assert [message.kind for message in await Outbox(database).pending()] == ["text"]


async def test_attempts_grow_apart_and_end(database: Database) -> None:
    await queue(database)
    clock = Clock()
    post = Post(*[NotSent("mail.test cannot be reached")] * 100)
    worker = DeliveryWorker(database, {"email": post}, clock=clock)
    with capture_logs() as logs:
        for wait in WAITS:
            assert await worker.send_due("email") == 1
            clock.now += wait - timedelta(seconds=1)
            assert await worker.send_due("email") == 0
            clock.now += timedelta(seconds=1)
        assert await worker.send_due("email") == 1
        clock.now += timedelta(days=30)
        assert await worker.send_due("email") == 0
    assert sorted(WAITS) == list(WAITS)
    (message,) = await Outbox(database).recent()
    assert (message.attempts, message.last_error) == (ATTEMPTS, "mail.test cannot be reached")
    assert message.given_up_at is not None
    assert [line["event"] for line in logs] == ["message_not_sent"] * len(WAITS) + [
        "message_given_up"
    ]
    assert logs[-1]["tries"] == ATTEMPTS
    assert "123456" not in str(logs)
    assert "maria" not in str(logs)


async def test_a_final_refusal_ends_it_at_once(database: Database) -> None:
    await queue(database, secret=True)
    post = Post(NotSent("no such mailbox", final=True))
    worker = DeliveryWorker(database, {"email": post}, clock=Clock())
    await worker.send_due("email")
    (message,) = await Outbox(database).recent()
    assert message.given_up_at == message.erased_at == NOW
    assert await worker.send_due("email") == 0


async def test_a_secret_is_not_tried_after_it_expired(database: Database) -> None:
    await queue(database, secret=True)
    clock = Clock()
    worker = DeliveryWorker(
        database, {"email": Post(*[NotSent("nobody there")] * 100)}, clock=clock
    )
    while await worker.send_due("email"):
        (message,) = await Outbox(database).recent()
        clock.now += WAITS[message.attempts - 1]
    (message,) = await Outbox(database).recent()
    assert message.expires_at is not None
    assert message.given_up_at is not None
    assert message.given_up_at < message.expires_at
    assert message.erased_at is not None


async def test_what_expires_is_erased_although_nobody_sends(database: Database) -> None:
    await queue(database, secret=True)
    async with DeliveryWorker(
        database, {}, clock=lambda: NOW + timedelta(days=1), look_every_s=0.01
    ):
        while not (await Outbox(database).recent())[0].erased_at:
            await asyncio.sleep(0.01)


async def test_a_sender_that_breaks_stops_no_other_message(database: Database) -> None:
    await queue(database)
    await queue(database)
    post = Post(RuntimeError(f"cannot send {CODE!r}"))
    with capture_logs() as logs:
        await DeliveryWorker(database, {"email": post}, clock=Clock()).send_due("email")
    assert post.sent == [CODE]
    (broken,) = await Outbox(database).pending()
    assert broken.last_error == "the sender failed: RuntimeError"
    assert "123456" not in str(logs)


async def test_a_body_that_cannot_be_opened_says_what_to_do(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Database(sqlite_url, seal=Seal(["a secret that nobody has any more"]))
    await queue(lost, secret=True)
    database = Database(sqlite_url)
    await DeliveryWorker(database, {"email": Post()}, clock=Clock()).send_due("email")
    (message,) = await Outbox(database).recent()
    assert "give WARMLINE_OUTBOX_SECRET the old one" in str(message.last_error)
    await lost.close()
    await database.close()


async def test_two_servers_send_every_message_once(database_url: str) -> None:
    servers = [Database(database_url) for _ in range(2)]
    for _ in range(20):
        await queue(servers[0])
    posts = [Post(), Post()]
    workers = [
        DeliveryWorker(server, {"email": post}, clock=Clock())
        for server, post in zip(servers, posts, strict=True)
    ]

    async def empty(worker: DeliveryWorker) -> None:
        while await worker.send_due("email"):
            pass

    await asyncio.gather(*map(empty, workers))
    assert len(posts[0].sent) + len(posts[1].sent) == 20
    assert await Outbox(servers[0]).pending() == []
    for server in servers:
        await server.close()


async def test_a_mail_server_that_hangs_holds_up_no_text_message_and_no_stop(
    database: Database, mail_server: MailServer
) -> None:
    mailbox = await mail_server()
    mailbox.silent = asyncio.Event()
    await queue(database)
    await queue(database, kind="text")
    post = Post()
    hanging = SmtpSender(SmtpServer("127.0.0.1", mailbox.port, "none", "line@northwind.example"))
    async with DeliveryWorker(
        database,
        {"email": hanging, "text": post},
        clock=lambda: NOW,
        look_every_s=0.01,
        stop_within_s=0.05,
    ):
        while not post.sent:
            await asyncio.sleep(0.01)
    mailbox.silent.set()
    (email,) = await Outbox(database).pending()
    assert (email.kind, email.attempts) == ("email", 1)
