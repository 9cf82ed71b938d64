from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from speech_model.training.workers import compute_alone, product, single_threaded_workers


def test_each_thread_computes_alone() -> None:
    meeting = threading.Barrier(3)

    def threads(_: int) -> int:
        meeting.wait(timeout=30)
        return torch.get_num_threads()

    with single_threaded_workers(3) as workers:
        assert list(workers.map(threads, range(3))) == [1, 1, 1]


def test_a_thread_of_ones_own_can_compute_alone() -> None:
    told: list[int] = []

    def run() -> None:
        compute_alone()
        told.append(torch.get_num_threads())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert told == [1]


def test_a_product_is_numpys() -> None:
    left, right = np.random.default_rng(1).normal(size=(2, 8, 8)).astype(np.float32)
    assert product(left[:5], right.T) == pytest.approx(left[:5] @ right.T, rel=1e-5)
