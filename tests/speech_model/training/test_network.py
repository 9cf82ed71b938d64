from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import linear, relu
from vosk import KaldiRecognizer, Model

from speech_model.catalogue import SHIPPED_PATH
from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.kaldi.binary import KaldiError
from speech_model.kaldi.nnet3 import Component, Network
from speech_model.phones import OUTPUTS
from speech_model.training.factorised import BatchNorm
from speech_model.training.network import CONTEXT, FEATURES, TdnnF, from_kaldi, to_kaldi
from voice_gateway.speech.caller_voice import CallerVoice

RATE = 16_000


@pytest.fixture(scope="module")
def shipped() -> AcousticModel:
    return AcousticModel.read(SHIPPED_PATH / "am" / "final.mdl")


@pytest.fixture
def small() -> TdnnF:
    """A network of the same build, narrow and exact, with something in every parameter."""
    torch.manual_seed(7)
    net = TdnnF(6, hidden=10, bottleneck=4, spliced=12).double()
    for name, parameter in net.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.3)
    for norm in net.modules():
        if isinstance(norm, BatchNorm):
            torch.nn.init.uniform_(norm.mean, 0.0, 0.5)
            torch.nn.init.uniform_(norm.variance, 0.5, 2.0)
    return net


def noise(frames: int, batch: int = 1, seed: int = 1) -> Tensor:
    """Features without sense, context included."""
    random = torch.Generator().manual_seed(seed)
    return torch.randn(batch, frames + 2 * CONTEXT, FEATURES, generator=random).double()


