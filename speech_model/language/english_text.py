"""General English for the language model: openly licensed sentences, and how common words are."""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Final

from speech_model.data.transcripts import plain_words

WORDNET: Final = Path("/usr/share/wordnet")
"""Where Debian's package wordnet-base puts it."""

# Measured by the perplexity of sentences that were kept apart: read speech counts double, and
# definitions are written in a way of their own and only help to know more words.
EXAMPLE_WEIGHT: Final = 1.0
DEFINITION_WEIGHT: Final = 0.05
TRANSCRIPT_WEIGHT: Final = 2.0

_PARTS_OF_SPEECH: Final = ("noun", "verb", "adj", "adv")
_EXAMPLE: Final = re.compile(r'"([^"]+)"')
_ASIDE: Final = re.compile(r"\([^()]*\)|--.*")
_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)*")
# Written short and said long.
_SHORT_FORMS: Final = {
    "mr": "mister", "mrs": "misses", "dr": "doctor", "st": "saint", "jr": "junior",
    "sr": "senior", "vs": "versus", "etc": "etcetera", "ms": "miss",
}  # fmt: skip


def words(text: str) -> list[str]:
    """Take the words of a written sentence.

    Args:
        text: As written.

    Returns:
        Lower case words without punctuation; none where there are figures, symbols or foreign
        letters, which do not tell how they are spoken.
    """
    plain = plain_words(text) or ""
    return [_SHORT_FORMS.get(word, word) for word in plain.split()]


def wordnet(folder: Path = WORDNET) -> Iterator[tuple[list[str], float]]:
    """Read the example sentences and definitions of WordNet.

    Args:
        folder: Its database (`data.noun` and so on).

    Returns:
        The words of each text with its weight, no text twice.

    Raises:
        OSError: The database is not there.
    """
    seen: set[str] = set()
    for part in _PARTS_OF_SPEECH:
        for line in (folder / f"data.{part}").read_text(encoding="latin-1").splitlines():
            gloss = line.partition(" | ")[2]
            definitions = _ASIDE.sub(" ", _EXAMPLE.sub("", gloss)).split(";")
            texts = [(text, EXAMPLE_WEIGHT) for text in _EXAMPLE.findall(gloss)]
            texts += [(text, DEFINITION_WEIGHT) for text in definitions]
            for text, weight in texts:
                if text not in seen and (found := words(text)):
                    seen.add(text)
                    yield found, weight


def transcripts(path: Path, kept_apart: Container[str]) -> Iterator[tuple[list[str], float]]:
    """Read what speakers of a corpus read aloud.

    Args:
        path: A table with the columns `speaker` and `text`, separated by tabs.
        kept_apart: Speakers for measuring, whose sentences are left out.

    Returns:
        The words of each sentence with its weight.

    Raises:
        OSError: The table is not there.
    """
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            found = words(row["text"])
            if found and row["speaker"] not in kept_apart:
                yield found, TRANSCRIPT_WEIGHT


def common_words(number: int, dictionary: Container[str]) -> dict[str, float]:
    """Tell which words are the commonest in English of all kinds, spoken English included.

    Args:
        number: How many.
        dictionary: Words with a known pronunciation; others are left out, and so are letters that
            are no words, and short forms that are said long.

    Returns:
        Words with their shares of all text, the commonest first.

    Raises:
        ModuleNotFoundError: The package wordfreq is not installed; it comes with the extra
            `training`.
    """
    from wordfreq import top_n_list, word_frequency

    # Names, misspellings and figures among the commonest are many.
    candidates = top_n_list("en", 3 * number)
    kept = [word for word in candidates if _is_word(word) and word in dictionary]
    return {word: word_frequency(word, "en") for word in kept[:number]}


def _is_word(word: str) -> bool:
    if len(word) == 1:
        return word in "ai"
    return bool(_WORD.fullmatch(word)) and word not in _SHORT_FORMS
