"""The command says real examples and hears them."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from typer.testing import CliRunner

from warmline.cli import app
from warmline.mishearing.command import CLEAN, Options, hear_all, kept_back, run
from warmline.mishearing.examples import read_examples
from warmline.mishearing.selection import clashes
from warmline.noisy_line import NoisyLine


def test_misheard_examples_are_written_and_go_with_the_written_ones(tmp_path: Path) -> None:
    told = io.StringIO()
    kept = run(Options(takes=2, sample=12, to=tmp_path), Console(file=told, width=200))
    assert 0 < len(kept) <= 24
    assert read_examples(tmp_path) == sorted(kept)
    assert clashes(kept, read_examples(CLEAN)) == []
    assert "24 sentences said" in told.getvalue()
    assert all(path.read_text().startswith("# Made by") for path in tmp_path.iterdir())


def test_the_same_is_heard_every_time_whoever_is_first() -> None:
    line = NoisyLine()
    said = read_examples(CLEAN)[:3]
    both = hear_all(line, said, Options(takes=2, threads=3))
    assert both == hear_all(line, said, Options(takes=2, threads=1))
    assert [each.example for each in both] == [each for each in said for _ in range(2)]


def test_sentences_for_measuring_are_known() -> None:
    assert len(kept_back()) > 500


def test_a_sample_does_not_replace_the_whole() -> None:
    result = CliRunner().invoke(app, ("mishear", "--sample", "3"), env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert "--sample needs --to" in result.stderr


def test_help_says_what_it_is_for() -> None:
    result = CliRunner().invoke(app, ("mishear", "--help"), env={"COLUMNS": "200"})
    assert "mishears" in result.stdout
    assert "nlu_data/misheard" in result.stdout
