"""What the assistant asks: the wording of each question and what the recogniser should expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contact_center.spoken_numbers import ORDER_DIGITS


@dataclass(frozen=True)
class Question:
    """A question and the shape of its answer.

    Attributes:
        response: The response that words it.
        grammar: What to listen for: free, digits, code, yes_no or choice.
        choices: The words to choose from, if it is a choice.
        length: How many digits, if it asks for digits.
    """

    response: str
    grammar: str = "free"
    choices: tuple[str, ...] = ()
    length: int | None = None

    def expect(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Describe the awaited answer to the voice gateway.

        Args:
            values: The values that filled the question; `length` overrides the usual length.

        Returns:
            An `expect` message.
        """
        message: dict[str, Any] = {"type": "expect", "grammar": self.grammar}
        if self.choices:
            message["choices"] = list(self.choices)
        length = values.get("length", self.length)
        if length is not None:
            message["length"] = int(length)
        return message


CONTACT_CHOICES = ("email", "text message")

QUESTIONS: dict[str, Question] = {
    "order_number": Question("utter_ask_order_number", "digits", length=ORDER_DIGITS),
    "rest_of_number": Question("utter_ask_rest_of_number", "digits", length=ORDER_DIGITS),
    "confirm_number": Question("utter_confirm_number", "yes_no"),
    "confirm_recent": Question("utter_confirm_recent", "yes_no"),
    "confirm_cancel": Question("utter_confirm_cancel", "yes_no"),
    "contact_kind": Question("utter_ask_contact_kind", "choice", CONTACT_CHOICES),
    "offer_person": Question("utter_offer_person", "yes_no"),
    "anything_else": Question("utter_anything_else"),
    "what_then": Question("utter_go_ahead"),
    "resume": Question("utter_ask_resume", "yes_no"),
}
