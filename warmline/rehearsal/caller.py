"""The simulated caller: decides what to say next from what the bot asked. No I/O, no chance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from contact_center.order_numbers import normalise
from contact_center.spoken_numbers import candidates
from warmline.rehearsal.cast import Cast, CastOrder
from warmline.rehearsal.conversation_file import BLANK, Conversation, Line
from warmline.rehearsal.spoken_values import spoken

FREE_TURNS: Final = frozenset({"anything_else", "what_then", "about_order"})
"""Questions that leave it to the caller what comes next."""
_ASK_FOR_NUMBER: Final = frozenset({"order_number", "rest_of_number"})
_WHOLE: Final = frozenset({"", "pairs", "double"})
_KEYS: Final = re.compile(r"\b(?:key (?:it|them|the \w+ digits)? ?in|keys|press)\b", re.I)
_BY_VOICE: Final = re.compile(r"\b(?:say|tell|speak)\b", re.I)
_NO_MORE: Final = "no that's all thank you"
_LAST_WORDS: Final = 2


@dataclass(frozen=True)
class BotTurn:
    """What the caller heard and was asked.

    Attributes:
        texts: What the bot said.
        question: The open question, a key of `actions.questions.QUESTIONS`.
        values: What filled the question.
        grammar: The kind of answer it awaits.
        choices: The words to choose from, if it is a choice.
        length: How many digits it awaits, if it is digits.
        secret: Whether the answer is masked before the bot gets it.
        misunderstood: Whether the bot did not understand the turn before.
    """

    texts: tuple[str, ...] = ()
    question: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    grammar: str = "free"
    choices: tuple[str, ...] = ()
    length: int | None = None
    secret: bool = False
    misunderstood: bool = False

    @property
    def text(self) -> str:
        """All that the bot said."""
        return " ".join(self.texts)


@dataclass(frozen=True)
class Spoken:
    """What the caller does in a turn.

    Attributes:
        line: As it was written.
        words: What is said; "" when keys are pressed or nothing is said.
        keys: What is keyed in.
        number: The order number that the caller means by it; "" if none.
        full_number: The order number that is said in full and right.
    """

    line: Line
    words: str = ""
    keys: str = ""
    number: str = ""
    full_number: str = ""


class SimulatedCaller:
    """One caller in one call.

    Args:
        conversation: What they come up with and how they answer.
        cast: Their orders.
    """

    def __init__(self, conversation: Conversation, cast: Cast) -> None:
        self._conversation = conversation
        self._cast = cast
        self._lines = [line for line in conversation.says if line.during is None]
        self._during = [line for line in conversation.says if line.during is not None]
        self._given: dict[str, int] = {}
        self._last: Spoken | None = None
        self._repeated = False
        self._goodbyes = 0
        self._code: str | None = None

    def answer(self, heard: BotTurn, code: str | None = None) -> Spoken | None:
        """Decide what to say.

        Args:
            heard: What the bot said and asked.
            code: The code that was sent to the caller last, if one was.

        Returns:
            What is said or keyed in; None when the caller hangs up.
        """
        self._code = code
        if heard.misunderstood and self._last is not None and not self._repeated:
            self._repeated = True
            return self._last
        self._repeated = False
        self._last = self._decide(heard)
        return self._last

    def _decide(self, heard: BotTurn) -> Spoken | None:
        question = heard.question
        for line in self._during:
            if line.during == question:
                self._during.remove(line)
                return self._say(line)
        if question is not None and (written := self._written_answer(question)) is not None:
            return self._say(self._by_keys(written, heard))
        if question is None or question in FREE_TURNS:
            return self._next_line(question)
        words = self._own_answer(heard)
        return self._say(self._by_keys(Line(say=words), heard))

    def _by_keys(self, line: Line, heard: BotTurn) -> Line:
        """Press the code instead of saying it, if the bot asks for the keys alone."""
        able = self._conversation.caller is None or self._conversation.caller.keys
        if not (able and self._code and heard.secret and _asks_for_keys(heard.text)):
            return line
        code = next((f"{{{':'.join(filter(None, each))}}}" for each in line.blanks), "")
        return Line(press=code) if code.startswith("{code") else line

    def _written_answer(self, question: str) -> Line | None:
        answers = self._conversation.answers.get(question)
        if answers is None:
            return None
        given = self._given.get(question, 0)
        self._given[question] = given + 1
        if answers.always:
            return answers.lines[0]
        return answers.lines[given] if given < len(answers.lines) else None

    def _next_line(self, question: str | None) -> Spoken | None:
        if self._lines:
            return self._say(self._lines.pop(0))
        self._goodbyes += 1
        if self._goodbyes > _LAST_WORDS:
            return None
        return self._say(Line(say="no thank you" if question == "anything_else" else _NO_MORE))

    def _own_answer(self, heard: BotTurn) -> str:
        """What callers answer who were told nothing about a question."""
        match heard.question:
            case "order_number":
                return self._number_in_words()
            case "rest_of_number":
                return self._rest_in_words(heard)
            case "confirm_number":
                return self._check_number(heard)
            case "contact_kind":
                return self._contact_kind()
            case "offer_person":
                return "yes please" if self._conversation.must.hands_over else "no thank you"
            case "resume":
                return "no"
        if heard.secret:
            return "{code}" if self._code else "i didn't get a code"
        if heard.grammar == "yes_no":
            return "no" if self._is_about_another(heard.text) else "yes"
        if heard.grammar == "choice" and heard.choices:
            return self._choice(heard.choices)
        if heard.grammar == "digits":
            return self._number_in_words()
        if self._wanted and "order" in str(heard.question):
            return f"the {self._wanted.items[0]}"
        return "yes"

    @property
    def _wanted(self) -> CastOrder | None:
        """The order that the call is about."""
        must = self._conversation.must
        named = must.order or next(iter(must.changes), None)
        if named is not None and named in self._cast.orders:
            return self._cast.orders[named]
        own = [order for order in self._cast.orders.values() if order.own]
        return own[0] if own else None

    def _number_in_words(self) -> str:
        return f"{{{self._wanted.nickname}}}" if self._wanted else "i don't have it"

    def _rest_in_words(self, heard: BotTurn) -> str:
        if self._wanted is None:
            return "i don't know the rest"
        missing = heard.length or int(heard.values.get("length") or 3)
        return spoken(self._wanted.number[-missing:])

    def _check_number(self, heard: BotTurn) -> str:
        said = self._last.number if self._last else ""
        right = said or (self._wanted.number if self._wanted else "")
        if not right:
            return "yes"
        # The latest text asks; one before it may hold another number.
        read_back = normalise(str(heard.values.get("number") or ""))
        if not read_back:
            read_back = "".join(re.findall(r"\b[A-Z]\b(?=,)|\d", heard.text))
        return "yes that's right" if read_back == right else f"no it's {spoken(right)}"

    def _contact_kind(self) -> str:
        caller = self._conversation.caller
        kinds = caller.contacts.kinds if caller else ("email",)
        return "by email please" if "email" in kinds else "by text message please"

    def _is_about_another(self, text: str) -> bool:
        """Whether a question names another order of the caller's, and not the one that is meant."""
        if self._wanted is None or _names(text, self._wanted.items):
            return False
        return any(
            _names(text, order.items)
            for order in self._cast.orders.values()
            if order.own and order is not self._wanted
        )

    def _choice(self, choices: Sequence[str]) -> str:
        if self._wanted is not None:
            words = set(" ".join(self._wanted.items).lower().split())
            fitting = [each for each in choices if words & set(each.lower().split())]
            if fitting:
                return max(fitting, key=lambda each: len(words & set(each.lower().split())))
        return choices[0]

    def _say(self, line: Line) -> Spoken:
        number = self._number_given(line)
        return Spoken(
            line,
            words=BLANK.sub(self._filled, line.say),
            keys=re.sub(r"[^0-9*#]", "", BLANK.sub(self._keyed, line.press)),
            number=number,
            full_number=number if self._in_full(line, number) else "",
        )

    def _number_given(self, line: Line) -> str:
        """The number the caller means by a line, even one they get wrong at first."""
        for name, _ in line.blanks:
            if name in self._cast.orders:
                return self._cast.orders[name].number
        found = candidates(line.say)
        # What is said in parts, or "yes", leaves the number that was meant before.
        return found[0] if found else (self._last.number if self._last else "")

    def _in_full(self, line: Line, number: str) -> bool:
        forms = {form for name, form in line.blanks if name in self._cast.orders}
        return bool(forms & _WHOLE) or number in candidates(line.say)

    def _filled(self, blank: re.Match[str]) -> str:
        name, form = blank[1], blank[2] or ""
        if name == "code":
            return spoken(self._code_in(form)) if self._code else "i didn't get a code"
        order = self._cast.orders[name]
        return spoken(order.number, form, wrong=order.wrong)

    def _keyed(self, blank: re.Match[str]) -> str:
        if blank[1] == "code":
            return self._code_in(blank[2] or "")
        order = self._cast.orders[blank[1]]
        return order.wrong if blank[2] == "wrong" else order.number

    def _code_in(self, form: str) -> str:
        code = self._code or ""
        match form:
            case "first":
                return code[:3]
            case "last":
                return code[3:]
            case "wrong":
                return "".join(str((int(digit) + 1) % 10) for digit in code)
            case _:
                return code


def _asks_for_keys(text: str) -> bool:
    return bool(_KEYS.search(text)) and not _BY_VOICE.search(text)


def _names(text: str, items: Sequence[str]) -> bool:
    """Whether a text names one of these items, by its last word at least."""
    return any(re.search(rf"\b{re.escape(item.split()[-1])}", text, re.I) for item in items)
