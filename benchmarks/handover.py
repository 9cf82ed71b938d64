"""How long it takes from an agent's acceptance until caller and agent have each other.

A real server without an assistant, which hands over whoever has spoken, and callers over the real
WebSocket. The first agent is a program: signed in, with a voice, accepting by the desk protocol;
the second one works in a browser, where the key A accepts.

`python -m benchmarks.handover [HAND-OVERS]`
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import numpy as np
from playwright.async_api import Page, async_playwright, expect
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import ClientConnection, connect

from agent_desk.client import DeskClient
from agent_desk.desk_protocol import Accepted, CallEnded, Closed
from agent_desk.web.audio_socket import AUDIO_PATH
from contact_center.database import Database
from contact_center.passwords import Passwords
from contact_center.sealing import Seal
from contact_center.staff import StaffAccounts
from voice_gateway.bridge.bridge import ticks
from voice_gateway.caller.audio import CallerFrame, CallSnapshot
from voice_gateway.caller.client import place_call
from voice_gateway.caller.scripted import Pause, Say, Script, ScriptedCaller
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.tokens import TokenIssuer
from voice_gateway.transports.line import frame_bytes
from warmline.line_children import line_children
from warmline.place_call import call_token, call_url
from warmline.seeding import seed_database
from warmline.settings import Settings, load_settings
from warmline.supervisor import Supervisor

HANDOVERS: Final = 20
HEARD_LIMIT_MS: Final = 1000.0
SHOWN_LIMIT_MS: Final = 300.0
RATE: Final = 16000
NUMBER: Final = "+15550100042"
ASKS: Final = "I want to talk to a person"
PROGRAM, IN_BROWSER = "Pat", "Brook"
PATIENCE_S: Final = 60.0
LONGEST_CALL_S: Final = 600.0
WATCH: Final = """() => {
  const shown = () => document.getElementById("given-title")?.checkVisibility() ?? false;
  window.took = {};
  addEventListener("keydown", (event) => {
    if (event.key !== "a" || shown()) return;
    window.took = { pressed: performance.now() };
  }, { capture: true });
  new MutationObserver(() => {
    const took = window.took;
    if (took.pressed === undefined || took.built !== undefined || !shown()) return;
    took.built = performance.now();
    // What follows the next frame's callbacks comes after it has been drawn.
    requestAnimationFrame(() => setTimeout(() => { took.drawn = performance.now(); }));
  }).observe(document, { subtree: true, childList: true, attributes: true });
}"""


# -- the agent's tone --------------------------------------------------------------------------


class Tone:
    """A tone of its own kind: neither the music of the line nor its voice is like it.

    Args:
        rate: In hertz.
    """

    HERTZ = 2850
    SHARE = 0.7
    AUDIBLE = 500.0

    def __init__(self, rate: int) -> None:
        self._wave = np.exp(2j * np.pi * self.HERTZ * np.arange(rate // 50) / rate)
        self.frame: bytes = (6000 * self._wave.imag).astype("<i2").tobytes()

    def is_in(self, frame: bytes) -> bool:
        """Tell whether 20 ms are this tone, and loud enough to be heard."""
        samples = np.frombuffer(frame, "<i2").astype(np.float64)
        energy = float(samples @ samples)
        of_tone = 2 * abs(samples @ self._wave) ** 2 / len(samples)
        return energy > self.AUDIBLE**2 * len(samples) and of_tone > self.SHARE * energy


# -- people ------------------------------------------------------------------------------------


class Caller(ScriptedCaller):
    """Asks for a person, and notes when their tone is first heard."""

    def __init__(self, voice: CallerVoice) -> None:
        super().__init__(
            Script(Say(ASKS), Pause(LONGEST_CALL_S), max_duration_s=LONGEST_CALL_S), voice
        )
        self._tone = Tone(RATE)
        self._loop = asyncio.get_running_loop()
        self._leaves = False
        self.tone_heard: asyncio.Future[float] = self._loop.create_future()

    def frame(self, call: CallSnapshot) -> CallerFrame:
        """The next 20 ms."""
        if self._leaves:
            return CallerFrame(bytes(frame_bytes(RATE)), hang_up=True)
        return super().frame(call)

    def hear(self, pcm: bytes) -> None:
        """Look for the tone in what is being played."""
        if not self.tone_heard.done() and self._tone.is_in(pcm):
            self.tone_heard.set_result(self._loop.time())

    def leave(self) -> None:
        """Hang up."""
        self._leaves = True


@dataclass(frozen=True)
class House:
    """The server, the voice of its callers, and the passwords of those who work there."""

    settings: Settings
    database: Database
    voice: CallerVoice
    passwords: dict[str, str] = field(default_factory=dict)

    async def hire(self, name: str) -> None:
        """Make an agent's account."""
        self.passwords[name] = f"correct horse {name} battery"
        accounts = StaffAccounts(self.database, Passwords())
        await accounts.add(name, self.passwords[name], datetime.now(UTC), role="agent")

    async def cookies(self, name: str) -> str:
        """Sign in as a browser does."""
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as browser:
            answer = await browser.post(
                f"{self.settings.desk_url}/desk/sign-in",
                data={"name": name, "password": self.passwords[name], "next": ""},
            )
            if answer.status_code != httpx.codes.SEE_OTHER:
                raise SystemExit(f"{name} cannot sign in: {answer.status_code}")
            return "; ".join(f"{key}={value}" for key, value in browser.cookies.items())

    def desk_token(self, name: str) -> str:
        """A token for the desk protocol."""
        issuer = TokenIssuer(self.settings.token_secret.get_secret_value())
        return issuer.issue("desk", now=datetime.now(UTC), name=name)

    @asynccontextmanager
    async def call(self) -> AsyncIterator[Caller]:
        """A caller who asks for a person and, at the end, hangs up."""
        caller = Caller(self.voice)
        calling = asyncio.create_task(
            place_call(
                call_url(self.settings.public_url), call_token(self.settings, NUMBER), caller
            )
        )
        try:
            yield caller
        finally:
            caller.leave()
            report = await calling
        if not report.ok:
            raise SystemExit(f"a call failed: {report.failure or report.error}")


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """A server on data of its own; nothing answers where its assistant should be."""
    port, desk_port, nobody = free_ports(3)
    settings = load_settings(
        data_dir=folder,
        database_url="",
        tracker_url="",
        port=port,
        desk_port=desk_port,
        desk_url=f"http://127.0.0.1:{desk_port}",
        assistant_url=f"http://127.0.0.1:{nobody}",
        drain_seconds=0.5,
        recording="announce",
    )
    await seed_database(settings)
    server = [child for child in line_children(settings) if child.name == "server"]
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, seal=Seal.of(settings))
        stack.push_async_callback(database.close)
        supervisor = Supervisor(server, log_dir=folder / "log")
        stack.push_async_callback(supervisor.stop)
        await supervisor.start()
        await supervisor.ready()
        yield House(settings, database, CallerVoice())


