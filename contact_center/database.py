"""The database: SQLite beside the program by default, PostgreSQL when several servers share it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, cast

import aiosqlite
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, CursorResult, Update, event, make_url, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import NullPool

from contact_center.only_reading import refuse_if_only_reading
from contact_center.sealing import Seal

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x7761726D  # any number, as long as every server asks for the same one
MIGRATION_PATIENCE_S = 60.0
SEAL = "seal"  # under which a session's `info` has the database's seal


class StorageError(RuntimeError):
    """The database cannot do its work; the message says why and what to do about it."""


class Database:
    """The one door to the stored data.

    Args:
        url: SQLAlchemy URL of an SQLite file or a PostgreSQL database; the asynchronous driver
            may be left out (`sqlite:///warmline.db`, `postgresql://host/warmline`).
        busy_timeout_s: How long a statement waits for another process's lock, in seconds.
        seal: Seals and opens what must not be stored in clear; without one, whoever needs it
            takes the key from the environment.
    """

    def __init__(self, url: str, *, busy_timeout_s: float = 5.0, seal: Seal | None = None) -> None:
        self.url = _with_async_driver(make_url(url))
        self.seal = seal
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._busy_timeout_s = busy_timeout_s
        self._engine: AsyncEngine | None = None
        # SQLite has one writer at a time. Waiting for it here is fair and instant; waiting in
        # SQLite is by sleeping and trying again.
        self._one_writer = asyncio.Lock()

    @property
    def engine(self) -> AsyncEngine:
        """SQLAlchemy's engine, made on first use."""
        if self._engine is None:
            self._engine = self._make_engine(self._busy_timeout_s)
        return self._engine

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session that may write; committed on leaving, rolled back on an exception.

        Returns:
            The session, with its transaction begun.

        Raises:
            StorageError: The database is full, locked, damaged, missing or out of reach.
            WriteRefused: This runs in `only_reading`.
        """
        refuse_if_only_reading("the database may not be written")
        turn: AbstractAsyncContextManager[Any] = (
            self._one_writer if self.is_sqlite else nullcontext()
        )
        async with turn, self._transaction("BEGIN IMMEDIATE") as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads, and so never waits for a writer.

        Returns:
            The session, with its transaction begun.

        Raises:
            StorageError: The database is damaged, missing or out of reach.
        """
        async with self._transaction("BEGIN") as session:
            yield session

    async def migrate(self) -> None:
        """Bring the tables to the newest revision; safe to be called by several at once.

        Raises:
            StorageError: The database is full, locked, damaged, missing or out of reach.
        """
        with _explained(self.url, connecting=True):
            if self.is_sqlite:
                await self._prepare_file()
            # Foreign keys are off while tables are rebuilt, or SQLite would empty what refers
            # to them.
            engine = self._make_engine(MIGRATION_PATIENCE_S, foreign_keys=False, pooled=False)
            try:
                async with engine.begin() as connection:
                    if not self.is_sqlite:
                        patience = f"{MIGRATION_PATIENCE_S:.0f}s"
                        await connection.execute(text(f"SET LOCAL lock_timeout = '{patience}'"))
                        await connection.execute(
                            text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK}
                        )
                    await connection.run_sync(_upgrade)
            finally:
                await engine.dispose()

    async def close(self) -> None:
        """Give every connection back."""
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None

    @asynccontextmanager
    async def _transaction(self, begin: str) -> AsyncIterator[AsyncSession]:
        with _explained(self.url):
            bind = self.engine.execution_options(sqlite_begin=begin)
            info = {SEAL: self.seal} if self.seal else {}
            async with AsyncSession(bind, expire_on_commit=False, info=info) as session:
                # Connecting now keeps an unreachable server apart from the caller's own errors.
                with _explained(self.url, connecting=True):
                    await session.connection()
                yield session
                await session.commit()

    def _make_engine(
        self, busy_timeout_s: float, *, foreign_keys: bool = True, pooled: bool = True
    ) -> AsyncEngine:
        pool: dict[str, Any] = {} if pooled else {"poolclass": NullPool}
        if not self.is_sqlite:
            wait = {"lock_timeout": f"{busy_timeout_s * 1000:.0f}"}
            return create_async_engine(
                self.url, pool_pre_ping=pooled, connect_args={"server_settings": wait}, **pool
            )
        engine = create_async_engine(self.url, **pool)

        @event.listens_for(engine.sync_engine, "connect")
        def prepare(connection: Any, _record: object) -> None:
            # Transactions are begun by us, below, and not by the driver at some later statement.
            connection.isolation_level = None
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout = {busy_timeout_s * 1000:.0f}")
            cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
            # With a write-ahead log this loses nothing when a process dies.
            cursor.execute("PRAGMA synchronous = NORMAL")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            # A transaction that reads first and writes later would fail, without waiting, when
            # another one wrote between; so a writer says at once that it is one.
            options = connection.get_execution_options()
            connection.exec_driver_sql(options.get("sqlite_begin", "BEGIN IMMEDIATE"))

        return engine

    async def _prepare_file(self) -> None:
        if not self.url.database or self.url.database == ":memory:":
            return
        path = Path(self.url.database)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The folder {path.parent} cannot be made ({error.strerror}): choose another by "
                "WARMLINE_DATA_DIR, or correct its permissions."
            ) from error
        # Changing to the write-ahead log fails at once, without waiting, while another process
        # is doing the same.
        deadline = asyncio.get_running_loop().time() + MIGRATION_PATIENCE_S
        while True:
            try:
                async with aiosqlite.connect(path, timeout=1) as connection:
                    await connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.05)


