"""Browsers with a microphone that plays a file, and an ear on what they play."""

from __future__ import annotations

import base64
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
from playwright.async_api import Browser, Page, async_playwright, expect

from voice_gateway.speech.caller_voice import CallerVoice

CHROMIUM = shutil.which("chromium") or "chromium"
MICROPHONE_RATE = 48000
PATIENCE_MS = 60_000

LINE_RATE = 16000
# Everything that a page plays of the line is kept, as it would be heard. Its own sounds, such as
# the tone of a new offer, have another rate.
_EAR = """(() => {
  const connect = AudioNode.prototype.connect;
  window.heard = [];
  AudioNode.prototype.connect = function (to, ...more) {
    const line = this.context.sampleRate === 16000;
    if (line && to instanceof AudioDestinationNode && !this.isEar) {
      const ear = this.context.createScriptProcessor(1024, 1, 1);
      ear.isEar = true;
      ear.onaudioprocess = ({ inputBuffer }) =>
        window.heard.push(Float32Array.from(inputBuffer.getChannelData(0)));
      connect.call(this, ear);
      connect.call(ear, to);
    }
    return connect.call(this, to, ...more);
  };
})()"""

_WHAT_WAS_HEARD = """() => {
  const chunks = window.heard;
  const bytes = new Uint8Array(chunks.length * 2048);
  const samples = new DataView(bytes.buffer);
  chunks.forEach((chunk, i) => chunk.forEach((sample, j) => samples.setInt16(
    2 * (i * 1024 + j), Math.max(-1, Math.min(1, sample)) * 32767, true)));
  window.heard = [];
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768)
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}"""


@dataclass(frozen=True, slots=True)
class Tone:
    """A steady tone, by which somebody can be told apart when several are heard at once.

    Args:
        hertz: A whole number, so that the file can be played over and over without a click.
        seconds: Whole seconds.
    """

    hertz: int
    seconds: int = 2


Microphone = Path
Part = str | float | Tone
OpenBrowser = Callable[..., Awaitable[Page]]


def spoken_file(path: Path, *parts: Part) -> Microphone:
    """Write what a microphone hears: texts are spoken, numbers are seconds of silence."""
    soundfile.write(path, np.concatenate([_sound(part) for part in parts]), MICROPHONE_RATE)
    return path


def _sound(part: Part) -> npt.NDArray[np.int16]:
    match part:
        case str():
            return np.frombuffer(CallerVoice().say(part, MICROPHONE_RATE), dtype="<i2")
        case Tone(hertz, seconds):
            time = np.arange(seconds * MICROPHONE_RATE) / MICROPHONE_RATE
            return (4000 * np.sin(2 * np.pi * hertz * time)).astype("<i2")
        case _:
            return np.zeros(round(part * MICROPHONE_RATE), dtype="<i2")


async def heard_by(page: Page) -> bytes:
    """What the page has played of the line since this was last asked: 16-bit samples."""
    return base64.b64decode(await page.evaluate(_WHAT_WAS_HEARD))


@asynccontextmanager
async def browsers() -> AsyncIterator[OpenBrowser]:
    """A function that opens a browser of its own for each person, with a page in it."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        opened: list[Browser] = []

        async def open_browser(microphone: Microphone, *, loop: bool = False, **more: Any) -> Page:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=[
                    "--use-fake-device-for-media-stream",
                    "--use-fake-ui-for-media-stream",
                    f"--use-file-for-fake-audio-capture={microphone}{'' if loop else '%noloop'}",
                    "--autoplay-policy=no-user-gesture-required",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            )
            opened.append(browser)
            page = await (await browser.new_context(**more)).new_page()
            page.set_default_timeout(PATIENCE_MS)
            await page.add_init_script(_EAR)
            return page

        yield open_browser
        for browser in opened:
            await browser.close()
