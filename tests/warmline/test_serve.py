"""The server process: beside calls it serves the desk's pages and sends what waits."""

from __future__ import annotations

import asyncio
import email
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope

from contact_center.database import Database
from contact_center.outbox import Outbox
from contact_center.sealing import Seal
from tests.services import free_port
from warmline.settings import Settings, load_settings, variable

CODE = "Your code is 123456."


class Mailbox:
    def __init__(self) -> None:
        self.mails: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=default)
        await self.mails.put((envelope.rcpt_tos[0], mail.get_content().strip()))
        return "250 OK"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    return load_settings(
        data_dir=tmp_path,
        port=free_port(),
        desk_port=free_port(),
        drain_seconds=0.1,
        assistant_url=f"http://127.0.0.1:{free_port()}",
    )


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs the server process; it must end well when it is told to."""
    told = settings.environment() | {
        variable(name): str(getattr(settings, name)) for name in ("port", "desk_port", "desk_url")
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "warmline", "serve"),
        env={**os.environ, **told},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            while process.returncode is None:
                try:
                    await client.get(f"{settings.public_url}/healthz")
                    break
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    assert "123456" not in output.decode()


async def page(settings: Settings, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"{settings.desk_url}{path}")


async def queue_code(settings: Settings) -> None:
    database = Database(settings.database_url, seal=Seal.of(settings))
    await Outbox(database).queue(
        *("email", "maria@example.com", "Your code", CODE, None, None, datetime.now(UTC)),
        secret=True,
    )
    await database.close()


async def test_in_development_the_desk_shows_what_waits(settings: Settings) -> None:
    async with serving(settings):
        await queue_code(settings)
        front = await page(settings, "/")
        assert settings.public_url in front.text
        assert CODE in (await page(settings, "/outbox")).text
        assert (await page(settings, f"/reset/{'x' * 43}")).status_code == 404


async def test_with_a_mail_server_what_waits_is_sent_and_not_shown(settings: Settings) -> None:
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    told = {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.sockets[0].getsockname()[1],
        "smtp_security": "none",
        "smtp_sender": "line@northwind.example",
    }
    async with serving(load_settings(**settings.model_dump() | told)):
        await queue_code(settings)
        assert await mailbox.mails.get() == ("maria@example.com", CODE)
        assert (await page(settings, "/outbox")).status_code == 404
    server.close()
