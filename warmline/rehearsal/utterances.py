"""Single utterances and what the assistant takes them for, without a conversation around them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from voice_gateway.assistant import DialogueState
from warmline.places import PROJECT
from warmline.rehearsal.caller import BotTurn, Spoken
from warmline.rehearsal.conversation_file import DEFAULT_AT, ConversationError, Line, read_moment
from warmline.rehearsal.ears import Ear
from warmline.rehearsal.figures import Recognised
from warmline.rehearsal.stage import Stage

HELD_OUT = PROJECT / "tests" / "nlu_data" / "heldout_utterances.yml"
NOTHING = "nothing heard"


def read_utterances(path: Path = HELD_OUT) -> list[tuple[str, str]]:
    """Read utterances with their intents.

    Args:
        path: A YAML file: a list of utterances for each intent.

    Returns:
        (utterance, intent).

    Raises:
        ConversationError: It is no such file.
    """
    written = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    if not isinstance(written, Mapping):
        raise ConversationError(f"{path.name}: must have a list of utterances for each intent")
    return [(str(text), str(intent)) for intent, texts in written.items() for text in texts]


async def understand_all(
    utterances: Sequence[tuple[str, str]],
    stage: Stage,
    ear: Ear,
    *,
    at_once: int = 3,
    on_done: Callable[[], None] = lambda: None,
) -> list[Recognised]:
    """Say each utterance in a call of its own and see what it is taken for.

    Args:
        utterances: With their intents.
        stage: Where.
        ear: How they are heard.
        at_once: How many at a time.
        on_done: Is called after each.

    Returns:
        What each was taken for, in their order.
    """
    seats = asyncio.Semaphore(at_once)
    now = read_moment(DEFAULT_AT, stage.settings.zone)

    async def understand(text: str, intent: str) -> Recognised:
        async with seats:
            spoken = Spoken(Line(say=text), words=text)
            heard = (await ear.hear(spoken, BotTurn(), call=text, turn=0)).text
            call_id = f"utterance-{uuid.uuid4().hex[:12]}"
            stage.clock.set(call_id, now)
            found = await _intent(stage, call_id, heard) if heard else NOTHING
        on_done()
        return Recognised(text, heard, intent, found)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(understand(text, intent)) for text, intent in utterances]
    return [task.result() for task in tasks]


async def _intent(stage: Stage, call_id: str, text: str) -> str:
    metadata = {"caller": {}, "channel": "voice"}
    async for answer in stage.assistant.turn(call_id, "t1", text, metadata):
        if isinstance(answer, DialogueState):
            return str((answer.state.get("intent") or {}).get("name") or "none")
    return "no answer"
