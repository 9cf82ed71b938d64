from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from speech_model.training.averaging import Average
from speech_model.training.checkpoint import Checkpoint, Position


def kept(path: Path, value: float) -> tuple[nn.Linear, Average, Checkpoint]:
    net = nn.Linear(2, 2)
    nn.init.constant_(net.weight, value)
    average = Average(net)
    return net, average, Checkpoint(path, {"network": net}, average)


def test_without_a_file_a_training_begins(tmp_path: Path) -> None:
    net, _, checkpoint = kept(tmp_path / "training.pt", 3.0)
    assert checkpoint.load() == Position()
    assert net.weight[0, 0].item() == 3.0


def test_everything_comes_back(tmp_path: Path) -> None:
    at = Position(2, (1, 17), 0.4, 90, 12.5, -0.2, 0.31)
    _, average, checkpoint = kept(tmp_path / "training.pt", 3.0)
    average.follow()
    checkpoint.save(at)
    net, again, checkpoint = kept(tmp_path / "training.pt", 5.0)
    assert checkpoint.load() == at
    assert net.weight[0, 0].item() == 3.0
    assert again.state()[0] == 1
    assert torch.equal(again.state()[1][0], average.state()[1][0])


def test_a_file_is_replaced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, checkpoint = kept(tmp_path / "training.pt", 3.0)
    checkpoint.save(Position(epoch=1))

    def fill_the_disk(stored: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", fill_the_disk)
        with pytest.raises(OSError, match="No space"):
            checkpoint.save(Position(epoch=2))
    assert checkpoint.load() == Position(epoch=1)


def test_epochs_count_the_part_of_the_current_one() -> None:
    at = Position(epoch=2, place=(0, 5), share=0.25, step=40)
    assert at.epochs == 2.25
    assert at.next_epoch() == Position(epoch=3, step=40)
