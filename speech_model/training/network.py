"""The acoustic network in PyTorch, equal to the one that Kaldi runs in Vosk.

A TDNN-F: each layer looks at a frame and at a neighbour on either side through a narrow bottleneck
(Povey et al., Semi-orthogonal low-rank matrix factorization for deep neural networks, 2018). Frames
are the second dimension and values the last, so that all of a batch goes through one matrix product
a layer. Parameters have Kaldi's shapes. Batch normalisation is fixed, as Kaldi leaves it after
training.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.kaldi.binary import KaldiError
from speech_model.kaldi.nnet3 import Network
from speech_model.kaldi.transition_model import monophone_chain
from speech_model.kaldi.wiring import tdnnf_wiring
from speech_model.phones import OUTPUTS
from speech_model.training.factorised import BYPASS, EPSILON, BatchNorm, FactorisedLayer

FEATURES: Final = 40
# How many frames the network sees before and after a frame.
CONTEXT: Final = 34
# One output for so many frames.
SUBSAMPLING: Final = 3

# How far the neighbours of each factorised layer are, in rows of its input. The third one makes an
# output for every third row; from there on a row is `SUBSAMPLING` frames.
_STRIDES: Final = (1, 1, 1, 0, *[1] * 10)
_SUBSAMPLING_LAYER: Final = 2
# How many rows more than outputs the network needs: its context without the row itself.
_BORDER: Final = 2 * CONTEXT + 1 - SUBSAMPLING


class TdnnF(nn.Module):
    """The network.

    Parameters are named `first` (the layer on the features), `layers.0` to `layers.13`, `prefinal`
    and `output`. `lda`, which turns three frames of features into uncorrelated values, is fixed.

    Args:
        outputs: How many numbers come out for a frame.
        hidden: Width of a layer.
        bottleneck: Width between the halves of a layer.
        spliced: How many values `lda` makes.
    """

    def __init__(
        self,
        outputs: int = OUTPUTS,
        *,
        hidden: int = 768,
        bottleneck: int = 64,
        spliced: int = 220,
    ) -> None:
        super().__init__()
        self.lda = nn.Linear(3 * FEATURES, spliced).requires_grad_(False)
        self.first = _Normalised(spliced, hidden)
        self.layers = nn.ModuleList(
            FactorisedLayer(
                hidden, bottleneck, stride, SUBSAMPLING if place == _SUBSAMPLING_LAYER else 1
            )
            for place, stride in enumerate(_STRIDES)
        )
        self.prefinal = _Prefinal(hidden, bottleneck)
        self.output = nn.Linear(bottleneck, outputs)

    @property
    def factorised(self) -> list[FactorisedLayer]:
        """The layers of `layers`."""
        return [layer for layer in self.layers if isinstance(layer, FactorisedLayer)]

    def forward(self, features: Tensor) -> Tensor:
        """Score the frames.

        Args:
            features: Batch by frames by `FEATURES`, with `CONTEXT` further frames on both sides.

        Returns:
            Batch by a third of the frames (rounded up) by outputs; not normalised. The first output
            belongs to the first frame, the next one to the fourth.
        """
        scores: Tensor = self.output(self.bottleneck(features))
        return scores

    def bottleneck(self, features: Tensor) -> Tensor:
        """Compute what the output layer sees.

        Args:
            features: As for `forward`.

        Returns:
            Batch by a third of the frames (rounded up) by the width of the bottleneck.
        """
        frames = features.shape[1] - 2 * CONTEXT
        needed = -(-frames // SUBSAMPLING) * SUBSAMPLING + _BORDER
        features = features[:, :needed]
        spliced = torch.cat([features[:, :-2], features[:, 1:-1], features[:, 2:]], 2)
        values, shift = self.first(spliced, self.lda)
        for layer in self.factorised:
            values, shift = layer(values, shift)
        narrow: Tensor = self.prefinal(values, shift)
        return narrow


class _Normalised(nn.Module):
    """Relu and normalisation of an affine map."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.affine = nn.Linear(width, hidden)
        self.norm = BatchNorm(hidden)

    def forward(self, values: Tensor, before: nn.Linear) -> tuple[Tensor, Tensor]:
        """Compute the layer on the values of an affine map that is done along the way.

        Args:
            values: Any shape by the width of `before`.
            before: The other map.

        Returns:
            The output's values and what is to be added to them.
        """
        scale, offset = self.norm.scale_and_offset()
        weight = (self.affine.weight @ before.weight) * scale[:, None]
        bias = (self.affine.weight @ before.bias + self.affine.bias) * scale
        return linear(values, weight, bias).relu_(), offset


