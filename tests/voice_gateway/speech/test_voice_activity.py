from __future__ import annotations

import pytest

from tests.voice_gateway.speech.conftest import Callers, frames, noise, silence
from voice_gateway.speech.pcm import AudioError
from voice_gateway.speech.voice_activity import VoiceActivity, level_dbfs


def changes(activity: VoiceActivity, pcm: bytes, rate: int) -> list[tuple[float, bool]]:
    found = []
    for number, frame in enumerate(frames(pcm, rate)):
        change = activity.feed(frame)
        if change is not None:
            found.append((number * 0.02 + 0.02, change))
    return found


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_speech_begins_and_ends(callers: Callers, rate: int) -> None:
    pcm = silence(0.5, rate) + callers.say("where is my order", rate) + silence(0.5, rate)
    found = changes(VoiceActivity(rate), pcm, rate)
    assert [change for _, change in found] == [True, False]
    begun, ended = (at for at, _ in found)
    assert 0.8 < begun < 1.3
    assert begun < ended < len(pcm) / 2 / rate - 0.5


def test_the_end_is_reported_soon() -> None:
    assert 0.1 <= VoiceActivity.hangover_s <= 0.2


@pytest.mark.parametrize("pcm", [silence(3.0), noise(3.0)], ids=["silence", "noise"])
def test_no_speech_in(pcm: bytes) -> None:
    assert changes(VoiceActivity(16_000), pcm, 16_000) == []


def test_a_click_is_not_speech() -> None:
    click = b"\xff\x7f\x00\x80" * 40
    assert changes(VoiceActivity(16_000), silence(1.0) + click + silence(1.0), 16_000) == []


def test_odd_bytes_are_refused() -> None:
    with pytest.raises(AudioError, match="even number"):
        VoiceActivity(16_000).feed(b"\x00")


def test_levels() -> None:
    assert level_dbfs(silence(0.02)) == -96.0
    assert level_dbfs(b"") == -96.0
    assert level_dbfs(b"\xff\x7f\x01\x80" * 100) == pytest.approx(0.0, abs=0.01)
