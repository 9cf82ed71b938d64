"""Who sends what, as the settings say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contact_center.delivery.smtp import SmtpSender
from contact_center.delivery.text_messages import TwilioSender
from warmline.senders import senders_of
from warmline.settings import Settings, variable

MAIL = {"smtp_host": "mail.test", "smtp_sender": "a@northwind.example"}
TEXTS = {
    "text_provider": "twilio",
    "twilio_account_sid": "AC1",
    "twilio_auth_token": "token",
    "twilio_sender": "+15550100000",
}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, {}),
        (MAIL, {"email": SmtpSender}),
        (TEXTS, {"text": TwilioSender}),
        ({**MAIL, **TEXTS}, {"email": SmtpSender, "text": TwilioSender}),
    ],
)
def test_each_kind_that_is_set_up_is_sent(
    told: dict[str, Any], expected: dict[str, type], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.chdir(tmp_path)
    senders = senders_of(Settings(**told))
    assert {kind: type(sender) for kind, sender in senders.items()} == expected
