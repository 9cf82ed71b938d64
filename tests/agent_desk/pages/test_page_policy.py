"""What a browser may load and run on the pages."""

from __future__ import annotations

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from agent_desk.pages.page_policy import PagePolicy

PAGE = "<html><script>one()</script><p>&lt;script&gt;</p><script defer src='/x.js'></script></html>"


async def page(_: Request) -> HTMLResponse:
    return HTMLResponse(PAGE)


async def script(_: Request) -> PlainTextResponse:
    return PlainTextResponse("'<script>'", media_type="text/javascript")


def client() -> httpx.AsyncClient:
    app = Starlette(routes=[Route("/", page), Route("/x.js", script)])
    transport = httpx.ASGITransport(PagePolicy(app))
    return httpx.AsyncClient(transport=transport, base_url="http://desk")


async def test_the_scripts_of_a_page_carry_the_nonce_of_its_policy() -> None:
    async with client() as browser:
        first, second = await browser.get("/"), await browser.get("/")
    policy = first.headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert first.text.count(f'<script nonce="{nonce}"') == 2
    assert "&lt;script&gt;" in first.text
    assert int(first.headers["content-length"]) == len(first.content)
    assert nonce not in second.headers["content-security-policy"]


async def test_nothing_comes_from_or_goes_to_another_host() -> None:
    async with client() as browser:
        policy = (await browser.get("/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "*" not in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src "))
    assert "'unsafe-inline'" not in scripts


async def test_other_files_are_left_as_they_are() -> None:
    async with client() as browser:
        answer = await browser.get("/x.js")
    assert answer.text == "'<script>'"
    assert answer.headers["permissions-policy"].endswith("microphone=(self)")
