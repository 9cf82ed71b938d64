from __future__ import annotations

from speech_model.evaluation.customer_phrases import RATE, customer_phrases, phrases
from speech_model.evaluation.word_errors import normalised


def test_phrases_are_written_as_they_are_compared() -> None:
    assert len(phrases()) >= 50
    # A letter "o" is compared as "oh".
    assert all(normalised(phrase).replace(" oh ", " o ") == phrase for phrase in phrases())
    assert len(set(phrases())) == len(phrases())


def test_they_are_said_by_several_voices_and_called_synthetic() -> None:
    made = customer_phrases(most=3)
    assert [each.text for each in made.utterances] == phrases()[:3]
    assert len({each.speaker for each in made.utterances}) == 3
    assert all(each.rate == RATE and each.seconds > 1 for each in made.utterances)
    assert not made.real
    assert "synthetic" in made.source
