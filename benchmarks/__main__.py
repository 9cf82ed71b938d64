"""Runs the benchmarks one after the other: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import runpy
import sys

NAMES = (
    "speech",
    "speech_speed",
    "answer_delay",
    "turns",
    "call_memory",
    "load",
    "decode_work",
    "reset_timing",
    "routing_day",
    "bridge",
    "handover",
    "recording",
)


def main(wanted: list[str]) -> None:
    """Run benchmarks.

    Args:
        wanted: Names from `NAMES`; none: all of them.
    """
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    for name in wanted or NAMES:
        print(f"== {name}", flush=True)
        sys.argv = [name]
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
