from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import torch
from rich.console import Console

from speech_model.training import schedule
from speech_model.training import trainer as trainer_module
from speech_model.training.network import TdnnF
from speech_model.training.speech import Speech
from speech_model.training.stopping import Stop
from speech_model.training.trainer import Plan, Trainer, TrainingError
from tests.speech_model.training.toy import language, network, shards, transcribe

CPU = torch.device("cpu")


class StopAfter(Stop):
    """Is due when it was asked so many times."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps + 1

    @property
    def due(self) -> bool:
        self._left -= 1
        return self._left < 0


def toy_trainer(folder: Path, net: TdnnF, plan: Plan) -> Trainer:
    """A trainer of a toy language, with other sentences to measure on."""
    folder.mkdir(exist_ok=True)
    spoken = Speech(shards(folder / "shards", 2, 30), transcribe, batch_seconds=3.0)
    others = Speech(shards(folder / "others", 1, 10, seed=2), transcribe).utterances()
    return Trainer(net, language(), spoken, others, plan, folder / "training.pt", CPU)


def quiet() -> Console:
    return Console(file=io.StringIO(), width=120)


def test_a_network_learns_the_phones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # It is small and begins from nothing: it learns faster, and from fewer steps.
    monkeypatch.setattr(schedule, "_WARM_UP_STEPS", 20)
    written = io.StringIO()
    trainer = toy_trainer(tmp_path, network(), Plan(epochs=12, learning_rate=1e-2, average=0.9))
    assert trainer.run(Console(file=written, width=120), Stop())
    errors = [float(rate) for rate in re.findall(r"phone errors ([\d.]+) %", written.getvalue())]
    assert errors[0] > 60
    assert errors[-1] < 40
    assert trainer.at.phone_error is not None
    assert errors[-1] == pytest.approx(100 * trainer.at.phone_error, abs=0.1)
    assert trainer.at.objective is not None
    assert trainer.at.objective > -0.2


def test_a_training_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    plan = Plan(epochs=2, learning_rate=1e-3)
    whole = toy_trainer(tmp_path / "whole", network(), plan)
    assert whole.run(quiet(), Stop())

    runs = 0
    finished = False
    while not finished:
        # The network that is given counts only in the first run.
        parts = toy_trainer(tmp_path / "parts", network(seed=1 + 10 * runs), plan)
        finished = parts.run(quiet(), StopAfter(13))
        runs += 1
    assert runs > 2
    assert parts.at == whole.at
    for one, other in zip(whole.net.parameters(), parts.net.parameters(), strict=True):
        assert torch.equal(one, other)
    with whole.average.in_place(), parts.average.in_place():
        assert torch.equal(whole.net.output.weight, parts.net.output.weight)


def test_a_finished_training_is_left_as_it_is(tmp_path: Path) -> None:
    plan = Plan(epochs=1)
    assert toy_trainer(tmp_path, network(), plan).run(quiet(), Stop())
    written = (tmp_path / "training.pt").read_bytes()
    again = toy_trainer(tmp_path, network(), plan)
    assert again.run(quiet(), Stop())
    assert (tmp_path / "training.pt").read_bytes() == written


def test_without_any_time_nothing_is_changed(tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, network(), Plan())
    assert not trainer.run(quiet(), Stop(minutes=0.0))
    assert trainer.at.step == 0
    assert not (tmp_path / "training.pt").exists()


def test_what_is_not_trained_stays(tmp_path: Path) -> None:
    net = network()
    fixed = net.lda.weight.clone()
    learnt = net.first.affine.weight.clone()
    toy_trainer(tmp_path, net, Plan(epochs=1)).run(quiet(), Stop())
    assert torch.equal(net.lda.weight, fixed)
    assert not torch.equal(net.first.affine.weight, learnt)


def test_a_network_that_is_broken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer_module, "_MOST_BROKEN", 3)
    net = network()
    with torch.no_grad():
        net.output.bias[0] = torch.nan
    with pytest.raises(TrainingError, match="lower learning rate"):
        toy_trainer(tmp_path, net, Plan()).run(quiet(), Stop())
