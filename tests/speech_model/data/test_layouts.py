from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from speech_model.data import layouts
from speech_model.data.layouts import LayoutError, Recording


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_names_its_recordings_and_finds_converted_ones(tmp_path: Path) -> None:
    rows = "path\tspeaker\ttext\na/1.wav\tann\tyes\na/2.wav\t\tno\ngone.wav\tann\tyes\n"
    put(tmp_path / "refs.tsv", rows)
    one, two = put(tmp_path / "a/1.wav"), put(tmp_path / "a/2.opus")
    assert list(layouts.table(tmp_path)) == [
        Recording(one, "ann", "yes"),
        Recording(two, "unknown", "no"),
    ]


def test_speechocean762_is_kaldis_way(tmp_path: Path) -> None:
    for part, name in (("train", "000010011"), ("test", "000030012")):
        put(tmp_path / part / "text", f"{name}\tWE CALL IT BEAR\n")
        put(tmp_path / part / "utt2spk", f"{name}\t0001\n")
        put(tmp_path / part / "wav.scp", f"{name}\tWAVE/SPEAKER0001/{name}.WAV\n")
    assert list(layouts.speechocean762(tmp_path)) == [
        Recording(tmp_path / f"WAVE/SPEAKER0001/{name}.WAV", "so0001", "WE CALL IT BEAR")
        for name in ("000010011", "000030012")
    ]


def test_speechocean762_may_be_a_table_too(tmp_path: Path) -> None:
    put(tmp_path / "refs.tsv", "path\tspeaker\ttext\n1.opus\tso0001\tyes\n")
    path = put(tmp_path / "1.opus")
    assert list(layouts.speechocean762(tmp_path)) == [Recording(path, "so0001", "yes")]


def test_digits_are_told_by_the_names_of_their_files(tmp_path: Path) -> None:
    seven = put(tmp_path / "recordings/7_jackson_32.wav")
    assert list(layouts.fsdd(tmp_path)) == [Recording(seven, "jackson", "seven")]
    zero = put(tmp_path / "data/01/0_01_9.wav")
    assert list(layouts.audio_mnist(tmp_path)) == [Recording(zero, "01", "zero")]


def test_speech_commands_are_for_training_or_for_testing(tmp_path: Path) -> None:
    yes = put(tmp_path / "yes/0a7c2a8d_nohash_0.wav")
    no = put(tmp_path / "no/11111111_nohash_1.wav")
    put(tmp_path / "_background_noise_/pink.wav")
    put(tmp_path / "testing_list.txt", "no/11111111_nohash_1.wav\n")
    training = [Recording(yes, "0a7c2a8d", "yes")]
    assert list(layouts.speech_commands(tmp_path, testing=False)) == training
    testing = [Recording(no, "11111111", "no")]
    assert list(layouts.speech_commands(tmp_path, testing=True)) == testing


def test_of_librispeech_only_the_part_that_is_asked_for_is_read(tmp_path: Path) -> None:
    for part in ("train-clean-100", "test-clean"):
        put(tmp_path / part / "19/198/19-198.trans.txt", "19-198-0000 NORTHANGER ABBEY\n")
    sound = tmp_path / "train-clean-100/19/198/19-198-0000.flac"
    expected = [Recording(sound, "19", "NORTHANGER ABBEY")]
    for folder in (tmp_path, tmp_path / "train-clean-100"):
        assert list(layouts.librispeech(folder, part="train-clean-100")) == expected
    with pytest.raises(LayoutError, match="train-clean-360 is missing"):
        list(layouts.librispeech(tmp_path, part="train-clean-360"))


def test_common_voice_has_a_table_for_each_part(tmp_path: Path) -> None:
    header = "client_id\tpath\tsentence\tup_votes\n"
    put(tmp_path / "en/train.tsv", header + 'abc\tcommon_voice_en_1.mp3\tA "quoted" word.\t2\n')
    put(tmp_path / "en/test.tsv", header + "def\tcommon_voice_en_2.mp3\tAnother.\t2\n")
    assert list(layouts.common_voice(tmp_path, part="train")) == [
        Recording(tmp_path / "en/clips/common_voice_en_1.mp3", "abc", 'A "quoted" word.')
    ]


def test_of_vctk_one_microphone_is_taken_and_only_what_has_a_text(tmp_path: Path) -> None:
    sounds = tmp_path / "wav48_silence_trimmed"
    heard = put(sounds / "p225/p225_001_mic1.flac")
    put(sounds / "p225/p225_001_mic2.flac")
    put(sounds / "p315/p315_001_mic1.flac")
    put(tmp_path / "txt/p225/p225_001.txt", "Please call Stella.\n")
    assert list(layouts.vctk(tmp_path)) == [Recording(heard, "p225", "Please call Stella.\n")]


def test_calls_of_harper_valley_are_cut_into_what_was_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    segments = [
        {"speaker_role": role, "human_transcript": text, "offset_ms": offset, "duration_ms": 1500}
        for role, text, offset in (("agent", "hello", 250), ("caller", "hi [noise]", 2000))
    ]
    put(data / "transcript/0ff.json", json.dumps(segments))
    people = {"agent": {"speaker_id": 40}, "caller": {"speaker_id": 7}}
    put(data / "metadata/0ff.json", json.dumps(people))
    assert list(layouts.harper_valley(tmp_path)) == [
        Recording(data / "audio/agent/0ff.wav", "40", "hello", 0.25, 1.5),
        Recording(data / "audio/caller/0ff.wav", "7", "hi [noise]", 2.0, 1.5),
    ]


@pytest.mark.parametrize(
    ("read", "missing"),
    [
        (layouts.table, "refs.tsv is missing"),
        (layouts.speechocean762, "utt2spk is missing"),
        (layouts.fsdd, "recordings is missing"),
        (layouts.audio_mnist, "data is missing"),
        (partial(layouts.speech_commands, testing=False), "testing_list.txt is missing"),
        (partial(layouts.librispeech, part="dev-clean"), "dev-clean is missing"),
        (partial(layouts.common_voice, part="train"), r"no train\.tsv"),
        (layouts.vctk, "wav48_silence_trimmed is missing"),
        (layouts.harper_valley, "no calls"),
    ],
)
def test_another_folder_is_refused_with_what_it_lacks(
    tmp_path: Path, read: partial[object], missing: str
) -> None:
    with pytest.raises(LayoutError, match=missing):
        list(read(tmp_path))  # type: ignore[call-overload]
