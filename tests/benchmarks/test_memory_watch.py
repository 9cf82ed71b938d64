"""The memory of a process is that of its children too."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.memory_watch import Series, resident_mib


def test_children_count() -> None:
    alone = resident_mib(os.getpid())
    child = subprocess.Popen(
        [sys.executable, "-c", "held = b'x' * 50_000_000; print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    both = resident_mib(os.getpid())
    child.communicate(b"\n")
    assert alone is not None
    assert both is not None
    assert both > alone + 40


def test_a_process_that_is_gone_has_none() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert resident_mib(gone.pid) is None
    assert resident_mib(None) is None


def test_a_part_of_the_time_can_be_taken() -> None:
    series = Series([0.0, 5.0, 10.0, 15.0], [1.0, 2.0, 3.0, 4.0])
    assert series.part(5.0, 10.0) == Series([5.0, 10.0], [2.0, 3.0])
