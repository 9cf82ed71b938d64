from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from rich.progress import Progress

from speech_model.data.corpora import CORPORA, CorpusError, corpus, describe, locate
from speech_model.data.layouts import Recording
from speech_model.data.manifest import Utterance
from speech_model.data.sound import write_sound
from tests.speech_model.data.sounds import vowel


@pytest.fixture
def progress() -> Progress:
    return Progress(console=Console(file=io.StringIO()))


def test_every_corpus_has_terms_that_allow_it_and_a_publisher() -> None:
    free = ("CC BY 4.0", "CC BY-SA 4.0", "CC0 1.0", "MIT")
    assert all(one.licence in free for one in CORPORA)
    assert all(one.homepage.startswith("https://") for one in CORPORA)
    assert all((one.url or "https://").startswith("https://") for one in CORPORA)
    assert len({one.name for one in CORPORA}) == len(CORPORA)


def test_any_other_name_is_a_folder_of_ones_own(tmp_path: Path, progress: Progress) -> None:
    (tmp_path / "refs.tsv").write_text("path\tspeaker\ttext\n1.flac\tann\tyes\n")
    write_sound(tmp_path / "1.flac", np.zeros(1600, np.int16), 16000)
    mine = corpus("front_desk")
    folder = locate(mine, tmp_path / "data", progress, tmp_path)
    assert [one.text for one in mine.read(folder)] == ["yes"]
    with pytest.raises(CorpusError, match="name it with --from"):
        locate(mine, tmp_path / "data", progress)


def test_what_needs_a_browser_says_where_it_is(tmp_path: Path, progress: Progress) -> None:
    with pytest.raises(CorpusError, match=r"archive at https://commonvoice\.mozilla\.org"):
        locate(corpus("common_voice"), tmp_path, progress)


def test_an_archive_that_was_brought_is_unpacked(tmp_path: Path, progress: Progress) -> None:
    with zipfile.ZipFile(tmp_path / "brought.zip", "w") as archive:
        archive.writestr("free-spoken-digit-dataset-master/recordings/7_ann_0.wav", b"")
    fsdd = corpus("fsdd")
    folder = locate(fsdd, tmp_path / "data", progress, tmp_path / "brought.zip")
    assert [one.text for one in fsdd.read(folder)] == ["seven"]
    with pytest.raises(CorpusError, match="nothing at"):
        locate(fsdd, tmp_path, progress, tmp_path / "gone")


def test_a_manifest_tells_length_words_and_pitch(tmp_path: Path) -> None:
    sound = (20000 * vowel(180, (600, 1200), 1.0)).astype(np.int16)
    write_sound(tmp_path / "1.flac", sound, 16000)
    (first, second) = describe(
        "mine",
        [
            Recording(tmp_path / "1.flac", "ann", "Yes, PLEASE!"),
            Recording(tmp_path / "1.flac", "ann", "no", start=0.25, seconds=0.5),
        ],
    )
    assert first == Utterance(
        tmp_path / "1.flac", "ann", "yes please", "mine", 1.0, pytest.approx(180, rel=0.02)
    )
    assert (second.start, second.seconds) == (0.25, 0.5)


def test_what_cannot_be_used_is_left_out(tmp_path: Path) -> None:
    write_sound(tmp_path / "1.flac", np.zeros(16000, np.int16), 16000)
    (tmp_path / "damaged.flac").write_bytes(b"fLaC")
    recordings = [
        Recording(tmp_path / "1.flac", "ann", "room 101"),
        Recording(tmp_path / "gone.flac", "ann", "yes"),
        Recording(tmp_path / "damaged.flac", "ann", "yes"),
        Recording(tmp_path / "1.flac", "ann", "yes"),
    ]
    assert [one.pitch for one in describe("mine", recordings)] == [0.0]


def test_a_voice_is_measured_a_few_times_only(tmp_path: Path) -> None:
    sound = (20000 * vowel(180, (600, 1200), 0.6)).astype(np.int16)
    write_sound(tmp_path / "1.flac", sound, 16000)
    recordings = [Recording(tmp_path / "1.flac", "ann", "yes")] * 8
    assert [one.pitch > 0 for one in describe("mine", recordings)] == [True] * 5 + [False] * 3
