"""Bringing a test's database to a revision, by the command line."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


async def migrate(url: str, *step: str) -> None:
    """Run one step of Alembic, such as "upgrade", "0005", and fail when it fails.

    Args:
        url: The database.
        step: Alembic's command and the revision.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "alembic", "-c", "contact_center/migrations/alembic.ini"),
        *("-x", f"url={url}", *step),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
