"""Teaching the speech model, as `make train` and `warmline up` do it."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.catalogue import SHIPPED_PATH, current_model_path
from speech_model.graph.lesson import Lesson, NewWord, Source
from speech_model.graph.taught import Shelf
from warmline.settings import load_settings
from warmline.teaching import teach, told

EXAMPLES = """\
version: "3.1"
nlu:
- intent: order_status
  examples: |
    - where is my [zyrtex](product)
"""


@pytest.fixture(autouse=True)
def nlu_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "nlu_data"
    (folder / "nlu").mkdir(parents=True)
    (folder / "nlu" / "orders.yml").write_text(EXAMPLES)
    monkeypatch.setattr("warmline.teaching.NLU_DATA", folder)
    return folder


def said(lesson: Lesson, *, now: bool = True) -> str:
    return "\n".join(told(lesson, "en_us", now=now))


def taught(**settings: object) -> list[str]:
    lines: list[str] = []
    teach(load_settings(**settings), lines.append)
    return lines


def test_calls_are_heard_with_what_was_taught_and_it_is_taught_once(tmp_path: Path) -> None:
    assert any("zyrtex" in line for line in taught(data_dir=tmp_path))
    assert current_model_path(tmp_path) != SHIPPED_PATH
    first, *_ = taught(data_dir=tmp_path)
    assert "nothing has changed" in first


def test_a_folder_that_the_settings_name_is_left_alone(tmp_path: Path) -> None:
    (line,) = taught(data_dir=tmp_path, model_path=SHIPPED_PATH)
    assert "WARMLINE_MODEL_PATH" in line
    assert Shelf.of(tmp_path, "en_us", SHIPPED_PATH).current() is None


def test_a_model_that_cannot_be_taught_hears_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speech_model.catalogue.SHIPPED_PATH", tmp_path / "static")
    (tmp_path / "static" / "graph").mkdir(parents=True)
    (tmp_path / "static" / "graph" / "HCLG.fst").touch()
    (line,) = taught(data_dir=tmp_path)
    assert "en_us hears as it did before" in line


def test_words_that_nobody_checked_come_first() -> None:
    words = (
        NewWord("anvil", (("AE", "N", "V", "AH", "L"),), Source.dictionary),
        NewWord("vorlumi", (("V", "AO"), ("V", "OW")), Source.designers),
        NewWord("zyrtex", (("Z", "ER", "T", "EH", "K", "S"),), Source.spelling),
    )
    assert said(Lesson(12_345, words, (), 3.4)).splitlines() == [
        "en_us knows 12,345 words now; it took 3 seconds",
        "New words (3), and how they are said:",
        "  zyrtex   Z ER T EH K S  (guessed)",
        "  vorlumi  V AO | V OW  (yours)",
        "  anvil    AE N V AH L  (dictionary)",
        "To say one otherwise, write it to nlu_data/pronunciations.txt: zyrtex = zur tex",
    ]


def test_long_lists_are_cut() -> None:
    words = tuple(NewWord(f"word{'x' * n}", (("W",),), Source.dictionary) for n in range(50))
    missing = tuple("lacking" + "x" * n for n in range(45))
    text = said(Lesson(50, words, missing, 3.4))
    assert "  and 10 more" in text
    assert text.endswith(" and 5 more")
    assert len(text.splitlines()) == 45


def test_what_cannot_be_heard_is_told_with_the_reason() -> None:
    lines = said(Lesson(7, (), ("42", "o'clock", "zyrtex"), 3.4), now=False).splitlines()
    assert lines == [
        "en_us knows 7 words; nothing has changed since it was taught",
        "It has no way to hear o'clock, zyrtex",
        "These are not written as they are said, so they are not heard: 42",
    ]
