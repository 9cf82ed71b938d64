"""`warmline seed`: made-up customers and orders in the line's database."""

from __future__ import annotations

from datetime import datetime

from contact_center.database import Database
from contact_center.seed import seed
from warmline.settings import Settings


async def seed_database(settings: Settings) -> str:
    """Bring the tables up to date and fill them.

    Args:
        settings: As `load_settings` gives them.

    Returns:
        What was done, in one line.

    Raises:
        StorageError: The database cannot be used.
    """
    database = Database(settings.database_url)
    try:
        await database.migrate()
        await seed(database, datetime.now(settings.zone).date())
    finally:
        await database.close()
    return f"The database is filled: {database.url.render_as_string(hide_password=True)}"
