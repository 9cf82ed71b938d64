"""Processes that share a long piece of work, and end with the one that started them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process


def worker_processes(
    count: int, begin: Callable[..., None] | None = None, *given: object
) -> ProcessPoolExecutor:
    """Start processes, each afresh: threads of libraries do not survive a fork.

    Args:
        count: How many.
        begin: What each does first.
        given: What that is told.
    """
    # The machine's cores are for the workers; numpy's own threads would only get in their way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return ProcessPoolExecutor(count, get_context("spawn"), _begin, (begin, given))


def _begin(begin: Callable[..., None] | None, given: tuple[object, ...]) -> None:
    threading.Thread(target=_follow, daemon=True).start()
    if begin is not None:
        begin(*given)


def _follow() -> None:
    """Go when the parent goes: killed, it could not tell, and the worker would wait for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
