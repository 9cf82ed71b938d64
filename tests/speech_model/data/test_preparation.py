from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speech_model.data import preparation
from speech_model.data.drawing import draw_call, draw_plain_line
from speech_model.data.examples import read_shards, shard_paths
from speech_model.data.manifest import Utterance
from speech_model.data.preparation import (
    PreparationError,
    make_example,
    pitches_of_speakers,
    prepare,
)
from speech_model.data.sound import write_sound
from speech_model.phones import PHONES
from tests.speech_model.data.sounds import spoken

PRONUNCIATIONS = {"oh": [("OW",)], "no": [("N", "OW")], "the": [("DH", "AH"), ("DH", "IY")]}


@pytest.fixture
def recordings(tmp_path: Path) -> list[Utterance]:
    made = []
    for number, (speaker, text) in enumerate(
        [("ann", "oh"), ("ann", "no"), ("bob", "no oh"), ("bob", "the no")]
    ):
        path = tmp_path / "sounds" / f"{number}.flac"
        write_sound(path, (20000 * spoken(0.5, 0.3, 0.3)).astype(np.int16), 16000)
        made.append(Utterance(path, speaker, text, "mine", 1.1, 150.0))
    return made


def numbers(*said: str) -> list[int]:
    return [PHONES.index(phone) + 1 for phone in said]


def test_an_example_has_the_phones_of_its_words_in_order(recordings: list[Utterance]) -> None:
    made = make_example(
        recordings[:2], PRONUNCIATIONS, 150.0, draw_plain_line, [], np.random.default_rng(0)
    )
    assert made is not None
    assert made.words == "oh no"
    assert made.corpus == "mine"
    assert made.phones.tolist() == numbers("OW", "N", "OW")
    assert made.features.dtype == np.float16
    assert len(made.features) > 150


def test_a_word_is_mostly_said_in_the_likeliest_way(recordings: list[Utterance]) -> None:
    heard = [
        made.phones[1]
        for seed in range(60)
        if (
            made := make_example(
                recordings[3:],
                PRONUNCIATIONS,
                0.0,
                draw_plain_line,
                [],
                np.random.default_rng(seed),
            )
        )
    ]
    likeliest, other = (heard.count(number) for number in numbers("AH", "IY"))
    assert likeliest > 2 * other > 0


def test_more_words_than_can_be_said_in_the_time_are_no_example(tmp_path: Path) -> None:
    path = tmp_path / "short.flac"
    write_sound(path, (20000 * spoken(0.3, 0.0, 0.0)).astype(np.int16), 16000)
    crowd = Utterance(path, "ann", " ".join(["no"] * 40), "mine", 0.3)
    chance = np.random.default_rng(0)
    assert make_example([crowd], PRONUNCIATIONS, 0.0, draw_call, [], chance) is None


def test_a_recording_that_is_gone_is_left_out(tmp_path: Path) -> None:
    gone = Utterance(tmp_path / "gone.flac", "ann", "no", "mine", 1.0)
    chance = np.random.default_rng(0)
    assert make_example([gone], PRONUNCIATIONS, 0.0, draw_call, [], chance) is None


def test_the_pitch_of_a_speaker_is_the_median_of_what_was_measured() -> None:
    said = [
        Utterance(Path("a.flac"), speaker, "no", "mine", 1.0, pitch)
        for speaker, pitch in [("ann", 200), ("ann", 0), ("ann", 220), ("ann", 400), ("bob", 0)]
    ]
    assert pitches_of_speakers(said) == {("mine", "ann"): 220}


@pytest.mark.parametrize("workers", [1, 2])
def test_shards_are_the_same_however_many_make_them_and_wherever_it_stopped(
    tmp_path: Path, recordings: list[Utterance], monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    examples = [(one,) for one in recordings * 3]
    monkeypatch.setattr(preparation, "_EXAMPLES_A_SHARD", 5)
    whole = list(prepare(examples, PRONUNCIATIONS, tmp_path / "whole"))
    assert whole == [(0, 3), (1, 3), (2, 3), (3, 3)]

    stopped = prepare(examples, PRONUNCIATIONS, tmp_path / "stopped")
    assert [next(stopped), next(stopped)] == [(0, 3), (1, 3)]
    stopped.close()
    going_on = list(prepare(examples, PRONUNCIATIONS, tmp_path / "stopped", workers=workers))
    assert going_on == [(1, 3), (2, 3), (3, 3)]

    one, other = (list(read_shards(shard_paths(tmp_path / name))) for name in ("whole", "stopped"))
    assert [example.words for example in one] == [example.words for example in other]
    for left, right in zip(one, other, strict=True):
        np.testing.assert_array_equal(left.phones, right.phones)
        assert left.features.shape == right.features.shape
        if workers == 1:  # with other threads numpy adds up in another order
            np.testing.assert_array_equal(left.features, right.features)


def test_the_same_recording_sounds_different_each_time(
    tmp_path: Path, recordings: list[Utterance]
) -> None:
    list(prepare([(recordings[0],)] * 3, PRONUNCIATIONS, tmp_path / "shards"))
    lengths = {len(one.features) for one in read_shards(shard_paths(tmp_path / "shards"))}
    assert len(lengths) == 3


def test_a_folder_keeps_to_what_it_was_begun_with(
    tmp_path: Path, recordings: list[Utterance]
) -> None:
    list(prepare([recordings], PRONUNCIATIONS, tmp_path / "shards"))
    for examples, seed in (([recordings[:1]], 0), ([recordings], 1)):
        with pytest.raises(PreparationError, match="holds shards of other recordings"):
            list(prepare(examples, PRONUNCIATIONS, tmp_path / "shards", seed=seed))


def test_of_no_recordings_no_shards_are_made(tmp_path: Path) -> None:
    with pytest.raises(PreparationError, match="no recordings"):
        list(prepare([], PRONUNCIATIONS, tmp_path / "shards"))
