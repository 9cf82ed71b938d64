"""How the network is changed by a batch: rates of its parts, and how they rise and fall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch

from speech_model.training.network import TdnnF

# Against the upper layers: the output layer is new, the lowest ones hear any language well.
OUTPUT_RATE: Final = 4.0
LOWER_RATE: Final = 0.3
_LOWER_LAYERS: Final = 4

_WARM_UP_STEPS: Final = 150
_LAST: Final = 0.02


@dataclass(frozen=True, slots=True)
class Part:
    """Parameters that are changed at the same rate.

    Args:
        parameters: The parameters.
        rate: Against that of the upper layers.
    """

    parameters: list[torch.nn.Parameter]
    rate: float


def parts(net: TdnnF) -> list[Part]:
    """Divide a network into its output layer, its lower and its upper layers.

    Args:
        net: The network.
    """
    output = list(net.output.parameters())
    lower = [*net.first.parameters(), *net.layers[:_LOWER_LAYERS].parameters()]
    upper = [*net.layers[_LOWER_LAYERS:].parameters(), *net.prefinal.parameters()]
    return [Part(output, OUTPUT_RATE), Part(lower, LOWER_RATE), Part(upper, 1.0)]


def optimiser(divided: Sequence[Part]) -> torch.optim.Optimizer:
    """Make the optimiser; its rates are set by `set_rates` before each step.

    Args:
        divided: The parts of the network, and others.
    """
    groups: list[dict[str, Any]] = [
        {
            "params": [one for one in part.parameters if one.requires_grad],
            "lr": 0.0,
            "part": part.rate,
        }
        for part in divided
    ]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=1e-4, fused=True)


def set_rates(optimiser: torch.optim.Optimizer, highest: float, step: int, done: float) -> None:
    """Set the rates for a step: up within the first steps, then down along a cosine.

    Args:
        optimiser: From `optimiser`.
        highest: Rate of the upper layers at its highest; above 2.5e-4 AdamW destroys what the
            network knew.
        step: How many steps were done.
        done: How much of the training is done, from 0 to 1.
    """
    fall = _LAST + (1 - _LAST) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
    rate = highest * min(1.0, (step + 1) / _WARM_UP_STEPS) * fall
    for group in optimiser.param_groups:
        group["lr"] = rate * group["part"]
