"""A whole line with data of its own, for the demonstration, the tests and the benchmarks."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contact_center.database import Database
from contact_center.sealing import Seal
from voice_gateway.caller.audio import CallerAudio
from voice_gateway.caller.client import CallReport, OnEvent, place_call
from voice_gateway.tokens import Scope, TokenIssuer
from warmline.line_children import line_children
from warmline.place_call import call_url
from warmline.seeding import seed_database
from warmline.settings import Settings, load_settings
from warmline.supervisor import Echo, Supervisor


@dataclass(frozen=True)
class PrivateLine:
    """A line that runs.

    Args:
        settings: With which its processes run.
        supervisor: Keeps them running.
        database: The one they share.
    """

    settings: Settings
    supervisor: Supervisor
    database: Database

    @property
    def call_url(self) -> str:
        """Where calls are placed."""
        return call_url(self.settings.public_url)

    def token(
        self, scope: Scope = "call", *, caller: str | None = None, name: str | None = None
    ) -> str:
        """Make a token that is good for one use.

        Args:
            scope: What it may be used for.
            caller: The caller's number, for the scope `call`.
            name: The agent's name, for the scope `desk`.

        Returns:
            The token.
        """
        issuer = TokenIssuer(self.settings.token_secret.get_secret_value())
        return issuer.issue(scope, now=datetime.now(UTC), caller=caller, name=name)

    async def call(
        self,
        audio: CallerAudio,
        *,
        number: str | None = None,
        on_event: OnEvent | None = None,
        sample_rate: int = 16000,
        recording: Path | None = None,
    ) -> CallReport:
        """Place a call and stay on the line to its end.

        Args:
            audio: What the caller says and does.
            number: From which it comes; None for a withheld number.
            on_event: As in `place_call`.
            sample_rate: 16000 or 8000.
            recording: Where to write a stereo WAV file.

        Returns:
            How it went.
        """
        return await place_call(
            self.call_url,
            self.token(caller=number),
            audio,
            on_event,
            sample_rate=sample_rate,
            recording=recording,
        )


@asynccontextmanager
async def private_line(
    folder: Path, *, echo: Echo | None = None, free_ports: bool = True, **told: Any
) -> AsyncIterator[PrivateLine]:
    """Bring a line up on fresh, seeded data, and take it down again.

    The assistant must have been trained.

    Args:
        folder: For its data; an earlier database in it is used again.
        echo: Is given the lines of the processes.
        free_ports: Take any free ports instead of the configured ones.
        told: Settings that stand above the environment.

    Returns:
        The line, ready to take calls.

    Raises:
        SupervisionError: A process cannot be started.
        StorageError: The database cannot be used.
    """
    if free_ports:
        server, desk, assistant, actions = _free_ports(4)
        told |= {
            "port": server,
            "desk_port": desk,
            "desk_url": f"http://127.0.0.1:{desk}",
            "assistant_url": f"http://127.0.0.1:{assistant}",
            "actions_url": f"http://127.0.0.1:{actions}/webhook",
        }
    settings = load_settings(**{"data_dir": folder, "database_url": "", "tracker_url": "", **told})
    await seed_database(settings)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, seal=Seal.of(settings))
        stack.push_async_callback(database.close)
        supervisor = Supervisor(line_children(settings), log_dir=folder / "log", echo=echo)
        stack.push_async_callback(supervisor.stop)
        await supervisor.start()
        await supervisor.ready()
        yield PrivateLine(settings, supervisor, database)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
