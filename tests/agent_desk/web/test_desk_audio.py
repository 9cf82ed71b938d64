"""An agent's headset in a real browser, whose microphone hears a tone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from playwright.async_api import Browser, Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

import voice_gateway
from agent_desk.web.audio_socket import audio_routes
from agent_desk.web.server import WebServer
from agent_desk.web.site import HERE
from voice_gateway.bridge.leg import AgentLeg, AgentLegs
from voice_gateway.caller.audio import level_dbfs

CHROMIUM = shutil.which("chromium") or "chromium"
CALL_PAGE = Path(voice_gateway.__file__).parent / "page"
HERTZ = 440

CONNECT = """async () => {
  window.states = [];
  window.levels = [0, 0];
  const audio = await import("/static/desk_audio.js");
  window.audio = audio;
  try {
    await audio.connect({
      url: "/desk/audio",
      onState: (told) => window.states.push(told),
      onLevel: (mine, theirs) => (window.levels = [mine, theirs]),
    });
  } catch (error) {
    return { name: error.name, message: error.message };
  }
}"""


@dataclass
class Desk:
    """A desk's page with nothing on it but its sound, and the server's end of that."""

    legs: AgentLegs
    sockets: list[WebSocket]
    url: str
    browsers: list[Browser]
    launch: Callable[[bool], Any]

    async def open(self, *, allow_microphone: bool = True) -> Page:
        browser = await self.launch(allow_microphone)
        self.browsers.append(browser)
        page: Page = await browser.new_page()
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        await page.goto(self.url)
        return page

    async def leg(self, but: AgentLeg | None = None) -> AgentLeg:
        while (leg := self.legs.get("sam")) is None or leg is but:
            await asyncio.sleep(0.01)
        return leg

    async def gone(self) -> None:
        while self.legs.get("sam") is not None:
            await asyncio.sleep(0.01)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    microphone = tmp_path / "microphone.wav"
    time = np.arange(4 * 48000) / 48000
    soundfile.write(microphone, 0.3 * np.sin(2 * np.pi * HERTZ * time), 48000)
    legs, sockets = AgentLegs(), []

    def sam(socket: WebSocket) -> str:
        sockets.append(socket)
        return "sam"

    async def page(_: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Desk</title>")

    app = Starlette(
        routes=[
            Route("/", page),
            Mount("/static/sound", StaticFiles(directory=CALL_PAGE)),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            *audio_routes(legs, sam),
        ]
    )
    async with (
        WebServer(app, host="127.0.0.1", port=0) as server,
        async_playwright() as playwright,
    ):

        async def launch(allow_microphone: bool) -> Browser:
            return await playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=[
                    "--use-fake-device-for-media-stream",
                    f"--use-fake-ui-for-media-stream{'' if allow_microphone else '=deny'}",
                    f"--use-file-for-fake-audio-capture={microphone}",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            )

        desk = Desk(legs, sockets, f"http://127.0.0.1:{server.port}/", [], launch)
        yield desk
        for browser in desk.browsers:
            await browser.close()


async def states(page: Page) -> list[str]:
    return [told["state"] for told in await page.evaluate("window.states")]


async def test_an_agent_hears_and_is_heard_while_in_a_call(desk: Desk) -> None:
    page = await desk.open()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    assert await page.evaluate(CONNECT) is None
    leg = await desk.leg()
    await page.wait_for_function("window.states.at(-1).state === 'ready'")
    await page.wait_for_function("window.levels[0] > 0.5")

    # Nothing is sent before a call; then it is what the microphone hears.
    heard: list[bytes] = []
    leg.attach(heard.append)
    await page.wait_for_function("window.states.at(-1).state === 'live'")
    while len(heard) < 50:
        await asyncio.sleep(0.02)
    assert {len(frame) for frame in heard} == {640}
    loud = b"".join(frame for frame in heard if level_dbfs(frame) > -40)
    samples = np.frombuffer(loud, "<i2")
    hertz = np.argmax(np.abs(np.fft.rfft(samples))) * 16000 / samples.size
    assert hertz == pytest.approx(HERTZ, abs=15)

    # The caller is heard.
    time = np.arange(320) / 16000
    tone = (9000 * np.sin(2 * np.pi * 500 * time)).astype("<i2").tobytes()

    async def talk() -> None:
        while True:
            await leg.send_audio(tone)
            await asyncio.sleep(0.02)

    talking = asyncio.create_task(talk())
    await page.wait_for_function("window.levels[1] > 0.5")
    talking.cancel()

    # Muted, silence is sent.
    await page.evaluate("window.audio.mute(true)")
    while any(heard[-1]):
        await asyncio.sleep(0.02)
    start = len(heard)
    while len(heard) < start + 25:
        await asyncio.sleep(0.02)
    assert not any(b"".join(heard[start:]))
    await page.evaluate("window.audio.mute(false)")

    leg.detach()
    await page.wait_for_function("window.states.at(-1).state === 'ready'")
    assert await states(page) == ["connecting", "ready", "live", "ready"]
    await page.evaluate("window.audio.close()")
    await desk.gone()
    assert problems == []


async def test_a_connection_that_is_lost_comes_back_by_itself(desk: Desk) -> None:
    page = await desk.open()
    await page.evaluate(CONNECT)
    leg = await desk.leg()
    await page.wait_for_function("window.states.at(-1).state === 'ready'")
    await desk.sockets[0].close(1011, "trouble")
    assert await desk.leg(but=leg) is not leg
    await page.wait_for_function("window.states.at(-1).state === 'ready'")
    assert await states(page) == ["connecting", "ready", "connecting", "ready"]


async def test_who_is_signed_out_is_told_and_does_not_knock_again(desk: Desk) -> None:
    page = await desk.open()
    await page.evaluate(CONNECT)
    await desk.leg()
    await desk.sockets[0].close(4401, "sign in first")
    await page.wait_for_function("window.states.at(-1).state === 'lost'")
    assert "sign in" in (await page.evaluate("window.states.at(-1).message"))
    await desk.gone()


async def test_a_blocked_microphone_is_said_in_words(desk: Desk) -> None:
    page = await desk.open(allow_microphone=False)
    error = await page.evaluate(CONNECT)
    assert error["name"] == "NotAllowedError"
    assert "Microphone blocked: allow it" in error["message"]
    assert await states(page) == ["connecting", "blocked"]
    assert desk.legs.names == frozenset()
