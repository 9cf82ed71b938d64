"""Keeps a caller's code to itself: what comes out has a mask in place of every digit.

While the awaited answer is secret, everything heard and every key pressed goes through here before
anybody else learns of it. The digits stay in the memory of `SecretEntry` until `take` gives them
to the check of the code. Passwords and codes that are said without being asked for are hidden too.
No audio and no waiting: it can be used wherever there are transcripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from contact_center.one_time_codes import DIGITS
from contact_center.privacy import hide_spoken_secrets
from contact_center.spoken_numbers import corrected, fragment
from voice_gateway.conversation.commands import Expect
from voice_gateway.conversation.language import Language
from voice_gateway.conversation.transcript import MASK, Transcript

# More digits than this in one turn are not what somebody says in passing.
_PASSING_DIGITS = 2
# So many words in a row that may be misheard digits are digits.
_HOMOPHONES_IN_A_ROW = 3
# A piece must have this many digits in common with the beginning of what is there to be a fresh
# start, and not go on with it.
_REPEATED_START = 2
# Once a code has turned out to be incomplete, a piece of this many digits that does not just fill
# the gap is the whole code said again, misheard once more.
_SAID_AGAIN = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """What has been entered so far.

    Args:
        code: All the digits, or nothing while some are missing.
        missing: How many digits are missing.
    """

    code: str = field(repr=False)
    missing: int


class SecretEntry:
    """One caller's entry of a code, over as many turns as it takes.

    Args:
        language: Tells digits from ordinary words.
        length: How many digits a code has.
    """

    def __init__(self, language: Language, length: int = DIGITS) -> None:
        self._language = language
        self._words = language.code_words
        self._length = length
        self._asked = False
        self._sent = False
        self.with_person = False
        """Whether a person has the call, to whom the caller may read out a code sent before."""
        self._trying = False
        self._short = False
        self._in_utterance = False
        self._outlives_question = False
        self._entered = ""
        self._keys = ""
        self._tried = ""
        counted, phrases = _either(self._words.counted), _either(self._words.no_digits)
        self._in_passing = re.compile(rf"\b{phrases}\b|\b\w+ (?={counted}\b)")
        self._starting_over = re.compile(rf"\b{_either(self._words.starting_over)}\b")
        self._second_thought = re.compile(rf"{_either(self._words.second_thoughts)}\b")

    @property
    def asked(self) -> bool:
        """Whether a code is awaited."""
        return self._asked

    @property
    def hides(self) -> bool:
        """Whether digits are hidden at the moment."""
        return self._asked or self._outlives_question

    # -- what is expected ----------------------------------------------------------------------

    def expect(self, expected: Expect) -> None:
        """Learn what the line waits for; everything entered is forgotten with the code question.

        What was incomplete is forgotten as well when the line asks for the whole code again.

        Args:
            expected: The awaited answer.
        """
        if self._asked and not expected.secret:
            # Whoever still says or presses the code goes on being masked to the end of it.
            self._outlives_question = self._in_utterance or bool(self._keys)
            self._forget()
        elif expected.secret:
            self._outlives_question = False
            if self._short and expected.length in (None, self._length):
                self._entered, self._short = "", False
        self._asked = expected.secret
        self._sent |= expected.secret

    def _forget(self) -> None:
        self._entered = self._keys = self._tried = ""
        self._trying = self._short = False

    # -- what is heard -------------------------------------------------------------------------

    def speech_started(self) -> None:
        """Learn that the caller began to speak; what they say belongs to this question."""
        self._in_utterance = True

    def partial(self, text: str) -> str:
        """Hide what must not be seen of an utterance that still goes on.

        Args:
            text: What has been recognised so far.

        Returns:
            The text as it is, or masks only, one for each digit.
        """
        self._in_utterance |= bool(text)
        if (self.hides or self._may_be_read_out) and self._holds_digits(text):
            return self._masks(text, self._read(text))
        return self._without_spoken_secrets(text)

    def pause(self, heard: Transcript) -> Transcript:
        """Hide what must not be seen of an utterance that may go on; nothing of it is remembered.

        Args:
            heard: What was recognised before the pause.

        Returns:
            The same without secrets, or masks only.
        """
        if self.hides:
            return Transcript(self.partial(heard.text), confidence=heard.confidence)
        return self._all_without_spoken_secrets(heard)

    def final(self, heard: Transcript) -> Transcript:
        """Hide what must not be seen of an utterance, and remember its digits.

        Args:
            heard: What was recognised.

        Returns:
            The same without digits, without the readings that have some, or masks only.
        """
        hides, self._in_utterance, self._outlives_question = self.hides, False, False
        if not hides:
            return self._all_without_spoken_secrets(heard)
        if self._starting_over.search(heard.text):
            self._entered = self._keys = ""
        if not self._holds_digits(heard.text):
            others = (other for other in heard.alternatives if not self._any_digit(other))
            return self._all_without_spoken_secrets(replace(heard, alternatives=tuple(others)))
        read = self._read(heard.text)
        if self._asked and not self._trying:
            self._close_keys()
            self._enter(heard.text, self._whole_of(heard) or read)
        masks = self._masks(heard.text, read)
        return Transcript(masks, confidence=heard.confidence, level_db=heard.level_db)

    # -- what is pressed -----------------------------------------------------------------------

    def key(self, key: str) -> str:
        """Hide a key of the keypad, and remember it.

        Args:
            key: One of `0`-`9`, `*` and `#`.

        Returns:
            The keys to pass on: a mask for a digit, with `#` after the one that completes a code.
        """
        if not self.hides:
            return MASK if self._may_be_read_out and key.isdigit() else key
        if not key.isdigit():
            if key == "*":
                self._entered = self._keys = ""
            self._outlives_question = False
            return key
        if self._asked and not self._trying:
            self._keys += key
            whole = len(self._joined(self._entered, self._keys)) == self._length
            # Who may be beginning anew is given the time to press the next key.
            if whole and not self._entered.startswith(self._keys):
                return MASK + "#"
        return MASK

    def _close_keys(self) -> None:
        keys, self._keys = self._keys, ""
        if keys:
            self._entered = self._joined(self._entered, keys)

    # -- what becomes of it --------------------------------------------------------------------

    def take(self) -> Entry:
        """Hand over what has been entered.

        A complete code is handed over once, and until `settled` whatever else is entered is
        masked and forgotten: it can only be the same code again.

        Returns:
            The code, or how many digits are missing.
        """
        if self._trying:
            return Entry("", self._length)
        self._close_keys()
        missing = self._length - len(self._entered)
        self._short = missing > 0
        if missing:
            return Entry("", missing)
        code, self._entered = self._entered, ""
        self._tried = code
        self._trying = True
        return Entry(code, 0)

    def settled(self) -> None:
        """Learn that the code handed over has been tried."""
        self._trying = False

    # -- digits among words --------------------------------------------------------------------

    def _holds_digits(self, text: str) -> bool:
        """Where one cannot be sure, a text counts as having digits."""
        rest = self._in_passing.sub(" ", text)
        if self._any_digit(rest) or self._count(text) > _PASSING_DIGITS:
            return True
        words = rest.split()
        soundalike = [word in self._words.homophones for word in words]
        if any(self._repeats_a_digit(*pair) for pair in pairwise([*words, ""])):
            return True
        if not any(soundalike):
            return False
        if _longest_run(soundalike) >= _HOMOPHONES_IN_A_ROW:
            return True
        begun = bool(self._entered or self._keys)
        return sum(soundalike) * 2 >= len(words) and (sum(soundalike) > 1 or begun)

    def _repeats_a_digit(self, word: str, following: str) -> bool:
        """A "double" promises a digit, which may be misheard or still to come."""
        digit_may_follow = not following or following in self._words.homophones
        return word in self._language.repeaters and digit_may_follow

    def _any_digit(self, text: str) -> bool:
        return self._count(text) > 0

    def _count(self, text: str) -> int:
        words = text.split()
        return sum(word not in self._words.homophones and _is_digit(word) for word in words)

    def _masks(self, text: str, read: str) -> str:
        homophones = sum(word in self._words.homophones for word in text.split())
        return " ".join(MASK * (len(read) or self._count(text) or homophones or 1))

    def _read(self, text: str) -> str:
        """Of the ways to read a text, take the one that makes a whole code, if one does."""
        whole = (self._length - len(self._entered), self._length)
        readings = list(self._readings(text))
        fitting = (reading for reading in readings if len(reading) in whole)
        return next(fitting, None) or next(filter(None, readings), "")

    def _readings(self, text: str) -> Iterator[str]:
        words = text.split()
        homophones = self._words.homophones
        for way in (
            text,
            " ".join(words[1:]) if words and words[0] in homophones else "",
            " ".join(word for word in words if self._belongs_to_number(word)),
            " ".join(homophones.get(word, word) for word in words),
        ):
            digits = _digits(way)
            times, rest = divmod(len(digits), self._length)
            said_again = times > 1 and not rest and digits == digits[: self._length] * times
            yield digits[: self._length] if said_again else digits

    def _whole_of(self, heard: Transcript) -> str:
        """The whole code in another reading, where the likeliest lacks digits once more."""
        if not self._short or self._second_thought.match(heard.text):
            return ""
        gap = self._length - len(self._entered)
        if len(self._read(heard.text)) in (gap, self._length):
            return ""
        others = (reading for other in heard.alternatives for reading in self._readings(other))
        return next((reading for reading in others if len(reading) == self._length), "")

    def _belongs_to_number(self, word: str) -> bool:
        return _is_digit(word) or word in self._language.repeaters

    # -- what is said without being asked for --------------------------------------------------

    @property
    def _may_be_read_out(self) -> bool:
        return self._sent and self.with_person

    def _without_spoken_secrets(self, text: str) -> str:
        return hide_spoken_secrets(
            text, code_length=self._length if self._may_be_read_out else None
        )

    def _all_without_spoken_secrets(self, heard: Transcript) -> Transcript:
        text = self._without_spoken_secrets(heard.text)
        if text != heard.text:
            return Transcript(text, confidence=heard.confidence, level_db=heard.level_db)
        kept = (
            other for other in heard.alternatives if self._without_spoken_secrets(other) == other
        )
        return replace(heard, alternatives=tuple(kept))

    # -- pieces --------------------------------------------------------------------------------

    def _enter(self, text: str, read: str) -> None:
        if self._entered and self._second_thought.match(text):
            put_right = _digits(" ".join(self._entered) + " " + text)
            self._entered = put_right if len(put_right) <= self._length else ""
        elif self._tried and not self._entered and self._words.placing & set(text.split()):
            self._entered = next(iter(corrected(self._tried, text)), read)
        else:
            self._entered = self._joined(self._entered, read)

    def _joined(self, old: str, new: str) -> str:
        """What two pieces make together; nothing where they cannot belong to one code."""
        if len(new) >= self._length:
            return new if len(new) == self._length else ""
        gap = self._length - len(old)
        if self._short and old and (len(new) > gap or len(new) >= _SAID_AGAIN) and len(new) != gap:
            return new
        if len(old) >= _REPEATED_START and new.startswith(old):
            return new
        if len(new) >= _REPEATED_START and old.startswith(new):
            return new
        return old + new if len(old) + len(new) <= self._length else new


@lru_cache(maxsize=4096)
def _is_digit(word: str) -> bool:
    return bool(_digits(word))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", fragment(text)) if text else ""


def _either(phrases: frozenset[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "(?:" + "|".join(map(re.escape, longest_first)) + ")"


def _longest_run(flags: list[bool]) -> int:
    longest = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest
