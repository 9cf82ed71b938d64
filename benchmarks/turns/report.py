"""What was measured, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from benchmarks.turns.judging import (
    OverBot,
    OverBotFigures,
    Ratio,
    TurnFigures,
    TurnTaken,
    figures,
    over_bot_figures,
    percentiles,
)
from benchmarks.turns.measuring import Measured
from benchmarks.turns.turn import SPOKEN_KINDS, LabelledTurn

_WHO = {True: "people", False: "synthetic", None: "all"}


def turn_figures(measured: Measured) -> list[TurnFigures]:
    """Sum the turns up by kind and by who speaks.

    Args:
        measured: All that was played.

    Returns:
        A row for each group that has any turns; all together last.
    """
    groups = [
        figures(measured.taken, kind, real) for kind in SPOKEN_KINDS for real in (False, True)
    ]
    groups += [figures(measured.taken, None, real) for real in (False, True)]
    both = figures(measured.taken, None, None)
    return [group for group in groups if group.missed.of] + ([both] if both.missed.of else [])


def over_bot_rows(measured: Measured) -> list[OverBotFigures]:
    """Sum up what was heard over the bot.

    Args:
        measured: All that was played.

    Returns:
        A row for each group that has anything in it.
    """
    unwanted = (*measured.back_channels, *measured.noises)
    rows = [
        *(
            over_bot_figures("barge-ins", measured.barge_ins, wanted=True, real=real)
            for real in (False, True)
        ),
        over_bot_figures("back-channels", measured.back_channels, wanted=False),
        *(
            over_bot_figures(f"noise: {kind}", list(group), wanted=False)
            for kind, group in _by_text(measured.noises)
        ),
        over_bot_figures("noise", measured.noises, wanted=False),
        over_bot_figures("back-channels and noise", unwanted, wanted=False),
    ]
    return [row for row in rows if row.stopped.of]


def turns_table(rows: Sequence[TurnFigures]) -> Table:
    """Show how turns were taken.

    Args:
        rows: As `turn_figures` gives them.
    """
    table = Table(
        title="Turns: shares in % with 95 % intervals, delays in ms", title_justify="left"
    )
    columns = ("turns", "voices", "count", "wrong cut-ins", "bot heard early", "missed ends")
    for column in (*columns, "end p50", "end p95"):
        table.add_column(column, justify="left" if column in columns[:2] else "right")
    for row in rows:
        table.add_row(
            row.kind or "all", _WHO[row.real], str(row.missed.of), _share(row.cut_ins),
            _share(row.talked_over), _share(row.missed), *_delays(row.delays_s),
        )  # fmt: skip
    return table


def over_bot_table(rows: Sequence[OverBotFigures]) -> Table:
    """Show what silenced the bot.

    Args:
        rows: As `over_bot_rows` gives them.
    """
    table = Table(title="Over the speaking bot: shares in %, times in ms", title_justify="left")
    columns = ("heard", "voices", "count", "false barge-ins", "missed barge-ins", "only paused")
    for column in (*columns, "reaction p50", "reaction p95"):
        table.add_column(column, justify="left" if column in columns[:2] else "right")
    for row in rows:
        went_on = Ratio(row.stopped.of - row.stopped.hits, row.stopped.of)
        shares = ("", _share(went_on)) if row.wanted else (_share(row.stopped), "")
        reactions = _delays(row.reactions_s) if row.wanted else ("", "")
        table.add_row(
            row.title, _WHO[row.real], str(row.stopped.of), *shares, _share(row.paused), *reactions
        )  # fmt: skip
    return table


def wrong(measured: Measured) -> Iterator[str]:
    """Tell each case that went wrong.

    Args:
        measured: All that was played.

    Yields:
        A line each.
    """
    for taken in measured.taken:
        if taken.cut_in or taken.missed:
            yield _told(taken)
    for heard in measured.barge_ins:
        if not heard.stopped:
            yield f"missed barge-in  {_name(heard.turn)}"
    for heard in (*measured.back_channels, *measured.noises):
        if heard.stopped:
            words = " / ".join(heard.heard) or "nothing"
            yield f"false barge-in   {_name(heard.turn)}: heard {words}"


def as_json(measured: Measured, notes: Sequence[str]) -> str:
    """Write everything for a machine.

    Args:
        measured: All that was played.
        notes: What should be known about the set.
    """
    return json.dumps(
        {
            "notes": list(notes),
            "turns": [
                {
                    "kind": row.kind or "all",
                    "voices": _WHO[row.real],
                    "wrong_cut_ins": _ratio(row.cut_ins),
                    "bot_heard_early": _ratio(row.talked_over),
                    "missed_ends": _ratio(row.missed),
                    "end_delay_s": percentiles(row.delays_s),
                }
                for row in turn_figures(measured)
            ],
            "over_bot": [
                {
                    "heard": row.title,
                    "voices": _WHO[row.real],
                    "should_stop": row.wanted,
                    "stopped": _ratio(row.stopped),
                    "only_paused": _ratio(row.paused),
                    "reaction_s": percentiles(row.reactions_s),
                }
                for row in over_bot_rows(measured)
            ],
            "each_turn": [
                {
                    "name": taken.turn.name,
                    "text": taken.turn.text,
                    "voice": taken.turn.voice,
                    "pauses_s": [
                        round(pause.end_s - pause.start_s, 2) for pause in taken.turn.pauses
                    ],
                    "heard": list(taken.heard),
                    "cut_in_s": taken.cut_in_s,
                    "talked_over": taken.talked_over,
                    "end_delay_s": taken.end_delay_s,
                    "missed": taken.missed,
                }
                for taken in measured.taken
            ],
            "each_over_bot": [
                {
                    "name": heard.turn.name,
                    "text": heard.turn.text,
                    "voice": heard.turn.voice,
                    "heard": list(heard.heard),
                    "silent_s": heard.silent_s,
                    "stopped": heard.stopped,
                }
                for heard in (*measured.barge_ins, *measured.back_channels, *measured.noises)
            ],
        },
        indent=1,
    )


def _by_text(heard: Sequence[OverBot]) -> Iterator[tuple[str, list[OverBot]]]:
    for text in dict.fromkeys(each.turn.text for each in heard):
        yield text, [each for each in heard if each.turn.text == text]


def _told(taken: TurnTaken) -> str:
    heard = " / ".join(taken.heard) or "nothing"
    if taken.cut_in_s is None:
        return f"missed end       {_name(taken.turn)}: heard {heard}"
    pauses = (p.end_s - p.start_s for p in taken.turn.pauses)
    longest = max(pauses, default=0.0)
    return (
        f"wrong cut-in     {_name(taken.turn)}: heard {heard}; at {taken.cut_in_s:.2f} of "
        f"{taken.turn.speech_end_s:.2f} s, longest pause {longest:.2f} s"
    )


def _name(turn: LabelledTurn) -> str:
    return f"{turn.name} ({turn.voice}) {turn.text!r}"


def _share(ratio: Ratio) -> str:
    low, high = ratio.interval()
    return f"{100 * ratio.share:.1f} ({100 * low:.1f}-{100 * high:.1f})"


def _delays(seconds: Sequence[float]) -> tuple[str, str]:
    found = percentiles(seconds)
    return (f"{1000 * found[0]:.0f}", f"{1000 * found[1]:.0f}") if found else ("", "")


def _ratio(ratio: Ratio) -> dict[str, Any]:
    return {"hits": ratio.hits, "of": ratio.of, "share": ratio.share, "interval": ratio.interval()}
