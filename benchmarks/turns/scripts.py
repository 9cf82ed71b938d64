"""What callers of the example company say, and where they pause in it.

In these texts `|` is an ordinary pause and `...` one in which the caller is searching; `#` stands
for an order number.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.turns.pausing import SEARCHING, WITHIN
from benchmarks.turns.turn import Kind
from voice_gateway.conversation.commands import Expect

FREE: Final = Expect("free")
YES_NO: Final = Expect("yes_no")
NUMBER: Final = Expect("digits", length=6)
TEN_DIGITS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
)  # fmt: skip

_WHOLE: Final = {
    FREE: (
        "where is my order", "i'd like to know where my package is", "when will my order arrive",
        "what time do you close on saturday", "are you open on christmas day", "are you open now",
        "when do you open tomorrow", "is the store at the airport open on sundays",
        "i forgot my password", "can you reset my password", "i can't log in to my account",
        "i need a new password for my account", "i want to cancel my order",
        "can i still return the coat i bought in july", "i need a copy of my invoice",
        "the lamp you sent me is broken", "you sent me the wrong jacket",
        "i'd like to speak to a person", "can you check the status of my order",
        "has the tent i ordered been shipped", "i'm calling about my order",
        "how long does delivery take", "do you take back old mattresses", "thank you goodbye",
        "when does my package get here", "i never got my refund", "what can you do",
        "can you repeat that please", "it says delivered but there's no package anywhere",
        "i have a question about a bill", "the kitchen table came with a scratch",
        "could somebody call me back", "i want to change the delivery address",
    ),
    YES_NO: (
        "yes", "no", "yes please", "no thank you", "yeah", "nope", "that's right", "yes it is",
        "yes that's correct", "no that's wrong", "yep", "no it isn't", "correct", "yes that's it",
        "not really", "sure",
    ),
    NUMBER: ("#", "#", "#", "#", "it's #", "#", "#", "the number is #", "#", "order number #"),
    Expect("choice", ("email", "text message")): ("email", "text message", "by email please"),
}  # fmt: skip

_SEARCHING: Final = {
    NUMBER: (
        "let me see ... it's #", "um ... #", "hold on ... #", "the number is um ... #",
        "one moment ... it says # here", "let me see ... i have it here ... #",
        "uh ... let me see ... #", "sure it's ... #", "my order number is ... #",
        "it's on the receipt ... #", "okay ... it's #", "wait a second ... #",
        "let me look ... here it is #", "i think it's ... #", "it starts with ... #",
    ),
    FREE: (
        "um ... i wanted to ask ... about my order", "i'm calling about uh ... the tent i ordered",
        "hi um ... i need to ... reset my password", "i ordered a ... a jacket last week",
        "let me think ... it was the blue one", "what time do you close on ... on saturday",
        "it's about the uh ... the floor lamp", "well ... it's about a refund",
        "i have a question about ... about an invoice", "uh ... i can't log in",
        "i'd like to ... cancel my order", "the thing is ... it never came",
        "my order was for the ... the hiking boots", "so um ... where is my package",
    ),
    YES_NO: (
        "um ... yes", "let me see ... yes that's right", "uh ... no", "hold on ... no that's wrong",
        "i think ... yes",
    ),
}  # fmt: skip

_CLAUSES: Final = {
    FREE: (
        "hello | i'd like to know where my order is", "hi | my package never came",
        "good morning | i forgot my password", "hi there | are you open today",
        "i ordered a tent last week | and i want to know where it is",
        "i bought some boots | but they don't fit",
        "my name is anna | and i'm calling about a bill",
        "i want to cancel my order | because it's late",
        "first the table came scratched | and now the chair is missing",
        "it says delivered | but i was home all day | and nobody came",
        "i'd like to return the camera | if that's still possible",
        "you sent me the wrong jacket | it should be the blue one",
        "when do you close today | and are you open tomorrow",
        "my password doesn't work | so i can't see my order",
        "hello | yes | i'm calling about a refund",
        "i got an email from you | that my order is late",
        "i paid with a gift card | and the refund never came",
        "the lamp is broken | can you send me another one",
        "i was wondering | if my order has been shipped", "if i come on sunday | will you be open",
        "i don't have the order number | but where is my order",
        "okay | and what about the other order", "no | that's all thank you",
        "i need to talk to somebody | about a bill", "well | i changed my mind",
        "when i try to log in | it says my password is wrong",
        "i called last week | and they said it would come on monday | but it didn't",
        "can you tell me | when the headphones will be here",
        "the driver left it outside | and now it's wet", "thanks | that's all i wanted to know",
    ),
    YES_NO: (
        "yes | but i also want to return the lamp", "no | it's #", "yes | that's right",
        "no | that's not my order", "yes | and can you send it to my email",
        "yeah | but not today", "no | wait | yes that's it", "well | yes",
        "no | i meant the other one", "yes | please do that",
    ),
}  # fmt: skip

BACK_CHANNELS: Final = (
    "uh huh", "okay", "yeah", "right", "i see", "sure", "all right", "got it", "oh", "good",
    "great", "oh okay", "yeah okay", "okay good", "right right", "okay sure",
)  # fmt: skip

BROADCAST: Final = (
    "and now the weather for the weekend, with sunshine in the north and some rain in the west",
    "the home team scored twice in the second half and won the match in front of a full house",
    "police are looking for witnesses after a garage fire near the river on friday night",
    "mix the flour with the butter, add three eggs, and let it rest for half an hour",
    "traffic is slow on the bridge this morning, so leave a little earlier if you can",
    "the museum shows paintings from two centuries, and children can visit it without paying",
)
"""What other people say behind the caller; nothing of it is meant for the line."""

_GROUPINGS: Final = {
    (3, 3): 0.45, (2, 2, 2): 0.25, (2, 4): 0.08, (4, 2): 0.08, (1, 2, 3): 0.04,
    (3, 2, 1): 0.05, (1, 1, 1, 1, 1, 1): 0.05,
}  # fmt: skip
_LENGTH: Final = 6
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LETTERS: Final = ("b", "c", "d", "f", "m", "t")
_PAUSE: Final = re.compile(r"\s*(\||\.\.\.)\s*")


@dataclass(frozen=True, slots=True)
class Script:
    """A turn before anybody has said it.

    Args:
        name: Unique.
        kind: What it is to try.
        awaited: What the bot waits for.
        parts: What is said in one go each.
        pauses_s: The silences between the parts.
    """

    name: str
    kind: Kind
    awaited: Expect
    parts: tuple[str, ...]
    pauses_s: tuple[float, ...]

    @property
    def text(self) -> str:
        """All of it, pauses left out."""
        return " ".join(self.parts)


def script(name: str, kind: Kind, awaited: Expect, line: str, chance: random.Random) -> Script:
    """Make a script of a line.

    Args:
        name: Unique.
        kind: What it is to try.
        awaited: What the bot waits for.
        line: With its pauses, as described above, and without numbers to fill in.
        chance: Chooses the pauses' lengths.

    Returns:
        The script.
    """
    split = _PAUSE.split(line)
    lengths = [SEARCHING if mark == "..." else WITHIN for mark in split[1::2]]
    drawn = tuple(round(pausing.draw(chance), 3) for pausing in lengths)
    return Script(name, kind, awaited, tuple(split[::2]), drawn)


def scripts(kind: Kind, count: int, seed: int = 0) -> Iterator[Script]:
    """Write what synthetic callers say.

    Args:
        kind: Any but `noise`.
        count: How many turns.
        seed: Another seed, other numbers and pauses.

    Yields:
        The scripts: all lines of the kind in turn, with other numbers and pauses each time.
    """
    lines = _lines(kind)
    for number in range(count):
        name = f"{kind}-{number:03}"
        chance = random.Random(f"{seed} {name}")
        awaited, line = lines[number % len(lines)]
        if kind == "pause_in_number":
            line = line.replace("#", _number_with_pauses(chance))
        elif "#" in line:
            # Whoever had to look for a number often pauses inside it too.
            pauses = kind == "searching" and chance.random() < 0.5
            sizes = grouping(chance) if pauses else (_LENGTH,)
            line = line.replace("#", grouped(digits(chance), sizes))
        yield script(name, kind, awaited, line, chance)


def grouping(chance: random.Random) -> tuple[int, ...]:
    """Choose how six digits are grouped.

    Args:
        chance: Decides; three and three, and pairs, are what most people do.

    Returns:
        The sizes of the groups, between which there are pauses.
    """
    return chance.choices(list(_GROUPINGS), list(_GROUPINGS.values()))[0]


def digits(chance: random.Random) -> list[str]:
    """Make up an order number.

    Args:
        chance: Decides.

    Returns:
        Six spoken digits.
    """
    zero = chance.choice(("zero", "oh"))
    return [zero if digit == "zero" else digit for digit in chance.choices(TEN_DIGITS, k=_LENGTH)]


def grouped(words: Sequence[str], sizes: Sequence[int]) -> str:
    """Put pauses between groups of words.

    Args:
        words: Such as digits.
        sizes: How many words are in each group.

    Returns:
        A line with `|` between the groups.
    """
    rest = iter(words)
    return " | ".join(" ".join(next(rest) for _ in range(size)) for size in sizes)


def _lines(kind: Kind) -> Sequence[tuple[Expect, str]]:
    match kind:
        case "pause_in_number":
            return [(NUMBER, "#")] * 6 + [(NUMBER, "it's #"), (FREE, "my order number is #")]
        case "back_channel":
            awaits = (FREE, FREE, YES_NO, NUMBER)
            return [(awaited, line) for awaited in awaits for line in BACK_CHANNELS]
    listed = {"whole": _WHOLE, "searching": _SEARCHING, "clauses": _CLAUSES}[kind]
    return [(awaited, line) for awaited, lines in listed.items() for line in lines]


def _number_with_pauses(chance: random.Random) -> str:
    style = chance.random()
    if style < 0.12:  # "forty eight | twenty nine | thirty one"
        return " | ".join(
            f"{chance.choice(_TENS)} {chance.choice(TEN_DIGITS[1:])}" for _ in range(3)
        )
    said = digits(chance)
    if style < 0.22:  # "double five nine | zero one two"
        return grouped(["double", *said[:5]], (3, 3))
    letter = f"{chance.choice(_LETTERS)} " if style < 0.32 else ""
    return letter + grouped(said, grouping(chance))
