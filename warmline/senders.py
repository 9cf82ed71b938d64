"""Who sends e-mail and text messages, as the settings say."""

from __future__ import annotations

from contact_center.delivery.sender import Sender
from contact_center.delivery.smtp import SmtpSender, SmtpServer
from contact_center.delivery.text_messages import TwilioAccount, TwilioSender
from contact_center.outbox import MessageKind
from warmline.settings import Settings


def senders_of(settings: Settings) -> dict[MessageKind, Sender]:
    """Make the senders.

    Args:
        settings: As `load_settings` gives them.

    Returns:
        A sender for each kind that is sent; messages of another kind stay in the outbox.
    """
    senders: dict[MessageKind, Sender] = {}
    if settings.smtp_host:
        senders["email"] = SmtpSender(
            SmtpServer(
                host=settings.smtp_host,
                port=settings.smtp_port,
                security=settings.smtp_security,
                sender=settings.smtp_sender,
                user=settings.smtp_user,
                password=settings.smtp_password.get_secret_value(),
            )
        )
    if settings.text_provider == "twilio":
        senders["text"] = TwilioSender(
            TwilioAccount(
                account_sid=settings.twilio_account_sid,
                auth_token=settings.twilio_auth_token.get_secret_value(),
                sender=settings.twilio_sender,
                url=settings.twilio_url,
            )
        )
    return senders
