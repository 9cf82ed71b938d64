"""Runs the migrations: on the connection that `Database.migrate` hands over, or from the command
line on the database named by `-x url=...`.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, Connection
from sqlalchemy.ext.asyncio import create_async_engine

from contact_center.database import Database
from contact_center.models import Base, UtcDateTime
from contact_center.settings import ContactCenterSettings


def _render(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Migrations name plain column types, so that they outlive the classes of the models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_render,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run_on_url() -> None:
    given = context.get_x_argument(as_dictionary=True).get("url")
    engine = create_async_engine(Database(given or ContactCenterSettings().database_url).url)
    async with engine.begin() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    _run(handed_over)
else:
    asyncio.run(_run_on_url())
