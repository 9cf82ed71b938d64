"""Text messages through Twilio, or what behaves like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from contact_center.delivery.sender import NotSent
from contact_center.delivery.text_messages import TwilioAccount, TwilioSender
from contact_center.outbox import Message
from tests.services import free_port

from .conftest import FakeTwilio

NUMBER = "+15550100000"
BODY = "Your Northwind code is 123456. Señora & sons: 100% + more."
MESSAGE = Message(
    id=7,
    kind="text",
    to="+15550100042",
    subject="",
    body="",
    customer_id=None,
    call_id=None,
    queued_at=datetime(2026, 3, 4, tzinfo=UTC),
    sent_at=None,
)


def account(twilio: FakeTwilio) -> TwilioAccount:
    return TwilioAccount(twilio.account_sid, twilio.auth_token, NUMBER, twilio.url)


async def refusal(account: TwilioAccount) -> NotSent:
    with pytest.raises(NotSent) as raised:
        await TwilioSender(account).send(MESSAGE, BODY)
    for secret in ("123456", MESSAGE.to, account.auth_token):
        assert secret not in raised.value.reason
    return raised.value


async def test_a_text_message_is_sent_from_the_number(twilio: FakeTwilio) -> None:
    await TwilioSender(account(twilio)).send(MESSAGE, BODY)
    assert twilio.sent == [{"To": "+15550100042", "From": NUMBER, "Body": BODY}]


async def test_a_text_message_is_sent_through_a_messaging_service(twilio: FakeTwilio) -> None:
    service = replace(account(twilio), sender="MG00000000000000000000000000000001")
    await TwilioSender(service).send(MESSAGE, BODY)
    (form,) = twilio.sent
    assert form["MessagingServiceSid"] == service.sender
    assert "From" not in form


@pytest.mark.parametrize(
    ("status", "code", "final"),
    [
        (400, 21211, True),  # not a number
        (400, 21610, True),  # the customer wants no messages
        (429, 20429, False),  # too many at once
        (500, 20500, False),
        (503, None, False),
        (403, 20403, False),  # the account may not: the operator can change that
    ],
)
async def test_a_refusal_is_final_when_it_is_about_the_message(
    twilio: FakeTwilio, status: int, code: int | None, final: bool
) -> None:
    twilio.answers = [(status, code)]
    refused = await refusal(account(twilio))
    assert refused.final is final
    assert str(code or status) in refused.reason


async def test_a_wrong_token_is_told_with_what_to_do(twilio: FakeTwilio) -> None:
    refused = await refusal(replace(account(twilio), auth_token="another"))
    assert "correct twilio_account_sid and twilio_auth_token" in refused.reason
    assert not refused.final


async def test_a_provider_that_is_not_there_is_tried_again(twilio: FakeTwilio) -> None:
    gone = replace(account(twilio), url=f"http://127.0.0.1:{free_port()}")
    refused = await refusal(gone)
    assert "cannot be reached" in refused.reason
    assert not refused.final


async def test_the_account_can_be_looked_at_without_sending(twilio: FakeTwilio) -> None:
    assert NUMBER in await TwilioSender(account(twilio)).check()
    with pytest.raises(NotSent, match="refused the account"):
        await TwilioSender(replace(account(twilio), account_sid="AC1")).check()
    assert twilio.sent == []


def test_the_token_does_not_show(twilio: FakeTwilio) -> None:
    assert twilio.auth_token not in repr(account(twilio))
