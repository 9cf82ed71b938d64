"""One turn answered by Rasa, as far as it can be taken back: storing it is a step of its own.

These are the steps of Rasa's own `MessageProcessor.handle_message`, with our understanding among
them, so that a call is read from the tracker store once a turn.
"""

from __future__ import annotations

from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker

from channels.surfacing import TurnFailed
from channels.turn_request import GUESS, TurnRequest
from channels.understanding import UnderstoodTurn, last_expect, understand
from channels.wholeness import is_whole

UNDERSTOOD = "understood"


async def answer(agent: Agent, asked: TurnRequest, output: OutputChannel) -> DialogueStateTracker:
    """Answer a turn, and store nothing.

    Args:
        agent: A loaded agent whose failures surface.
        asked: The turn as the gateway sent it. Of a guess, it is also sent what was understood,
            before anything is done, and every action is told that it is one.
        output: Where the answer is sent, message by message.

    Returns:
        The call's tracker after the turn.

    Raises:
        TurnFailed: An action failed, or what is to be guessed is nothing that was said.
    """
    processor = agent.processor
    metadata = asked.metadata
    tracker = await processor.fetch_tracker_and_update_session(asked.sender, output, metadata)
    expects = last_expect(tracker)
    turn = await understand(agent, asked, expects)
    metadata = turn.asked.metadata
    if asked.guess:
        await output.send_custom_json(asked.sender, _understood(asked.text, turn, expects))
        metadata = metadata | {GUESS: True}
    message = UserMessage(
        turn.asked.text,
        output,
        asked.sender,
        input_channel=output.name(),
        metadata=metadata,
        parse_data=turn.parsed,
    )
    await processor._handle_message_with_tracker(message, tracker)
    await processor.run_action_extract_slots(output, tracker)
    await processor._run_prediction_loop(output, tracker)
    return tracker


async def store(agent: Agent, tracker: DialogueStateTracker) -> DialogueStateTracker:
    """Store a call as it stands after a turn.

    Args:
        agent: The agent that answered the turn.
        tracker: As `answer` returned it; of a guess as well, which is none any more.

    Returns:
        The tracker.

    Raises:
        TurnFailed: It could not be stored.
    """
    said = tracker.latest_message
    for metadata in (said.metadata, said.parse_data.get("metadata")):
        (metadata or {}).pop(GUESS, None)
    await agent.processor.save_tracker(tracker)
    return tracker


def _understood(text: str, turn: UnderstoodTurn, expects: dict[str, Any] | None) -> dict[str, Any]:
    if turn.parsed is None:
        raise TurnFailed("only what a caller says is guessed")
    intent = turn.parsed.get("intent") or {}
    name, confidence = intent.get("name"), float(intent.get("confidence") or 0.0)
    return {
        "type": UNDERSTOOD,
        "intent": name,
        "confidence": confidence,
        "whole": is_whole(text, name, confidence, expects),
    }
