"""The pages as one app, of which a process has one at a time."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from nicegui import ui

from agent_desk.pages.mount import desk_pages
from contact_center.settings import ContactCenterSettings


def register(services: Any) -> None:
    @ui.page("/")
    def page() -> None:
        ui.label(services.says)


def services(folder: Path, says: str) -> Any:
    return SimpleNamespace(settings=ContactCenterSettings(data_dir=folder), says=says)


async def test_one_after_the_other_can_be_mounted(tmp_path: Path) -> None:
    for says in ("the first desk", "the second desk"):
        pages = desk_pages(services(tmp_path, says), [register])
        async with (
            pages.router.lifespan_context(pages),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(pages), base_url="http://desk"
            ) as browser,
        ):
            answer = await browser.get("/")
            assert says in answer.text
            assert "nonce-" in answer.headers["content-security-policy"]
            assert (await browser.get("/nothing")).status_code == 404
            assert (await browser.get("/static/keys.js")).status_code == 200


async def test_two_at_once_are_refused(tmp_path: Path) -> None:
    pages = desk_pages(services(tmp_path, "the first"), [register])
    async with pages.router.lifespan_context(pages):
        with pytest.raises(RuntimeError, match="only once at a time"):
            desk_pages(services(tmp_path, "another"), [register])
