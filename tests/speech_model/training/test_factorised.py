from __future__ import annotations

import pytest
import torch

from speech_model.training.factorised import BatchNorm, FactorisedLayer

LAYERS = [(0, 1), (1, 1), (1, 3), (2, 1)]


def layer(stride: int, every: int) -> FactorisedLayer:
    torch.manual_seed(3)
    made = FactorisedLayer(5, 2, stride, every).double()
    torch.nn.init.normal_(made.bias)
    torch.nn.init.uniform_(made.norm.mean)
    torch.nn.init.uniform_(made.norm.variance, 0.5, 2.0)
    return made


@pytest.mark.parametrize(("stride", "every"), LAYERS)
def test_derivatives_agree_with_differences(stride: int, every: int) -> None:
    made = layer(stride, every)
    values = torch.randn(1, 6, 5).double().requires_grad_()
    shift = torch.randn(5).double()

    def values_of(values: torch.Tensor, *_: torch.Tensor) -> torch.Tensor:
        return made(values, shift)[0]

    assert torch.autograd.gradcheck(values_of, (values, made.linear, made.affine, made.bias))


@pytest.mark.parametrize(("stride", "every"), LAYERS)
def test_it_does_not_matter_how_the_input_is_split_in_two(stride: int, every: int) -> None:
    made = layer(stride, every)
    values, shift = torch.randn(1, 9, 5).double(), torch.randn(5).double()
    whole, offset = made(values + shift, torch.zeros(5).double())
    parts, other_offset = made(values, shift)
    torch.testing.assert_close(parts + other_offset, whole + offset)


@pytest.mark.parametrize(("stride", "every", "rows"), [(0, 1, 9), (1, 1, 7), (2, 1, 5), (1, 3, 3)])
def test_rows_whose_neighbours_are_not_there_have_no_output(
    stride: int, every: int, rows: int
) -> None:
    out, _ = layer(stride, every)(torch.zeros(4, 9, 5).double(), torch.zeros(5).double())
    assert out.shape == (4, rows, 5)


def test_normalised_values_have_the_mean_zero_and_the_deviation_one() -> None:
    torch.manual_seed(3)
    values = 3 * torch.randn(1000, 4) + 5
    norm = BatchNorm(4)
    norm.mean.copy_(values.mean(0))
    norm.variance.copy_(values.var(0))
    scale, offset = norm.scale_and_offset()
    normalised = values * scale + offset
    torch.testing.assert_close(normalised.mean(0), torch.zeros(4), atol=1e-4, rtol=0)
    torch.testing.assert_close(normalised.std(0), torch.ones(4), atol=1e-3, rtol=0)
