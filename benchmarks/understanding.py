"""How well the line understands: the spoken suite as text and through speech, single utterances,
and escalation on its own labelled calls.

`python -m benchmarks.understanding [--snr 15] [--seed 0] [--text-only]`. Writes
`var/benchmarks/understanding.html` and `.json`, and exits with 1 where a number to reach is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from warmline.escalation_calls import read_calls
from warmline.escalation_trial import FALSE_ALARM_TARGET, RECALL_TARGET, Trial, try_calls
from warmline.places import NLU_DATA
from warmline.rehearsal.command import Options, make_ear, open_stage, play_chapter, title_of
from warmline.rehearsal.conversation_file import read_all, read_known_gaps
from warmline.rehearsal.figures import macro_f1
from warmline.rehearsal.report import Chapter, page, shares, summary, write_page
from warmline.rehearsal.utterances import read_utterances
from warmline.settings import Settings, load_settings

FOLDER = Path("var") / "benchmarks"
ESCALATION = NLU_DATA / "escalation_turns" / "heldout.yml"


@dataclass(frozen=True)
class Goal:
    """A number to reach.

    Attributes:
        title: What it is about.
        found: What was measured.
        wanted: What it must be.
        most: Whether `wanted` is the most it may be, instead of the least.
    """

    title: str
    found: float
    wanted: float
    most: bool = False

    @property
    def reached(self) -> bool:
        return self.found <= self.wanted if self.most else self.found >= self.wanted


@dataclass(frozen=True)
class Measured:
    """All that was measured.

    Attributes:
        text: The suite as text.
        speech: The suite through speech, if it was played so.
        escalation: The escalation calls that were not used for tuning.
    """

    text: Chapter
    speech: Chapter | None
    escalation: Trial

    @property
    def chapters(self) -> list[Chapter]:
        return [each for each in (self.text, self.speech) if each is not None]


def goals(measured: Measured) -> list[Goal]:
    """What must be reached.

    Args:
        measured: All that was measured.
    """
    text, speech = measured.text, measured.speech
    found = [
        Goal("tasks completed, as text", text.figures.tasks.ratio, 0.95),
        Goal("intent F1 of held-out utterances, as text", macro_f1(text.held_out), 0.90),
    ]
    runs = [("as text", text)]
    if speech is not None:
        runs.append(("through speech", speech))
        found += [
            Goal("tasks completed, through speech", speech.figures.tasks.ratio, 0.85),
            Goal(
                "order numbers right after confirmation, through speech",
                speech.figures.confirmed_right.ratio,
                0.98,
            ),
        ]
    for how, run in runs:
        found += [
            Goal(f"others' orders told, {how}", len(run.figures.disclosed), 0, most=True),
            Goal(f"codes read out, {how}", len(run.figures.codes), 0, most=True),
        ]
    alarms = measured.escalation.false_alarms
    return [
        *found,
        Goal("escalation recall", measured.escalation.recall, RECALL_TARGET),
        Goal("escalation false alarms", alarms, FALSE_ALARM_TARGET, most=True),
    ]


async def measure(settings: Settings, snr: float, seed: int, *, spoken: bool) -> Measured:
    """Play everything, as text and through speech.

    Args:
        settings: As `load_settings` gives them.
        snr: How many decibels speech is louder than the line's noise.
        seed: Another seed, other voices and other noise.
        spoken: Whether to play it through speech too.

    Returns:
        What came of it.
    """
    console = Console()
    text = await _play(settings, Options(), console)
    speech = None
    if spoken:
        speech = await _play(settings, Options(speech=True, snr_db=snr, seed=seed), console)
    async with open_stage(console) as stage:
        with console.status("Escalation ..."):
            escalation = await try_calls(read_calls(ESCALATION), stage)
    return Measured(text, speech, escalation)


async def _play(settings: Settings, options: Options, console: Console) -> Chapter:
    # A fresh stage: the same conversation must not find what it left behind.
    async with open_stage(console) as stage:
        with make_ear(settings, options) as ear:
            return await play_chapter(
                title_of(options),
                read_all(),
                stage,
                ear,
                console,
                utterances=read_utterances(),
                known_gaps=read_known_gaps(),
            )


def as_json(chapters: Sequence[Chapter], reached: Sequence[Goal]) -> str:
    """Write the figures for a machine.

    Args:
        chapters: The runs.
        reached: What was to be reached.
    """
    return json.dumps(
        {
            "goals": [
                {"title": g.title, "found": g.found, "wanted": g.wanted, "reached": g.reached}
                for g in reached
            ],
            "runs": [
                {
                    "title": chapter.title,
                    "seconds": round(chapter.seconds, 1),
                    "held_out_f1": macro_f1(chapter.held_out),
                    "shares": {
                        share.title: {"ratio": share.ratio, "of": share.of, "others": share.others}
                        for share in shares(chapter.figures)
                    },
                }
                for chapter in chapters
            ],
        },
        indent=1,
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure and report.

    Args:
        arguments: The command line's, by default.
    """
    parser = argparse.ArgumentParser(description="How well the line understands.")
    parser.add_argument("--snr", type=float, default=15.0, help="decibels of speech over noise")
    parser.add_argument("--seed", type=int, default=0, help="other voices and other noise")
    parser.add_argument("--text-only", action="store_true", help="leave the speech out")
    told = parser.parse_args(arguments)
    console = Console()
    measured = asyncio.run(measure(load_settings(), told.snr, told.seed, spoken=not told.text_only))
    chapters = measured.chapters
    reached = goals(measured)
    for chapter in chapters:
        console.print()
        console.print(summary(chapter))
    console.print()
    console.print(_goals_table(reached))
    escalation = list(measured.escalation.report())
    console.print("\nEscalation, on calls not used for tuning")
    console.print("\n".join(escalation), markup=False, highlight=False, soft_wrap=True)
    notes = [
        f"{goal.title}: {goal.found:.3g} "
        f"({'at most' if goal.most else 'at least'} {goal.wanted:.3g} wanted"
        f"{'' if goal.reached else ', MISSED'})"
        for goal in reached
    ]
    path = write_page(
        FOLDER / "understanding.html", page(chapters, "Understanding", notes, escalation)
    )
    write_page(FOLDER / "understanding.json", as_json(chapters, reached))
    console.print(f"The report: {path}")
    sys.exit(0 if all(goal.reached for goal in reached) else 1)


def _goals_table(reached: Sequence[Goal]) -> Table:
    table = Table(title="Numbers to reach", title_justify="left", box=None, pad_edge=False)
    for heading in ("", "Found", "Wanted", ""):
        table.add_column(heading)
    for goal in reached:
        wanted = f"{'at most' if goal.most else 'at least'} {goal.wanted:.3g}"
        mark = "[green]reached[/]" if goal.reached else "[red]missed[/]"
        table.add_row(goal.title, f"{goal.found:.3g}", wanted, mark)
    return table


if __name__ == "__main__":
    main()
