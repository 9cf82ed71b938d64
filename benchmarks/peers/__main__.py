"""Warmline beside its peers, in one run: `python -m benchmarks.peers [OPTIONS]`.

Lines take turns round by round, in the opposite order each time; whoever is not measured is idle.
Recognition is compared with Vosk as vosk-server uses it, everything else with pipecat: by its
default strategies (`pipecat`), and with three words needed to interrupt the bot (`pipecat-words`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.peers import measuring, recognition
from benchmarks.peers.comparison import Compared, Figure, Samples, compare
from benchmarks.peers.labelled import Labelled, labelled
from benchmarks.peers.lines import LOGS, MIN_WORDS, OURS, MeasuredLine, PeersError, lines
from benchmarks.peers.situations import CallerTurn, Telephone, overlaps, turns
from voice_gateway.speech.caller_voice import CallerVoice

VOSK_SERVER: Final = "vosk-server"
SECTIONS: Final = ("answers", "turns", "barge-in", "load", "recognition")
SIZES: Final = (1, 5, 10, 15, 20, 30)

_MS: Final = 1000.0
_PER_CENT: Final = 100.0
FIGURES: Final = (
    Figure("caller stops to first bot audio, p50, ms", "answer_s", "p50", _MS),
    Figure("caller stops to first bot audio, p95, ms", "answer_s", "p95", _MS),
    Figure("  of it until the turn was judged over, p50, ms", "endpoint_ms", "p50"),
    Figure("  of it the assistant, p50, ms", "assistant_ms", "p50"),
    Figure("  of it synthesis, p50, ms", "synthesis_ms", "p50"),
    Figure("the same on the set with pauses, p50, ms", "turn_answer_s", "p50", _MS),
    Figure("the same on the set with pauses, p95, ms", "turn_answer_s", "p95", _MS),
    Figure("wrong cut-ins, % of turns", "cut_in", "mean", _PER_CENT, 1),
    Figure("  talked over the caller for, p95, ms", "talked_over_s", "p95", _MS),
    Figure("missed turn ends (no answer in 3 s), %", "missed", "mean", _PER_CENT, 1),
    Figure("barge-in: caller speaks to bot silent, p50, ms", "reaction_s", "p50", _MS),
    Figure("barge-in: caller speaks to bot silent, p95, ms", "reaction_s", "p95", _MS),
    Figure("barge-ins that the bot ignored, %", "barge_in_ignored", "mean", _PER_CENT, 1),
    Figure("false barge-ins by back-channels, %", "back_channel_stopped", "mean", _PER_CENT, 1),
    Figure("false barge-ins by noise, %", "noise_stopped", "mean", _PER_CENT, 1),
    Figure(
        "  false barge-ins after which it spoke again, %", "spoke_again", "mean",
        _PER_CENT, 1, more_is_better=True,
    ),
    Figure("  calls in which the bot was not there to be talked over, %", "overlap_void", "mean",
           _PER_CENT, 1),
    Figure("audio underruns per call minute", "underruns_per_call_minute", "mean", 1.0, 2),
    Figure("CPU s per call minute, one call", "cpu_s_per_call_minute", "mean", 1.0, 2),
    Figure("server's memory after them, MiB", "resident_mib", "mean"),
    Figure("calls held at p95 <= 1 s", "calls_held", "mean", more_is_better=True),
    *(
        figure
        for calls in SIZES
        for figure in (
            Figure(f"{calls} calls: p95, ms", f"p95_s_at_{calls}", "mean", _MS),
            Figure(
                f"{calls} calls: CPU s per call minute",
                f"cpu_s_per_call_minute_at_{calls}", "mean", 1.0, 2,
            ),
            Figure(f"{calls} calls: MiB per call", f"mib_per_call_at_{calls}", "mean", 1.0, 1),
            Figure(f"{calls} calls: underruns", f"underruns_at_{calls}", "mean", 1.0, 1),
        )
    ),
    Figure("last word to final words, p50, ms", "final_s", "p50", _MS),
    Figure("last word to final words, p95, ms", "final_s", "p95", _MS),
    Figure("word errors, %", "word_errors", "mean", _PER_CENT, 1),
    Figure("utterances without any word, %", "unheard", "mean", _PER_CENT, 1),
    Figure("CPU s per minute of audio, one ear", "cpu_s_per_audio_minute", "mean", 1.0, 2),
)  # fmt: skip

Rounds = Mapping[str, Sequence[Samples]]


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, metavar="SECTION")
    parser.add_argument(
        "--peers", nargs="*", choices=sorted(MIN_WORDS), default=sorted(MIN_WORDS), metavar="PEER"
    )
    parser.add_argument("--calls", type=int, default=4, help="ordinary calls a round and line")
    parser.add_argument("--turns", type=int, help="no more turns and overlaps each than this")
    parser.add_argument(
        "--labelled", type=int, metavar="N", help="N of each kind of the labelled set instead"
    )
    parser.add_argument("--sizes", nargs="+", type=int, choices=SIZES, default=SIZES, metavar="N")
    parser.add_argument("--minutes", type=float, default=1.5, help="for how long each load")
    parser.add_argument("--json", type=Path, default=LOGS / "result.json", help="where it is kept")
    return parser.parse_args()


async def measure_lines(told: argparse.Namespace, voice: Telephone, said: Labelled) -> Rounds:
    """Measure all that takes calls.

    Args:
        told: The options.
        voice: The callers'.
        said: What they say to try the turn-taking.

    Returns:
        For each line what each round gave.
    """
    sections: dict[str, Callable[[MeasuredLine], Awaitable[Samples]]] = {
        "answers": lambda line: measuring.answers(line, voice, told.calls),
        "turns": lambda line: measuring.turn_ends(line, voice, said.turns),
        "barge-in": lambda line: measuring.barge_ins(line, voice, said.overlaps),
        "load": lambda line: measuring.load(line, voice, told.sizes, told.minutes),
    }
    chosen = {name: section for name, section in sections.items() if name in told.only}
    rounds: dict[str, list[Samples]] = defaultdict(list)
    if not chosen:
        return rounds
    async with lines(told.peers, max_calls=max(told.sizes)) as there:
        for line in there.values():
            await measuring.warm_up(line, voice)
        for number in range(told.rounds):
            found: dict[str, dict[str, Sequence[float]]] = {name: {} for name in there}
            for section, measure in chosen.items():
                order = list(there.values())
                for line in reversed(order) if number % 2 else order:
                    print(f"round {number + 1}, {section}: {line.name}", flush=True)
                    found[line.name] |= await measure(line)
            for name, samples in found.items():
                rounds[name].append(samples)
    return rounds


def measure_recognition(told: argparse.Namespace, wanted: Sequence[CallerTurn]) -> Rounds:
    """Measure recognition alone.

    Args:
        told: The options.
        wanted: What is said.

    Returns:
        For our ear and for vosk-server what each round gave.
    """
    rounds: dict[str, list[Samples]] = defaultdict(list)
    if "recognition" not in told.only:
        return rounds
    ear = recognition.OurEar()
    with recognition.vosk_server() as (theirs, process):
        measures: dict[str, Callable[[], Samples]] = {
            OURS: lambda: recognition.measure(ear.hear, recognition.own_cpu_s, wanted),
            VOSK_SERVER: lambda: recognition.measure(
                theirs.hear, lambda: recognition.cpu_s_of(process), wanted
            ),
        }
        for hear in (ear.hear, theirs.hear):
            hear(wanted[0].pcm)
        for number in range(told.rounds):
            for name in reversed(measures) if number % 2 else measures:
                print(f"round {number + 1}, recognition: {name}", flush=True)
                rounds[name].append(measures[name]())
    return rounds


def situations(told: argparse.Namespace, voice: Telephone) -> Labelled:
    """Make what callers say to try the turn-taking.

    Args:
        told: The options.
        voice: The callers'.

    Returns:
        A small set, or the labelled one.
    """
    if told.labelled:
        return labelled(told.labelled)
    return Labelled(tuple(some(turns(voice), told.turns)), tuple(some(overlaps(voice), told.turns)))


def some(found: Sequence[CallerTurn], most: int | None) -> list[CallerTurn]:
    """Choose evenly among what there is.

    Args:
        found: Sorted by kind.
        most: How many at most; None: all.

    Returns:
        The chosen, in the same order.
    """
    if most is None or most >= len(found):
        return list(found)
    return [found[number * len(found) // most] for number in range(most)]


def show(console: Console, peer: str, compared: Sequence[Compared]) -> None:
    """Print a table.

    Args:
        console: Where.
        peer: With whom we are compared.
        compared: The figures.
    """
    table = Table(title=f"{OURS} and {peer}")
    table.add_column("")
    for column in (OURS, peer, "ours / theirs", "min .. max", "ahead"):
        table.add_column(column, justify="right")
    for each in compared:
        digits = each.figure.digits
        ours, theirs = (
            "-" if value is None else f"{value:.{digits}f}" for value in (each.ours, each.theirs)
        )
        ratio = each.ratio
        table.add_row(
            each.figure.title,
            ours,
            theirs,
            f"{ratio.mean:.2f}" if ratio else "-",
            f"{ratio.low:.2f} .. {ratio.high:.2f}" if ratio else "-",
            {None: "", True: "yes", False: "no"}[each.ahead],
        )
    console.print(table)


def machine() -> dict[str, Any]:
    """Tell on what it was measured."""
    return {
        "cores": psutil.cpu_count(),
        "memory_mib": psutil.virtual_memory().total // 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def main() -> int:
    """Measure, print and keep the result."""
    told = options()
    voice = Telephone(CallerVoice())
    said = situations(told, voice)
    try:
        by_call = asyncio.run(measure_lines(told, voice, said))
        by_ear = measure_recognition(told, said.turns)
    except PeersError as error:
        print(error, file=sys.stderr)
        return 2
    console = Console(width=None if sys.stdout.isatty() else 132)
    kept: dict[str, Any] = {"machine": machine(), "rounds": told.rounds, "compared": {}}
    kept["samples"] = {"calls": by_call, "recognition": by_ear}
    for rounds in (by_call, by_ear):
        for peer in [name for name in rounds if name != OURS]:
            compared = [compare(figure, rounds[OURS], rounds[peer]) for figure in FIGURES]
            there = [each for each in compared if (each.ours, each.theirs) != (None, None)]
            show(console, peer, there)
            kept["compared"][peer] = [asdict(each) for each in there]
    told.json.parent.mkdir(parents=True, exist_ok=True)
    told.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    console.print(f"All values are in {told.json}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
