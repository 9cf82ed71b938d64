"""The average of a network's weights over its last steps, which is better than any one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Average:
    """An exponential moving average (Polyak and Juditsky, 1992).

    It follows closely at first and slowly later, so that the beginning is forgotten.

    Args:
        net: Its parameters are averaged.
        decay: What a step leaves of the average once there are many.
    """

    def __init__(self, net: nn.Module, decay: float = 0.999) -> None:
        self._parameters: list[Tensor] = [one for one in net.parameters() if one.requires_grad]
        self._average = [one.detach().clone() for one in self._parameters]
        self._decay = decay
        self._steps = 0

    @torch.no_grad()
    def follow(self) -> None:
        """Take the network's weights in, after a step."""
        self._steps += 1
        decay = min(self._decay, self._steps / (self._steps + 10))
        torch._foreach_lerp_(self._average, self._parameters, 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Lend the average to the network."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def state(self) -> tuple[int, list[Tensor]]:
        """Tell what to keep in a checkpoint."""
        return self._steps, self._average

    @torch.no_grad()
    def restore(self, state: tuple[int, list[Tensor]]) -> None:
        """Go on from a checkpoint.

        Args:
            state: As `state` told.
        """
        self._steps = state[0]
        for mine, kept in zip(self._average, state[1], strict=True):
            mine.copy_(kept)

    @torch.no_grad()
    def _swap(self) -> None:
        for mine, theirs in zip(self._average, self._parameters, strict=True):
            kept = theirs.clone()
            theirs.copy_(mine)
            mine.copy_(kept)
