"""What a run came to, as a page to read and as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from rich.markup import escape
from rich.table import Table

from warmline.rehearsal.figures import Figures, Recognised, Share, confusions, figures, macro_f1
from warmline.rehearsal.judgement import Verdict

_NAMES_IN_TABLE = 4


@dataclass(frozen=True)
class Chapter:
    """One run of the suite.

    Attributes:
        title: How the callers were heard, such as "As text".
        verdicts: Of its conversations.
        held_out: What the held-out utterances were taken for; empty when they were not said.
        known_gaps: Names of conversations that cannot pass yet, with the reason.
        seconds: How long it took.
    """

    title: str
    verdicts: Sequence[Verdict]
    held_out: Sequence[Recognised] = ()
    known_gaps: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def figures(self) -> Figures:
        """What it comes to."""
        return figures(self.verdicts)

    @property
    def failed(self) -> list[Verdict]:
        """The conversations that did not pass."""
        return [verdict for verdict in self.verdicts if not verdict.passed]


def shares(of: Figures) -> list[Share]:
    """The figures of a run that are shares, in the order in which they are read.

    Args:
        of: The figures.
    """
    return [
        of.passed,
        of.tasks,
        of.contained,
        of.wrong_escalations,
        of.missed_escalations,
        of.reasons,
        of.heard_right,
        of.confirmed_right,
        of.spoken,
    ]


def recognition_share(recognised: Sequence[Recognised], title: str) -> Share:
    """Say how many utterances were taken for what they are.

    Args:
        recognised: Utterances.
        title: What they are called.
    """
    wrong = tuple(each.text for each in recognised if each.wanted != each.found)
    return Share(title, len(recognised), len(recognised) - len(wrong), wrong)


def summary(chapter: Chapter) -> Table:
    """Write a run's figures for the terminal.

    Args:
        chapter: The run.

    Returns:
        A table.
    """
    found = chapter.figures
    table = Table(title=escape(chapter.title), title_justify="left", box=None, pad_edge=False)
    for heading in ("", "Share", "Not these"):
        table.add_column(heading, overflow="fold")
    for share in [*shares(found), *_recognition(chapter)]:
        table.add_row(escape(share.title), str(share), escape(_few(share.others)))
    for title, names in (
        ("others' orders told", found.disclosed),
        ("codes read out", found.codes),
    ):
        table.add_row(title, f"[bold red]{len(names)}[/]" if names else "0", escape(_few(names)))
    return table


def page(
    chapters: Sequence[Chapter],
    heading: str,
    notes: Sequence[str] = (),
    escalation: Sequence[str] = (),
) -> str:
    """Write the report.

    Args:
        chapters: The runs.
        heading: Its title.
        notes: Further lines for its beginning.
        escalation: The lines of a trial of the escalation table, for its end.

    Returns:
        An HTML page that needs nothing else.
    """
    environment = Environment(
        loader=PackageLoader("warmline", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told = [
        {
            "chapter": chapter,
            "figures": chapter.figures,
            "shares": [*shares(chapter.figures), *_recognition(chapter)],
            "opening": confusions(chapter.figures.opening),
            "held_out": confusions(chapter.held_out),
            "f1": macro_f1(chapter.held_out),
        }
        for chapter in chapters
    ]
    template = environment.get_template("rehearsal_report.html.j2")
    return template.render(heading=heading, notes=notes, told=told, escalation=escalation)


def write_page(path: Path, text: str) -> Path:
    """Keep a report.

    Args:
        path: Where; its folder is made.
        text: As `page` writes it.

    Returns:
        The path.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def dialogue(verdict: Verdict) -> list[str]:
    """Write a conversation line by line.

    Args:
        verdict: Of a conversation.

    Returns:
        What either side said, what was heard where that differs, and what did not hold.
    """
    lines = []
    for exchange in verdict.played.exchanges:
        if exchange.said:
            heard = f"   (heard: {exchange.heard or 'nothing'})"
            lines.append(f"caller  {exchange.said}" + heard * (exchange.heard != exchange.said))
        about = f"   [{exchange.intent}]" if exchange.intent and exchange.said else ""
        said = " / ".join(exchange.texts) or "(nothing)"
        asks = f"   <{exchange.question}>" if exchange.question else ""
        lines.append(f"bot     {said}{asks}{about}")
    if verdict.played.handoff is not None:
        lines.append(f"        hands over: {verdict.played.handoff.get('reason')}")
    lines += [f"FAILED  {check.name}: {check.detail}" for check in verdict.failures]
    return lines


def _recognition(chapter: Chapter) -> list[Share]:
    found = [recognition_share(chapter.figures.opening, "intents of opening lines")]
    if chapter.held_out:
        title = f"intents of held-out utterances (F1 {macro_f1(chapter.held_out):.3f})"
        found.append(recognition_share(chapter.held_out, title))
    return found


def _few(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_IN_TABLE
    return "; ".join(names[:_NAMES_IN_TABLE]) + (f"; {more} more" if more > 0 else "")
