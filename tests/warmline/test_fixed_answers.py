"""Which of the assistant's sentences can be synthesised before anybody calls."""

from __future__ import annotations

from pathlib import Path

from warmline.fixed_answers import fixed_answers
from warmline.places import NLU_DATA

RESPONSES = """
responses:
  utter_goodbye:
  - text: "Thank you for calling {company}. Goodbye!"
  utter_confirm_number:
  - text: "I have {number}. Is that right?"
  - text: "So it's {number}. Is that right?"
  utter_nothing:
  - custom: {type: hangup}
"""


def test_sentences_without_anything_of_a_caller_are_fixed(tmp_path: Path) -> None:
    (tmp_path / "answers.yml").write_text(RESPONSES)
    assert fixed_answers(tmp_path, "Acme") == [
        "Thank you for calling Acme.",
        "Goodbye!",
        "Is that right?",
    ]


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert fixed_answers(tmp_path / "nowhere", "Acme") == []


def test_the_assistants_own_answers_are_found() -> None:
    answers = fixed_answers(NLU_DATA / "responses", "Acme")
    assert "What is your order number?" in answers
    assert not any("{" in answer or "482913" in answer for answer in answers)
