from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.turns.people import Spoken, real_turns
from benchmarks.turns.scripts import NUMBER, TEN_DIGITS
from speech_model.evaluation.joining import Sound
from tests.benchmarks.turns.sounds import silence, tone
from voice_gateway.conversation.commands import Expect
from voice_gateway.speech.pcm import LISTENING_RATE


def write(folder: Path, speaker: str, recordings: dict[str, tuple[str, Sound]]) -> None:
    folder.mkdir(exist_ok=True)
    rows = ["path\tspeaker\ttext"]
    for name, (text, sound) in recordings.items():
        rows.append(f"{name}.wav\t{speaker}\t{text}")
        soundfile.write(folder / f"{name}.wav", sound, LISTENING_RATE)
    (folder / "refs.tsv").write_text("\n".join(rows) + "\n")


def read(recordings: Path, kind: str = "") -> list[Spoken]:
    turns = real_turns([recordings], whole=4, in_numbers=6)
    return [turn for turn in turns if kind in ("", turn.kind)]


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Single digits, and two sentences of which only one has a clear end."""
    write(tmp_path / "fsdd", "theo", {f"{d}_theo_0": (d, tone(0.4)) for d in TEN_DIGITS})
    fading = 0.06 * tone(0.5)
    sentences = {
        "clear": ("the dog is big", np.concatenate([tone(1.0), silence(0.2)])),
        "fading": ("the cat is small", np.concatenate([tone(1.0), fading])),
        "first": ("four eight two", tone(1.0)),
        "second": ("nine one", tone(0.8)),
    }
    write(tmp_path / "speechocean762", "so0005", sentences)
    return tmp_path


def test_a_number_is_six_digits_of_one_speaker_with_pauses_between_groups(
    recordings: Path,
) -> None:
    numbers = [turn for turn in read(recordings, "pause_in_number") if turn.voice == "theo"]
    assert numbers
    for number in numbers:
        assert len(number.text.split()) == len(number.parts) == 6
        assert number.awaited == NUMBER
        assert any(pause >= 0.2 for pause in number.pauses_s)


def test_a_whole_number_has_no_pause_that_anybody_would_notice(recordings: Path) -> None:
    numbers = [turn for turn in read(recordings, "whole") if turn.voice == "theo"]
    assert numbers
    assert all(pause <= 0.12 for number in numbers for pause in number.pauses_s)


def test_two_strings_of_digits_become_a_number(recordings: Path) -> None:
    (number,) = (turn for turn in read(recordings, "pause_in_number") if turn.voice == "so0005")
    assert number.text == "four eight two nine one"
    assert number.awaited == Expect("digits", length=5)
    assert len(number.pauses_s) == 1


def test_sentences_have_a_clear_end(recordings: Path) -> None:
    texts = [turn.text for turn in read(recordings, "whole")]
    assert "the dog is big" in texts
    assert "the cat is small" not in texts


def test_nobody_whom_a_model_was_trained_on_is_heard(tmp_path: Path) -> None:
    write(tmp_path / "fsdd", "george", {f"{d}_george_0": (d, tone(0.4)) for d in TEN_DIGITS})
    assert read(tmp_path) == []


def test_without_recordings_there_is_nobody(tmp_path: Path) -> None:
    assert read(tmp_path) == []


def test_people_say_the_same_each_time(recordings: Path) -> None:
    once, again = (read(recordings) for _ in range(2))
    assert [(turn.name, turn.text, turn.pauses_s) for turn in once] == [
        (turn.name, turn.text, turn.pauses_s) for turn in again
    ]
