"""Written text turned into what people say, and cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from num2words import num2words


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text.

    Args:
        text: The sentence as written.
        start: Where it begins in the whole text.
        end: Where it ends in the whole text, exclusive.
    """

    text: str
    start: int
    end: int


def _words(text: str) -> list[str]:
    return text.split()


# --- sentences ---------------------------------------------------------------------------------

_NEVER_LAST: Final = frozenset(
    _words(
        "dr mr mrs ms prof st no nos vs e.g i.e approx dept jr sr jan feb mar apr jun jul aug sep "
        "sept oct nov dec"
    )
)
_END: Final = re.compile(r"[.!?\u2026]+[\"')\]\u2019\u201d]*(?=\s|$)|\n\s*\n")
_LETTERS_WITH_DOTS: Final = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]$")


def sentences(text: str) -> list[Sentence]:
    """Cut a text into sentences.

    Args:
        text: Any text.

    Returns:
        Its sentences in order, without the white space around them; everything else of the text
        is in exactly one of them.
    """
    found: list[Sentence] = []
    begin = 0
    for end in _END.finditer(text):
        if end.group().startswith(".") and not _ends_sentence(text, end.start(), end.end()):
            continue
        _append(found, text, begin, end.end())
        begin = end.end()
    _append(found, text, begin, len(text))
    return found


def _append(found: list[Sentence], text: str, begin: int, end: int) -> None:
    part = text[begin:end]
    kept = part.strip()
    if not kept:
        return
    start = begin + len(part) - len(part.lstrip())
    if found and not any(character.isalnum() for character in kept):
        # Punctuation alone is nothing to say: it belongs to the sentence before.
        previous = found.pop()
        end = start + len(kept)
        found.append(Sentence(text[previous.start : end], previous.start, end))
        return
    found.append(Sentence(kept, start, start + len(kept)))


def _ends_sentence(text: str, dot: int, end: int) -> bool:
    before = re.search(r"[^\s\"'(\[]*$", text[:dot])
    word = before.group().lower() if before else ""
    follows = text[end:].lstrip()
    if not follows:
        return True
    if word in ("no", "nos"):
        return not follows[0].isdigit()
    if word in _NEVER_LAST:
        return False
    if re.fullmatch(r"\d*[ap]\.m", word) or _LETTERS_WITH_DOTS.match(word) or len(word) == 1:
        # "6 p.m. on Sunday", "the U.S. store", "John F. Kennedy" against "at 6 p.m. We ...":
        # only a following word that usually begins sentences ends it.
        first = re.match(r"[A-Z][a-z']*", follows)
        return first is not None and first.group().lower() in _OPENERS and len(word) > 1
    return True


_OPENERS: Final = frozenset(
    _words(
        "a after all also an and any are as at because before but can could did do does for "
        "from give had has have he hello here how i i'll i'm i've if in is it it's its just "
        "let let's may my no now of on one or our please shall she should so sorry thank "
        "thanks that that's the then there there's they this to today tomorrow until was we "
        "we'll we're we've were what when where which who why will with would yes you you'll "
        "you're your"
    )
)

# --- numbers and the like ----------------------------------------------------------------------

_DIGIT_WORDS: Final = _words("zero one two three four five six seven eight nine")
_MONTHS: Final = _words(
    "January February March April May June July August September October November December"
)
_MONTH_PATTERN: Final = "|".join([*_MONTHS, *(month[:3] + r"\.?" for month in _MONTHS), r"Sept\.?"])
_UNITS: Final = {
    "mm": "millimeters", "cm": "centimeters", "km": "kilometers", "kg": "kilograms",
    "lb": "pounds", "lbs": "pounds", "oz": "ounces", "ft": "feet", "min": "minutes",
    "mins": "minutes", "hrs": "hours", "sec": "seconds",
}  # fmt: skip
_ABBREVIATIONS: Final = {
    "dr": "doctor", "mr": "mister", "mrs": "missus", "ms": "miz", "prof": "professor",
    "vs": "versus", "approx": "approximately", "dept": "department", "e.g": "for example",
    "i.e": "that is", "etc": "et cetera",
}  # fmt: skip
_SYMBOLS: Final = {
    "&": " and ", "+": " plus ", "=": " equals ", "%": " percent ", "@": " at ", "#": " number ",
    "\u20ac": " euros ", "\u00a3": " pounds ", "$": " dollars ", "\u00b0": " degrees ",
    "\u00bd": " one half ", "\u00bc": " one quarter ", "\u00be": " three quarters ",
    "\u00d7": " times ", "\u00a9": " ", "\u00ae": " ", "\u2122": " ",
}  # fmt: skip
_SPOKEN_PUNCTUATION: Final = frozenset(".,!?;:'-")
_BIGGEST: Final = 10**9


