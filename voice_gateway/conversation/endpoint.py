"""When has the caller finished speaking? The silence to wait for, judged by what was heard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from voice_gateway.conversation.commands import Expect
from voice_gateway.conversation.language import Language
from voice_gateway.conversation.timing import Timing
from voice_gateway.conversation.transcript import MASK

_FEWEST_WORDS: Final = 3
"""Fewer, if they are no answer, are mostly the beginning of something, or a misheard "um"."""


@dataclass(frozen=True)
class EndOfTurn:
    """Decides how much silence ends a turn."""

    language: Language
    timing: Timing

    def silence_needed(self, heard: str, expected: Expect, *, whole: bool = False) -> float:
        """Judge by the words so far.

        Args:
            heard: The partial transcript, lower case.
            expected: What kind of answer the bot waits for.
            whole: Whether the assistant has understood the words as something complete.

        Returns:
            Seconds of silence after which the turn counts as ended.
        """
        return min(self._silence(heard, expected, whole), self.timing.end_of_turn_limit)

    def _silence(self, heard: str, expected: Expect, whole: bool) -> float:
        timing = self.timing
        opens = heard in self.language.openings
        awaits_number = expected.grammar in ("digits", "code")
        if self.completes(heard, expected):
            return timing.end_of_turn_opening if opens else timing.end_of_turn_complete
        if _ends_with(heard, self.language.searching):
            return timing.end_of_turn_searching
        if self._in_number(heard, awaits_number) and (awaits_number or not whole):
            return timing.end_of_turn_unfinished
        if opens:
            return timing.end_of_turn_opening
        if whole:
            # Whoever was asked for a number and says something else may have been misheard.
            return timing.end_of_turn if awaits_number else timing.end_of_turn_whole
        if heard and (awaits_number or self._breaks_off(heard)):
            return timing.end_of_turn_unfinished
        return timing.end_of_turn

    def completes(self, heard: str, expected: Expect) -> bool:
        """Tell whether the words are a whole answer of the kind expected."""
        if not heard:
            return False
        match expected.grammar:
            case "yes_no":
                return heard in self.language.affirmations or heard in self.language.denials
            case "choice":
                return heard in expected.choices
            case "digits" | "code":
                return expected.length is not None and self.symbols(heard) == expected.length
        return False

    def symbols(self, heard: str) -> int:
        """Count the digits and letters of the number or code at the end of a text.

        A tens word followed by a unit ("forty two") counts as two symbols, "double five" as two,
        a mask as the digit that it hides.
        """
        count = 0
        repeat = 1
        after_tens = False
        for word in heard.split():
            single = 1 if re.fullmatch(f"[a-z{MASK}]", word) else 0
            size = self.language.digits.get(word, single)
            if word in self.language.repeaters:
                repeat = self.language.repeaters[word]
            elif size:
                joins_tens = after_tens and size == 1 and word not in ("oh", "zero")
                count += 0 if joins_tens else size * repeat
                repeat = 1
                after_tens = word.endswith("ty")
            else:
                count, repeat, after_tens = 0, 1, False
        return count

    def _in_number(self, heard: str, awaits_number: bool) -> bool:
        words = heard.split()
        counts = awaits_number or len(words) > 1  # "one" may be anything
        return bool(words) and (
            words[-1] in self.language.repeaters or (counts and self.symbols(heard) > 0)
        )

    def _breaks_off(self, heard: str) -> bool:
        return len(heard.split()) < _FEWEST_WORDS or _ends_with(
            heard, self.language.unfinished_endings
        )


def _ends_with(heard: str, endings: frozenset[str]) -> bool:
    return f" {heard}".endswith(tuple(f" {ending}" for ending in endings))
