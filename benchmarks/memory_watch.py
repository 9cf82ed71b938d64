"""The memory of a line's processes, read again and again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

import psutil

from warmline.private_line import PrivateLine
from warmline.swarm.gauges import MIB

PROCESSES: Final = ("server", "assistant", "actions")
_READING_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Series:
    """The memory of one process.

    Args:
        at_s: Seconds since the first reading.
        mib: Its resident memory at these times, that of its children included.
    """

    at_s: list[float] = field(default_factory=list)
    mib: list[float] = field(default_factory=list)

    def part(self, from_s: float, until_s: float) -> Series:
        """Take what was read in some time.

        Args:
            from_s: From when on, in seconds.
            until_s: Until when.

        Returns:
            The readings of that time.
        """
        pairs = zip(self.at_s, self.mib, strict=True)
        kept = [(at, mib) for at, mib in pairs if from_s <= at <= until_s]
        return Series([at for at, _ in kept], [mib for _, mib in kept])


async def watch(line: PrivateLine, memory: dict[str, Series]) -> None:
    """Read until cancelled.

    Args:
        line: Whose processes.
        memory: By the names of the processes; readings are added.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        for name in PROCESSES:
            mib = resident_mib(line.supervisor.child(name).pid)
            if mib is not None:
                series = memory.setdefault(name, Series())
                series.at_s.append(loop.time() - began)
                series.mib.append(mib)
        await asyncio.sleep(_READING_S)


def resident_mib(pid: int | None) -> float | None:
    """Read the memory of a process and its children.

    Args:
        pid: The process; None when it is not running.

    Returns:
        MiB; None when it is not there any more.
    """
    if pid is None:
        return None
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return float(sum(each.memory_info().rss for each in family)) / MIB
    except psutil.NoSuchProcess:
        return None
