"""A migrated database for each test, and a line on which a test plays both sides."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contact_center.database import Database
from contact_center.recordings import Recordings
from voice_gateway.recording import writer as writing
from voice_gateway.transports.line import HungUp, Received

NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)


class ScriptedLine:
    """A line whose caller sends what the test says, and hears everything at once."""

    channel = "test"

    def __init__(self, sample_rate: int = 16000) -> None:
        self.sample_rate = sample_rate
        self.said: asyncio.Queue[Received] = asyncio.Queue()
        self.done: list[object] = []

    async def send_audio(self, pcm: bytes) -> None:
        self.done.append(pcm)

    async def send_mark(self, mark_id: int) -> None:
        self.done.append(mark_id)

    async def clear(self) -> None:
        self.done.append("clear")

    async def notify(self, message: Mapping[str, Any]) -> None:
        self.done.append(message)

    async def received(self) -> AsyncIterator[Received]:
        while True:
            received = await self.said.get()
            yield received
            if isinstance(received, HungUp):
                return

    async def close(self, reason: str) -> None:
        self.done.append(reason)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("recordings") / "migrated.db"

    async def migrate() -> None:
        db = Database(f"sqlite:///{path}")
        await db.migrate()
        await db.close()

    asyncio.run(migrate())
    return path


@pytest.fixture
async def database(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "warmline.db"
    shutil.copy(migrated, path)
    db = Database(f"sqlite:///{path}")
    yield db
    await db.close()


@pytest.fixture
def recordings(database: Database) -> Recordings:
    return Recordings(database)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where recordings go; it is not there yet."""
    return tmp_path / "recordings"


@pytest.fixture
def blocked_folder(folder: Path) -> None:
    """The folder cannot be made, because a file is in its place."""
    folder.write_text("a file where the folder should be")


@pytest.fixture
def stuck_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Nothing is written until the test lets it."""
    free = threading.Event()
    threads = writing._WritingThread()
    threads.do(free.wait)  # type: ignore[arg-type]
    monkeypatch.setattr(writing, "_threads", lambda: iter([threads]))
    yield free
    free.set()


def files_in(folder: Path) -> list[str] | None:
    """The names of the files in a folder; None where there is no folder."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else None
