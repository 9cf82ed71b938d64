"""What the recogniser is told that callers say."""

from __future__ import annotations

from pathlib import Path

from warmline.usual_phrases import usual_phrases


def test_examples_are_read_without_their_annotations(tmp_path: Path) -> None:
    (tmp_path / "nlu").mkdir()
    (tmp_path / "nlu" / "orders.yml").write_text(
        'version: "3.1"\n'
        "nlu:\n"
        "- intent: order_status\n"
        "  examples: |\n"
        "    - where is my [hiking boots](product)\n"
        "    - Where's   order [four two](order_number)\n"
        "    - where is my [hiking boots](product)\n"
    )
    assert usual_phrases(tmp_path) == ["where is my hiking boots", "where's order four two"]


def test_the_word_lists_are_told_too() -> None:
    phrases = usual_phrases()
    assert "floor lamp" in phrases
    assert "where is my order" in phrases


def test_without_training_data_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert usual_phrases(tmp_path) == []
