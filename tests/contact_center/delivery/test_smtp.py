"""E-mail through a real mail server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contact_center.delivery.sender import NotSent
from contact_center.delivery.smtp import SmtpSender, SmtpServer, composed
from contact_center.outbox import Message
from tests.services import free_port

from .conftest import PASSWORD, USER, Certificate, Mailbox, MailServer

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

SENDER = "Northwind Outfitters <service@northwind.example>"
BODY = "Your code is 123456.\nNobody will ask you for it. Señora, 你好."


def message(**told: Any) -> Message:
    facts: dict[str, Any] = {
        "id": 7,
        "kind": "email",
        "to": "maria@example.com",
        "subject": "Your code",
        "body": "",
        "customer_id": None,
        "call_id": None,
        "queued_at": datetime(2026, 3, 4, 20, 0, tzinfo=UTC),
        "sent_at": None,
    }
    return Message(**{**facts, **told})


def sender(mailbox: Mailbox, **told: Any) -> SmtpSender:
    facts: dict[str, Any] = {"host": "127.0.0.1", "security": "none", "sender": SENDER}
    return SmtpSender(SmtpServer(port=mailbox.port, **{**facts, **told}))


async def refusal(sender: SmtpSender) -> NotSent:
    with pytest.raises(NotSent) as raised:
        await sender.send(message(), BODY)
    assert "123456" not in raised.value.reason
    assert "maria" not in raised.value.reason
    return raised.value


async def test_what_arrives_is_plain_text_with_the_headers_of_a_machine(
    mail_server: MailServer,
) -> None:
    mailbox = await mail_server()
    await sender(mailbox).send(message(), BODY)
    (mail,) = mailbox.mails
    assert mailbox.recipients == ["maria@example.com"]
    assert mail["From"] == SENDER
    assert mail["To"] == "maria@example.com"
    assert mail["Subject"] == "Your code"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == message().queued_at
    assert mail["Message-ID"].endswith("@northwind.example>")
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == BODY.splitlines()


def test_every_attempt_has_the_same_message_id_and_every_message_another() -> None:
    first, again = (composed(message(), BODY, SENDER) for _ in range(2))
    other = composed(message(id=8), BODY, SENDER)
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]


@pytest.mark.parametrize(
    "wrong",
    [{"to": "no address"}, {"to": "a@example.com\nBcc: b@example.com"}, {"subject": "a\nb"}],
)
async def test_what_cannot_be_a_header_is_given_up(
    mail_server: MailServer, wrong: dict[str, str]
) -> None:
    mailbox = await mail_server()
    with pytest.raises(NotSent) as raised:
        await sender(mailbox).send(message(**wrong), BODY)
    assert raised.value.final
    assert mailbox.mails == []


async def test_starttls_with_a_login(mail_server: MailServer, certificate: Certificate) -> None:
    mailbox = await mail_server(starttls=certificate.server, login=True)
    told = {"security": "starttls", "tls": certificate.client}
    await sender(mailbox, **told, user=USER, password=PASSWORD).send(message(), BODY)
    assert len(mailbox.mails) == 1
    wrong = sender(mailbox, **told, user=USER, password="another")
    refused = await refusal(wrong)
    assert "correct smtp_user and smtp_password" in refused.reason
    assert not refused.final


async def test_tls_from_the_start(mail_server: MailServer, certificate: Certificate) -> None:
    mailbox = await mail_server(tls=certificate.server)
    await sender(mailbox, security="tls", tls=certificate.client).send(message(), BODY)
    assert len(mailbox.mails) == 1


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    mail_server: MailServer, certificate: Certificate
) -> None:
    for security, options in (
        ("tls", {"tls": certificate.server}),
        ("starttls", {"starttls": certificate.server}),
    ):
        mailbox = await mail_server(**options)
        assert "look at smtp_security" in (await refusal(sender(mailbox, security=security))).reason
        assert mailbox.mails == []


async def test_a_server_without_encryption_is_not_spoken_to_in_clear(
    mail_server: MailServer,
) -> None:
    mailbox = await mail_server()
    refused = await refusal(sender(mailbox, security="starttls"))
    assert "look at smtp_security" in refused.reason
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("answer", "final"), [("550 5.1.1 maria@example.com unknown", True), ("450 4.2.1 Busy", False)]
)
async def test_whether_a_refused_recipient_is_tried_again_is_the_servers_word(
    mail_server: MailServer, answer: str, final: bool
) -> None:
    mailbox = await mail_server()
    mailbox.recipient_answers = [answer]
    refused = await refusal(sender(mailbox))
    assert refused.final is final
    assert f"refused the recipient ({answer[:3]})" in refused.reason


@pytest.mark.parametrize(("answer", "final"), [("554 No", True), ("451 Later", False)])
async def test_whether_a_refused_message_is_tried_again_is_the_servers_word(
    mail_server: MailServer, answer: str, final: bool
) -> None:
    mailbox = await mail_server()
    mailbox.data_answers = [answer]
    assert (await refusal(sender(mailbox))).final is final


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    refused = await refusal(sender(Mailbox(port=free_port())))
    assert "cannot be reached" in refused.reason
    assert not refused.final


async def test_whether_mail_would_be_accepted_can_be_seen_without_sending(
    mail_server: MailServer,
) -> None:
    mailbox = await mail_server(login=True)
    said = await sender(mailbox, user=USER, password=PASSWORD).check()
    assert f"127.0.0.1:{mailbox.port}" in said
    with pytest.raises(NotSent, match="refused the login"):
        await sender(mailbox, user=USER, password="another").check()
    assert mailbox.mails == []


def test_the_password_does_not_show() -> None:
    server = SmtpServer("mail.test", 587, "starttls", SENDER, user=USER, password=PASSWORD)
    assert PASSWORD not in repr(server)
