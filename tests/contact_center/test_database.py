"""The database: prepared by anyone at any time, and plain about what is wrong with it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from contact_center.database import Database, StorageError, insert_unless_there
from contact_center.models import Base, CallRow, CustomerRow, MessageRow
from contact_center.only_reading import WriteRefused, only_reading
from tests.services import free_port

from .conftest import NOW


def call_row(call_id: str, started_at: datetime = NOW) -> CallRow:
    return CallRow(id=call_id, channel="browser", server="", started_at=started_at)


async def test_models_and_migrations_agree(database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_makes_the_folder_and_the_tables(empty_url: str) -> None:
    db = Database(empty_url)
    await db.migrate()
    async with db.reading() as session:
        assert (await session.scalars(select(CallRow))).all() == []
    await db.close()


async def test_migrating_again_changes_nothing(database: Database) -> None:
    async with database.session() as session:
        session.add(call_row("c1"))
    await database.migrate()
    async with database.reading() as session:
        assert await session.get(CallRow, "c1") is not None


async def test_where_only_reading_is_allowed_it_is_read_and_not_written(
    database: Database,
) -> None:
    with only_reading():
        async with database.reading() as session:
            assert (await session.scalars(select(CallRow))).all() == []
        with pytest.raises(WriteRefused):
            async with database.session():
                pytest.fail("a session that may write was opened")
    async with database.session() as session:
        session.add(call_row("c1"))


async def test_two_processes_may_migrate_at_the_same_time(empty_url: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from contact_center.database import Database\n"
        "asyncio.run(Database(sys.argv[1]).migrate())\n"
    )
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, empty_url, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in processes:
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()


async def test_migrating_within_one_loop_at_the_same_time(empty_url: str) -> None:
    one, other = Database(empty_url), Database(empty_url)
    await asyncio.gather(one.migrate(), other.migrate())
    await one.close()
    await other.close()


async def test_the_migration_can_be_undone_from_the_command_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'scratch.db'}"
    root = Path(__file__).parents[2]
    for step in (("upgrade", "head"), ("downgrade", "base")):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "alembic", "-c", "contact_center/migrations/alembic.ini"),
            *("-x", f"url={url}", *step),
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stderr=subprocess.PIPE,
        )
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    tables = sqlite3.connect(tmp_path / "scratch.db").execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    )
    assert tables.fetchall() == [("alembic_version",)]


async def test_sqlite_writes_ahead_keeps_foreign_keys_and_waits(sqlite_url: str) -> None:
    db = Database(sqlite_url, busy_timeout_s=3)
    async with db.reading() as session:
        for pragma, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 3000)):
            assert await session.scalar(text(f"PRAGMA {pragma}")) == value
    await db.close()


async def test_rows_that_refer_to_nothing_are_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.session() as session:
            session.add(
                MessageRow(
                    kind="email",
                    to="a@example.com",
                    subject="",
                    body="",
                    secret=False,
                    call_id="no such call",
                    queued_at=NOW,
                )
            )


async def test_of_two_who_insert_the_same_row_one_does(database: Database) -> None:
    async def insert(channel: str) -> None:
        async with database.session() as session:
            values = {"id": "c1", "channel": channel, "server": "", "started_at": NOW}
            await insert_unless_there(session, CallRow, values, "id")

    await asyncio.gather(insert("browser"), insert("sip"))
    await insert("late")
    async with database.reading() as session:
        (row,) = (await session.scalars(select(CallRow))).all()
        assert row.channel in ("browser", "sip")


async def test_an_exception_undoes_the_whole_session(database: Database) -> None:
    async def fail_half_way() -> None:
        async with database.session() as session:
            session.add(call_row("c1"))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    async with database.reading() as session:
        assert await session.get(CallRow, "c1") is None


async def test_times_come_back_as_aware_utc(database: Database) -> None:
    paris = timezone(timedelta(hours=2))
    async with database.session() as session:
        session.add(call_row("c1", datetime(2026, 7, 1, 14, 30, 5, 250_000, tzinfo=paris)))
    async with database.reading() as session:
        stored = await session.get(CallRow, "c1")
        assert stored is not None
        assert stored.started_at == datetime(2026, 7, 1, 12, 30, 5, 250_000, tzinfo=UTC)
        assert stored.started_at.utcoffset() == timedelta(0)


async def test_times_without_a_zone_are_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="no time zone"):
        async with database.session() as session:
            session.add(call_row("c1", datetime(2026, 7, 1, 12, 0)))


async def test_many_writers_of_one_process_all_get_their_turn(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.session() as session:
            rows = (await session.scalars(select(CallRow.id))).all()
            session.add(call_row(f"c{number}-after-{len(rows)}"))

    await asyncio.gather(*(write(number) for number in range(30)))
    async with database.reading() as session:
        assert len((await session.scalars(select(CallRow.id))).all()) == 30


async def test_reading_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.session() as writing:
        writing.add(call_row("c1"))
        await writing.flush()
        async with database.reading() as session:
            assert await session.get(CallRow, "c1") is None


async def test_a_full_disk_is_told_with_what_to_do(sqlite_url: str) -> None:
    db = Database(sqlite_url)

    @event.listens_for(db.engine.sync_engine, "connect")
    def no_more_pages(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count = 1")  # SQLite takes its present size at least
        cursor.close()

    with pytest.raises(StorageError, match="disk is full: free some space"):
        async with db.session() as session:
            session.add(CustomerRow(name="x" * 100_000, tier="standard", is_staff=False))
    async with db.reading() as session:
        assert (await session.scalars(select(CustomerRow))).all() == []
    await db.close()


async def test_a_locked_database_is_told_with_what_to_do(sqlite_url: str) -> None:
    db = Database(sqlite_url, busy_timeout_s=0.1)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match=r"is locked.*close that program"):
        async with db.session() as session:
            session.add(call_row("c1"))
    other.execute("ROLLBACK")
    async with db.session() as session:
        session.add(call_row("c1"))
    other.close()
    await db.close()


async def test_a_locked_table_of_postgresql_is_told_with_what_to_do(postgresql_url: str) -> None:
    db, other = Database(postgresql_url, busy_timeout_s=0.1), Database(postgresql_url)
    async with other.session() as holding:
        await holding.execute(text("LOCK TABLE calls"))
        with pytest.raises(StorageError, match=r"is locked.*close that program"):
            async with db.session() as session:
                session.add(call_row("c1"))
    await db.close()
    await other.close()


async def test_a_damaged_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "warmline.db"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StorageError, match="not a database: move it away"):
        await Database(f"sqlite:///{path}").migrate()


async def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="WARMLINE_DATA_DIR"):
        await Database(f"sqlite:///{tmp_path / 'file' / 'warmline.db'}").migrate()


async def test_an_unprepared_database_is_told_with_what_to_do(empty_url: str) -> None:
    db = Database(empty_url)
    if db.is_sqlite:
        Path(str(db.url.database)).parent.mkdir()
    with pytest.raises(StorageError, match="run its migrations first"):
        async with db.reading() as session:
            await session.scalars(select(CallRow))
    await db.close()


async def test_an_unreachable_server_is_told_without_its_password() -> None:
    db = Database(f"postgresql://user:secret@127.0.0.1:{free_port()}/warmline")
    with pytest.raises(StorageError, match="cannot be reached") as told:
        async with db.session():
            pass
    assert "secret" not in str(told.value)


async def test_a_missing_database_on_the_server_is_told_with_what_to_do(
    postgresql_server: str,
) -> None:
    db = Database(f"{postgresql_server}_of_nobody")
    with pytest.raises(StorageError, match="createdb"):
        async with db.session():
            pass
    await db.close()


def test_other_databases_are_refused() -> None:
    with pytest.raises(StorageError, match="SQLite or PostgreSQL"):
        Database("mysql://localhost/warmline")
