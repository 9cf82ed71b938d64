from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from vosk import KaldiRecognizer, Model, SetLogLevel

from speech_model.catalogue import SHIPPED_PATH
from speech_model.features import CEPSTRA, RATE, VOSK_DITHER, mfcc
from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.kaldi.nnet3 import Network
from speech_model.phones import OUTPUTS
from tests.speech_model.data.sounds import Samples, vowel

LOOKING_ON = """input-node name=input dim=40
component-node name=output.affine component=output.affine input=input
output-node name=output input=output.affine objective=linear"""


class VoskSees:
    """A Vosk model whose network gives the same weighted sum of a frame's features to all phones.

    So the score of whatever it hears is that sum over every third frame, and something that is the
    same for all weights.
    """

    def __init__(self, folder: Path, settings: str) -> None:
        self._folder = folder
        shutil.copytree(SHIPPED_PATH, folder)
        for name, more in (
            ("mfcc.conf", settings),
            ("model.conf", "--beam=2\n--lattice-beam=0.1\n"),
        ):
            path = folder / "conf" / name
            kept = [
                line for line in path.read_text().splitlines() if line.partition("=")[0] not in more
            ]
            path.write_text("\n".join([*kept, more]))
        self._shipped = AcousticModel.read(SHIPPED_PATH / "am" / "final.mdl")

    def weighted(self, samples: Samples, weights: np.ndarray, bias: float = 0.0) -> float:
        return self._score(samples, weights, bias) - self._score(samples, np.zeros(CEPSTRA), 0.0)

    def _score(self, samples: Samples, weights: np.ndarray, bias: float) -> float:
        affine = self._shipped.network.component("output.affine").with_arrays(
            {
                "<LinearParams>": np.tile(weights, (OUTPUTS, 1)).astype(np.float32),
                "<BiasParams>": np.full(OUTPUTS, bias, np.float32),
            }
        )
        network = Network(LOOKING_ON, {"output.affine": affine})
        AcousticModel(self._shipped.transitions, network, 0, 0, self._shipped.priors).write(
            self._folder / "am" / "final.mdl"
        )
        SetLogLevel(-1)
        recogniser = KaldiRecognizer(Model(str(self._folder)), RATE, '["yes"]')
        recogniser.SetMaxAlternatives(1)
        recogniser.AcceptWaveform(samples.tobytes())
        return float(json.loads(recogniser.FinalResult())["alternatives"][0]["confidence"])


@pytest.fixture(scope="module")
def speech() -> Samples:
    swell = np.sin(np.linspace(0, np.pi, 8000))
    return (9000 * swell * vowel(140, (600, 1200, 2500), 0.5)).astype(np.int16)


def test_they_are_what_vosk_hands_to_the_network(tmp_path: Path, speech: Samples) -> None:
    vosk = VoskSees(tmp_path / "model", "--dither=0\n")
    frames = mfcc(speech, dither=0.0)[::3]
    assert vosk.weighted(speech, np.zeros(CEPSTRA), bias=1.0) == pytest.approx(len(frames))
    for seed in range(3):
        weights = np.random.default_rng(seed).normal(size=CEPSTRA).astype(np.float32)
        ours = float((frames @ weights).sum())
        assert vosk.weighted(speech, weights) == pytest.approx(ours, abs=0.02)


def test_vosk_dithers_as_much_unless_it_is_told_otherwise(tmp_path: Path) -> None:
    vosk = VoskSees(tmp_path / "model", "\n")
    silence = np.zeros(RATE, np.int16)
    loudness = np.eye(1, CEPSTRA)[0]
    ours = mfcc(silence, VOSK_DITHER, np.random.default_rng(0))[::3, 0].sum()
    without = mfcc(silence, 0.0)[::3, 0].sum()
    assert vosk.weighted(silence, loudness) == pytest.approx(ours, rel=0.02)
    assert abs(ours - without) > 0.5 * abs(without)


def test_a_frame_begins_each_10_ms_while_25_ms_fit_in() -> None:
    assert mfcc(np.zeros(399, np.int16)).shape == (0, CEPSTRA)
    assert mfcc(np.zeros(400, np.int16)).shape == (1, CEPSTRA)
    assert mfcc(np.zeros(RATE, np.int16)).shape == (98, CEPSTRA)


def test_the_same_seed_gives_the_same_features(speech: Samples) -> None:
    first, again = (mfcc(speech, noise=np.random.default_rng(7)) for _ in range(2))
    other = mfcc(speech, noise=np.random.default_rng(8))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.dtype == np.float32
