"""Threads that share the processor's cores without waiting for each other.

PyTorch and numpy by themselves split each operation among all cores and join the parts again. Where
another program wants the processor too, one core is late each time and the others wait for it, many
hundred times a step. Here each thread has utterances of its own and computes them alone.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray


def compute_alone() -> None:
    """Let PyTorch use one thread for what the calling thread computes."""
    torch.set_num_threads(1)


def single_threaded_workers(count: int | None = None) -> ThreadPoolExecutor:
    """Start threads that compute alone.

    Args:
        count: How many; by default one a processor core.
    """
    # PyTorch is told thread by thread, but MKL, which multiplies for it, once for all threads; so
    # the calling thread must not tell it anything else later.
    compute_alone()
    return ThreadPoolExecutor(count or os.cpu_count(), "core", compute_alone)


def product(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Multiply two matrices in the calling thread; numpy would wake all cores for it.

    Args:
        left: Rows by any width.
        right: That width by columns.

    Returns:
        Rows by columns.
    """
    multiplied: NDArray[np.float32] = (torch.from_numpy(left) @ torch.from_numpy(right)).numpy()
    return multiplied
