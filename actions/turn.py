"""One turn of a call as a skill sees it: what the caller said, and the answer in the making."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.questions import QUESTIONS

Slots = Mapping[str, Any]

_YES = re.compile(
    r"^(?:(?:um|uh|er|ah|well|oh|hm|hmm|mm|so) )*"
    r"(yes|yeah|yep|yup|ya|sure|correct|right|exactly|please do|of course|"
    r"uh ?huh|mm+ h+m+|mhm|that's (right|correct|it|the one)|that is (right|correct)|go ahead|"
    r"okay|ok)\b"
)
_NO = re.compile(
    r"^(?:(?:um|uh|er|ah|well|oh|hm|hmm|mm|so|okay|ok|sorry) )*"
    r"(no|nope|nah|not|wrong|incorrect|that's (not|wrong)|that is (not|wrong)|that isn't"
    r"|don't)\b"
)

# So short that they do not count among the sentences before the caller gets the turn.
COURTESIES = frozenset({"utter_other_request", "utter_corrected"})


@dataclass(frozen=True)
class Say:
    """A response by name, with the values that fill it."""

    response: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SayAgain:
    """A text that was said before, said once more."""

    text: str


@dataclass(frozen=True)
class Instruct:
    """A custom message for the voice gateway."""

    message: Mapping[str, Any]


Message = Say | SayAgain | Instruct


@dataclass(frozen=True)
class Request:
    """Something the caller wants.

    Attributes:
        intent: Name of the intent.
        text: In the caller's words; "" when it is gone on with later.
    """

    intent: str
    text: str = ""


@dataclass
class Turn:
    """What the caller said in one turn, what is known of the call, and the answer so far.

    Attributes:
        call_id: The call.
        text: What was recognised.
        intent: Name of the recognised intent.
        confidence: Of the intent, 0 to 1.
        slots: The call's slots before this turn.
        alternatives: Other things the recogniser may have heard, likeliest first.
        metadata: As the voice gateway sent it.
        last_answer: Texts and instructions of the assistant's previous turn.
        answered: Whether an action before this one has spoken in this turn.
        messages: The answer, in the order in which it is sent.
        changes: Slots to set.
        then: What else is done in this turn, when the skill has answered.
    """

    call_id: str
    text: str = ""
    intent: str | None = None
    confidence: float | None = None
    slots: Slots = field(default_factory=dict)
    alternatives: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    last_answer: Sequence[SayAgain | Instruct] = ()
    answered: bool = False
    messages: list[Message] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    then: Request | None = None

    def get(self, slot: str) -> Any:
        """Read a slot, as this turn has set it so far."""
        return self.changes[slot] if slot in self.changes else self.slots.get(slot)

    def set(self, **slots: Any) -> None:
        """Set slots when the turn is over."""
        self.changes.update(slots)

    def note(self, slot: str, entry: str) -> None:
        """Add a line to a list slot, once."""
        entries = list(self.get(slot) or [])
        if entry not in entries:
            self.set(**{slot: [*entries, entry]})

    def counted(self, what: str) -> int:
        """How often something has happened since a task was last finished, such as a question."""
        return self._counts.get(what, 0)

    def count(self, what: str) -> int:
        """Count that it has happened once more; returns how often that makes."""
        times = self.counted(what) + 1
        self.set(asked={**self._counts, what: times})
        return times

    def count_anew(self, what: str) -> None:
        """Forget how often it has happened."""
        if what in self._counts:
            self.set(asked={name: times for name, times in self._counts.items() if name != what})

    @property
    def _counts(self) -> dict[str, int]:
        counts = self.get("asked")
        return dict(counts) if isinstance(counts, Mapping) else {}

    @property
    def customer_id(self) -> int | None:
        """The customer whose number is calling, if it is one's."""
        value = self.get("customer_id")
        return int(value) if value is not None else None

    @property
    def awaiting(self) -> str | None:
        """Name of the question the caller was asked last."""
        value = self.get("awaiting")
        return str(value) if value else None

    @property
    def hearings(self) -> tuple[str, ...]:
        """What was recognised, and what else it may have been."""
        return (self.text, *self.alternatives)

    def yes_or_no(self) -> bool | None:
        """Tell whether the caller agreed.

        Returns:
            True for yes, False for no, None if the turn was neither.
        """
        lowered = self.text.lower()
        if _NO.search(lowered):
            return False
        if _YES.search(lowered):
            return True
        return {"affirm": True, "deny": False}.get(self.intent or "")

    @property
    def told(self) -> int:
        """How many sentences that count are in this turn's answer so far."""
        said = [each for each in self.messages if isinstance(each, Say | SayAgain)]
        return sum(getattr(each, "response", None) not in COURTESIES for each in said)

    def say(self, response: str, **values: Any) -> None:
        """Answer by a response of `nlu_data/responses`, filled with values."""
        self.messages.append(Say(response, values))

    def ask(self, question: str, **values: Any) -> None:
        """Ask one of `questions.QUESTIONS` and remember that its answer is awaited."""
        asked = QUESTIONS[question]
        self.say(asked.response, **values)
        self.expect_answer(question, values)

    def expect_answer(self, question: str, values: Mapping[str, Any]) -> None:
        """Await the answer to a question whose words have been said already."""
        self.messages.append(Instruct(QUESTIONS[question].expect(values)))
        self.set(awaiting=question, question_values=dict(values))

    def expect_anything(self) -> None:
        """Let the caller speak freely, without a question of ours being open."""
        self.messages.append(Instruct({"type": "expect", "grammar": "free"}))

    def wait_for_answer(self) -> None:
        """Leave the open question open without saying it again, or let the caller speak freely."""
        if self.awaiting in QUESTIONS:
            self.expect_answer(self.awaiting, self.get("question_values") or {})
        else:
            self.expect_anything()

    def unask(self) -> str | None:
        """Take back the question that this turn asks, words and all.

        Returns:
            The question's name, or None if the turn asks nothing.
        """
        if not self.asks or self.awaiting not in QUESTIONS:
            return None
        question = self.awaiting
        response = QUESTIONS[question].response
        kept = [
            each
            for each in self.messages
            if not (isinstance(each, Instruct) and each.message.get("type") == "expect")
        ]
        if kept and isinstance(kept[-1], Say) and kept[-1].response == response:
            del kept[-1]
        self.messages = kept
        self.settle()
        return question

    @property
    def asks(self) -> bool:
        """Whether this turn's answer ends in a question of ours, in so many words."""
        if self.awaiting not in QUESTIONS:
            return False
        said = [each for each in self.messages if isinstance(each, Say)]
        return bool(said) and said[-1].response == QUESTIONS[self.awaiting].response

    def ask_again(self) -> bool:
        """Repeat the open question, if there is one.

        Returns:
            Whether there was one.
        """
        if self.awaiting not in QUESTIONS:
            return False
        self.ask(self.awaiting, **(self.get("question_values") or {}))
        return True

    def settle(self) -> None:
        """Close the open question."""
        self.set(awaiting=None, question_values=None)

    def hang_up(self) -> None:
        """End the call when the answer has been spoken."""
        self.messages.append(Instruct({"type": "hangup"}))

    def escalate(self, reason: str) -> None:
        """Ask the escalation policy to hand the call over.

        Args:
            reason: A hand-off reason of the hand-off packet.
        """
        self.settle()
        self.set(handoff_reason=reason)
