"""Words that people teach: a file with one word a line, and how it is said.

zyrtex = zur tex                how one would spell what is heard, in words of the dictionary
zyrtex = /Z ER T EH K S/        or in phones between slashes
zyrtex = zur tex | zear tex     several ways to say it, the commonest first
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from speech_model.lexicon.pronunciation import Pronunciation
from speech_model.phones import PHONES

_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)*'?")
_PHONES: Final = frozenset(PHONES)
# "the a" has two ways each; beyond this many ways a line is better written in phones.
_MOST_VARIANTS: Final = 6


class UserWordsError(ValueError):
    """A line cannot be read; the message names the file, the line and what to do."""


def read(
    path: Path, pronounce: Callable[[str], tuple[Pronunciation, ...]]
) -> dict[str, tuple[Pronunciation, ...]]:
    """Read a file of words and how they are said.

    Args:
        path: The file; `#` begins a remark.
        pronounce: Tells how the words to the right are said; raises LookupError or ValueError for
            what it cannot say.

    Returns:
        The pronunciations of each word, likeliest first, in the order of the file.

    Raises:
        UserWordsError: A line is wrong.
        OSError: The file cannot be read.
    """
    found: dict[str, tuple[Pronunciation, ...]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise UserWordsError(f"{path.name} is not plain text (UTF-8)") from error
    for number, line in enumerate(lines, start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        try:
            word, variants = _entry(content, pronounce)
            if word in found:
                raise UserWordsError(f"{word} is here twice; join both with `|` in one line")
        except UserWordsError as error:
            raise UserWordsError(f"{path.name}, line {number}: {error}") from error
        found[word] = variants
    return found


def _entry(
    content: str, pronounce: Callable[[str], tuple[Pronunciation, ...]]
) -> tuple[str, tuple[Pronunciation, ...]]:
    left, equals, right = content.partition("=")
    word = left.strip().lower()
    if not equals:
        raise UserWordsError(f"`{content}` has no `=`; write it like `zyrtex = zur tex`")
    if " " in word:
        raise UserWordsError(f"`{word}` is several words; give each a line of its own")
    if not _WORD.fullmatch(word):
        raise UserWordsError(f"`{word}` is no word: letters and apostrophes only")
    variants = [each for way in right.split("|") for each in _way(way.strip(), pronounce)]
    return word, tuple(dict.fromkeys(variants))


def _way(way: str, pronounce: Callable[[str], tuple[Pronunciation, ...]]) -> list[Pronunciation]:
    if not way:
        raise UserWordsError("how it is said is missing")
    if way.startswith("/"):
        return [_phones(way)]
    parts = []
    for word in way.lower().split():
        if not _WORD.fullmatch(word):
            raise UserWordsError(f"`{word}` is no word: letters and apostrophes only")
        try:
            parts.append(pronounce(word))
        except (LookupError, ValueError) as error:
            raise UserWordsError(f"nobody knows how `{word}` is said; use phones") from error
    ways = itertools.islice(itertools.product(*parts), _MOST_VARIANTS)
    return [tuple(itertools.chain.from_iterable(each)) for each in ways]


def _phones(way: str) -> Pronunciation:
    if len(way) < 3 or not way.endswith("/"):
        raise UserWordsError(f"`{way}`: phones stand between two slashes, like `/Z ER T EH K S/`")
    phones = tuple(phone.rstrip("012") for phone in way[1:-1].upper().split())
    wrong = [phone for phone in phones if phone not in _PHONES]
    if wrong or not phones:
        raise UserWordsError(
            f"{' '.join(wrong) or 'nothing'} is no phone; there are {' '.join(PHONES)}"
        )
    return phones
