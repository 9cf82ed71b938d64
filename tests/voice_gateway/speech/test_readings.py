from __future__ import annotations

import pytest

from voice_gateway.speech.readings import HeardWord, Reading, doubted, fitting, raw_text, transcript


def reading(text: str, score: float, start: float = 0.0) -> Reading:
    words = tuple(HeardWord(w, start + i, start + i + 0.9) for i, w in enumerate(text.split()))
    return Reading(words, score)


def test_one_reading_is_certain() -> None:
    heard = transcript([[reading("where is it", 5.0)]])
    assert heard.text == "where is it"
    assert heard.confidence == 1.0
    assert heard.alternatives == ()


def test_confidence_is_the_share_of_readings_that_have_the_word() -> None:
    heard = transcript([[reading("five one", 0.0), reading("nine one", 0.0)]])
    assert [word.confidence for word in heard.words] == pytest.approx([0.5, 1.0])
    assert heard.confidence == pytest.approx(0.75)
    assert heard.alternatives == ("nine one",)


def test_segments_are_joined_and_their_alternatives_combined() -> None:
    heard = transcript(
        [
            [reading("four eight", 0.0), reading("four a", -1.0)],
            [reading("two", 0.0, 5.0), reading("to", -0.5, 5.0)],
        ]
    )
    assert heard.text == "four eight two"
    assert heard.alternatives == ("four eight to", "four a two", "four a to")


def test_unknown_words_are_left_out_of_the_transcript_only() -> None:
    segments = [[reading("[unk] seven", 0.0)]]
    assert transcript(segments).text == "seven"
    assert raw_text(segments) == "[unk] seven"


def test_nothing_heard_is_an_empty_transcript() -> None:
    assert transcript([]).text == ""
    assert transcript([]).confidence == 0.0


def test_words_that_another_decoding_does_not_share_are_doubted() -> None:
    heard = transcript([[reading("six zero", 0.0)]])
    other = transcript([[reading("six oh", 0.0)]])
    result = doubted(heard, other)
    assert [word.confidence for word in result.words] == [1.0, 0.5]
    assert result.alternatives == ("six oh",)


def whole(text: str) -> bool:
    return len(text.split()) == 3


def test_a_whole_answer_is_preferred_where_it_is_nearly_as_likely() -> None:
    segments = fitting([[reading("four eight", 0.0), reading("four eight two", -2.0)]], whole)
    assert [each.text for each in segments[0]] == ["four eight two", "four eight"]


def test_a_whole_answer_is_not_made_up() -> None:
    segments = [[reading("four eight", 0.0), reading("four eight two", -20.0)]]
    assert fitting(segments, whole) == segments


def test_stretches_are_a_whole_answer_together() -> None:
    segments = [
        [reading("four eight", 0.0), reading("four", -2.5)],
        [reading("two two", 0.0, 5.0), reading("two", -1.0, 5.0)],
    ]
    assert raw_text(fitting(segments, whole)) == "four eight two"


@pytest.mark.parametrize("segments", [[], [[reading("four eight two", 0.0)]]])
def test_what_is_whole_or_nothing_stays(segments: list[list[Reading]]) -> None:
    assert fitting(segments, whole) == segments
