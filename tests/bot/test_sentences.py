"""The choice among wordings, and what keeps a sentence from being said twice running."""

from __future__ import annotations

from nlg.sentences import capitalised, next_wording, sentences, unlike_the_last


def test_sentences_that_sound_alike_are_equal() -> None:
    assert sentences("Sorry! What is it?") == ["sorry", "what is it"]
    assert sentences("sorry.") == sentences("Sorry!")
    assert sentences("...") == []


def test_the_first_wording_comes_first() -> None:
    assert next_wording(["One.", "Two.", "Three."], []) == 0


def test_what_was_said_is_followed_by_what_was_not() -> None:
    assert next_wording(["One.", "Two.", "Three."], ["One."]) == 1
    assert next_wording(["One.", "Two.", "Three."], ["One.", "Other.", "Two."]) == 2


def test_when_all_were_said_the_oldest_comes_again() -> None:
    assert next_wording(["One.", "Two.", "Three."], ["Three.", "One.", "Two.", "One."]) == 2
    assert next_wording(["One.", "Two."], ["One.", "Two."]) == 0
    assert next_wording(["One.", "Two."], ["Two.", "One."]) == 1


def test_a_wording_that_shares_a_sentence_with_what_was_said_counts_as_said() -> None:
    assert next_wording(["Hello! How can I help?", "Hi. What is it?"], ["How can I help?"]) == 1


def test_the_sentence_said_last_is_left_out() -> None:
    assert unlike_the_last("I'm sorry. it is late.", ["Oh. I'm sorry."]) == "It is late."


def test_a_sentence_without_other_words_gets_a_lead_in() -> None:
    said = ["It is late."]
    first = unlike_the_last("It is late.", said)
    assert first == "Once more: It is late."
    second = unlike_the_last("It is late.", [*said, first])
    assert second == "It is late."
    assert unlike_the_last("It is late.", [*said, first, second]) == "Again: It is late."


def test_what_was_said_earlier_may_be_said() -> None:
    assert unlike_the_last("It is late.", ["It is late.", "Sure."]) == "It is late."
    assert unlike_the_last("Hello.", []) == "Hello."


def test_sentences_begin_with_a_capital() -> None:
    assert capitalised("our store is open.") == "Our store is open."
    assert capitalised("") == ""
