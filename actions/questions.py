"""What the assistant asks: the wording of each question and what the recogniser should expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contact_center.one_time_codes import DIGITS as CODE_DIGITS
from contact_center.spoken_numbers import ORDER_DIGITS


@dataclass(frozen=True)
class Question:
    """A question and the shape of its answer.

    Attributes:
        response: The response that words it.
        grammar: What to listen for: free, digits, code, yes_no or choice.
        choices: The words to choose from, if it is a choice.
        length: How many digits, if it asks for digits or reads some back.
        secret: The answer must not be written down by anyone; only its result reaches a skill.
        patience: Extra seconds of silence to allow, where the answer has to be fetched.
        help: The response that says what the question is about, and why it is asked.
        decides: The caller is asked to decide, so that "never mind" is a no; otherwise a detail
            is asked for, and "never mind" gives up the task that needs it.
    """

    response: str
    grammar: str = "free"
    choices: tuple[str, ...] = ()
    length: int | None = None
    secret: bool = False
    patience: float = 0.0
    help: str = "utter_help"
    decides: bool = False

    def expect(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Describe the awaited answer to the voice gateway.

        Args:
            values: The values that filled the question; `length` overrides the usual length,
                `choices` the usual choices, and `secret` makes an answer secret that usually is
                not.

        Returns:
            An `expect` message.
        """
        message: dict[str, Any] = {"type": "expect", "grammar": self.grammar}
        choices = values.get("choices") or self.choices
        if choices:
            message["choices"] = list(choices)
        length = values.get("length", self.length)
        if length is not None:
            message["length"] = int(length)
        if self.secret or values.get("secret"):
            message["secret"] = True
        if self.patience:
            message["patience"] = self.patience
        return message


CONTACT_CHOICES = ("email", "text message")

QUESTIONS: dict[str, Question] = {
    "order_number": Question(
        "utter_ask_order_number", "digits", length=ORDER_DIGITS, help="utter_help_order_number"
    ),
    "rest_of_number": Question(
        "utter_ask_rest_of_number", "digits", length=ORDER_DIGITS, help="utter_help_order_number"
    ),
    # With a length, because "no" is mostly followed by the number as it should be.
    "confirm_number": Question(
        "utter_confirm_number", "yes_no", length=ORDER_DIGITS, help="utter_help_confirm_number"
    ),
    "confirm_recent": Question("utter_confirm_recent", "yes_no", help="utter_help_confirm_recent"),
    "confirm_cancel": Question(
        "utter_confirm_cancel", "yes_no", help="utter_help_confirm_cancel", decides=True
    ),
    "confirm_near": Question("utter_confirm_near", "yes_no", help="utter_help_which_order"),
    "which_order": Question("utter_ask_which_order", "choice", help="utter_help_which_order"),
    "offer_trace": Question("utter_offer_trace", "yes_no", help="utter_help_step", decides=True),
    "offer_replacement": Question(
        "utter_offer_replacement", "yes_no", help="utter_help_step", decides=True
    ),
    "offer_refund": Question("utter_offer_refund", "yes_no", help="utter_help_step", decides=True),
    "replacement_or_refund": Question(
        "utter_ask_replacement_or_refund",
        "choice",
        (
            "a replacement",
            "replacement",
            "the replacement",
            "a refund",
            "refund",
            "the refund",
            "my money back",
            "the money back",
            "the money",
            "the first",
            "the second",
            "neither",
        ),
        help="utter_help_step",
        decides=True,
    ),
    "confirm_problem": Question(
        "utter_confirm_problem", "yes_no", help="utter_help_confirm_problem", decides=True
    ),
    "offer_label": Question("utter_offer_label", "yes_no", help="utter_help_step", decides=True),
    "contact_kind": Question(
        "utter_ask_contact_kind", "choice", CONTACT_CHOICES, help="utter_help_contact_kind"
    ),
    "code": Question(
        "utter_ask_code",
        "digits",
        length=CODE_DIGITS,
        secret=True,
        patience=25.0,
        help="utter_help_code",
    ),
    "about_order": Question(
        "utter_ask_about_order", "yes_no", help="utter_help_about_order", decides=True
    ),
    "offer_person": Question(
        "utter_offer_person", "yes_no", help="utter_help_offer_person", decides=True
    ),
    "go_on_with": Question(
        "utter_ask_go_on_with", "yes_no", help="utter_help_go_on_with", decides=True
    ),
    # Short enough to follow two sentences.
    "go_on_briefly": Question(
        "utter_ask_go_on_briefly", "yes_no", help="utter_help_go_on_with", decides=True
    ),
    "other_request": Question(
        "utter_ask_other_request", "yes_no", help="utter_help_go_on_with", decides=True
    ),
    "anything_else": Question("utter_anything_else", help="utter_what_can_you_do", decides=True),
    "what_then": Question("utter_go_ahead", help="utter_what_can_you_do", decides=True),
    "resume": Question("utter_ask_resume", "yes_no", help="utter_help_resume", decides=True),
}