@contextmanager
def _explained(url: URL, *, connecting: bool = False) -> Iterator[None]:
    """Turn the driver's errors into `StorageError` where the operator can do something."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, OSError) as error:
        if isinstance(error, OSError) and not connecting:
            raise
        advice = _advice(error, url)
        if advice is None:
            raise
        raise StorageError(advice) from error


def _advice(error: BaseException, url: URL) -> str | None:
    driver_error = error.orig if isinstance(error, DBAPIError) else error
    if url.get_backend_name() == "sqlite":
        return _sqlite_advice(str(driver_error), url.database or "")
    state = getattr(driver_error, "sqlstate", None) or ""
    lost = isinstance(error, OSError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
    return _postgresql_advice(state, lost, url.render_as_string(hide_password=True))


def _sqlite_advice(message: str, path: str) -> str | None:
    advice = {
        "is full": f"The disk is full: free some space where {path} lies, and try again.",
        "is locked": f"The database {path} is locked: another program keeps it open for writing; "
        "close that program, and try again.",
        "readonly": f"The database {path} cannot be written: correct the permissions of the file "
        "and its folder.",
        "unable to open": f"The database {path} cannot be opened: see that its folder exists and "
        "may be written.",
        "disk I/O": f"Reading or writing {path} failed: check the disk it lies on.",
        "malformed": f"The database {path} is damaged: put back a backup of it.",
        "not a database": f"{path} is not a database: move it away, or choose another by "
        "WARMLINE_DATABASE_URL.",
        "no such table": f"The database {path} has not been prepared by this version: run its "
        "migrations first.",
        "no such column": f"The database {path} has not been prepared by this version: run its "
        "migrations first.",
    }
    return next((say for sign, say in advice.items() if sign in message), None)


def _postgresql_advice(state: str, lost: bool, url: str) -> str | None:
    advice = {
        "53100": f"The disk of the database server is full ({url}): free some space there, and "
        "try again.",
        "53300": f"The database {url} has no connection left: raise its max_connections, or run "
        "fewer servers.",
        "55P03": f"A table of {url} is locked: another program keeps it; close that program, and "
        "try again.",
        "25006": f"The database {url} only allows reading: point WARMLINE_DATABASE_URL at the "
        "primary server.",
        "3D000": f"There is no such database as {url}: create it with createdb.",
        "42P01": f"The database {url} has not been prepared by this version: run its migrations "
        "first.",
        "42703": f"The database {url} has not been prepared by this version: run its migrations "
        "first.",
    }
    if state in advice:
        return advice[state]
    if state.startswith("28"):
        return f"The database {url} refused the user or the password: correct the URL."
    if lost or state.startswith(("08", "57P")):
        return f"The database {url} cannot be reached: see that its server runs, and try again."
    return None


async def changed_rows(session: AsyncSession, statement: Update) -> int:
    """Carry out a change for which its condition decides, and tell how many rows it met.

    Two sessions that try the same change at once cannot both be told that they made it.

    Args:
        session: An open session; what it has read is not brought up to date.
        statement: The change, with its condition.

    Returns:
        How many rows were changed.
    """
    done = await session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], done).rowcount


async def insert_unless_there(
    session: AsyncSession, table: type[DeclarativeBase], values: Mapping[str, Any], *key: str
) -> None:
    """Insert a row, unless there is one with its key; of two sessions at once, one inserts it.

    Args:
        session: An open session that writes.
        table: The model of the table.
        values: The row, by column.
        key: The columns of a unique key of the table.
    """
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(
            sqlite_insert(table).values(values).on_conflict_do_nothing(index_elements=key)
        )
    else:
        await session.execute(
            postgresql_insert(table).values(values).on_conflict_do_nothing(index_elements=key)
        )


def _with_async_driver(url: URL) -> URL:
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    backend = url.get_backend_name()
    if backend not in drivers:
        raise StorageError(
            f"{backend} is not supported: WARMLINE_DATABASE_URL must name SQLite or PostgreSQL."
        )
    return url.set(drivername=drivers[backend])


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix())
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
