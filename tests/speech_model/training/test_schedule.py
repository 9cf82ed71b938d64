from __future__ import annotations

import pytest

from speech_model.training.network import TdnnF
from speech_model.training.schedule import LOWER_RATE, OUTPUT_RATE, optimiser, parts, set_rates
from tests.speech_model.training.toy import network


@pytest.fixture
def net() -> TdnnF:
    return network()


def rates(net: TdnnF, step: int, done: float) -> list[float]:
    tool = optimiser(parts(net))
    set_rates(tool, 1e-4, step, done)
    return [group["lr"] for group in tool.param_groups]


def test_every_parameter_is_in_one_part(net: TdnnF) -> None:
    divided = [parameter for part in parts(net) for parameter in part.parameters]
    trained = [parameter for parameter in net.parameters() if parameter.requires_grad]
    assert sorted(map(id, divided)) == sorted(map(id, trained))


def test_the_output_layer_learns_faster_and_the_lowest_layers_slower(net: TdnnF) -> None:
    output, lower, upper = rates(net, step=1000, done=0.0)
    assert upper == pytest.approx(1e-4)
    assert output == pytest.approx(OUTPUT_RATE * upper)
    assert lower == pytest.approx(LOWER_RATE * upper)


def test_rates_rise_in_the_first_steps_and_fall_to_the_end(net: TdnnF) -> None:
    rising = [rates(net, step, 0.0)[2] for step in range(0, 150, 10)]
    falling = [rates(net, 1000, done / 10)[2] for done in range(11)]
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] == pytest.approx(2e-6)
    assert rates(net, 1000, 1.3) == rates(net, 1000, 1.0)
