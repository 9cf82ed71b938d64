"""The test page in a real browser: its microphone, its loudspeaker and its words.

With WARMLINE_SCREENSHOTS=docs/screenshots the pictures of the documentation are taken anew.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from playwright.async_api import Browser, Page, async_playwright, expect
from websockets.asyncio.server import serve as serve_site
from websockets.datastructures import Headers
from websockets.http11 import Response

from tests.page_checks import CONTRAST
from voice_gateway.caller.audio import level_dbfs
from voice_gateway.tokens import TokenIssuer
from voice_gateway.transports.line import (
    Audio,
    CallerIdentity,
    HungUp,
    Key,
    Line,
    PlayedMark,
    frame_bytes,
)

CHROMIUM = shutil.which("chromium") or "chromium"
SECRET = "a secret for tests, of thirty-two bytes or more"
SCREENSHOTS = os.environ.get("WARMLINE_SCREENSHOTS")


Serve = Callable[..., Any]
Open = Callable[..., Any]


@pytest.fixture
async def open_browser(tmp_path: Path, tone: Any) -> AsyncIterator[Open]:
    """Starts a browser whose microphone hears a tone, or is blocked."""
    microphone = tmp_path / "microphone.wav"
    soundfile.write(microphone, np.frombuffer(tone(4.0, rate=48000), dtype="<i2"), 48000)
    async with async_playwright() as playwright:
        browsers: list[Browser] = []

        async def launch(*, allow_microphone: bool = True, **context: Any) -> Page:
            prompt = "" if allow_microphone else "=deny"
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=[
                    "--use-fake-device-for-media-stream",
                    f"--use-fake-ui-for-media-stream{prompt}",
                    f"--use-file-for-fake-audio-capture={microphone}",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            )
            browsers.append(browser)
            page = await browser.new_page(**context)
            page.set_default_timeout(30_000)
            expect.set_options(timeout=30_000)
            return page

        yield launch
        for browser in browsers:
            await browser.close()


class Conversation:
    """An `answer` that hears for a while, speaks, takes back what it says, and goes on."""

    def __init__(self, tone: Any) -> None:
        self.tone = tone
        self.received: list[Any] = []
        self.heard: list[bytes] = []
        self.caller: CallerIdentity | None = None
        self.enough = asyncio.Event()
        self.marks: asyncio.Queue[int] = asyncio.Queue()
        self.over = asyncio.Event()
        self.line: Line | None = None

    async def __call__(self, line: Line, caller: CallerIdentity) -> None:
        self.line, self.caller = line, caller
        await line.notify({"type": "answered", "call_id": "c1"})
        await line.notify({"type": "state", "state": "listening"})
        async for message in line.received():
            match message:
                case Audio(pcm):
                    self.heard.append(pcm)
                    if sum(level_dbfs(each) > -40 for each in self.heard[-50:]) >= 25:
                        self.enough.set()
                case PlayedMark(mark_id):
                    self.marks.put_nowait(mark_id)
                case _:
                    self.received.append(message)
        self.over.set()

    async def notify(self, **message: Any) -> None:
        assert self.line is not None
        await self.line.notify(message)


@pytest.fixture
def conversation(tone: Any) -> Conversation:
    return Conversation(tone)


@pytest.fixture
async def running(serve: Serve, conversation: Conversation) -> Any:
    return await serve(conversation, development_tokens=TokenIssuer(SECRET))


async def test_a_call_from_the_page(
    running: Any, open_browser: Open, conversation: Conversation, tone: Any
) -> None:
    page = await open_browser()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: line.type == "error" and problems.append(line.text))
    await page.goto(running.page_url)
    await expect(page.get_by_role("status")).to_have_text("Ready to call")
    await page.get_by_role("button", name="Call").click()
    await expect(page.get_by_role("status")).to_have_text("Listening to you")

    # What the microphone hears arrives at the server.
    await asyncio.wait_for(conversation.enough.wait(), 30)
    assert conversation.caller == CallerIdentity("+15550100042")
    assert {len(pcm) for pcm in conversation.heard} == {frame_bytes(16000)}
    loud = b"".join(pcm for pcm in conversation.heard if level_dbfs(pcm) > -40)
    samples = np.frombuffer(loud, dtype="<i2")
    hertz = np.argmax(np.abs(np.fft.rfft(samples))) * 16000 / samples.size
    assert hertz == pytest.approx(440, abs=15)

    # What the server says is played, and its marks come back in order; what it takes back is not.
    line = conversation.line
    assert line is not None
    await line.send_audio(tone(0.2))
    await line.send_mark(1)
    assert await asyncio.wait_for(conversation.marks.get(), 30) == 1
    await line.send_audio(tone(60.0))
    await line.send_mark(2)
    await line.clear()
    await line.send_audio(tone(0.2))
    await line.send_mark(3)
    assert await asyncio.wait_for(conversation.marks.get(), 30) == 3
    await line.send_audio(tone(5.0))
    meter = page.get_by_role("meter", name="Line")
    await expect(meter).not_to_have_attribute("aria-valuenow", "0")

    # Words, states and delays are shown.
    await conversation.notify(type="partial", text="where is my")
    await expect(page.locator("#partial")).to_have_text("where is my")
    await conversation.notify(
        type="turn", turn_id="t1", speaker="caller", text="where is my <order>", confidence=0.9
    )
    await expect(page.locator("#partial")).to_be_hidden()
    await conversation.notify(type="state", state="thinking")
    await expect(page.get_by_role("status")).to_have_text("Thinking")
    await conversation.notify(type="turn", turn_id="t2", speaker="bot", text="Let me look.")
    await conversation.notify(type="delay", turn_id="t1", ms={"total": 420})
    items = page.get_by_role("log").get_by_role("listitem")
    await expect(items).to_have_text(
        ["Youwhere is my <order>answered in 0.42 s", "LineLet me look."]
    )

    # Keys, by mouse and by keyboard.
    await page.get_by_role("button", name="5", exact=True).click()
    await page.keyboard.press("#")
    await page.get_by_role("button", name="star").click()

    await page.get_by_role("button", name="Hang up").click()
    await asyncio.wait_for(conversation.over.wait(), 30)
    assert conversation.received == [Key("5"), Key("#"), Key("*"), HungUp("caller_hung_up")]
    await expect(page.get_by_role("status")).to_have_text("You hung up")
    await expect(page.get_by_role("button", name="Call")).to_be_focused()
    await expect(page.get_by_role("alert")).to_be_hidden()
    assert problems == []


async def test_muting_sends_silence(
    running: Any, open_browser: Open, conversation: Conversation
) -> None:
    page = await open_browser()
    await page.goto(running.page_url)
    await page.get_by_role("button", name="Call").click()
    await asyncio.wait_for(conversation.enough.wait(), 30)
    mute = page.get_by_role("button", name="Mute")
    await mute.click()
    await expect(mute).to_have_attribute("aria-pressed", "true")
    while any(conversation.heard[-1]):
        await asyncio.sleep(0.02)
    start = len(conversation.heard)
    while len(conversation.heard) < start + 25:
        await asyncio.sleep(0.02)
    assert not any(b"".join(conversation.heard[start:]))


async def test_the_page_works_by_keyboard_alone(
    running: Any, open_browser: Open, conversation: Conversation
) -> None:
    page = await open_browser()
    await page.goto(running.page_url)
    await page.keyboard.press("Tab")
    await page.keyboard.type("+15550100077")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("Listening to you")
    assert conversation.caller == CallerIdentity("+15550100077")
    await page.get_by_role("button", name="Hang up").focus()
    await page.keyboard.press("Enter")
    await asyncio.wait_for(conversation.over.wait(), 30)


async def test_a_token_in_the_address_is_used_and_taken_out_of_it(
    serve: Serve, open_browser: Open, conversation: Conversation
) -> None:
    running = await serve(conversation)
    page = await open_browser()
    await page.goto(f"{running.page_url}/#token={running.token('+15550100099')}")
    await page.get_by_role("button", name="Call").click()
    await expect(page.get_by_role("status")).to_have_text("Listening to you")
    assert conversation.caller == CallerIdentity("+15550100099")
    assert page.url == f"{running.page_url}/"


async def test_the_server_may_end_the_call(
    running: Any, open_browser: Open, conversation: Conversation
) -> None:
    page = await open_browser()
    await page.goto(running.page_url)
    await page.get_by_role("button", name="Call").click()
    await expect(page.get_by_role("status")).to_have_text("Listening to you")
    assert conversation.line is not None
    await conversation.line.close("callback_promised")
    await expect(page.get_by_role("status")).to_have_text("Call ended: you will be called back")


class TestErrors:
    async def test_a_blocked_microphone(self, running: Any, open_browser: Open) -> None:
        page = await open_browser(allow_microphone=False)
        await page.goto(running.page_url)
        await page.get_by_role("button", name="Call").click()
        await expect(page.get_by_role("alert")).to_contain_text("Microphone blocked: allow it")
        await expect(page.get_by_role("button", name="Call")).to_be_visible()

    async def test_a_server_without_development_tokens(
        self, serve: Serve, open_browser: Open, conversation: Conversation
    ) -> None:
        running = await serve(conversation)
        page = await open_browser()
        await page.goto(running.page_url)
        await page.get_by_role("button", name="Call").click()
        await expect(page.get_by_role("alert")).to_contain_text("/#token=")

    async def test_a_number_that_is_none(self, running: Any, open_browser: Open) -> None:
        page = await open_browser()
        await page.goto(running.page_url)
        await page.get_by_label("Your number").fill("five")
        await page.get_by_role("button", name="Call").click()
        await expect(page.get_by_role("alert")).to_contain_text("country code")

    async def test_a_busy_line(
        self, serve: Serve, open_browser: Open, conversation: Conversation
    ) -> None:
        running = await serve(conversation, max_calls=0, development_tokens=TokenIssuer(SECRET))
        page = await open_browser()
        await page.goto(running.page_url)
        await page.get_by_role("button", name="Call").click()
        await expect(page.get_by_role("alert")).to_contain_text("all lines are busy")

    async def test_a_server_that_goes_away(
        self, running: Any, open_browser: Open, conversation: Conversation
    ) -> None:
        page = await open_browser()
        await page.goto(running.page_url)
        await page.get_by_role("button", name="Call").click()
        await expect(page.get_by_role("status")).to_have_text("Listening to you")
        conversation.line._connection.transport.abort()  # type: ignore[union-attr]
        await expect(page.get_by_role("alert")).to_contain_text("The connection was lost")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_has_the_contrast_of_wcag_aa(
    running: Any, open_browser: Open, conversation: Conversation, tone: Any, scheme: str
) -> None:
    page = await open_browser(color_scheme=scheme, viewport={"width": 1100, "height": 860})
    await page.goto(running.page_url)
    assert await page.evaluate(CONTRAST) == []
    await page.get_by_role("button", name="Call").click()
    await expect(page.get_by_role("status")).to_have_text("Listening to you")
    turns = [
        ("bot", "Thank you for calling Northwind Outfitters. How can I help?"),
        ("caller", "where is my order"),
        ("bot", "I can look that up. What is your order number?"),
        ("caller", "four eight two nine one three"),
        ("bot", "Order 4 8 2, 9 1 3: your hiking boots are on their way and arrive tomorrow."),
        ("agent", "Hello Maria, this is Sam. I see the boots are due tomorrow."),
    ]
    for number, (speaker, text) in enumerate(turns):
        await conversation.notify(type="turn", turn_id=f"t{number}", speaker=speaker, text=text)
        if speaker == "caller":
            await conversation.notify(type="delay", turn_id=f"t{number}", ms={"total": 380})
    await conversation.notify(type="partial", text="yes that would be")
    await conversation.notify(type="state", state="with_agent")
    assert conversation.line is not None
    await conversation.line.send_audio(tone(2.0, level=0.2))
    await expect(page.locator("#partial")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("Talking to a person")
    await page.evaluate("document.querySelector('#error').hidden = false")
    await page.evaluate("document.querySelector('#error').textContent = 'A trial of an error'")
    assert await page.evaluate(CONTRAST) == []
    await page.evaluate("document.querySelector('#error').hidden = true")
    if SCREENSHOTS:
        folder = Path(SCREENSHOTS)
        await page.screenshot(path=folder / f"test_page_{scheme}.png")


class TestEmbedding:
    """The line in a window of another web site, behind a button there."""

    @pytest.fixture
    async def shop(self) -> AsyncIterator[dict[str, tuple[str, str]]]:
        """A web site: content type and body by path. Its address is under "origin"."""
        pages: dict[str, Any] = {}

        def answer(_: Any, request: Any) -> Response:
            kind, body = pages.get(request.path, ("text/plain", ""))
            headers = Headers({"Content-Type": kind, "Content-Length": str(len(body.encode()))})
            return Response(HTTPStatus.OK, "OK", headers, body.encode())

        async def none(_: Any) -> None:
            """Nobody opens a WebSocket here."""

        async with serve_site(none, "127.0.0.1", 0, process_request=answer) as site:
            port = next(iter(site.sockets)).getsockname()[1]
            pages["origin"] = f"http://localhost:{port}"
            yield pages

    async def test_a_visitor_of_a_shop_talks_to_the_line(
        self, serve: Serve, open_browser: Open, conversation: Conversation, shop: dict[str, Any]
    ) -> None:
        running = await serve(conversation, embed_origins=[shop["origin"]])
        shop["/token"] = "application/json", json.dumps({"token": running.token("+15550100099")})
        shop["/"] = (
            "text/html",
            "<!doctype html><html lang=en><title>Shop</title><h1>Lamps and boots</h1>"
            f'<script src="{running.page_url}/embed.js" data-token-url="/token"></script></html>',
        )
        page = await open_browser(viewport={"width": 1100, "height": 860})
        await page.goto(shop["origin"])
        await page.get_by_role("button", name="Talk to us").click()
        line = page.frame_locator("iframe[title='Talk to us']")
        await line.get_by_role("button", name="Call").click()
        await expect(line.get_by_role("status")).to_have_text("Listening to you")
        await asyncio.wait_for(conversation.enough.wait(), 30)
        assert conversation.caller == CallerIdentity("+15550100099")
        await expect(line.get_by_label("Your number")).to_be_hidden()
        await conversation.notify(type="state", state="with_agent")
        await expect(line.get_by_role("status")).to_have_text("Talking to a person")
        assert await page.frames[1].evaluate(CONTRAST) == []
        if SCREENSHOTS:
            await page.screenshot(path=Path(SCREENSHOTS) / "embedded.png")

        await page.get_by_role("button", name="Hang up and close").click()
        await asyncio.wait_for(conversation.over.wait(), 30)
        await expect(page.get_by_role("button", name="Talk to us")).to_be_focused()

    async def test_a_site_that_is_not_allowed_shows_no_line(
        self, serve: Serve, open_browser: Open, conversation: Conversation, shop: dict[str, Any]
    ) -> None:
        running = await serve(conversation, embed_origins=["https://another.example"])
        shop["/"] = "text/html", f'<iframe src="{running.page_url}/?embedded"></iframe>'
        page = await open_browser()
        refused = []
        page.on("console", lambda line: refused.append(line.text))
        await page.goto(shop["origin"])
        frame = page.frame_locator("iframe")
        await expect(frame.get_by_role("button", name="Call")).to_have_count(0)
        assert any("frame-ancestors" in line for line in refused)
