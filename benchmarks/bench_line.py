"""A private line for benchmarks, with the assistant trained."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from warmline.private_line import PrivateLine, private_line
from warmline.training import train


@asynccontextmanager
async def bench_line(**told: object) -> AsyncIterator[PrivateLine]:
    """Bring a line up in a temporary folder.

    Args:
        told: Settings.

    Returns:
        The line, warm: the fixed phrases are synthesised.
    """
    await asyncio.to_thread(train)
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder:
        async with private_line(Path(folder), **told) as line:
            await asyncio.sleep(20)
            yield line
