"""What a turn is taken for: an answer to the open question, the best of its readings, one request.

The assistant's own classifier knows nothing of the question, of what else the recogniser may have
heard, or of a second request in the same breath; here it is asked about each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rasa.core.agent import Agent
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from channels.breath import KINDS, Understood, also, cuts, two_requests
from channels.fitting import fitting_intent
from channels.hearings import SURE, other_readings, same_numbers, swapped
from channels.turn_request import TurnRequest

FALLBACK = "nlu_fallback"
MOST_ANSWER_WORDS = 20  # more than the longest answer that says nothing else: a spelled number

Parsed = dict[str, Any]
"""What Rasa makes of a text: `text`, `intent`, `intent_ranking`, `entities`."""


@dataclass(frozen=True)
class UnderstoodTurn:
    """A turn as it goes on to Rasa.

    Attributes:
        asked: With the reading that is believed as its text.
        parsed: What it was understood as; None for what only the gateway says.
    """

    asked: TurnRequest
    parsed: Parsed | None


async def understand(
    agent: Agent, asked: TurnRequest, expects: Mapping[str, Any] | None
) -> UnderstoodTurn:
    """Understand a turn.

    Args:
        agent: A loaded agent.
        asked: The turn as the gateway sent it.
        expects: What the line awaits, as `last_expect` finds it.

    Returns:
        The turn with the text that is believed, and what that was understood as. A second request
        of the same breath is in its metadata, as `also`.
    """
    if asked.text.startswith("/"):
        return UnderstoodTurn(asked, None)
    answer = await _as_answer(agent, asked, expects)
    return answer or await _one_request(agent, await _best_reading(agent, asked))


async def _as_answer(
    agent: Agent, asked: TurnRequest, expects: Mapping[str, Any] | None
) -> UnderstoodTurn | None:
    """Take a turn for the answer to the open question, if it fits that and says nothing else."""
    if len(asked.text.split()) > MOST_ANSWER_WORDS:
        return None
    intent = fitting_intent(asked.text, expects)
    if intent is None:
        return None
    parsed: Parsed = await agent.parse_message(asked.text)
    parsed["intent"] = {"name": intent, "confidence": 1.0}
    return UnderstoodTurn(asked, parsed)


def last_expect(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    """Find what the line awaits since its latest answer.

    Args:
        tracker: The call's tracker between two turns.

    Returns:
        The latest `expect` message; None if that answer had none.
    """
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return None
        custom = (event.data or {}).get("custom") if isinstance(event, BotUttered) else None
        if isinstance(custom, dict) and custom.get("type") == "expect":
            return custom
    return None


async def _best_reading(agent: Agent, asked: TurnRequest) -> UnderstoodTurn:
    """Take another reading of what was said, where the likeliest one is not understood."""
    parsed: Parsed = await agent.parse_message(asked.text)
    best, best_text = _understood(parsed), asked.text
    if best.intent != FALLBACK and best.confidence >= SURE:
        return UnderstoodTurn(asked, parsed)
    others = other_readings(asked.metadata)
    for text in (each for each in others if same_numbers(asked.text, each)):
        other: Parsed = await agent.parse_message(text)
        understood = _understood(other)
        if understood.intent != FALLBACK and understood.confidence > best.confidence:
            best, best_text, parsed = understood, text, other
    if best_text != asked.text:
        metadata = swapped(asked.metadata, best_text, asked.text)
        asked = replace(asked, text=best_text, metadata=metadata)
    return UnderstoodTurn(asked, parsed)


async def _one_request(agent: Agent, turn: UnderstoodTurn) -> UnderstoodTurn:
    """Leave one request in a turn; a second one of the same breath goes into its metadata."""
    for halves in cuts(turn.asked.text):
        second = _understood(await agent.parse_message(halves.second))
        if second.intent not in KINDS:
            continue
        parsed: Parsed = await agent.parse_message(halves.first)
        if two_requests(_understood(parsed), second):
            metadata = {**turn.asked.metadata, "also": also(halves, second)}
            return UnderstoodTurn(replace(turn.asked, text=halves.first, metadata=metadata), parsed)
    return turn


def _understood(parsed: Parsed) -> Understood:
    intent = parsed.get("intent") or {}
    return Understood(str(intent.get("name")), float(intent.get("confidence") or 0.0))
