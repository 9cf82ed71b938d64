"""Answers cut to what matters."""

from __future__ import annotations

import pytest

from voice_gateway.conversation.brevity import shortened


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It is on its way.", "It is on its way."),
        ("It is on its way. It left on Monday.", "It is on its way."),
        (
            "It is on its way. It left on Monday. Is there anything else?",
            "It is on its way. Is there anything else?",
        ),
        ("Shall I send it?", "Shall I send it?"),
        ("That is $12.50 in all. We take cards.", "That is $12.50 in all."),
        ("", ""),
    ],
)
def test_the_answer_and_the_question_are_kept(text: str, said: str) -> None:
    assert shortened(text) == said
