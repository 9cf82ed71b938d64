"""Training examples, read and written."""

from __future__ import annotations

from pathlib import Path

from warmline.mishearing.examples import Example, read_examples, write_misheard

LAMP = Example("orders.yml", "order_status", "where is my [floor lamp](product)")


def test_an_example_knows_its_words_and_its_values() -> None:
    assert LAMP.words == "where is my floor lamp"
    assert LAMP.values == [("floor lamp", "product")]


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    hello = Example("smalltalk.yml", "greet", "hello")
    write_misheard(tmp_path, [hello, LAMP], "Made by a test.")
    assert read_examples(tmp_path) == [LAMP, hello]
    assert (tmp_path / "smalltalk.yml").read_text().splitlines() == [
        "# Made by a test.",
        'version: "3.1"',
        "",
        "nlu:",
        "- intent: greet",
        "  metadata:",
        "    misheard: true",
        "  examples: |",
        "    - hello",
    ]


def test_the_order_of_examples_does_not_show_in_the_file(tmp_path: Path) -> None:
    some = [Example("a.yml", intent, text) for intent in "ba" for text in ("y", "x")]
    write_misheard(tmp_path, some, "Made.")
    first = (tmp_path / "a.yml").read_text()
    write_misheard(tmp_path, reversed(some), "Made.")
    assert (tmp_path / "a.yml").read_text() == first
    assert read_examples(tmp_path) == sorted(some)


def test_files_without_examples_go(tmp_path: Path) -> None:
    write_misheard(tmp_path, [LAMP], "Made.")
    write_misheard(tmp_path, [Example("hours.yml", "opening_hours", "when")], "Made.")
    assert [path.name for path in tmp_path.iterdir()] == ["hours.yml"]


def test_other_blocks_are_no_examples(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("nlu:\n- synonym: email\n  examples: |\n    - female\n")
    assert read_examples(tmp_path) == []


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert read_examples(tmp_path / "nowhere") == []
