"""Rasa's YAML as the language model reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.language.training_data import Piece, TrainingDataError, pieces, read


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


EXAMPLES = """\
version: "3.1"
nlu:
- intent: order_status
  examples: |
    - where is my [Floor Lamp](product)
    - where is it

    - has the [lamp]{"entity": "product", "role": "late"} come [today](day)
"""
PRODUCTS = """\
nlu:
- lookup: product
  examples: |
    - lamp
    - floor lamp
    - camp stove
- synonym: lamp
  examples: |
    - lump
"""


def test_annotated_words_are_pieces_of_their_own() -> None:
    assert list(pieces("where is my [floor lamp](product) now")) == [
        Piece(("where", "is", "my"), None),
        Piece(("floor", "lamp"), "product"),
        Piece(("now",), None),
    ]


def test_both_ways_to_annotate_are_read() -> None:
    assert list(pieces('[lamp]{"entity": "product", "value": "x"}')) == [
        Piece(("lamp",), "product")
    ]


def test_a_detail_without_an_entity_leaves_plain_words() -> None:
    assert list(pieces('[lamp]{"group": "a"}')) == [Piece(("lamp",), None)]


def test_examples_and_lists_of_a_folder_are_read(tmp_path: Path) -> None:
    write(tmp_path, "nlu/orders.yml", EXAMPLES)
    write(tmp_path, "lookups/products.yml", PRODUCTS)
    data = read(tmp_path)
    assert len(data.examples) == 3
    assert data.examples[1] == (Piece(("where", "is", "it"), None),)
    # How often each is marked; what was never marked is in the list all the same.
    assert data.word_lists == {"product": {"lamp": 1, "floor lamp": 1, "camp stove": 0}}


def test_synonyms_are_left_out_because_they_name_mishearings(tmp_path: Path) -> None:
    write(tmp_path, "nlu/orders.yml", EXAMPLES)
    write(tmp_path, "lookups/products.yml", PRODUCTS)
    assert "lump" not in read(tmp_path).word_lists["product"]


def test_mishearings_and_spoken_calls_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, "nlu/orders.yml", EXAMPLES)
    write(tmp_path, "misheard/orders.yml", "no training data")
    write(tmp_path, "spoken/orders.yml", "no training data")
    assert len(read(tmp_path).examples) == 3


@pytest.mark.parametrize("text", ["- a\n- b\n", "nlu: 5\n", "nlu:\n- [\n", "{}\n", ""])
def test_a_file_that_is_no_training_data_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path, "nlu/orders.yml", text)
    with pytest.raises(TrainingDataError, match=r"orders\.yml"):
        read(tmp_path)


def test_a_folder_without_examples_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="no examples"):
        read(tmp_path)