def free_ports(count: int) -> list[int]:
    """Ports that nobody has."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


# -- by the desk protocol ----------------------------------------------------------------------


async def by_protocol(house: House, count: int) -> tuple[list[float], list[float]]:
    """Hand callers over to a program with a voice.

    Returns:
        Milliseconds from accepting to the packet, and to the agent's tone in the caller's ear.
    """
    packets: list[float] = []
    heard: list[float] = []
    loop = asyncio.get_running_loop()
    await house.hire(PROGRAM)
    address = house.settings.desk_url.replace("http", "ws", 1) + AUDIO_PATH
    cookies = {"Cookie": await house.cookies(PROGRAM)}
    async with (
        connect(address, additional_headers=cookies, compression=None, proxy=None) as headset,
        speaking(headset),
        DeskClient.connect(house.settings.public_url, house.desk_token(PROGRAM)) as desk,
    ):
        for number in range(count):
            async with house.call() as caller:
                offer = await desk.next_offer(within_s=PATIENCE_S)
                await asyncio.sleep(moment(number))
                began = loop.time()
                await desk.accept(offer.handoff_id)
                await desk.wait_for(Accepted)
                packets.append(1000 * (loop.time() - began))
                heard.append(1000 * (await arrival(caller) - began))
            await desk.wait_for(CallEnded)
            await desk.close("resolved")
            await desk.wait_for(Closed)
            print(f"  {number + 1}: {packets[-1]:.0f} ms, heard {heard[-1]:.0f} ms", flush=True)
    return packets, heard


def moment(number: int) -> float:
    """Seconds that an agent thinks: never at the same place in what the caller is being told."""
    return 0.5 + 0.37 * (number % 7)


async def arrival(caller: Caller) -> float:
    """When the caller heard the agent."""
    async with asyncio.timeout(PATIENCE_S):
        return await caller.tone_heard


@contextmanager
def listening(headset: ClientConnection) -> Iterator[None]:
    """Take in, and leave, what the line sends."""

    async def listen() -> None:
        async for _ in headset:
            pass

    task = asyncio.create_task(listen())
    try:
        yield
    finally:
        task.cancel()


@asynccontextmanager
async def speaking(headset: ClientConnection) -> AsyncIterator[None]:
    """Send the tone without end."""
    frame = Tone(RATE).frame

    async def speak() -> None:
        async for _ in ticks():
            await headset.send(frame)

    with listening(headset):
        task = asyncio.create_task(speak())
        try:
            yield
        finally:
            task.cancel()


# -- in a browser ------------------------------------------------------------------------------


async def in_browser(house: House, count: int) -> tuple[list[float], list[float]]:
    """Hand callers over to an agent at the desk's own page.

    Returns:
        Milliseconds from the key to the packet in the page, and to its having been drawn.
    """
    built: list[float] = []
    drawn: list[float] = []
    await house.hire(IN_BROWSER)
    async with desk_page(house, IN_BROWSER) as page:
        for number in range(count):
            async with house.call():
                await expect(page.get_by_role("button", name="Accept")).to_be_visible()
                await asyncio.sleep(moment(number))
                await page.keyboard.press("a")
                await page.wait_for_function("window.took.drawn !== undefined")
                took = await page.evaluate("window.took")
                built.append(took["built"] - took["pressed"])
                drawn.append(took["drawn"] - took["pressed"])
                await asyncio.sleep(1)
            await expect(page.get_by_text("How did it come out?")).to_be_visible()
            await page.keyboard.press("1")
            await page.keyboard.press("Control+Enter")
            await expect(page.get_by_text("How did it come out?")).to_be_hidden()
            print(f"  {number + 1}: built {built[-1]:.0f} ms, drawn {drawn[-1]:.0f} ms", flush=True)
    return built, drawn


@asynccontextmanager
async def desk_page(house: House, name: str) -> AsyncIterator[Page]:
    """The desk in a browser, signed in and with a microphone."""
    expect.set_options(timeout=1000 * PATIENCE_S)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "chromium",
            args=[
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--autoplay-policy=no-user-gesture-required",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(1000 * PATIENCE_S)
        await page.goto(f"{house.settings.desk_url}/desk/")
        await page.get_by_label("Name").fill(name)
        await page.get_by_label("Password").fill(house.passwords[name])
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Go online").click()
        await expect(page.get_by_text("Ready to talk")).to_be_visible()
        await page.evaluate(WATCH)
        yield page
        await browser.close()


# -- all of it ---------------------------------------------------------------------------------


async def main(count: int) -> None:
    """Measure and print; exits with 1 when a limit is missed.

    Args:
        count: How many hand-overs each way.
    """
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder:
        async with open_house(Path(folder)) as house:
            print("An agent by the desk protocol", flush=True)
            packets, heard = await by_protocol(house, count)
            print("An agent in a browser", flush=True)
            built, drawn = await in_browser(house, count)
    cores = os.cpu_count()
    table = Table(
        title=f"{count} hand-overs each, ms from accepting to ...",
        caption=f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after, on {cores} cores",
    )
    for column in ("...", "p50", "p95", "largest", "limit of p95"):
        table.add_column(column, justify="left" if column == "..." else "right")
    good = True
    for what, values, limit in (
        ("the agent in the caller's ear", heard, HEARD_LIMIT_MS),
        ("the packet at the agent's desk", packets, None),
        ("the packet in the agent's page", built, None),
        ("the packet on the agent's screen", drawn, SHOWN_LIMIT_MS),
    ):
        p50, p95 = np.percentile(values, [50, 95])
        good = good and (limit is None or p95 <= limit)
        shown = "" if limit is None else f"{limit:.0f}"
        table.add_row(what, f"{p50:.0f}", f"{p95:.0f}", f"{max(values):.0f}", shown)
    Console(width=100).print(table)
    if not good:
        raise SystemExit(1)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else HANDOVERS))
