"""Responses in turn, as Rasa asks for them."""

from __future__ import annotations

from typing import Any

from nlg.varied import VariedResponses
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
responses:
  utter_open:
  - text: "{who} is open until {until}."
  - text: "Until {until}, {who} is open."
  utter_bye:
  - text: "Goodbye. Thank you."
  utter_sorry:
  - text: "Thank you. That helps."
  - text: "Good."
"""
)


def call(*said: str) -> DialogueStateTracker:
    tracker = DialogueStateTracker("call-1", DOMAIN.slots)
    for text in said:
        tracker.update(BotUttered(text))
    return tracker


async def worded(tracker: DialogueStateTracker, response: str, **values: Any) -> str:
    generated = await VariedResponses(None, DOMAIN).generate(response, tracker, "voice", **values)
    assert generated is not None
    return str(generated["text"])


async def test_a_response_with_values_is_worded_differently_the_next_time() -> None:
    values = {"who": "our store", "until": "7 PM"}
    first = await worded(call(), "utter_open", **values)
    assert first == "Our store is open until 7 PM."
    second = await worded(call(first), "utter_open", **values)
    assert second == "Until 7 PM, our store is open."


async def test_two_responses_of_one_action_do_not_share_a_sentence() -> None:
    tracker = call()
    assert await worded(tracker, "utter_bye") == "Goodbye. Thank you."
    assert await worded(tracker, "utter_sorry") == "Good."


async def test_a_single_wording_is_not_said_twice_running() -> None:
    assert await worded(call("Thank you. Goodbye."), "utter_bye") == "Thank you."