def frame_by_frame(net: TdnnF, features: Tensor) -> Tensor:
    """The network as its papers describe it, at every frame, without any short cut."""

    def normalised(values: Tensor, norm: BatchNorm) -> Tensor:
        return (values - norm.mean) / torch.sqrt(norm.variance + 0.001)

    spliced = torch.cat([features[:-2], features[1:-1], features[2:]], 1)
    stream = normalised(relu(net.first.affine(net.lda(spliced))), net.first.norm)
    for stride, layer in zip([1, 1, 1, 0, *[3] * 10], net.factorised, strict=True):
        narrow, middle = stream, stream
        if stride:
            narrow = torch.cat([stream[:-stride], stream[stride:]], 1)
            middle = stream[stride:-stride]
        narrow = linear(narrow, layer.linear)
        if stride:
            narrow = torch.cat([narrow[:-stride], narrow[stride:]], 1)
        active = relu(linear(narrow, layer.affine, layer.bias))
        stream = normalised(active, layer.norm) + 0.66 * middle
    end = net.prefinal
    stream = normalised(relu(end.affine(end.first(stream))), end.norm)
    scores: Tensor = net.output(normalised(end.last(stream), end.last_norm))
    return scores[::3]


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 30, 31, 32])
def test_every_third_frame_is_scored(small: TdnnF, frames: int) -> None:
    assert small(noise(frames, batch=2)).shape == (2, -(-frames // 3), 6)
    assert small.bottleneck(noise(frames)).shape == (1, -(-frames // 3), 4)


@pytest.mark.parametrize("frames", [1, 2, 3, 20])
def test_scores_are_those_of_the_network_computed_frame_by_frame(small: TdnnF, frames: int) -> None:
    features = noise(frames, batch=3)
    expected = torch.stack([frame_by_frame(small, one) for one in features])
    torch.testing.assert_close(small(features), expected)


def test_derivatives_are_those_of_the_network_computed_frame_by_frame(small: TdnnF) -> None:
    features = noise(20, batch=2)
    parameters = [one for one in small.parameters() if one.requires_grad]
    weights = torch.randn_like(small(features))
    expected = torch.stack([frame_by_frame(small, one) for one in features])
    for ours, theirs in zip(
        torch.autograd.grad((small(features) * weights).sum(), parameters),
        torch.autograd.grad((expected * weights).sum(), parameters),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs)


def test_an_output_hangs_on_34_frames_before_and_after_its_own(small: TdnnF) -> None:
    features = noise(30).requires_grad_()
    middle = small(features)[0, 5].sum()
    (moved,) = torch.autograd.grad(middle, features)
    touched = moved[0].abs().sum(1).nonzero().flatten()
    own = CONTEXT + 3 * 5
    assert (touched.min().item(), touched.max().item()) == (own - CONTEXT, own + CONTEXT)


def test_neighbours_in_a_batch_do_not_touch_each_other(small: TdnnF) -> None:
    features = noise(12, batch=3)
    other = features.clone()
    other[1] = 0
    torch.testing.assert_close(small(features)[[0, 2]], small(other)[[0, 2]])


def test_lower_layers_can_be_kept_as_they_are(small: TdnnF) -> None:
    for layer in (small.first, *small.factorised[:5]):
        layer.requires_grad_(False)
    small(noise(9)).sum().backward()
    assert small.first.affine.weight.grad is None
    assert small.factorised[4].affine.grad is None
    assert small.factorised[5].affine.grad is not None


def test_the_decorrelation_of_features_and_the_normalisation_are_not_trained(
    small: TdnnF,
) -> None:
    trained = {name for name, one in small.named_parameters() if one.requires_grad}
    assert not any("lda" in name or "norm" in name for name in trained)
    assert {name.split(".")[0] for name in trained} == {"first", "layers", "prefinal", "output"}


def test_a_kaldi_model_goes_through_byte_for_byte(shipped: AcousticModel) -> None:
    assert to_kaldi(from_kaldi(shipped), shipped).to_bytes() == shipped.to_bytes()


def test_what_was_trained_is_in_the_kaldi_model(shipped: AcousticModel) -> None:
    net = from_kaldi(shipped)
    for parameter in net.parameters():
        if parameter.requires_grad:
            parameter.data += 0.25
    back = from_kaldi(to_kaldi(net, shipped))
    for (name, ours), theirs in zip(
        net.state_dict().items(), back.state_dict().values(), strict=True
    ):
        assert torch.equal(ours, theirs), name


def test_a_fresh_output_layer_can_be_put_on(shipped: AcousticModel) -> None:
    net = from_kaldi(shipped, outputs=7)
    assert net.output.out_features == 7
    features = noise(6).float()
    torch.testing.assert_close(net.bottleneck(features), from_kaldi(shipped).bottleneck(features))
    with pytest.raises(ValueError, match=f"{OUTPUTS} outputs expected, not 7"):
        to_kaldi(net, shipped)


def test_an_ivector_input_and_layers_of_kaldis_training_are_left_out(
    shipped: AcousticModel,
) -> None:
    """As in models fresh from Kaldi: the i-vector is spliced to the features."""
    components = dict(shipped.network.components)
    lda = components["lda"].array("<LinearParams>")
    wider = np.hstack([lda, np.ones((len(lda), 100), np.float32)])
    components["lda"] = components["lda"].with_arrays({"<LinearParams>": wider})
    components["tdnn1.dropout"] = Component("GeneralDropoutComponent", (("<Dim>", 768),))
    fresh = AcousticModel(shipped.transitions, Network("", components), 34, 34, shipped.priors)
    assert to_kaldi(from_kaldi(fresh), fresh).to_bytes() == shipped.to_bytes()


def test_a_model_with_other_layers_is_refused(shipped: AcousticModel, small: TdnnF) -> None:
    components = dict(shipped.network.components)
    del components["tdnnf9.affine"]
    with pytest.raises(KaldiError, match=r"without tdnnf9\.affine"):
        from_kaldi(_with(shipped, components))
    components = dict(shipped.network.components)
    components["tdnnf9.linear"] = components["tdnnf5.linear"]
    with pytest.raises(KaldiError, match=r"tdnnf9\.linear <LinearParams> is \(64, 768\)"):
        from_kaldi(_with(shipped, components))
    components = dict(shipped.network.components)
    norm = components["tdnnf9.batchnorm"]
    fields = ((k, np.float32(2.0)) if k == "<TargetRms>" else (k, v) for k, v in norm.fields)
    components["tdnnf9.batchnorm"] = Component(norm.kind, tuple(fields))
    with pytest.raises(KaldiError, match=r"tdnnf9\.batchnorm has .* a target of 2"):
        from_kaldi(_with(shipped, components))


def test_a_network_of_another_size_is_not_put_into_a_kaldi_model(shipped: AcousticModel) -> None:
    net = TdnnF(hidden=10, bottleneck=4)
    with pytest.raises(KaldiError, match=r"tdnn1\.affine <LinearParams>"):
        to_kaldi(net, shipped)


def _with(model: AcousticModel, components: dict[str, Component]) -> AcousticModel:
    network = Network(model.network.config, components)
    return AcousticModel(model.transitions, network, 34, 34, model.priors)


@pytest.fixture(scope="module")
def spoken() -> bytes:
    return CallerVoice().say("where is my order", RATE) + bytes(RATE)


def heard(folder: Path, pcm: bytes) -> str:
    recogniser = KaldiRecognizer(Model(str(folder)), RATE)
    recogniser.AcceptWaveform(pcm)
    return str(json.loads(recogniser.FinalResult())["text"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A Vosk model without an acoustic model."""
    for part in ("conf", "graph"):
        shutil.copytree(SHIPPED_PATH / part, tmp_path / part)
    (tmp_path / "am").mkdir()
    return tmp_path


def test_vosk_hears_with_what_is_written(
    shipped: AcousticModel, folder: Path, spoken: bytes
) -> None:
    to_kaldi(from_kaldi(shipped), shipped).write(folder / "am" / "final.mdl")
    assert heard(folder, spoken) == "where is my order"


def test_vosk_hears_nothing_with_a_network_that_knows_silence_only(
    shipped: AcousticModel, folder: Path, spoken: bytes
) -> None:
    net = from_kaldi(shipped)
    with torch.no_grad():
        net.output.bias[:2] += 100
    to_kaldi(net, shipped).write(folder / "am" / "final.mdl")
    assert heard(folder, spoken) == ""