class _Prefinal(nn.Module):
    """From the last layer to the values that the output layer sees."""

    def __init__(self, hidden: int, bottleneck: int) -> None:
        super().__init__()
        self.first = nn.Linear(hidden, bottleneck, bias=False)
        self.affine = nn.Linear(bottleneck, hidden)
        self.norm = BatchNorm(hidden)
        self.last = nn.Linear(hidden, bottleneck, bias=False)
        self.last_norm = BatchNorm(bottleneck)

    def forward(self, values: Tensor, shift: Tensor) -> Tensor:
        scale, offset = self.norm.scale_and_offset()
        narrow = linear(values, self.first.weight, self.first.weight @ shift)
        weight, bias = self.affine.weight * scale[:, None], self.affine.bias * scale
        active = linear(narrow, weight, bias).relu_()
        scale, last_offset = self.last_norm.scale_and_offset()
        weight = self.last.weight * scale[:, None]
        return linear(active, weight, weight @ offset + last_offset)


def from_kaldi(model: AcousticModel, outputs: int | None = None) -> TdnnF:
    """Make the network of a Kaldi model.

    An i-vector input is left out; the mean of i-vectors is zero.

    Args:
        model: A TDNN-F with the layers that this module knows.
        outputs: How many outputs a fresh output layer gets; by default the model's own layer stays.

    Returns:
        The network.

    Raises:
        KaldiError: The model has other layers.
    """
    network = model.network
    hidden, spliced = network.component("tdnn1.affine").array("<LinearParams>").shape
    own, bottleneck = network.component("output.affine").array("<LinearParams>").shape
    net = TdnnF(outputs or own, hidden=hidden, bottleneck=bottleneck, spliced=spliced)
    for name, token, tensor in _tensors(net):
        if name == "output.affine" and outputs:
            continue
        array = network.component(name).array(token)
        if name == "lda" and token == "<LinearParams>":
            array = array[:, : 3 * FEATURES]
        if array.shape != tensor.shape:
            raise KaldiError(f"{name} {token} is {array.shape}, not {tuple(tensor.shape)}")
        tensor.data.copy_(torch.from_numpy(array))
    _check_norms(network, net)
    return net


def to_kaldi(net: TdnnF, like: AcousticModel) -> AcousticModel:
    """Make a Kaldi model that Vosk can load, with the phones of `speech_model.phones`.

    Args:
        net: With `OUTPUTS` outputs.
        like: The model that the network began as: from it is taken what the network does not hold
            (figures of Kaldi's training).

    Returns:
        The model, ready to be written.

    Raises:
        KaldiError: `like` has other layers.
        ValueError: The network has another number of outputs.
    """
    if net.output.out_features != OUTPUTS:
        raise ValueError(f"{OUTPUTS} outputs expected, not {net.output.out_features}")
    config, names = tdnnf_wiring(len(net.layers), FEATURES, BYPASS)
    components = {name: like.network.component(name) for name in names}
    for name, token, tensor in _tensors(net):
        component = components[name]
        shape = component.array(token).shape
        if name != "output.affine" and shape[0] != len(tensor):
            raise KaldiError(f"{name} {token} is {shape}, not {tuple(tensor.shape)}")
        array = tensor.detach().cpu().float().numpy().copy()
        components[name] = component.with_arrays({token: array})
    return AcousticModel(
        monophone_chain(), Network(config, components), CONTEXT, CONTEXT, np.zeros(0, np.float32)
    )


def _tensors(net: TdnnF) -> Iterator[tuple[str, str, Tensor]]:
    """Name the component and the field of each tensor of the network."""

    def affine(name: str, layer: nn.Linear) -> Iterator[tuple[str, str, Tensor]]:
        yield name, "<LinearParams>", layer.weight
        yield name, "<BiasParams>", layer.bias

    def norm(name: str, layer: BatchNorm) -> Iterator[tuple[str, str, Tensor]]:
        yield name, "<StatsMean>", layer.mean
        yield name, "<StatsVar>", layer.variance

    yield from affine("lda", net.lda)
    yield from affine("tdnn1.affine", net.first.affine)
    yield from norm("tdnn1.batchnorm", net.first.norm)
    for number, layer in enumerate(net.factorised, start=2):
        yield f"tdnnf{number}.linear", "<LinearParams>", layer.linear
        yield f"tdnnf{number}.affine", "<LinearParams>", layer.affine
        yield f"tdnnf{number}.affine", "<BiasParams>", layer.bias
        yield from norm(f"tdnnf{number}.batchnorm", layer.norm)
    yield "prefinal-l", "<Params>", net.prefinal.first.weight
    yield from affine("prefinal-chain.affine", net.prefinal.affine)
    yield from norm("prefinal-chain.batchnorm1", net.prefinal.norm)
    yield "prefinal-chain.linear", "<Params>", net.prefinal.last.weight
    yield from norm("prefinal-chain.batchnorm2", net.prefinal.last_norm)
    yield from affine("output.affine", net.output)


def _check_norms(network: Network, net: TdnnF) -> None:
    for name, token, _ in _tensors(net):
        if token == "<StatsVar>":
            component = network.component(name)
            rms, epsilon = component.number("<TargetRms>"), component.number("<Epsilon>")
            if rms != 1 or not np.isclose(epsilon, EPSILON):
                raise KaldiError(f"{name} has an epsilon of {epsilon} and a target of {rms}")
