from __future__ import annotations

from speech_model.training.transcript import Transcript


def test_it_holds_the_pronunciations_of_its_words() -> None:
    transcript = Transcript.of([[[1, 2, 3], [4, 5]], [[6]]])
    assert transcript.phones.tolist() == [1, 2, 3, 4, 5, 6]
    assert transcript.pronunciations.tolist() == [0, 3, 5, 6]
    assert transcript.words.tolist() == [0, 2, 3]


def test_the_first_pronunciation_is_the_usual_one_and_another_may_be_shorter() -> None:
    transcript = Transcript.of([[[1, 2, 3], [4, 5]], [[6]]])
    assert transcript.canonical.tolist() == [1, 2, 3, 6]
    assert transcript.shortest == 3


def test_nothing_may_be_said() -> None:
    silence = Transcript.of([])
    assert silence.canonical.tolist() == []
    assert silence.shortest == 0
