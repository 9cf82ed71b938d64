"""Runs the benchmarks one after the other: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

NAMES = (
    "recognition",
    "speech_speed",
    "answer_delay",
    "call_memory",
    "reset_timing",
    "routing_day",
    "bridge",
    "handover",
    "recording",
)
OPTIONAL_DATA = {"recognition": Path("../shared/speech_dev")}


def main(wanted: list[str]) -> None:
    """Run benchmarks, by default all whose data is there.

    Args:
        wanted: Names from `NAMES`.
    """
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    for name in wanted or NAMES:
        data = OPTIONAL_DATA.get(name)
        if not wanted and data and not data.is_dir():
            print(f"== {name}: left out, because {data} is not there", flush=True)
            continue
        print(f"== {name}", flush=True)
        sys.argv = [name]
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
