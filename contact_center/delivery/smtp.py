"""E-mail by SMTP."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

import aiosmtplib

from contact_center.delivery.sender import NotSent
from contact_center.outbox import Message

Security = Literal["starttls", "tls", "none"]

_PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server and how to use it.

    Args:
        host: Its name.
        port: Its port.
        security: Encrypted after a plain start (`starttls`), from the start (`tls`), or not.
        sender: From whom messages come, as in a header: `Name <address>`.
        user: The name to log in with; "" to send without logging in.
        password: For `user`.
        timeout_s: How long to wait for each answer of the server, in seconds.
        tls: Which certificates to trust; the system's when None.
    """

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 20.0
    tls: ssl.SSLContext | None = None


class SmtpSender:
    """Sends e-mail through one mail server.

    Args:
        server: Which.
    """

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def send(self, message: Message, body: str) -> None:
        """Hand an e-mail over to the mail server.

        Args:
            message: To whom it goes, and its subject.
            body: What it says, as plain text.

        Raises:
            NotSent: The mail server cannot be reached or does not accept it.
        """
        try:
            mail = composed(message, body, self._server.sender)
        except ValueError:
            raise NotSent("the address or the subject is none", final=True) from None
        try:
            async with self._connected() as smtp:
                await smtp.send_message(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            final = all(code in _PERMANENT for code in codes)
            raise NotSent(
                f"{self._where} refused the recipient ({codes[0]})", final=final
            ) from None
        except aiosmtplib.SMTPDataError as error:
            final = error.code in _PERMANENT
            raise NotSent(
                f"{self._where} refused the message ({error.code})", final=final
            ) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._explained(error) from None

    async def check(self) -> str:
        """Connect and log in as if to send.

        Returns:
            The server and how it is spoken to.

        Raises:
            NotSent: It cannot be reached or refuses.
        """
        try:
            async with self._connected() as smtp:
                await smtp.noop()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._explained(error) from None
        return f"{self._where} ({self._server.security}) accepts it from {self._server.sender}"

    @property
    def _where(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            username=server.user or None,
            password=server.password or None,
            timeout=server.timeout_s,
            tls_context=server.tls,
        )
        try:
            await smtp.connect()
            yield smtp
            # What was accepted is accepted, however the goodbye goes.
            with suppress(aiosmtplib.SMTPException, OSError):
                await smtp.quit()
        finally:
            smtp.close()

    def _explained(self, error: Exception) -> NotSent:
        """Say what an operator can do; what the server answered may repeat an address."""
        match error:
            case aiosmtplib.SMTPAuthenticationError(code=code):
                why = f"refused the login ({code}): correct smtp_user and smtp_password"
            case aiosmtplib.SMTPSenderRefused(code=code):
                why = f"refused the sender ({code}): correct smtp_sender"
            case _ if type(error) is aiosmtplib.SMTPException:
                # The library's own words: the server lacks STARTTLS or a way to log in.
                why = f"does not do what is asked for ({error}): look at smtp_security"
            case aiosmtplib.SMTPTimeoutError() | TimeoutError():
                why = "does not answer in time"
            case aiosmtplib.SMTPResponseException(code=code):
                why = f"answered {code}"
            case ssl.SSLError():
                why = f"cannot be spoken to by TLS ({error.reason}): look at smtp_security"
            case _ if isinstance(error.__cause__, ssl.SSLError):
                return self._explained(error.__cause__)
            case _:
                why = "cannot be reached"
        return NotSent(f"{self._where} {why}")


def composed(message: Message, body: str, sender: str) -> EmailMessage:
    """Write an e-mail.

    Args:
        message: To whom it goes, its subject, and when it was queued.
        body: What it says, as plain text.
        sender: From whom it comes: `Name <address>`.

    Returns:
        The e-mail. It has the same Message-ID at every attempt, so that a mailbox that gets it
        twice can drop one.

    Raises:
        ValueError: An address is none, or a header would hold a line break.
    """
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=name, addr_spec=address)
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.queued_at)
    mail["Message-ID"] = f"<warmline.{message.id}.{message.queued_at:%Y%m%d%H%M%S%f}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body.rstrip("\n") + "\n")
    return mail
