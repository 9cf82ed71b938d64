"""One stage for all rehearsals: loading the assistant takes half a minute."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from warmline.rehearsal.stage import Stage, set_stage
from warmline.training import train

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # xdist looks at the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the stage runs in one event loop and one test process, where the stage is."""
    for item in items:
        if HERE in item.path.parents and "stage" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.xdist_group("rehearsal"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The real assistant and the real actions on a database of their own."""
    train(lambda progress: None)
    async with set_stage(tmp_path_factory.mktemp("stage")) as ready:
        yield ready
