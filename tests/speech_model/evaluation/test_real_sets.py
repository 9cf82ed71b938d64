from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from speech_model.evaluation import real_sets
from speech_model.evaluation.sets import Awaited
from voice_gateway.speech.grammars import symbols
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.recogniser import Recogniser


def test_digit_strings_are_six_digits_of_a_held_out_speaker(recordings: Path) -> None:
    made = real_sets.digit_strings([recordings])
    assert len(made.utterances) == 40
    assert {each.speaker for each in made.utterances} == {"jackson"}
    assert all(len(each.text.split()) == 6 for each in made.utterances)
    assert all(each.awaited == Awaited("digits", length=6) for each in made.utterances)
    assert len({each.text for each in made.utterances}) > 35


def test_digit_strings_are_the_same_each_time(recordings: Path) -> None:
    once, again = (real_sets.digit_strings([recordings]) for _ in range(2))
    assert [u.text for u in once.utterances] == [u.text for u in again.utterances]
    assert [len(u.sound) for u in once.utterances] == [len(u.sound) for u in again.utterances]


def test_half_of_the_digit_strings_are_for_development(recordings: Path) -> None:
    halves = [each.half for each in real_sets.digit_strings([recordings]).utterances]
    assert halves.count("development") == halves.count("test") == 20


def test_speakers_that_are_trained_on_say_no_digit_strings(
    recordings: Path, tmp_path: Path
) -> None:
    shutil.copytree(recordings / "fsdd", tmp_path / "fsdd")
    table = tmp_path / "fsdd" / "refs.tsv"
    table.write_text(table.read_text().replace("jackson", "george"))
    assert not real_sets.digit_strings([tmp_path]).utterances


def test_order_numbers_say_the_letter_or_its_word(recordings: Path) -> None:
    made = real_sets.order_numbers([recordings]).utterances
    assert [each.text.split()[0] for each in made] == ["b", "b", "bravo"]
    for each in made:
        spelled = symbols(each.text)
        assert spelled is not None
        assert spelled[0] == "B"
        assert len(spelled) == 7
        assert each.awaited == Awaited("code", length=7)


def test_short_answers_are_words_without_single_digits_and_letters(recordings: Path) -> None:
    made = real_sets.short_answers([recordings])
    told = {each.text: each.awaited for each in made.utterances}
    assert set(told) == {"monday", "goodbye", "four of clubs"}
    assert told["goodbye"] is None
    assert told["monday"] is not None
    assert told["monday"].grammar == "choice"
    assert "monday" in told["monday"].choices


def test_telephone_prompts_are_sentences_whose_sound_is_there(recordings: Path) -> None:
    made = real_sets.telephone_prompts([recordings])
    assert [each.text for each in made.utterances] == ["please enter your password"]


def test_read_sentences_are_of_held_out_speakers_and_no_speaker_is_in_both_halves(
    recordings: Path,
) -> None:
    made = real_sets.read_sentences([recordings]).utterances
    assert {each.speaker for each in made} == {"so0005", "so0049"}
    assert len(made) == 12
    assert len({(each.speaker, each.half) for each in made}) == 2
    awaited = {each.text: each.awaited for each in made}
    assert awaited == {"goodbye": None, "four eight two": Awaited("digits", length=3)}


def test_general_sentences_leave_out_cards_and_digits(recordings: Path) -> None:
    made = real_sets.general_sentences([recordings]).utterances
    assert [each.text for each in made] == ["please enter your password"]


@pytest.mark.parametrize("name", real_sets.BUILDERS)
def test_what_is_not_there_is_an_empty_set(name: str, tmp_path: Path) -> None:
    made = real_sets.BUILDERS[name]([tmp_path / "nowhere", tmp_path])
    assert made.name == name
    assert not made.utterances


def test_the_first_folder_that_has_a_collection_counts(recordings: Path, tmp_path: Path) -> None:
    assert real_sets.digit_strings([tmp_path, recordings]).utterances
    (tmp_path / "fsdd").mkdir()
    (tmp_path / "fsdd" / "refs.tsv").write_text("path\tspeaker\ttext\n")
    assert not real_sets.digit_strings([tmp_path, recordings]).utterances


def test_everything_awaited_is_known_to_the_recogniser(recordings: Path) -> None:
    recogniser = Recogniser(SpeechModel.load(), 8_000)
    for build in real_sets.BUILDERS.values():
        for each in build([recordings]).utterances:
            if each.awaited is not None:
                recogniser.expect(each.awaited.grammar, each.awaited.choices, each.awaited.length)
