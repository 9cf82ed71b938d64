"""Words that the recogniser was not sure of are found in a turn."""

from __future__ import annotations

from agent_desk.doubtful_words import Piece, pieces


def word(text: str, confidence: float) -> dict[str, object]:
    return {"text": text, "start": 0.0, "end": 0.1, "confidence": confidence}


def test_sure_words_stay_together_and_doubtful_ones_stand_alone() -> None:
    words = [word("my", 0.9), word("floor", 0.95), word("lamp", 0.3), word("please", 0.8)]

    assert pieces("my floor lamp please", words) == [
        Piece("my floor"),
        Piece("lamp", 0.3),
        Piece("please"),
    ]


def test_a_redacted_text_does_not_get_its_words_back() -> None:
    words = [word("one", 0.2), word("two", 0.2)]

    assert pieces("[code]", words) == [Piece("[code]")]


def test_a_text_without_words_is_one_piece() -> None:
    assert pieces("hello", None) == [Piece("hello")]
    assert pieces("", None) == []


def test_malformed_words_do_no_harm() -> None:
    assert pieces("hello", [{}]) == [Piece("hello")]
    assert pieces("hello", [{"text": "hello", "confidence": "high"}]) == [Piece("hello")]
