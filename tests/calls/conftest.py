"""Whole calls share one line: loading the assistant takes half a minute."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))

from line import LineUnderTest

from warmline.private_line import private_line
from warmline.training import train

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # xdist looks at the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one event loop and one test process, which the line lives in."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.xdist_group("line"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LineUnderTest]:
    """Server, assistant and action server, with seeded data and nobody at a desk."""
    train(lambda progress: None)
    folder = tmp_path_factory.mktemp("line")
    options = {
        "handoff_wait_s": 25.0,
        "drain_seconds": 0.5,
        "event_log_dir": folder / "events",
        # The machine may be busy with other tests.
        "admission": "count",
    }
    async with private_line(folder, **options) as running:
        yield LineUnderTest(running.settings, running.supervisor, running.database)
