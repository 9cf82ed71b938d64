"""Benchmarks leave their figures with what they were measured on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.graphs import GraphsError
from benchmarks.results import keep


def test_figures_and_graph_lie_side_by_side(tmp_path: Path) -> None:
    written = keep(tmp_path / "new", "load", {"minutes": 1.5}, lambda: "<svg/>")
    assert [path.name for path in written] == ["load.json", "load.svg"]
    told = json.loads(written[0].read_text())
    assert told["minutes"] == 1.5
    assert told["machine"]["cores"] >= 1
    assert told["machine"]["processor"]
    assert written[1].read_text() == "<svg/>"


def test_a_graph_that_cannot_be_drawn_costs_no_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def draw() -> str:
        raise GraphsError("there is no pencil")

    [figures] = keep(tmp_path, "load", {"minutes": 1.5}, draw)
    assert figures.exists()
    assert "there is no pencil" in capsys.readouterr().out
