"""Order numbers as people say them: digits, pairs, "double five", letters, corrections, restarts.

Everything is a list of candidates, best first, because speech is ambiguous ("a four eight..." may
begin with the letter A or with a hesitation) and only the order book knows which number exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


def _words_of(text: str) -> list[str]:
    return text.split()


ORDER_DIGITS = 6
"""Digits in every order number; a single letter may stand before them."""

_ORDER_NUMBER = re.compile(r"[A-Z]?[0-9]{6}")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+")

_DIGITS = {
    word: str(value)
    for value, word in enumerate(_words_of("zero one two three four five six seven eight nine"))
} | {"oh": "0", "o": "0", "nought": "0", "niner": "9"}
_TEENS = {
    word: str(value)
    for value, word in enumerate(
        _words_of(
            "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
        ),
        start=10,
    )
}
_TENS = {
    word: str(value)
    for value, word in enumerate(
        _words_of("twenty thirty forty fifty sixty seventy eighty ninety"), start=2
    )
}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_ALPHABET = {
    word: word[0].upper()
    for word in _words_of(
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo "
        "lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey "
        "xray yankee zulu"
    )
}
# How a recogniser writes the names of letters. They are believed only right before digits.
_LETTER_NAMES = {
    "bee": "B", "be": "B", "see": "C", "sea": "C", "dee": "D", "gee": "G", "jay": "J", "kay": "K",
    "okay": "K", "el": "L", "em": "M", "en": "N", "and": "N", "pea": "P", "pee": "P", "queue": "Q",
    "cue": "Q", "are": "R", "ess": "S", "tea": "T", "tee": "T", "you": "U", "vee": "V", "ex": "X",
    "why": "Y", "zee": "Z", "zed": "Z", "ay": "A", "eye": "I", "age": "H", "aitch": "H", "eff": "F",
}  # fmt: skip
# Digits that a recogniser may have taken for other words; believed only between digits.
_HOMOPHONES = {"to": "2", "too": "2", "for": "4", "fore": "4", "ate": "8", "won": "1", "sicks": "6"}
_HESITATIONS = frozenset(_words_of("uh um er erm ah hmm and dash hyphen space then okay like"))
_SECOND_THOUGHTS = frozenset(_words_of("no sorry wait actually correction scratch oops"))
_AROUND_A_LETTER = _HESITATIONS | frozenset(
    _words_of("it's it is the letter a starts begins with first yes so number order my")
)
_RESTARTS = re.compile(r"\b(start(ing)? (over|again)|from the (start|beginning|top)|once more)\b")
_NOTHING_SAID = frozenset(
    _words_of("i mean that make it's its it is that's rather let me start over")
)


@dataclass(frozen=True)
class _Symbol:
    text: str  # digits, or one letter
    certain: bool = True  # a letter that may have been another word


def candidates(text: str) -> tuple[str, ...]:
    """Find the complete order numbers an utterance may mean.

    Args:
        text: What the recogniser heard.

    Returns:
        Order numbers such as "482913" or "B482913", likeliest first; empty if there is none.
    """
    found: list[str] = []
    for reading in _readings(text):
        found += [reading] if _ORDER_NUMBER.fullmatch(reading) else _inside(reading)
    return tuple(dict.fromkeys(found))


def fragment(text: str) -> str:
    """Read the digits of an utterance that may hold only part of an order number.

    Args:
        text: What the recogniser heard.

    Returns:
        The longest reading without uncertain letters, corrections applied; "" if no number was
        said.
    """
    readings = [reading for reading in _readings(text, letters=False) if re.search(r"\d", reading)]
    return max(readings, key=len, default="")


def weighed(hearings: Sequence[str]) -> tuple[str, ...]:
    """Find the complete order numbers of several hearings of one utterance.

    A number counts for more the earlier its hearing stands and the more hearings agree on it.

    Args:
        hearings: What the recogniser heard, likeliest first.

    Returns:
        The order numbers, likeliest first; empty if there is none.
    """
    weights: dict[str, float] = {}
    for place, text in enumerate(hearings, start=1):
        for rank, number in enumerate(candidates(text), start=1):
            weights[number] = weights.get(number, 0.0) + 1 / (place * rank)
    return tuple(sorted(weights, key=lambda number: -weights[number]))


def continued(partial: str, text: str) -> str:
    """Go on with a number that is said in pieces.

    Args:
        partial: What has been said so far, such as "482" or "B"; "" at the beginning.
        text: What the caller said next: more digits, a correction of the last ones, or all of it
            once more from the start.

    Returns:
        The number so far; unchanged if the utterance has nothing to do with it.
    """
    words = _words(text)
    piece = fragment(text) or ("" if partial else _lone_letter(words))
    if not piece or not partial:
        return piece or partial
    if piece[0].isalpha() or _RESTARTS.search(text.lower()):
        return piece
    lead = partial[:1] if partial[:1].isalpha() else ""
    digits = partial[len(lead) :]
    if len(piece) >= ORDER_DIGITS or (
        digits and len(piece) > len(digits) > 1 and piece.startswith(digits)
    ):
        return lead + piece
    if words and words[0] in _SECOND_THOUGHTS and digits:
        return lead + digits[: max(0, len(digits) - len(piece))] + piece
    return partial + piece


def corrected(previous: str, text: str) -> tuple[str, ...]:
    """Apply a correction to a number that was read back.

    Args:
        previous: The order number that was read back.
        text: What the caller said to it, such as "no, five not nine".

    Returns:
        The order numbers this may mean, likeliest first, never the previous one; empty if the
        utterance does not correct it.
    """
    found = list(candidates(text))
    words = _words(text)
    for wrong, right in _swaps(words):
        if wrong and right and wrong != right:
            found += _replaced(previous, wrong, right)
    found += _placed(previous, words)
    said = _digits_of(words)
    if not found and 1 < len(said) < ORDER_DIGITS:
        found.append(previous[: -len(said)] + said)
    kept = (number for number in found if _ORDER_NUMBER.fullmatch(number))
    return tuple(number for number in dict.fromkeys(kept) if number != previous)


def _lone_letter(words: list[str]) -> str:
    """Read "b as in bravo", "it's a b": a certain letter with nothing but filling words around."""
    for at in range(len(words)):
        letter, taken, certain = _letter(words, at)
        if letter and certain:
            around = [*words[:at], *words[at + taken :]]
            return letter if set(around) <= _AROUND_A_LETTER else ""
    return ""


def _words(text: str) -> list[str]:
    lowered = text.lower().replace("x-ray", "xray").replace("double you", "w")
    return _WORD.findall(lowered)


def _readings(text: str, *, letters: bool = True) -> Iterator[str]:
    """Read every way the runs of number words can be joined, corrections applied."""
    runs = _corrected_runs(_words(text))
    for run in sorted(runs, key=lambda run: -sum(len(symbol.text) for symbol in run)):
        sure = "".join(symbol.text for symbol in run if symbol.certain)
        full = "".join(symbol.text for symbol in run)
        yield sure
        if letters and full != sure:
            yield full


def _inside(reading: str) -> list[str]:
    # "number one, four eight two nine one three": the order number is what stands at the end.
    match = re.search(r"[A-Z]?\d{6}$", reading)
    return [match.group()] if match and len(reading) <= ORDER_DIGITS + 2 else []


def _corrected_runs(words: list[str]) -> list[list[_Symbol]]:
    runs: list[list[_Symbol]] = []
    correcting = False
    at = 0
    while at < len(words):
        run, following = _run(words, at)
        if run:
            runs.append(_rejoined(runs.pop(), run) if correcting and runs else run)
            correcting = False
            at = following
            continue
        if words[at] in _SECOND_THOUGHTS or words[at : at + 2] == ["i", "mean"]:
            correcting = bool(runs)
        elif words[at] not in _NOTHING_SAID | _HESITATIONS:
            correcting = False
        at += 1
    return runs


def _rejoined(before: list[_Symbol], after: list[_Symbol]) -> list[_Symbol]:
    """Put a second thought in place: it replaces as much as makes the number complete."""
    old = "".join(symbol.text for symbol in before if symbol.certain)
    new = "".join(symbol.text for symbol in after if symbol.certain)
    lead = old[:1] if old[:1].isalpha() else ""
    digits = old[len(lead) :]
    if new[:1].isalpha() or len(new) >= ORDER_DIGITS:
        return after
    overlap = len(digits) + len(new) - ORDER_DIGITS
    if not 0 < overlap <= len(digits):
        overlap = min(len(new), len(digits))
    return [_Symbol(lead + digits[: len(digits) - overlap] + new)]


def _run(words: list[str], start: int) -> tuple[list[_Symbol], int]:
    symbols: list[_Symbol] = []
    at = following = start
    while at < len(words):
        symbol, taken = _symbol(words, at, bool(symbols))
        if symbol is not None:
            symbols.append(symbol)
            at += taken
            following = at
        elif symbols and words[at] in _HESITATIONS:
            at += 1
        else:
            break
    if not any(symbol.text.isdigit() for symbol in symbols):
        return [], start
    return symbols, following


def _symbol(words: list[str], at: int, inside: bool) -> tuple[_Symbol | None, int]:
    number, taken = _number(words, at)
    if number is not None:
        return _Symbol(number), taken
    word = words[at]
    rest = words[at + 1 :]
    if word in _TIMES and rest:
        repeated, taken = _number(rest, 0, single=True)
        if repeated is not None:
            return _Symbol(repeated * _TIMES[word]), taken + 1
    if inside and word in _HOMOPHONES and rest and _number(rest, 0)[0] is not None:
        return _Symbol(_HOMOPHONES[word]), 1
    letter, taken, certain = _letter(words, at)
    # A letter stands only before the digits.
    if letter and not inside and _symbol_follows(words, at + taken):
        return _Symbol(letter, certain), taken
    return None, 0


def _symbol_follows(words: list[str], at: int) -> bool:
    while at < len(words) and words[at] in _HESITATIONS:
        at += 1
    return at < len(words) and (_number(words, at)[0] is not None or words[at] in _TIMES)


def _letter(words: list[str], at: int) -> tuple[str, int, bool]:
    word, rest = words[at], words[at + 1 : at + 4]
    likened = 0
    if rest[:2] == ["as", "in"] and len(rest) > 2:
        likened = 3
    elif rest[:1] in (["for"], ["like"], ["as"]) and len(rest) > 1:
        likened = 2
    if likened and (len(word) == 1 or word in _LETTER_NAMES):
        example = rest[likened - 1]
        named = word.upper() if len(word) == 1 else _LETTER_NAMES[word]
        # The example decides: "d as in bravo" was a misheard B.
        return (_ALPHABET.get(example) or example[0].upper() or named), likened + 1, True
    if word in _ALPHABET:
        return _ALPHABET[word], 1, True
    if len(word) == 1 and word.isalpha():
        return word.upper(), 1, word not in {"a", "i"}
    if word in _LETTER_NAMES:
        return _LETTER_NAMES[word], 1, False
    return "", 0, False


def _number(words: list[str], at: int, *, single: bool = False) -> tuple[str | None, int]:
    """Read one number: a digit, a pair, hundreds or thousands; (digits, words taken)."""
    small, taken = _below_hundred(words, at)
    if small is None or single or words[at].isdigit():
        return small, taken
    if _word(words, at + taken) in {"hundred", "thousand"} and not small.startswith("0"):
        return _scaled(words, at)
    return small, taken


def _below_hundred(words: list[str], at: int) -> tuple[str | None, int]:
    word = _word(words, at)
    if word in _DIGITS:
        return _DIGITS[word], 1
    if word in _TEENS:
        return _TEENS[word], 1
    if word in _TENS:
        unit = _DIGITS.get(_word(words, at + 1), "0")
        # "twenty oh five" is 20 05, not 20 5.
        return (_TENS[word] + unit, 2) if unit != "0" else (_TENS[word] + "0", 1)
    return (word, 1) if word.isdigit() else (None, 0)


def _scaled(words: list[str], at: int) -> tuple[str, int]:
    value, taken = _below_thousand(words, at)
    if _word(words, at + taken) != "thousand":
        return str(value), taken
    taken += 1
    after = taken + (_word(words, at + taken) == "and")
    rest, more = _below_thousand(words, at + after)
    return (f"{value}{rest:03d}", after + more) if more else (f"{value}000", taken)


def _below_thousand(words: list[str], at: int) -> tuple[int, int]:
    first, taken = _below_hundred(words, at)
    if first is None:
        return 0, 0
    value = int(first)
    if _word(words, at + taken) != "hundred":
        return value, taken
    value, taken = value * 100, taken + 1
    after = taken + (_word(words, at + taken) == "and")
    rest, more = _below_hundred(words, at + after)
    return (value + int(rest), after + more) if rest is not None else (value, taken)


def _word(words: list[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _swaps(words: list[str]) -> Iterator[tuple[str, str]]:
    """Find "five not nine" and "not nine, five" as (wrong, right)."""
    for at, word in enumerate(words):
        if word not in {"not", "instead"}:
            continue
        before = _digits_of(words[:at], last=True)
        after = [each for each in words[at + 1 :] if each not in {"of", "but"}]
        yield _digits_of(after), before
        if not before:
            first, rest = _split_first(after)
            yield first, _digits_of(rest)


def _split_first(words: list[str]) -> tuple[str, list[str]]:
    number, taken = _number(words, 0) if words else (None, 0)
    return (number or ""), words[taken:]


def _digits_of(words: list[str], *, last: bool = False) -> str:
    runs = [
        "".join(symbol.text for symbol in run if symbol.text.isdigit())
        for run in _corrected_runs(words)
    ]
    return (runs[-1] if last else runs[0]) if runs else ""


def _replaced(previous: str, wrong: str, right: str) -> list[str]:
    places = [match.start() for match in re.finditer(f"(?={re.escape(wrong)})", previous)]
    # The digit at fault is more often among the last ones.
    return [previous[:at] + right + previous[at + len(wrong) :] for at in reversed(places)]


_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5, "last": -1}


def _placed(previous: str, words: list[str]) -> list[str]:
    """Apply "the last digit is three", "it starts with seven one", "it ends in double two"."""
    lead = previous[:1] if previous[:1].isalpha() else ""
    digits = previous[len(lead) :]
    for at, word in enumerate(words):
        rest = words[at + 1 :]
        new = _digits_of(rest, last=True)
        if not new or len(new) > ORDER_DIGITS:
            continue
        if word in {"starts", "begins"}:
            return [lead + new + digits[len(new) :]]
        if word in {"ends", "end", "ending"}:
            return [lead + digits[: -len(new)] + new]
        if word in _PLACES:
            if len(new) == 1:
                place = _PLACES[word] % ORDER_DIGITS
                return [lead + digits[:place] + new + digits[place + 1 :]]
            return [
                lead + digits[: -len(new)] + new
                if word == "last"
                else lead + new + digits[len(new) :]
            ]
    tail = words and words[-1] == "end" and _digits_of(words)
    return [lead + digits[: -len(tail)] + tail] if tail else []
