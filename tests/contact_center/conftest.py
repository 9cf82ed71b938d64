"""A migrated, empty database for each test, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from contact_center.database import Database
from contact_center.seed import seed
from contact_center.settings import ContactCenterSettings
from tests import services

# A Wednesday, three in the afternoon in New York: everything is open.
NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
TODAY = date(2026, 3, 4)

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

_numbers = itertools.count()

# A tenth of the time that a new database takes. What an earlier test left open is closed first.
# Without triggers: some tables forbid deleting.
_EMPTY = """
    DO $$ DECLARE each record; BEGIN
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid();
        SET LOCAL session_replication_role = replica;
        FOR each IN SELECT tablename FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        LOOP EXECUTE format('DELETE FROM %I', each.tablename); END LOOP;
        FOR each IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
        LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', each.sequencename); END LOOP;
    END $$
"""


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server, started for these tests; missing programs are a failure."""
    with services.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of a Redis server, started for these tests; missing programs are a failure."""
    with services.redis() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> str:
    """The URL of a migrated database, which each test empties for itself."""
    asyncio.run(_sql(postgresql_server, "CREATE DATABASE migrated"))
    url = _url_of(postgresql_server, "migrated")
    asyncio.run(_migrate(url))
    return url


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The URL of a migrated, empty SQLite database."""
    path = tmp_path / "warmline.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def postgresql_url(migrated_postgresql: str) -> str:
    """The URL of a migrated, empty PostgreSQL database."""
    await _sql(migrated_postgresql, _EMPTY)
    return migrated_postgresql


@pytest.fixture
async def empty_postgresql_url(postgresql_server: str) -> AsyncIterator[str]:
    """The URL of a PostgreSQL database without tables."""
    name = f"test_{next(_numbers)}"
    await _sql(postgresql_server, f"CREATE DATABASE {name}")
    yield _url_of(postgresql_server, name)
    await _sql(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty database of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of each kind without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'warmline.db'}"
    return str(request.getfixturevalue("empty_postgresql_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database of each kind."""
    db = Database(database_url)
    yield db
    await db.close()


@pytest.fixture
async def seeded(database: Database) -> Database:
    """The well-known customers and orders, without the many others."""
    await seed(database, TODAY, customers=0, orders=0)
    return database


@pytest.fixture
def settings(tmp_path: Path) -> ContactCenterSettings:
    """The settings of the example company, whatever the environment says."""
    return ContactCenterSettings(
        data_dir=tmp_path, time_zone="America/New_York", country="US", subdivision=None
    )


async def _migrate(url: str) -> None:
    db = Database(url)
    await db.migrate()
    await db.close()


async def _sql(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _url_of(server_url: str, name: str) -> str:
    return f"{server_url.removesuffix('/postgres')}/{name}"
