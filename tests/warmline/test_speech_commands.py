"""`warmline speech`, as a designer sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from speech_model.catalogue import OFFICIAL, SHIPPED_PATH, current_model_path
from speech_model.graph.build import words_of
from warmline.settings import Settings, variable
from warmline.speech_commands import speech

EXAMPLES = """\
version: "3.1"
nlu:
- intent: order_status
  examples: |
    - where is my [zyrtex](product)
"""


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nlu_data" / "nlu").mkdir(parents=True)
    (tmp_path / "nlu_data" / "nlu" / "orders.yml").write_text(EXAMPLES)
    monkeypatch.setattr("warmline.places.NLU_DATA", tmp_path / "nlu_data")
    return tmp_path / "var"


def graph(*arguments: str) -> Result:
    return CliRunner().invoke(speech, ["graph", *arguments])


def complaint(result: Result) -> str:
    assert result.exit_code == 1, result.output
    (line,) = result.stderr.strip().splitlines()
    return line


def test_the_group_says_what_it_can_do() -> None:
    assert "graph" in CliRunner().invoke(speech, ["--help"]).output
    assert "--model" in graph("--help").output


def test_the_line_hears_a_new_word_from_then_on(own_data: Path) -> None:
    result = graph()
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("en_us knows ")
    (word,) = (line.split() for line in lines if line.startswith("  zyrtex "))
    assert word[-1] == "(guessed)"
    assert "zyrtex" in words_of(current_model_path(own_data))
    assert "nothing has changed" in graph().stdout


def test_a_model_for_elsewhere_goes_to_a_new_folder(own_data: Path, tmp_path: Path) -> None:
    assert graph("--to", str(tmp_path / "taught")).exit_code == 0
    assert "zyrtex" in words_of(tmp_path / "taught")
    assert current_model_path(own_data) == SHIPPED_PATH
    assert "is there already" in complaint(graph("--to", str(tmp_path / "taught")))
    (tmp_path / "file").touch()
    assert "cannot be written" in complaint(graph("--to", str(tmp_path / "file" / "taught")))


def test_a_model_that_is_not_here_is_named() -> None:
    name = OFFICIAL[0].name
    assert f"warmline models add {name}" in complaint(graph("--model", name))
    assert "There is no model" in complaint(graph("--model", "klingon"))


def test_a_model_that_the_settings_name_cannot_be_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WARMLINE_MODEL_PATH", str(SHIPPED_PATH))
    assert "WARMLINE_MODEL_PATH" in complaint(graph())


def test_what_cannot_be_evaluated_is_told_in_a_line(tmp_path: Path) -> None:
    runner = CliRunner()
    assert "No set digits" in complaint(runner.invoke(speech, ["evaluate", "--set", "digits"]))
    nowhere = str(tmp_path / "nowhere")
    assert "There is no" in complaint(runner.invoke(speech, ["evaluate", "--model", nowhere]))


def test_a_corpus_to_train_on_has_a_name_and_hours() -> None:
    result = CliRunner().invoke(speech, ["train", "--corpus", "speechocean762"])
    assert "NAME:HOURS" in complaint(result)
