"""When has the caller finished speaking? The silence to wait for, judged by what was heard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice_gateway.conversation.commands import Expect
from voice_gateway.conversation.language import Language
from voice_gateway.conversation.timing import Timing
from voice_gateway.conversation.transcript import MASK


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
        timing = self.timing
        if self.completes(heard, expected):
            wait = timing.end_of_turn_complete
        elif self._is_searching(heard, expected):
            wait = timing.end_of_turn_searching
        elif whole:
            wait = timing.end_of_turn_complete
        else:
            wait = timing.end_of_turn
        return min(wait, timing.end_of_turn_limit)

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

    def _is_searching(self, heard: str, expected: Expect) -> bool:
        words = heard.split()
        if not words:
            return False
        endings = tuple(f" {ending}" for ending in self.language.unfinished_endings)
        if f" {heard}".endswith(endings):
            return True
        in_number = expected.grammar in ("digits", "code") or len(words) > 1
        return (in_number and self.symbols(heard) > 0) or words[-1] in self.language.repeaters