def _cardinal(number: int) -> str:
    # "one hundred and five" is right in British English only; hyphens and commas are for the eye.
    return re.sub(r"-|,| and\b", " ", str(num2words(number))).replace("  ", " ")


def _ordinal(number: int) -> str:
    return re.sub(r"-|,| and\b", " ", str(num2words(number, to="ordinal"))).replace("  ", " ")


def _digit_by_digit(digits: str) -> str:
    return " ".join(_DIGIT_WORDS[int(digit)] for digit in digits)


def _year(year: int) -> str:
    return re.sub(r"-|,| and\b", " ", str(num2words(year, to="year"))).replace("  ", " ")


def _grouped(digits: str) -> str:
    """Digits with pauses as people read them out: by threes, a rest of four kept together."""
    groups: list[str] = []
    while len(digits) > 4:
        groups.append(digits[:3])
        digits = digits[3:]
    groups.append(digits)
    return ", ".join(_digit_by_digit(group) for group in groups)


def _number(digits: str) -> str:
    """A bare number: short ones as amounts, long ones and those with a leading zero by digits."""
    if len(digits) > 1 and digits.startswith("0"):
        return _grouped(digits)
    if len(digits) <= 4:
        return _cardinal(int(digits))
    return _grouped(digits)


def _date(match: re.Match[str]) -> str:
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return match.group()
    return f"{_MONTHS[day.month - 1]} {_ordinal(day.day)}, {_year(day.year)}"


def _month_day(match: re.Match[str]) -> str:
    written = match["month"].rstrip(".").lower()[:3]
    month = next(month for month in _MONTHS if month.lower().startswith(written))
    spoken = f"{month} {_ordinal(int(match['d']))}"
    if match["y"]:
        spoken += f", {_year(int(match['y']))}"
    return spoken


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match["h"]), int(match["min"] or 0)
    half = (match["half"] or "").lower()
    if hour > 23 or minute > 59:
        return match.group()
    if not half and hour in (0, 12) and minute == 0:
        return "noon" if hour else "midnight"
    if not half and hour > 12:
        half, hour = "p", hour - 12
    elif not half and hour == 0:
        half, hour = "a", 12
    words = [_cardinal(hour or 12)]
    if minute:
        words.append(_cardinal(minute) if minute > 9 else f"oh {_cardinal(minute)}")
    elif not half:
        words.append("o'clock")
    if half:
        # Written like this it is read as letters; "a m" would begin with the article.
        words.append(f"{half.upper()}.M.")
    return " ".join(words)


def _money(match: re.Match[str]) -> str:
    whole = int(match["whole"].replace(",", ""))
    cents = int((match["cents"] or "0").ljust(2, "0"))
    if whole >= _BIGGEST:
        return match.group()
    unit = {"$": "dollar", "\u20ac": "euro", "\u00a3": "pound"}[match["sign"]]
    small = "pence" if unit == "pound" else "cent" if cents == 1 else "cents"
    parts = []
    if whole or not cents:
        parts.append(f"{_cardinal(whole)} {unit}{'' if whole == 1 else 's'}")
    if cents:
        parts.append(f"{_cardinal(cents)} {small}")
    return " and ".join(parts)


