"""The microphone without hardware: the sound system's side is played by the test."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from voice_gateway.caller.audio import CallerAudioError, CallSnapshot
from voice_gateway.caller.microphone import Microphone

CALL = CallSnapshot(at=0.0)


class Stream:
    """What sounddevice would open."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.closed = False
        opened.append(self)

    def start(self) -> None: ...

    def close(self) -> None:
        self.closed = True

    def exchange(self, heard: bytes) -> bytes:
        to_play = bytearray(640)
        self.settings["callback"](heard, memoryview(to_play), 320, None, None)
        return bytes(to_play)


opened: list[Stream] = []


@pytest.fixture
def sound_system(monkeypatch: pytest.MonkeyPatch) -> None:
    opened.clear()
    module = SimpleNamespace(RawStream=Stream, PortAudioError=RuntimeError)
    monkeypatch.setitem(sys.modules, "sounddevice", module)


@pytest.mark.usefixtures("sound_system")
async def test_what_is_heard_is_sent_and_what_comes_is_played(tone: Any) -> None:
    microphone = Microphone()
    await microphone.start(16000)
    [stream] = opened
    assert stream.settings["samplerate"] == 16000
    assert stream.settings["blocksize"] == 320
    voice = tone(0.02)
    microphone.hear(b"\1\1" * 320)
    assert stream.exchange(voice) == b"\1\1" * 320
    assert stream.exchange(bytes(640)) == bytes(640)
    assert [microphone.frame(CALL).pcm for _ in range(3)] == [voice, bytes(640), bytes(640)]
    await microphone.close()
    assert stream.closed


@pytest.mark.usefixtures("sound_system")
async def test_only_what_is_loud_enough_is_speech(tone: Any) -> None:
    microphone = Microphone()
    await microphone.start(16000)
    opened[0].exchange(tone(0.02, level=0.3))
    opened[0].exchange(tone(0.02, level=0.003))
    assert [microphone.frame(CALL).voiced for _ in range(2)] == [True, False]


@pytest.mark.usefixtures("sound_system")
async def test_clocks_that_disagree_do_not_make_the_call_lag() -> None:
    microphone = Microphone()
    await microphone.start(16000)
    for n in range(1, 101):
        opened[0].exchange(bytes([n]) * 640)
    for n in range(1, 101):
        microphone.hear(bytes([n]) * 640)
    assert microphone.frame(CALL).pcm == bytes([91]) * 640
    assert opened[0].exchange(bytes(640)) == bytes([91]) * 640


@pytest.mark.usefixtures("sound_system")
async def test_hanging_up_takes_effect_with_the_next_frame() -> None:
    microphone = Microphone()
    await microphone.start(16000)
    assert not microphone.frame(CALL).hang_up
    microphone.hang_up()
    assert microphone.frame(CALL).hang_up


async def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    microphone = Microphone()
    with pytest.raises(CallerAudioError, match=r"install warmline\[microphone\]"):
        await microphone.start(16000)
    await microphone.close()
