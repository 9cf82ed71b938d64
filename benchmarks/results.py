"""Where benchmarks leave their figures and graphs, and on what machine they were measured."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.graphs import GraphsError

FOLDER: Final = Path("var") / "benchmarks"


def machine() -> dict[str, Any]:
    """Describe this machine and moment."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }


def keep(folder: Path, name: str, told: Mapping[str, Any], draw: Callable[[], str]) -> list[Path]:
    """Write figures as JSON, and their graph if it can be drawn.

    Args:
        folder: Where to; it is made if it is not there.
        name: Of both files.
        told: The figures; the machine is added.
        draw: Makes the graph, as SVG.

    Returns:
        What was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = folder / f"{name}.json"
    figures.write_text(json.dumps({"machine": machine(), **told}, indent=1) + "\n")
    graph = folder / f"{name}.svg"
    try:
        graph.write_text(draw())
    except GraphsError as error:
        print(f"No graph: {error}")
        return [figures]
    return [figures, graph]


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
