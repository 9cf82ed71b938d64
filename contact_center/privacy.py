"""Hides what nobody needs to read in a transcript: card numbers, codes, passwords, contacts.

Speech gives numbers as words ("four one one one", "double five", "forty two"), so runs of spoken
digits are weighed like written ones. Order numbers stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

HIDDEN = "[hidden]"
CARD = "[card number]"
PHONE = "[phone number]"
EMAIL = "[e-mail]"

SHORTEST_CARD = 13
PHONE_LENGTH = 10
SHORTEST_INTERNATIONAL = 8
CODE_LENGTHS = range(3, 9)
ORDER_DIGITS = 6


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ONES = _words("zero one two three four five six seven eight nine")
_TEENS = _words("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_DIGITS = {
    **{word: str(value) for value, word in enumerate(_ONES)},
    **{word: str(value) for value, word in enumerate(_TEENS, 10)},
    **{word: str(value) for value, word in enumerate(_TENS, 2)},  # "0" unless a unit follows
    "oh": "0",
    "o": "0",
    "hundred": "00",
    "thousand": "000",
}
_REPEATS = {"double": 2, "triple": 3}
_FILLERS = frozenset(["and", "dash", "er", "hyphen", "space", "uh", "um"])

_CODE_WORDS = frozenset(["code", "codes", "passcode", "pin", "otp", "cvv", "cvc"])
_HARMLESS_CODES = frozenset(
    _words(
        "area bar coupon discount error item order postal product promo promotion qr tracking zip"
    )
)
_NEAR = 6

_TOKEN = re.compile(r"\[[^\]]*\]|\+?[A-Za-z0-9']+")
_GAP = re.compile(r"[\s\-().,]{0,3}")

_WRITTEN_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SPOKEN_EMAIL = re.compile(
    r"\b(?:\w\s+)*\w+(?:\s+(?:dot|dash|hyphen|plus|underscore)\s+\w+)*\s+at\s+\w+"
    r"(?:\s+(?:dot|dash|hyphen)\s+\w+)*?\s+dot\s+(?:com|org|net|edu|gov|us|io|co|info|biz)\b",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    # "Does" and "his" are what a recogniser makes of "is" by telephone.
    r"\b(pass\s?(?:word|phrase)(?:\s+(?:is|was|does|his|to|(?:(?:used\s+)?to|should|would)\s+be)\b|"
    r"\s*[:=]))\s*"
    r"(?!(?:not|no|never|still|always|too|wrong|incorrect|invalid|expired|lost|gone|forgotten|"
    r"broken|locked|blocked|old|reset|being|rejected|required|correct|working|hacked|stolen|what|"
    r"changed|sent|log|sign|get|enter|work|be)\b)"
    r"(?!(?<=to )(?:the|my|our|your|this|that)\b)"
    r"[^\s.?!,;][^?!;\n]*?(?=[.,](?:\s|$)|[?!;\n]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        return self.text.lower()


@dataclass(frozen=True, slots=True)
class _Run:
    """Tokens `first` up to, and not including, `last`, which together say `digits`."""

    first: int
    last: int
    digits: str


def redact(text: str, *, expecting_code: bool = False, contacts: bool = True) -> str:
    """Hide what is secret or private in a line of transcript.

    Args:
        text: What was said, with numbers as words or as digits.
        expecting_code: Whether a code had just been asked for, so that bare digits are one.
        contacts: Whether e-mail addresses and telephone numbers are hidden too.

    Returns:
        The text with "[card number]", "[hidden]", "[phone number]" and "[e-mail]" in place of
        what was hidden; redacting it again changes nothing.
    """
    if contacts:
        text = _WRITTEN_EMAIL.sub(EMAIL, text)
        text = _SPOKEN_EMAIL.sub(EMAIL, text)
    text = _PASSWORD.sub(rf"\1 {HIDDEN}", text)

    def mark(tokens: list[_Token], run: _Run) -> str | None:
        return _mark(tokens, run, expecting_code=expecting_code, contacts=contacts)

    return _with_marks(text, mark)


def hide_spoken_secrets(text: str, *, code_length: int | None = None) -> str:
    """Hide the passwords and codes that a caller says without being asked for them.

    Unlike `redact` it is for speech that is still to be understood: everything else stays, and of
    a code already the first digit is hidden, because more may follow.

    Args:
        text: What was recognised, lower case, perhaps only the beginning of it.
        code_length: How many digits the code has that the caller was sent, if they were sent one:
            so many digits in a row are taken for it unless they are called an order number.

    Returns:
        The text with "[hidden]" in place of what was hidden.
    """

    def mark(tokens: list[_Token], run: _Run) -> str | None:
        named = _code_named_before(tokens, run) or _code_named_after(tokens, run)
        if named and len(run.digits) <= max(CODE_LENGTHS):
            return HIDDEN
        sent = code_length is not None and _says_code(run.digits, code_length)
        return HIDDEN if sent and not _order_named_before(tokens, run) else None

    return _with_marks(_PASSWORD.sub(rf"\1 {HIDDEN}", text), mark)


def _with_marks(text: str, mark_of: Callable[[list[_Token], _Run], str | None]) -> str:
    tokens = [_Token(found[0], found.start(), found.end()) for found in _TOKEN.finditer(text)]
    pieces: list[str] = []
    done = 0
    for run in _runs(text, tokens):
        mark = mark_of(tokens, run)
        if mark is not None:
            start = tokens[run.first].start
            if text[start - 1 : start] == "(" and ")" in text[start : tokens[run.last - 1].end]:
                start -= 1
            pieces += [text[done:start], mark]
            done = tokens[run.last - 1].end
    return "".join([*pieces, text[done:]])


def _mark(tokens: list[_Token], run: _Run, *, expecting_code: bool, contacts: bool) -> str | None:
    count = len(run.digits)
    if _is_repeated_order_number(run.digits):
        return None
    if count >= SHORTEST_CARD:
        return CARD
    international = tokens[run.first].text.startswith("+") and count >= SHORTEST_INTERNATIONAL
    national = count == PHONE_LENGTH or (count == PHONE_LENGTH + 1 and run.digits[0] == "1")
    if international or national:
        return PHONE if contacts else None
    if count in CODE_LENGTHS and (
        expecting_code or _code_named_before(tokens, run) or _code_named_after(tokens, run)
    ):
        return HIDDEN
    return None


def _is_repeated_order_number(digits: str) -> bool:
    times, rest = divmod(len(digits), ORDER_DIGITS)
    return times > 1 and rest == 0 and digits == digits[:ORDER_DIGITS] * times


def _code_named_before(tokens: list[_Token], run: _Run) -> bool:
    for place in range(run.first - 1, max(run.first - 1 - _NEAR, -1), -1):
        word = tokens[place].word
        # What stands between belongs to the number instead: an order, or an earlier number.
        if word in ("order", "number's") or word.startswith("[") or len(_written(word)) >= 3:
            return False
        if word in _CODE_WORDS:
            return place == 0 or tokens[place - 1].word not in _HARMLESS_CODES
    return False


def _says_code(digits: str, length: int) -> bool:
    """Tell whether digits may be a code, said once or several times."""
    times, rest = divmod(len(digits), length)
    return times > 0 and rest == 0 and digits == digits[:length] * times


def _order_named_before(tokens: list[_Token], run: _Run) -> bool:
    return any(token.word == "order" for token in tokens[max(run.first - _NEAR, 0) : run.first])


def _code_named_after(tokens: list[_Token], run: _Run) -> bool:
    words = [token.word for token in tokens[run.last : run.last + 4]]
    named = next((place for place, word in enumerate(words) if word in _CODE_WORDS), None)
    return (
        named is not None
        and any(word in ("is", "was", "that's") for word in words[:named])
        and words[named - 1] not in _HARMLESS_CODES
    )


def _runs(text: str, tokens: list[_Token]) -> Iterator[_Run]:
    place = 0
    while place < len(tokens):
        run = _run_from(text, tokens, place)
        if run is None:
            place += 1
        else:
            yield run
            place = run.last


def _run_from(text: str, tokens: list[_Token], first: int) -> _Run | None:
    """The longest run of digits that begins with token `first`."""
    digits = ""
    last = first
    times = 1
    tens_open = False
    for place in range(first, len(tokens)):
        token = tokens[place]
        if place > first and not _GAP.fullmatch(text, tokens[place - 1].end, token.start):
            break
        word = token.word
        if word in _REPEATS:
            times = _REPEATS[word]
            continue
        if word in _FILLERS and digits:
            continue
        said = _written(word) or _DIGITS.get(word, "")
        if not said:
            break
        if tens_open and word not in _ONES[1:]:
            digits += "0"
        digits += said * times
        times = 1
        tens_open = word in _TENS
        last = place + 1
    if not digits:
        return None
    return _Run(first, last, digits + ("0" if tens_open else ""))


def _written(word: str) -> str:
    digits = word.removeprefix("+")
    return digits if digits.isascii() and digits.isdigit() else ""
