from __future__ import annotations

from speech_model.catalogue import SHIPPED_PATH
from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.kaldi.wiring import tdnnf_wiring


def test_it_is_the_wiring_of_the_shipped_model() -> None:
    network = AcousticModel.read(SHIPPED_PATH / "am" / "final.mdl").network
    config, names = tdnnf_wiring(layers=14, features=40, bypass=0.66)
    assert config == network.config
    assert names == list(network.components)


def test_each_layer_adds_a_part_of_what_it_was_given() -> None:
    config, names = tdnnf_wiring(layers=1, features=13, bypass=0.5)
    assert "dim=13" in config
    assert "input=Sum(Scale(0.5, tdnn1.batchnorm), tdnnf2.batchnorm)" in config
    assert "tdnnf3" not in config
    assert len(names) == len(set(names)) == 16