def _phone(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    country = digits[:-10]
    parts = [digits[-10:-7], digits[-7:-4], digits[-4:]]
    return ", ".join(_digit_by_digit(part) for part in [country, *parts] if part)


def _decimal(match: re.Match[str]) -> str:
    return f"{_number(match['whole'])} point {_digit_by_digit(match['part'])}"


def _thousands(match: re.Match[str]) -> str:
    number = int(match.group().replace(",", ""))
    return _cardinal(number) if number < _BIGGEST else _digit_by_digit(str(number))


def _email(match: re.Match[str]) -> str:
    spoken = match.group()
    for mark, word in (("@", " at "), (".", " dot "), ("_", " underscore "), ("-", " dash ")):
        spoken = spoken.replace(mark, word)
    return re.sub(r"\d+", lambda digits: f" {_digit_by_digit(digits.group())} ", spoken)


def _lettered(match: re.Match[str]) -> str:
    """Order numbers and codes with letters: "B482913", "AB-12"."""
    letters = " ".join(match["letters"].upper())
    return f"{letters}, {_grouped(match['digits'])}"


def _single_digits(match: re.Match[str]) -> str:
    """A run like "4 2" or "4 8 2, 9 1 3": already grouped by the writer."""
    return re.sub(r"\d", lambda digit: _DIGIT_WORDS[int(digit.group())], match.group())


def _written_groups(match: re.Match[str]) -> str:
    """Groups as written: "482, 913"."""
    return ", ".join(_digit_by_digit(group) for group in re.findall(r"\d+", match.group()))


def _ordinal_match(match: re.Match[str]) -> str:
    number = int(match["n"])
    return _ordinal(number) if number < _BIGGEST else _digit_by_digit(str(number))


def _range(match: re.Match[str]) -> str:
    return f"{_number(match['a'])} to {_number(match['b'])}"


def _code(match: re.Match[str]) -> str:
    return match["lead"] + _grouped(re.sub(r"\D", "", match["digits"]))


def _ending(match: re.Match[str]) -> str:
    return match["lead"] + _digit_by_digit(re.sub(r"\D", "", match["digits"]))


def _unit(match: re.Match[str]) -> str:
    return f"{match['n']} {_UNITS[match['unit'].lower()]}"


_DAYS: Final = {
    day[:3]: day for day in _words("monday tuesday wednesday thursday friday saturday sunday")
}
_DAY_PATTERN: Final = "|".join(_DAYS)
_CLOCK: Final = r"\d{1,2}(?::\d\d)?"


def _days(match: re.Match[str]) -> str:
    first, last = _DAYS[match["a"].lower()], _DAYS[match["b"].lower()]
    return f"{first.capitalize()} to {last.capitalize()}"


_NOT_IN_NUMBER: Final = r"(?<![\d.,])"
_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), _email),
    (re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"), _date),
    (re.compile(r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})\b"), _date),
    (
        re.compile(
            rf"\b(?P<month>{_MONTH_PATTERN})\s+(?P<d>[12]?\d|3[01])(?:st|nd|rd|th)?\b(?!:)"
            r"(?:,?\s+(?P<y>(?:19|20)\d\d)\b)?",
            re.IGNORECASE,
        ),
        _month_day,
    ),
    (
        re.compile(rf"\b(?P<a>{_DAY_PATTERN})\.?\s?-\s?(?P<b>{_DAY_PATTERN})\b", re.IGNORECASE),
        _days,
    ),
    (
        re.compile(
            rf"(?P<from>\b{_CLOCK}(?:\s?[ap]\.?m\.?)?)\s?-\s?"
            rf"(?={_CLOCK}\s?[ap]\.?m\b|\d{{1,2}}:\d\d\b)",
            re.IGNORECASE,
        ),
        lambda match: f"{match['from']} to ",
    ),
    (
        re.compile(
            r"(?<![\d$.,])(?P<h>\d{1,2})(?::(?P<min>\d\d))?\s*(?P<half>[ap])\.?\s?m\b\.?",
            re.IGNORECASE,
        ),
        _time,
    ),
    (re.compile(r"(?<![\d$.,:])(?P<h>\d{1,2}):(?P<min>\d\d)(?![\d:])(?P<half>)"), _time),
    (
        re.compile(
            r"(?P<sign>[$\u20ac\u00a3])\s?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<cents>\d{1,2})(?!\d))?"
        ),
        _money,
    ),
    (re.compile(r"(?<![\w+])\+?(?:1[\s.-]?)?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b"), _phone),
    (re.compile(r"(?<!\w)\+\d{11,15}\b"), _phone),
    (re.compile(r"(?P<lead>\bending (?:in|with) )(?P<digits>\d[\d ]*\d|\d)"), _ending),
    (
        re.compile(
            r"(?P<lead>\b(?:order(?: number)?|code|tracking number|pin)(?: is)?:? #?)"
            r"(?P<digits>\d{3,}(?:[ -]\d+)*)",
            re.IGNORECASE,
        ),
        _code,
    ),
    (re.compile(r"\b(?P<letters>[A-Za-z]{1,3})[ -]?(?P<digits>\d{4,})\b"), _lettered),
    (re.compile(r"\b\d(?:[ ,]+\d)+\b(?![\d.])"), _single_digits),
    (re.compile(r"\b\d{3}(?:,? \d{3,4})+\b"), _written_groups),
    (re.compile(r"\b(?P<n>\d+)(?:st|nd|rd|th)\b", re.IGNORECASE), _ordinal_match),
    (re.compile(rf"{_NOT_IN_NUMBER}\d{{1,3}}(?:,\d{{3}})+\b"), _thousands),
    (re.compile(rf"\b(?P<n>\d+)\s?(?P<unit>{'|'.join(_UNITS)})\b", re.IGNORECASE), _unit),
    (re.compile(r"\b(?P<whole>\d+)\.(?P<part>\d+)\b"), _decimal),
    (re.compile(r"\b(?P<a>\d{1,4})\s?[-\u2013]\s?(?P<b>\d{1,4})\b"), _range),
    (re.compile(r"\b[Nn]os?\.\s*(?=\d)"), lambda _: "number "),
    (
        re.compile(rf"\b(?P<word>{'|'.join(map(re.escape, _ABBREVIATIONS))})\.", re.IGNORECASE),
        lambda match: _ABBREVIATIONS[match["word"].lower()],
    ),
    (re.compile(r"\b(?P<letter>[AI]) (?=as in\b)"), lambda match: f"{match['letter']}, "),
    (re.compile(r"24/7"), lambda _: "twenty four seven"),
    (re.compile(r"https?://(?:www\.)?"), lambda _: ""),
    (re.compile(r"(?<=\w)\.(?=[a-z]{2,}\b)"), lambda _: " dot "),
    (re.compile(r"\d+"), lambda match: f" {_number(match.group())} "),
)
_MARKUP: Final = re.compile(r"<[^<>]*>|\[([^\[\]]*)\]\([^()]*\)")


