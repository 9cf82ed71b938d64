"""Words that people teach."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.lexicon.pronunciation import Pronunciation
from speech_model.lexicon.user_words import UserWordsError, read
from speech_model.phones import PHONES

KNOWN = {
    "zur": (("Z", "ER"),),
    "tex": (("T", "EH", "K", "S"),),
    "new": (("N", "UW"), ("N", "Y", "UW")),
    "via": (("V", "AY", "AH"), ("V", "IY", "AH")),
    "t": (("T", "IY"),),
    "v": (("V", "IY"),),
}


def pronounce(word: str) -> tuple[Pronunciation, ...]:
    return KNOWN[word]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pronunciations.txt"


def taught(path: Path, text: str) -> dict[str, list[str]]:
    path.write_text(text, encoding="utf-8")
    return {word: [" ".join(way) for way in ways] for word, ways in read(path, pronounce).items()}


def test_a_word_is_said_as_one_would_spell_it(path: Path) -> None:
    assert taught(path, "zyrtex = zur tex\n") == {"zyrtex": ["Z ER T EH K S"]}


def test_a_letter_is_its_name(path: Path) -> None:
    assert taught(path, "tv = t v") == {"tv": ["T IY V IY"]}


def test_phones_stand_between_slashes(path: Path) -> None:
    assert taught(path, "zyrtex = /z er1 t EH0 K S/") == {"zyrtex": ["Z ER T EH K S"]}


def test_several_ways_are_kept_in_order(path: Path) -> None:
    assert taught(path, "zyrtex = /Z/ | zur tex | /Z/") == {"zyrtex": ["Z", "Z ER T EH K S"]}


def test_parts_with_several_ways_are_combined(path: Path) -> None:
    assert taught(path, "nuvia = new via")["nuvia"] == [
        "N UW V AY AH",
        "N UW V IY AH",
        "N Y UW V AY AH",
        "N Y UW V IY AH",
    ]


def test_no_line_becomes_very_many_ways(path: Path) -> None:
    assert len(taught(path, "n = new via new via new via")["n"]) == 6


def test_remarks_empty_lines_and_case_do_not_matter(path: Path) -> None:
    assert list(taught(path, "# words\n\n  Zyrtex = Zur TEX  # a pill\n")) == ["zyrtex"]


@pytest.mark.parametrize(
    ("line", "tells"),
    [
        ("zyrtex zur tex", "has no `=`"),
        ("zyrtex plus = zur tex", "`zyrtex plus` is several words"),
        ("zyrtex2 = zur", "`zyrtex2` is no word"),
        ("= zur", "`` is no word"),
        ("zyrtex =", "how it is said is missing"),
        ("zyrtex = zur |", "how it is said is missing"),
        ("zyrtex = zür", "`zür` is no word"),
        ("zyrtex = giraffe", "nobody knows how `giraffe` is said"),
        ("zyrtex = /Z ER", "between two slashes"),
        ("zyrtex = /", "between two slashes"),
        ("zyrtex = / /", "nothing is no phone"),
        ("zyrtex = /Z ERR T EHH/", "ERR EHH is no phone; there are AA AE"),
        ("tv = t v\ntv = v t", "tv is here twice"),
    ],
)
def test_a_mistake_is_told_with_its_line(path: Path, line: str, tells: str) -> None:
    with pytest.raises(UserWordsError, match=r"^pronunciations\.txt, line [23]: ") as caught:
        taught(path, f"# words\n{line}\n")
    assert tells in str(caught.value)


def test_a_file_that_is_no_text_is_named(path: Path) -> None:
    path.write_bytes(b"zyrtex = \xff\xfe")
    with pytest.raises(UserWordsError, match=r"pronunciations\.txt is not plain text"):
        read(path, pronounce)


@given(phones=st.lists(st.sampled_from(PHONES), min_size=1, max_size=12))
def test_any_phones_are_taken_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, phones: list[str]
) -> None:
    path = tmp_path_factory.mktemp("words") / "words.txt"
    assert taught(path, f"word = /{' '.join(phones)}/") == {"word": [" ".join(phones)]}
