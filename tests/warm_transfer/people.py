"""The people in these tests: callers and agents, each with a browser, a voice and ears."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.async_api import Locator, Page, expect

from speech_model.catalogue import current_model_path
from tests.warm_transfer.browsers import LINE_RATE, Part, Tone, heard_by, spoken_file
from voice_gateway.bridge.hold_music import hold_music
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.recogniser import Recogniser
from warmline.settings import load_settings

OpenBrowser = Callable[..., Awaitable[Page]]

PATIENCE_S = 60
LONG_ENOUGH_S = 5.0
"""Who speaks over and over says at least a sentence in this time."""
TONES = CALLER, AGENT, COLLEAGUE, SUPERVISOR = Tone(430), Tone(610), Tone(870), Tone(1230)
"""By which people are known; none is a multiple of another, or near a sum or difference of two."""
AUDIBLE = 300
"""The least amplitude of a tone that somebody hears; what a torn one leaves elsewhere is less."""
SILENCE = 200
PIECE = round(0.1 * LINE_RATE)
MUSIC_LIKENESS = 0.9
MUSIC_PIECES = 10

Samples = npt.NDArray[np.float64]


class _Person:
    """Somebody with a browser.

    Args:
        url: Of their page.
        open_browser: Gives them one.
    """

    def __init__(self, url: str, open_browser: OpenBrowser) -> None:
        self._url = url
        self._open_browser = open_browser
        self._ear: Recogniser | None = None
        self.page: Page

    async def _sit_down(self, microphone: Path, *says: Part, **more: Any) -> None:
        recorded = await asyncio.to_thread(spoken_file, microphone, *says)
        self.page = await self._open_browser(recorded, **more)

    async def leave(self) -> None:
        """The browser is gone, without a goodbye."""
        browser = self.page.context.browser
        assert browser is not None
        await browser.close()

    async def forget_what_was_heard(self) -> None:
        await heard_by(self.page)
        self._ear = None

    async def hears(self, *words: str) -> None:
        """Wait until these words have come out of the loudspeaker, as a recogniser hears them."""
        missing, text = set(words), ""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while missing:
                    await asyncio.sleep(0.5)
                    sound = await heard_by(self.page)
                    text = await asyncio.to_thread(self._recognise, sound) or text
                    missing -= set(text.split())
        except TimeoutError:
            pytest.fail(f"{missing} were not heard; heard: {text}")

    async def hears_just(self, *tones: Tone) -> None:
        """Wait for a second in which these tones are heard, and none of those of the others."""
        wanted = {tone.hertz for tone in tones}
        heard: set[int] = set()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await heard_by(self.page)
                while heard != wanted:
                    sound = b""
                    while _seconds(sound) < 1:
                        await asyncio.sleep(0.5)
                        sound += await heard_by(self.page)
                    heard = _tones(_samples(sound))
        except TimeoutError:
            pytest.fail(f"wanted to hear {wanted}, heard {heard}")

    def _recognise(self, sound: bytes) -> str | None:
        if self._ear is None:
            self._ear = Recogniser(_model(), LINE_RATE)
        return self._ear.feed(sound)

    async def hears_nothing(self) -> None:
        """Wait until so much silence has come out of the loudspeaker that nobody can be heard."""
        silent_s = 0.0
        try:
            async with asyncio.timeout(PATIENCE_S):
                while silent_s < LONG_ENOUGH_S:
                    await asyncio.sleep(0.5)
                    sound = await heard_by(self.page)
                    is_silent = np.abs(_samples(sound)).max(initial=0) < SILENCE
                    silent_s = silent_s + _seconds(sound) if is_silent else 0.0
        except TimeoutError:
            pytest.fail("somebody or something was heard all the time")

    async def hears_music(self) -> None:
        """Wait until the line's music, and nobody with it, has been heard for a while."""
        found = 0
        await heard_by(self.page)
        try:
            async with asyncio.timeout(PATIENCE_S):
                while found < MUSIC_PIECES:
                    await asyncio.sleep(0.5)
                    sound = await heard_by(self.page)
                    found += await asyncio.to_thread(_pieces_of_music, _samples(sound))
        except TimeoutError:
            pytest.fail("no music was heard")