def speakable(text: str) -> str:
    """Write a text out as people say it, for a voice that reads only words.

    Times ("6:30 PM": "six thirty P.M."), prices, dates, ordinals, telephone numbers, e-mail
    addresses, order numbers and codes ("482913": "four eight two, nine one three"), units and
    common abbreviations.

    Args:
        text: Any text.

    Returns:
        Letters and sentence punctuation only: no digits, no markup, no symbols.
    """
    spoken = re.sub("[\u00bc-\u00be]", lambda match: _SYMBOLS[match.group()], text)
    spoken = unicodedata.normalize("NFKC", spoken)
    spoken = spoken.translate({0x2019: "'", 0x2018: "'", 0x2014: ", ", 0x2013: "-", 0x2026: "."})
    spoken = _MARKUP.sub(lambda match: match[1] or " ", spoken)
    spoken = "".join(_ascii_digit(character) for character in spoken)
    for pattern, say in _RULES:
        spoken = pattern.sub(say, spoken)
    spoken = "".join(_sayable(character) for character in spoken)
    spoken = re.sub(r"(?<!\w)['-]+|['-]+(?!\w)", "", spoken)
    spoken = re.sub(r"\s+([.,!?;:])", r"\1", " ".join(spoken.split()))
    spoken = re.sub(r"([,;:])[,;:]+", r"\1", spoken)
    return re.sub(r"(\.M\.)\.", r"\1", spoken).strip(" ,;:")


def _ascii_digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None or character.isascii() else str(value)


def _sayable(character: str) -> str:
    if character in _SYMBOLS:
        return _SYMBOLS[character]
    if character in _SPOKEN_PUNCTUATION or unicodedata.category(character)[0] in "LM":
        return character
    return " "
