from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from speech_model.data.sentences import Sentences
from speech_model.data.sound import read_sound
from speech_model.data.synthetic import MANIFEST, SyntheticError, finished, make, plan
from speech_model.data.voices import PCM, Manner, VoiceError
from tests.speech_model.data.sounds import vowel

SENTENCES = Sentences([("yes",), ("no",), ("i", "am", "not", "sure")], {}, ())


@dataclass(frozen=True)
class Hummer:
    """Hums a vowel for each word, and writes down what it was asked to say."""

    name: str
    weight: float
    heard: Path
    dumb: bool = False

    def say(self, text: str, manner: Manner) -> tuple[PCM, int]:
        with self.heard.open("a") as file:
            file.write(text + "\n")
        if self.dumb:
            raise VoiceError("mute")
        sound = vowel(130 * manner.pitch, (600, 1200), 0.3 * len(text.split()) / manner.pace)
        return (3000 * sound).astype(np.int16), 16000


@pytest.fixture
def voices(tmp_path: Path) -> list[Hummer]:
    return [Hummer("low", 3.0, tmp_path / "low"), Hummer("high", 1.0, tmp_path / "high")]


def test_voices_speak_by_their_weight(voices: list[Hummer]) -> None:
    lines = list(plan(2000, voices, SENTENCES, seed=0))
    assert Counter(line.voice for line in lines)["low"] == pytest.approx(1500, rel=0.05)
    assert [line.number for line in lines] == list(range(2000))
    paces = [line.manner.pace for line in lines]
    assert np.median(paces) == pytest.approx(1.0, abs=0.02)
    assert 0.6 < min(paces) < 0.8
    assert 1.25 < max(paces) < 1.7


@pytest.mark.parametrize("workers", [1, 2])
def test_a_corpus_has_recordings_and_a_manifest(
    tmp_path: Path, voices: list[Hummer], workers: int
) -> None:
    folder = tmp_path / "corpus"
    assert finished(folder) is None
    made = [one for one in make(folder, 6, voices, SENTENCES, workers=workers) if one is not None]
    assert finished(folder) == [one.__class__(**_rounded(one)) for one in made]
    assert len(made) == 6
    for one in made:
        sound, rate = read_sound(one.path)
        assert one.seconds == pytest.approx(len(sound) / rate, abs=0.001)
        assert np.abs(sound).max() == pytest.approx(0.5, abs=0.001)
        assert one.corpus == "synthetic"
    said = {line for voice in voices if voice.heard.exists() for line in _lines(voice)}
    assert said <= {"yes", "no", "I am not sure"}


def test_it_goes_on_where_it_was_stopped_and_says_nothing_twice(
    tmp_path: Path, voices: list[Hummer]
) -> None:
    folder = tmp_path / "corpus"
    stopped = make(folder, 6, voices, SENTENCES, seed=1)
    first = [next(stopped), next(stopped)]
    stopped.close()
    assert finished(folder) is None
    # The plan is kept, even where other sentences could be said by now.
    later = Sentences([("something", "else")], {}, ())
    made = list(make(folder, 6, voices, later, seed=2))
    assert made[:2] == first
    assert sum(len(_lines(voice)) for voice in voices if voice.heard.exists()) == 6
    assert not any("something" in one.text for one in made if one)
    assert (folder / MANIFEST).exists()


def test_what_a_voice_cannot_say_is_left_out(tmp_path: Path) -> None:
    mute = Hummer("mute", 1.0, tmp_path / "heard", dumb=True)
    assert list(make(tmp_path / "corpus", 3, [mute], SENTENCES)) == [None] * 3
    assert finished(tmp_path / "corpus") == []


def test_a_folder_keeps_to_its_plan(tmp_path: Path, voices: list[Hummer]) -> None:
    list(make(tmp_path / "corpus", 3, voices, SENTENCES))
    with pytest.raises(SyntheticError, match="is for 3 utterances, not 5"):
        list(make(tmp_path / "corpus", 5, voices, SENTENCES))
    with pytest.raises(SyntheticError, match="voices that are missing: "):
        list(make(tmp_path / "corpus", 3, [], SENTENCES))


def _lines(voice: Hummer) -> list[str]:
    return voice.heard.read_text().splitlines()


def _rounded(one: object) -> dict[str, object]:
    fields = {name: getattr(one, name) for name in one.__slots__}  # type: ignore[attr-defined]
    return fields | {"seconds": round(fields["seconds"], 3), "pitch": round(fields["pitch"], 1)}
