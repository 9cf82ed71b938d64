"""The training of the network: resumable, on a CPU or a GPU, with its progress on the terminal."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from torch import nn

from speech_model.training.averaging import Average
from speech_model.training.batches import Batch, Utterance, make_batch, split
from speech_model.training.checkpoint import Checkpoint
from speech_model.training.network import TdnnF
from speech_model.training.objective import LatticeFreeMmi, Objective
from speech_model.training.phone_errors import PhoneErrors, PhoneLoop, count_errors
from speech_model.training.phone_language import PhoneLanguage
from speech_model.training.progress import Board
from speech_model.training.schedule import OUTPUT_RATE, Part, optimiser, parts, set_rates
from speech_model.training.speech import Speech
from speech_model.training.stopping import Stop
from speech_model.training.workers import single_threaded_workers

# Kaldi's chain recipes: the share of the cross entropy, and how outputs are kept small.
_NAMING_SHARE: Final = 0.1
_OUTPUT_DECAY: Final = 5e-5
_GRADIENT_NORM: Final = 1.0
# What a batch adds to the objective that is shown.
_LATELY: Final = 0.02

_MEASURE_SECONDS: Final = 600.0
_SAVE_SECONDS: Final = 300.0
_MOST_BROKEN: Final = 20


class TrainingError(Exception):
    """The training cannot go on; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Args:
        epochs: How often all examples are seen; the learning rate falls to its end by then.
        learning_rate: Of the upper layers at its highest.
        seed: For orders and distortions.
        average: What a step leaves of the average of the weights.
    """

    epochs: int = 10
    learning_rate: float = 2.5e-4
    seed: int = 0
    average: float = 0.999


class Trainer:
    """Trains a network until its plan is done, time is up or it is asked to stop.

    Args:
        net: What to begin with, where there is no checkpoint.
        language: What the truth is told from.
        speech: What to learn from.
        development: Other speakers, to measure phone errors on.
        plan: How to train.
        checkpoint: The file to go on from, and to write to.
        device: Where the network is computed.
    """

    def __init__(
        self,
        net: TdnnF,
        language: PhoneLanguage,
        speech: Speech,
        development: Sequence[Utterance],
        plan: Plan,
        checkpoint: Path,
        device: torch.device,
    ) -> None:
        self.net = net.to(device)
        self._speech = speech
        self._development = [make_batch([one]) for one in development]
        self._plan = plan
        self._device = device
        # A GPU computes a batch at once; on a processor each core has a part of it.
        self._parallel = 1 if device.type == "cuda" else os.cpu_count() or 1
        self._workers = single_threaded_workers(self._parallel)
        self._objective = LatticeFreeMmi(
            language, threads=os.cpu_count() or 1 if self._parallel == 1 else 1
        )
        self._loop = PhoneLoop(language)
        # Learns to name the phone of each frame from the same values; it is not exported.
        self._namer = nn.Linear(net.output.in_features, net.output.out_features).to(device)
        self._namer.load_state_dict(net.output.state_dict())
        divided = [*parts(net), Part(list(self._namer.parameters()), OUTPUT_RATE)]
        self._trained = [one for part in divided for one in part.parameters if one.requires_grad]
        self._optimiser = optimiser(divided)
        self.average = Average(net, plan.average)
        self._checkpoint = Checkpoint(
            checkpoint,
            {"network": net, "namer": self._namer, "optimiser": self._optimiser},
            self.average,
        )
        self.at = self._checkpoint.load()
        self._broken = 0

    def run(self, console: Console, stop: Stop) -> bool:
        """Train, from where the last run stopped.

        Args:
            console: Shows the progress.
            stop: Tells when to stop before the plan is done.

        Returns:
            Whether the plan is done; if not, the next run goes on. The checkpoint holds everything
            either way.

        Raises:
            TrainingError: The objective is no number any more.
        """
        with stop.listening(), Board(console, self._plan.epochs) as board:
            board.show(self.at)
            if not self.at.step:
                self._measure(board)
            before = self.at.step
            saved = measured = time.monotonic()
            while self.at.epoch < self._plan.epochs and not stop.due:
                for batch in self._speech.epoch(self.at.epoch, self._plan.seed, self.at.place):
                    self._learn(batch)
                    board.show(self.at)
                    if time.monotonic() - measured > _MEASURE_SECONDS:
                        self._measure(board)
                        measured = time.monotonic()
                    if time.monotonic() - saved > _SAVE_SECONDS:
                        self._checkpoint.save(self.at)
                        saved = time.monotonic()
                    if stop.due:
                        break
                else:
                    self.at = self.at.next_epoch()
            if self.at.step > before:
                self._measure(board)
                self._checkpoint.save(self.at)
        return self.at.epoch >= self._plan.epochs

    def _learn(self, batch: Batch) -> None:
        """Change the network by what a batch teaches."""
        frames = max(1, sum(batch.lengths))
        parts = self._workers.map(partial(self._derive, frames), split(batch, self._parallel))
        compared, gradients = zip(*parts, strict=True)
        for parameter, *each in zip(self._trained, *gradients, strict=True):
            parameter.grad = sum(each[1:], start=each[0])
        norm = nn.utils.clip_grad_norm_(self._trained, _GRADIENT_NORM)
        counted = sum(one.frames for one in compared)
        self._check(counted > 0 and bool(norm.isfinite()))
        if not self._broken:
            done = (self.at.epoch + batch.share) / self._plan.epochs
            set_rates(self._optimiser, self._plan.learning_rate, self.at.step, done)
            self._optimiser.step()
            self.average.follow()
        value = sum(one.value for one in compared) / max(1, counted)
        lately = self.at.objective
        self.at = replace(
            self.at,
            place=batch.place,
            share=batch.share,
            step=self.at.step + 1,
            hours=self.at.hours + batch.seconds / 3600,
            objective=value if lately is None else lately + _LATELY * (value - lately),
        )

    def _derive(self, frames: int, batch: Batch) -> tuple[Objective, tuple[torch.Tensor, ...]]:
        """Find how a part of a batch of so many frames would have the network changed."""
        values = self.net.bottleneck(torch.from_numpy(batch.features).to(self._device))
        outputs = self.net.output(values)
        heard = outputs.detach()
        compared = self._objective(heard.cpu().numpy(), batch.lengths, batch.transcripts)
        wished = torch.from_numpy(compared.derivative).to(self._device)
        gradient = (_OUTPUT_DECAY * heard - wished) / frames
        targets = torch.from_numpy(compared.occupation).to(self._device)
        named = -(targets * self._namer(values).log_softmax(2)).sum() * (_NAMING_SHARE / frames)
        gradients = torch.autograd.grad([outputs, named], self._trained, [gradient, None])
        return compared, gradients

    def _check(self, fine: bool) -> None:
        self._broken = 0 if fine else self._broken + 1
        if self._broken > _MOST_BROKEN:
            raise TrainingError(
                f"The last {self._broken} batches taught nothing: the network's outputs are no "
                "numbers any more. Start again with a lower learning rate."
            )

    def _measure(self, board: Board) -> None:
        """Count phone errors on the development set, by the averaged weights."""
        with self.average.in_place():
            heard = list(self._workers.map(self._hear, self._development))
        said = [batch.transcripts[0].canonical for batch in self._development]
        errors = sum(map(count_errors, said, heard), PhoneErrors())
        self.at = replace(self.at, phone_error=errors.rate)
        board.measured(self.at)

    @torch.inference_mode()
    def _hear(self, batch: Batch) -> NDArray[np.int16]:
        outputs = self.net(torch.from_numpy(batch.features).to(self._device))
        return self._loop.hear(outputs[0].cpu().numpy())
