from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from benchmarks.turns.speakers import Cast
from voice_gateway.speech.speech_cache import SpeechCache


def test_the_same_caller_speaks_alike_each_time() -> None:
    speaker = Cast({}, ()).somebody(random.Random(1))
    assert np.array_equal(speaker.say("hello"), speaker.say("hello"))


def test_callers_have_voices_of_their_own() -> None:
    chance = random.Random(1)
    cast = Cast({}, ())
    assert len({cast.somebody(chance).name for _ in range(10)}) == 10


def test_the_neural_voice_stands_in_for_programs_that_are_missing() -> None:
    chance = random.Random(1)
    cast = Cast({}, ("flite is not installed",))
    assert all(cast.somebody(chance).name.startswith("piper") for _ in range(30))


def test_what_was_said_once_is_kept(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    speaker = Cast({}, (), cache).usual()
    said = speaker.say("hello")
    assert cache.get(speaker.name, "hello")
    assert np.array_equal(said, Cast({}, (), cache).usual().say("hello"))
