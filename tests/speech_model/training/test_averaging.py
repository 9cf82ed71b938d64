from __future__ import annotations

import torch
from torch import nn

from speech_model.training.averaging import Average


def linear(value: float) -> nn.Linear:
    net = nn.Linear(1, 1, bias=False)
    nn.init.constant_(net.weight, value)
    return net


def test_it_forgets_the_beginning_and_evens_out_the_rest() -> None:
    net = linear(100.0)
    average = Average(net, decay=0.9)
    for step in range(400):
        nn.init.constant_(net.weight, 1.0 if step % 2 else 3.0)
        average.follow()
    with average.in_place():
        assert 1.8 < net.weight.item() < 2.2
    assert net.weight.item() == 1.0


def test_it_follows_closely_at_first() -> None:
    net = linear(100.0)
    average = Average(net, decay=0.999)
    for _ in range(30):
        nn.init.constant_(net.weight, 1.0)
        average.follow()
    with average.in_place():
        assert net.weight.item() < 2.0


def test_it_goes_on_from_its_state() -> None:
    net = linear(1.0)
    average = Average(net)
    for value in (2.0, 3.0):
        nn.init.constant_(net.weight, value)
        average.follow()
    again = Average(linear(7.0))
    again.restore(average.state())
    assert again.state() == average.state()


def test_what_is_not_trained_is_not_averaged() -> None:
    net = linear(1.0).requires_grad_(False)
    average = Average(net)
    nn.init.constant_(net.weight, 5.0)
    average.follow() if average.state()[1] else None
    with average.in_place():
        assert torch.equal(net.weight, torch.tensor([[5.0]]))
