from __future__ import annotations

import io
from pathlib import Path

import pytest
import soundfile
from rich.console import Console

from speech_model.data.corpora import CorpusError
from speech_model.data.examples import read_shards, shard_paths
from speech_model.training.material import DEFAULT, SYNTHETIC, Material, Wanted, gather
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.pcm import samples_of

RATE = 8_000
NLU_DATA = Path(__file__).parents[3] / "nlu_data"


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two speakers in the layout of the Free Spoken Digit Dataset; jackson is held out."""
    folder = tmp_path_factory.mktemp("fsdd")
    (folder / "recordings").mkdir()
    for speaker, pitch in (("george", 0.9), ("jackson", 1.2)):
        voice = CallerVoice(pitch)
        for number, word in enumerate(("zero", "one", "two", "three")):
            path = folder / "recordings" / f"{number}_{speaker}_0.wav"
            soundfile.write(path, samples_of(voice.say(word, RATE)), RATE)
    return folder


def gathered(folder: Path, *wanted: Wanted) -> tuple[Material, str]:
    written = io.StringIO()
    material = gather(folder, wanted, NLU_DATA, Console(file=written, width=200))
    return material, written.getvalue()


def test_real_and_synthetic_callers_become_shards(digits: Path, tmp_path: Path) -> None:
    wanted = Wanted("fsdd", 0.02, digits), Wanted(SYNTHETIC, 0.003)
    material, _ = gathered(tmp_path, *wanted)
    training = {folder.name: list(read_shards(shard_paths(folder))) for folder in material.training}
    assert list(training) == ["fsdd", SYNTHETIC]
    assert all(training.values())
    spoken = {word for one in training["fsdd"] for word in one.words.split()}
    assert spoken <= {"zero", "one", "two", "three"}

    times = [path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*.npz"))]
    again, _ = gathered(tmp_path, *wanted)
    assert again == material
    assert [path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*.npz"))] == times


def test_who_is_held_out_is_for_development_alone(digits: Path, tmp_path: Path) -> None:
    material, _ = gathered(tmp_path, Wanted("fsdd", 0.01, digits))
    assert [folder.parent.name for folder in material.development] == ["held_out"]
    assert list(read_shards(shard_paths(material.development[0])))


def test_what_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere"):
        gathered(tmp_path, Wanted("my_calls", 1.0, tmp_path / "nowhere"))


def test_the_usual_material_has_real_and_synthetic_callers() -> None:
    names = [one.name for one in DEFAULT]
    assert len(set(names)) == len(names)
    assert SYNTHETIC in names
