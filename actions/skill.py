"""The border between Rasa and the skills: a tracker becomes a `Turn`, a `Turn` events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.business import Business
from actions.password_reset import TASK
from actions.respond import respond
from actions.turn import Instruct, Say, SayAgain, Turn
from contact_center.only_reading import refuse_if_only_reading

# What the assistant says about its own words is not part of the answer to repeat.
NOT_REPEATED = frozenset({"utter_repeat", "utter_slow_down", "utter_even_slower"})


class SkillAction(Action):  # type: ignore[misc]
    """Answers the caller's turn as a Rasa action."""

    def __init__(self, name: str, business: Business) -> None:
        """Bind an action's name in the domain to the business it works on."""
        self._name = name
        self._business = business

    def name(self) -> str:
        """The action's name in the domain."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Any]:
        """Run the skill on the caller's latest turn.

        Raises:
            WriteRefused: This is a guess, and its answer would do something; or it is of a password
                reset, whoever's it is, so that no lookup of an account is ever guessed.
        """
        turn = turn_of(tracker)
        if turn.get("active_task") == TASK:
            refuse_if_only_reading("a password reset is under way")
        await respond(self._name, turn, self._business)
        for message in turn.messages:
            match message:
                case Say(response, values):
                    dispatcher.utter_message(response=response, **values)
                case SayAgain(text):
                    dispatcher.utter_message(text=text)
                case Instruct(payload):
                    dispatcher.utter_message(json_message=dict(payload))
        return [SlotSet(name, value) for name, value in turn.changes.items()]


def turn_of(tracker: Tracker) -> Turn:
    """Read the caller's latest turn from a tracker.

    Args:
        tracker: As Rasa sends it to the action server.

    Returns:
        The turn, with nothing answered yet.
    """
    latest = tracker.latest_message or {}
    intent = latest.get("intent") or {}
    metadata = latest.get("metadata") or {}
    asr = metadata.get("asr") or {}
    return Turn(
        call_id=str(tracker.sender_id),
        text=str(latest.get("text") or ""),
        intent=intent.get("name"),
        confidence=intent.get("confidence"),
        slots=tracker.slots,
        alternatives=tuple(str(each) for each in asr.get("alternatives") or ()),
        metadata=metadata,
        last_answer=tuple(_last_answer(tracker.events)),
        answered=_answered(tracker.events),
    )


def _answered(events: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether something has been said since the caller's latest turn."""
    for event in reversed(events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot" and event.get("text"):
            return True
    return False


def _last_answer(events: Sequence[Mapping[str, Any]]) -> list[SayAgain | Instruct]:
    """Collect what the assistant said between the caller's latest two turns."""
    turns = [at for at, event in enumerate(events) if event.get("event") == "user"]
    if not turns:
        return []
    previous = turns[-2] if len(turns) > 1 else -1
    answer: list[SayAgain | Instruct] = []
    for event in events[previous + 1 : turns[-1]]:
        if event.get("event") != "bot":
            continue
        if (event.get("metadata") or {}).get("utter_action") in NOT_REPEATED:
            continue
        custom = (event.get("data") or {}).get("custom")
        if custom and custom.get("type") == "expect":
            answer.append(Instruct(custom))
        elif event.get("text"):
            answer.append(SayAgain(str(event["text"])))
    return answer
