from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from speech_model.catalogue import SHIPPED_PATH
from speech_model.data.examples import Example, write_shard
from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.training.material import Material
from speech_model.training.recipe import MODEL, TrainOptions, train
from speech_model.training.trainer import TrainingError

START = SHIPPED_PATH / "am" / "final.mdl"


@pytest.fixture
def material(tmp_path: Path) -> Material:
    """Shards of noise that is called speech; the way matters here, not where it leads."""
    chance = np.random.default_rng(1)
    for name, count in (("training", 6), ("development", 2)):
        examples = [
            Example(
                chance.normal(0, 10, (150, 40)).astype(np.float16),
                np.array([5, 10], np.int16),
                ["yes", "no"][number % 2],
                "noise",
            )
            for number in range(count)
        ]
        write_shard(tmp_path / name / "shard-0000.npz", examples)
    return Material((tmp_path / "training",), (tmp_path / "development",))


def run(options: TrainOptions) -> tuple[Path, str]:
    written = io.StringIO()
    return train(options, Console(file=written, width=200)), written.getvalue()


def test_a_training_ends_with_a_model_that_vosk_can_read(
    tmp_path: Path, material: Material
) -> None:
    options = TrainOptions(tmp_path / "run", material=material, start=START, epochs=1, device="cpu")
    path, told = run(options)
    assert path == tmp_path / "run" / MODEL
    assert "the training is done" in told
    before, after = AcousticModel.read(START), AcousticModel.read(path)
    layer = [
        model.network.component("output.affine").array("<LinearParams>")
        for model in (before, after)
    ]
    assert layer[0].shape == layer[1].shape
    assert (layer[0] != layer[1]).any()

    again, told = run(options)
    assert again == path
    assert "beginning from" not in told, "what is done is skipped"
    assert "the training is done" in told


def test_a_training_that_ran_out_of_time_leaves_a_model_and_goes_on(
    tmp_path: Path, material: Material
) -> None:
    options = TrainOptions(
        tmp_path / "run", material=material, start=START, minutes=0.0, device="cpu"
    )
    path, told = run(options)
    assert "the same command goes on" in told
    assert AcousticModel.read(path).left_context == 34


def test_what_is_missing_is_told(tmp_path: Path, material: Material) -> None:
    nothing = Material((tmp_path / "nowhere",), material.development)
    with pytest.raises(TrainingError, match="There are no examples in"):
        run(TrainOptions(tmp_path / "run", material=nothing, start=START))
    with pytest.raises(TrainingError, match="cpu, cuda or auto, not tpu"):
        run(TrainOptions(tmp_path / "run", material=material, device="tpu"))