class Caller(_Person):
    """A caller at the call page."""

    async def call(self, number: str, microphone: Path, *says: Part, loop: bool = False) -> None:
        await self._sit_down(microphone, *says, loop=loop)
        await self.page.goto(self._url)
        await self.page.get_by_label("Your number").fill(number)
        await self.page.get_by_role("button", name="Call").click()

    async def is_told(self, state: str) -> None:
        await expect(self.page.get_by_role("status")).to_have_text(state, timeout=1000 * PATIENCE_S)

    async def hang_up(self) -> None:
        await self.page.get_by_role("button", name="Hang up").click()

    @property
    def conversation(self) -> Locator:
        return self.page.get_by_role("log")


class Agent(_Person):
    """An agent, or a supervisor, at the desk.

    Args:
        name: As in their account.
        url: Of the desk.
        open_browser: Gives them a browser.
    """

    def __init__(self, name: str, url: str, open_browser: OpenBrowser) -> None:
        super().__init__(url, open_browser)
        self.name = name

    async def come(
        self, password: str, microphone: Path, *says: Part, place: str = "/desk/"
    ) -> None:
        """Sign in, and take the microphone."""
        await self._sit_down(
            microphone, *(says or (1.0,)), loop=True, viewport={"width": 1280, "height": 720}
        )
        await self.page.goto(f"{self._url}{place}")
        await self.page.get_by_label("Name").fill(self.name)
        await self.page.get_by_label("Password").fill(password)
        await self.page.keyboard.press("Enter")
        await self.page.get_by_role("button", name="Go online").click()
        await expect(self.page.get_by_text("Ready to talk")).to_be_visible()

    async def is_asked(self) -> None:
        await expect(self.button("Accept")).to_be_visible(timeout=1000 * PATIENCE_S)

    async def is_shown(self, state: str) -> None:
        await expect(self.page.get_by_text(state, exact=True).first).to_be_visible(
            timeout=1000 * PATIENCE_S
        )

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def turns_of(self, speaker: str) -> Locator:
        """What somebody said, in the transcript; the agent themself is `You`."""
        named = self.page.get_by_text(speaker, exact=True)
        return self.page.get_by_role("log").get_by_role("listitem").filter(has=named)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def accept(self) -> None:
        await self.is_asked()
        await self.press("a")
        await self.is_on_a_call()

    async def is_on_a_call(self) -> None:
        await expect(self.page.get_by_text("Do not ask again")).to_be_visible()

    async def wrap_up(self, disposition: str = "1") -> None:
        await expect(self.page.get_by_text("How did it come out?")).to_be_visible()
        await self.press(disposition, "Control+Enter")
        await expect(self.page.get_by_text("How did it come out?")).to_be_hidden()


@cache
def _model() -> SpeechModel:
    """As the line itself listens."""
    return SpeechModel.load(current_model_path(load_settings().data_dir))


def _tones(sound: Samples) -> set[int]:
    window = np.hanning(len(sound))
    time = np.arange(len(sound)) / LINE_RATE
    return {
        tone.hertz
        for tone in TONES
        if abs(np.sum(sound * window * np.exp(-2j * np.pi * tone.hertz * time)))
        > AUDIBLE * window.sum() / 2
    }


def _samples(sound: bytes) -> Samples:
    return np.frombuffer(sound, dtype="<i2").astype(float)


def _seconds(sound: bytes) -> float:
    return len(sound) / 2 / LINE_RATE


def _pieces_of_music(sound: Samples) -> int:
    """How many pieces of it are like one of the hold music: a voice, or music under it, is not."""
    music, spectrum, strength = _music()
    pieces = sound[: len(sound) // PIECE * PIECE].reshape(-1, PIECE)
    found = 0
    for piece in pieces:
        likeness = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, len(music))), len(music))
        loudness = np.sqrt(np.sum(piece**2))
        found += bool(loudness and (likeness / strength).max() > MUSIC_LIKENESS * loudness)
    return found


@cache
def _music() -> tuple[Samples, npt.NDArray[np.complex128], Samples]:
    """The music, its spectrum, and how strong it is from each of its samples on for a piece."""
    music = _samples(b"".join(hold_music(LINE_RATE)))
    energy = np.cumsum(np.concatenate(([0.0], music, music[:PIECE])) ** 2)
    strength = np.sqrt(energy[PIECE : PIECE + len(music)] - energy[: len(music)])
    return music, np.fft.rfft(music), strength
