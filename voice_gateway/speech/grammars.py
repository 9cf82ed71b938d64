"""What the recogniser listens for when the bot expects a certain kind of answer.

A narrowed decoder always runs beside the free one, and `prefers_narrowed` says which of the two is
believed. So the way out of a grammar ("i want a person", "i don't have it") is the free decoder,
with the whole vocabulary. Phrases of that kind are deliberately not in the grammars: Vosk turns a
grammar into a bigram over all its words, and measured on real and synthetic callers "want" then
swallows "one", "it" swallows "eight" and "to" swallows "two", which costs more right numbers than
narrowing wins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, get_args

from voice_gateway.speech.readings import UNKNOWN

Grammar = Literal["free", "digits", "code", "yes_no", "choice"]
GRAMMARS: Final[tuple[str, ...]] = get_args(Grammar)

DIGITS: Final = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
SPELLING_WORDS: Final = (
    "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet",
    "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango",
    "uniform", "victor", "whiskey", "xray", "yankee", "zulu",
)  # fmt: skip
# Models disagree about these; the first spelling that a model knows is used.
OTHER_SPELLINGS: Final = {
    "alpha": ("alfa",), "juliet": ("juliett", "juliette"), "whiskey": ("whisky",),
    "xray": ("x-ray", "x.ray"), "okay": ("ok",),
}  # fmt: skip
# How most callers begin a number that they were asked for, or that was read back wrong.
LEAD_IN: Final = "it's"
CORRECTS: Final = "no it's"
MULTIPLES: Final = {"double": 2, "triple": 3}
YES_NO: Final = (
    "yes", "yeah", "yep", "yup", "yes please", "yes it is", "yes that is right", "sure", "correct",
    "that is correct", "that's correct", "right", "that is right", "that's right", "okay",
    "of course", "absolutely", "exactly", "please do", "go ahead",
    "no", "nope", "nah", "no thanks", "no thank you", "no it is not", "no that is wrong", "wrong",
    "that is wrong", "that's wrong", "not really", "that is not right", "that's not right",
    "incorrect", "never mind",
)  # fmt: skip


def phrases(
    grammar: str,
    choices: Sequence[str],
    knows: Callable[[str], bool],
    length: int | None = None,
) -> tuple[list[str] | None, list[str]]:
    """Phrases for Vosk's grammar, in words that the model has.

    Args:
        grammar: One of `GRAMMARS`.
        choices: For `choice`: what may be said.
        knows: Tells whether the model has a word.
        length: For `yes_no`: how many symbols a number has that "no" may put right.

    Returns:
        The phrases, None for free speech; and the words that the model lacks.

    Raises:
        ValueError: No such grammar, or `choice` without choices.
    """
    match grammar:
        case "free":
            return None, []
        case "digits":
            wanted = [*_said_as_number(), *_multiples(list(DIGITS))]
        case "code":
            letters = [
                phrase
                for letter, word in zip(LETTERS, SPELLING_WORDS, strict=True)
                for phrase in (letter, word, f"{letter} as in {word}", f"{letter} for {word}")
            ]
            wanted = [*_said_as_number(), *letters, *_multiples([*DIGITS, *LETTERS])]
        case "yes_no":
            wanted = list(YES_NO)
            if length is not None:
                wanted += [f"{CORRECTS} {string}" for string in _strings_of_digits()]
        case "choice":
            wanted = [" ".join(choice.lower().split()) for choice in choices]
            if not any(wanted):
                raise ValueError("the grammar `choice` needs choices")
        case _:
            raise ValueError(f"no grammar {grammar!r}; there are {', '.join(GRAMMARS)}")
    missing: dict[str, None] = {}
    usable: dict[str, None] = {}
    for phrase in wanted:
        words = [_as_known(word, knows) for word in phrase.split()]
        unknown = [word for word in words if not knows(word)]
        missing.update(dict.fromkeys(unknown))
        if words and not unknown:
            usable[" ".join(words)] = None
    if not usable:
        return None, list(missing)
    return [*usable, UNKNOWN], list(missing)


def symbols(text: str) -> str | None:
    """The digits and letters that somebody spells out.

    Args:
        text: Recognised words: digits, letters, spelling words, "double five", "b as in bravo".

    Returns:
        For example `B4855`; None when anything else is said.
    """
    words = text.removeprefix(CORRECTS).removeprefix(LEAD_IN).split()
    spelled: list[str] = []
    at = 0
    while at < len(words):
        times = MULTIPLES.get(words[at], 1)
        at += times > 1
        symbol = _symbol(words[at]) if at < len(words) else None
        if symbol is None:
            return None
        at += 1
        joined = 2 if words[at : at + 2] == ["as", "in"] else words[at : at + 1] == ["for"]
        if symbol.isalpha() and joined and at + joined < len(words):
            # "b for echo": the long word is the one that was heard right.
            symbol = _symbol(words[at + joined]) or symbol
            at += joined + 1
        spelled.append(symbol * times)
    return "".join(spelled) or None


def prefers_narrowed(grammar: str, *, free: str, narrowed: str, length: int | None = None) -> bool:
    """Decide which of two decodings of one utterance to believe.

    The narrowed one wins only where it explains all of the audio (no `[unk]`) and the free one does
    not fit: for digits and codes, when its length is right and the free one's is not; without a
    known length, when the free one says at least half of it in symbols but not all.

    Args:
        grammar: What is expected.
        free: What free decoding understood.
        narrowed: What decoding by the grammar understood, `[unk]` included.
        length: How many symbols complete the answer, if known.

    Returns:
        True to believe the narrowed decoding.
    """
    if not narrowed or UNKNOWN in narrowed.split():
        return False
    free_words = [word for word in free.split() if word != UNKNOWN]
    if grammar in ("yes_no", "choice") and not (length and symbols(narrowed)):
        return len(free_words) <= len(narrowed.split()) + 1
    answer = symbols(narrowed)
    if answer is None:
        return False
    share = sum(_symbol(word) is not None or word in MULTIPLES for word in free_words)
    if free_words and share < len(free_words) / 2:
        return False
    freely = symbols(" ".join(free_words))
    if length is None:
        return freely is None
    return len(answer) == length and (freely is None or len(freely) != length)


def _strings_of_digits() -> list[str]:
    """Strings in which every digit follows every digit.

    Told single digits, Vosk's bigram expects the end after each, and swallows the last ones.
    """
    digits = list(DIGITS)
    count = len(digits)
    # Going round by steps of one size meets each pair of that distance once, as 11 is prime.
    rounds = ([digits[at * step % count] for at in range(count + 1)] for step in range(1, count))
    starts = (f"{digit} {digit} {digits[at - 1]}" for at, digit in enumerate(digits))
    return [*map(" ".join, rounds), *starts]


def _said_as_number() -> list[str]:
    strings = _strings_of_digits()
    return [*strings, *(f"{LEAD_IN} {string}" for string in strings)]


def _multiples(of: Sequence[str]) -> list[str]:
    return [f"{times} {word}" for times in MULTIPLES for word in of]


def _as_known(word: str, knows: Callable[[str], bool]) -> str:
    if knows(word):
        return word
    return next((other for other in OTHER_SPELLINGS.get(word, ()) if knows(other)), word)


_SPELLED: Final = {
    **DIGITS,
    **{letter: letter.upper() for letter in LETTERS},
    **{word: word[0].upper() for word in SPELLING_WORDS},
    **{
        other: word[0].upper() for word in SPELLING_WORDS for other in OTHER_SPELLINGS.get(word, ())
    },
}


def _symbol(word: str) -> str | None:
    return _SPELLED.get(word)
