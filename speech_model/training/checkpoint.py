"""A training on disk, written whole or not at all, so that it can go on where it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import torch

from speech_model.training.averaging import Average


@dataclass(frozen=True, slots=True)
class Position:
    """How far a training is.

    Args:
        epoch: Finished epochs.
        place: The last batch of the current epoch, as `Batch.place`.
        share: How much of the current epoch is done, from 0 to 1.
        step: Batches that were learnt from.
        hours: Speech that was learnt from.
        objective: Lately, in nats a frame.
        phone_error: When it was last measured; None before.
    """

    epoch: int = 0
    place: tuple[int, int] = (0, -1)
    share: float = 0.0
    step: int = 0
    hours: float = 0.0
    objective: float | None = None
    phone_error: float | None = None

    @property
    def epochs(self) -> float:
        """Epochs that are done, with the part of the current one."""
        return self.epoch + self.share

    def next_epoch(self) -> Position:
        """Tell the position at the beginning of the next epoch."""
        return replace(self, epoch=self.epoch + 1, place=(0, -1), share=0.0)


class _Kept(Protocol):
    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: Any) -> Any: ...


class Checkpoint:
    """Keeps a training in a file.

    Args:
        path: The file.
        kept: What has a state: network, optimiser and so on, by name.
        average: The average of the network's weights.
    """

    def __init__(self, path: Path, kept: Mapping[str, _Kept], average: Average) -> None:
        self._path = path
        self._kept = kept
        self._average = average

    def load(self) -> Position:
        """Bring everything to the state of the file.

        Returns:
            How far it was; the very beginning where there is no file.
        """
        if not self._path.exists():
            return Position()
        stored = torch.load(self._path, map_location="cpu", weights_only=True)
        for name, one in self._kept.items():
            one.load_state_dict(stored[name])
        self._average.restore(stored["average"])
        position = stored["position"]
        return Position(**{**position, "place": tuple(position["place"])})

    def save(self, at: Position) -> None:
        """Write the file.

        Args:
            at: How far it is.
        """
        stored: dict[str, Any] = {name: one.state_dict() for name, one in self._kept.items()}
        stored["average"] = self._average.state()
        stored["position"] = asdict(at)
        temporary = self._path.with_suffix(".part")
        torch.save(stored, temporary)
        temporary.replace(self._path)
