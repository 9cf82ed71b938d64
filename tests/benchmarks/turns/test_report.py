from __future__ import annotations

import json
from io import StringIO

import pytest
from rich.console import Console

from benchmarks.turns.judging import OverBot, judge
from benchmarks.turns.measuring import Measured
from benchmarks.turns.report import (
    as_json,
    over_bot_rows,
    over_bot_table,
    turn_figures,
    turns_table,
    wrong,
)
from tests.benchmarks.turns.sounds import labelled


@pytest.fixture
def measured() -> Measured:
    return Measured(
        taken=(
            judge(labelled("whole", real=True), [(2.4, "where is it")], [2.6]),
            judge(labelled("clauses"), [(0.9, "where"), (2.4, "is it")], [1.2]),
            judge(labelled("searching"), [], []),
        ),
        barge_ins=(
            OverBot(labelled("whole"), 0.3, stopped=True),
            OverBot(labelled("whole"), None, stopped=False),
        ),
        back_channels=(OverBot(labelled("back_channel", text="okay"), 0.3, stopped=False),),
        noises=(OverBot(labelled("noise", text="cough"), 0.3, stopped=True, heard=("how",)),),
    )


def test_only_groups_that_were_played_have_a_row(measured: Measured) -> None:
    rows = [(row.kind, row.real) for row in turn_figures(measured)]
    assert rows[:3] == [("whole", True), ("searching", False), ("clauses", False)]
    assert rows[-1] == (None, None)
    assert turn_figures(Measured((), (), (), ())) == []


def test_back_channels_and_noise_are_summed_up_together(measured: Measured) -> None:
    last = over_bot_rows(measured)[-1]
    assert (last.stopped.hits, last.stopped.of, last.wanted) == (1, 2, False)


def test_each_case_that_went_wrong_is_told(measured: Measured) -> None:
    told = [line.split("  ")[0] for line in wrong(measured)]
    assert told == ["wrong cut-in", "missed end", "missed barge-in", "false barge-in"]


def test_tables_show_shares_with_their_intervals(measured: Measured) -> None:
    console = Console(width=160, file=StringIO())
    console.print(turns_table(turn_figures(measured)))
    console.print(over_bot_table(over_bot_rows(measured)))
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert "33.3 (6.1-79.2)" in text
    assert "noise: cough" in text


def test_a_machine_gets_every_turn(measured: Measured) -> None:
    written = json.loads(as_json(measured, ["flite is not installed"]))
    assert written["notes"] == ["flite is not installed"]
    assert [each["missed"] for each in written["each_turn"]] == [False, False, True]
    assert len(written["each_over_bot"]) == 4
