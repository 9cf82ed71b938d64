from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from speech_model.data.processes import worker_processes

PARENT = """
import sys, time
from tests.speech_model.data.test_processes import write_down
from speech_model.data.processes import worker_processes

if __name__ == "__main__":
    with worker_processes(1, write_down, sys.argv[1]) as pool:
        pool.submit(time.sleep, 600)
        time.sleep(600)
"""


def write_down(path: str) -> None:
    Path(path).with_suffix(".part").write_text(str(os.getpid()))
    Path(path).with_suffix(".part").rename(path)


def begin_with(number: int, noted: str) -> None:
    os.environ["BEGUN_WITH"] = f"{number} {noted}"


def begun_with(_: int) -> str:
    return os.environ["BEGUN_WITH"]


def test_workers_begin_as_they_are_told() -> None:
    with worker_processes(2, begin_with, 7, "now") as pool:
        assert set(pool.map(begun_with, range(4))) == {"7 now"}


def test_workers_need_not_be_told_anything() -> None:
    with worker_processes(1) as pool:
        assert list(pool.map(abs, [-1, 2])) == [1, 2]


def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script, noted = tmp_path / "parent.py", tmp_path / "worker"
    script.write_text(PARENT)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, str(script), str(noted)], env=environment)
    try:
        _wait_until(noted.exists)
        worker = int(noted.read_text())
        assert Path(f"/proc/{worker}").exists()
        parent.kill()
        _wait_until(lambda: _is_gone(worker))
    finally:
        parent.kill()
        parent.wait()


def _is_gone(process: int) -> bool:
    """Gone, or dead and waiting for somebody to take notice."""
    try:
        os.kill(process, 0)
        return ") Z " in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return True


def _wait_until(true: object) -> None:
    assert callable(true)
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen within a minute")
