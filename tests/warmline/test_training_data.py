"""The sentences of the training data."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.language.training_data import TrainingDataError
from warmline.training_data import as_said, sentences

WRITTEN = """version: "3.1"
nlu:
- intent: order_status
  examples: |
    - where is my [lamp](product)

- synonym: lamp
  examples: |
    - light
"""


def test_sentences_have_the_intent_that_they_stand_under(tmp_path: Path) -> None:
    path = tmp_path / "orders.yml"
    path.write_text(WRITTEN)
    assert list(sentences(path)) == [
        ("order_status", "where is my [lamp](product)"),
        (None, "light"),
    ]


def test_what_is_said_has_no_annotations() -> None:
    assert as_said("Where's  my [hiking boots](product)") == "where's my hiking boots"


@pytest.mark.parametrize("content", ["nlu: [", "rules: []", "- intent", "nlu: 3"])
def test_a_file_that_is_no_training_data_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.yml"
    path.write_text(content)
    with pytest.raises(TrainingDataError, match=r"odd\.yml"):
        list(sentences(path))
