"""A real mail server on the loopback, and a Twilio that behaves as the real one is documented."""

from __future__ import annotations

import asyncio
import base64
import email
import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "line", "the password of the line"


@dataclass
class Mailbox:
    """A mail server and what it was given; `answers` are its refusals to come, then it accepts."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    recipient_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    silent: asyncio.Event | None = None

    async def handle_RCPT(
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.silent is not None:
            await self.silent.wait()
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 OK"


MailServer = Callable[..., Awaitable[Mailbox]]


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    """Starts a mail server: `tls` wraps it from the start, `starttls` and `login` demand these."""
    async with AsyncExitStack() as stack:

        async def start(
            *,
            tls: ssl.SSLContext | None = None,
            starttls: ssl.SSLContext | None = None,
            login: bool = False,
        ) -> Mailbox:
            mailbox = Mailbox()

            def check(
                _server: SMTP, _session: Any, _envelope: Envelope, _mechanism: str, given: Any
            ) -> AuthResult:
                well = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
                return AuthResult(success=well, handled=well)

            def protocol() -> SMTP:
                return SMTP(
                    mailbox,
                    hostname="mail.test",
                    tls_context=starttls,
                    require_starttls=starttls is not None,
                    authenticator=check if login else None,
                    auth_required=login,
                    auth_require_tls=False,
                    enable_SMTPUTF8=True,
                )

            loop = asyncio.get_running_loop()
            server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls)
            stack.callback(server.close)
            mailbox.port = server.sockets[0].getsockname()[1]
            return mailbox

        yield start


@dataclass(frozen=True)
class Certificate:
    """A certificate for the loopback that only these tests trust."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path: Path = tmp_path_factory.mktemp("certificate") / "both.pem"
    path.write_bytes(pem + private)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(path)
    return Certificate(server, ssl.create_default_context(cadata=pem.decode()))


@dataclass
class FakeTwilio:
    """What Twilio's interface was asked; `answers` are refusals (status, code), then it accepts."""

    url: str = ""
    account_sid: str = "AC00000000000000000000000000000042"
    auth_token: str = "a token"
    sent: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, int | None]] = field(default_factory=list)

    def answer(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, str]:
        expected = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        account = f"/2010-04-01/Accounts/{self.account_sid}"
        if headers.get("authorization") != f"Basic {expected}":
            return _refused(401, 20003)
        if (method, path) == ("GET", f"{account}.json"):
            return 200, json.dumps({"sid": self.account_sid, "status": "active"})
        if (method, path) != ("POST", f"{account}/Messages.json"):
            return _refused(404, 20404)
        if self.answers:
            status, code = self.answers.pop(0)
            return _refused(status, code) if code else (status, "<html>no JSON</html>")
        form = {name: values[0] for name, values in parse_qs(body, strict_parsing=True).items()}
        if headers["content-type"] != "application/x-www-form-urlencoded" or "Body" not in form:
            return _refused(400, 21602)
        self.sent.append(form)
        return 201, json.dumps({"sid": "SM1", "status": "queued", "error_code": None})


def _refused(status: int, code: int | None) -> tuple[int, str]:
    return status, json.dumps({"code": code, "message": "no", "more_info": "", "status": status})


@pytest.fixture
async def twilio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeTwilio]:
    """A Twilio on the loopback."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    fake = FakeTwilio()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        request, *lines = head.strip().split("\r\n")
        method, path, _ = request.split(" ")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        status, text = fake.answer(method, path, headers, body)
        writer.write(
            f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode()
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield fake
    server.close()
