"""Our assistant where pipecat has a language model: the caller's turn in, sentences out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

import httpx
from loguru import logger
from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.text.simple_text_aggregator import SimpleTextAggregator

TURN_PATH: Final = "/webhooks/voice/turn"
START_OF_CALL: Final = "/start_call"
_NOT_HEARD: Final = "Sorry, I didn't catch that. Could you say it again?"


class Assistant:
    """The assistant's voice channel, on connections that all calls share.

    Args:
        url: Where it listens.
        secret: Shared with it.
        caller: What it is told of every caller.
    """

    def __init__(self, url: str, secret: str, caller: Mapping[str, Any]) -> None:
        self._caller = caller
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {secret}"},
            timeout=httpx.Timeout(12.0, connect=2.0),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
        )

    async def turn(self, call_id: str, text: str, confidence: float) -> AsyncIterator[str]:
        """Ask, and pass on each message as it comes.

        Args:
            call_id: Names the conversation.
            text: What the caller said.
            confidence: How sure the recogniser is of it.

        Yields:
            What is to be said.
        """
        metadata: dict[str, Any] = {
            "caller": self._caller,
            "asr": {"confidence": confidence, "alternatives": []},
            "affect": {},
            "channel": "voice",
            "barge_in": False,
            "resume": None,
        }
        body = {"sender": call_id, "text": text, "metadata": metadata}
        try:
            async with self._http.stream("POST", TURN_PATH, json=body) as response:
                response.raise_for_status()
                async for line in response.aiter_lines():
                    answer = json.loads(line) if line.strip() else {}
                    if "error" in answer:
                        logger.error(f"the assistant failed: {answer['error']}")
                    if "text" in answer:
                        yield answer["text"]
        except httpx.HTTPError as error:
            logger.error(f"the assistant failed: {type(error).__name__}: {error}")


class AssistantProcessor(FrameProcessor):
    """Answers each turn of the caller's; an interruption cancels it, as pipecat does with a model.

    Args:
        assistant: Shared by all calls.
        call_id: Names the conversation.
        confidence: Tells how sure the recogniser was of the last words.
    """

    def __init__(self, assistant: Assistant, call_id: str, confidence: Callable[[], float]) -> None:
        super().__init__()
        self._assistant = assistant
        self._call_id = call_id
        self._confidence = confidence

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a turn; pass everything else on."""
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        last: Any = frame.context.get_messages()[-1]
        await self.push_frame(LLMFullResponseStartFrame())
        if last["role"] == "user":
            asked = self._assistant.turn(self._call_id, last["content"], self._confidence())
            async for text in asked:
                await self._say(text)
        else:
            # Voice without words has cut the bot off: pipecat tells the model to ask again.
            await self._say(_NOT_HEARD)
        await self.push_frame(LLMFullResponseEndFrame())

    async def _say(self, text: str) -> None:
        """A message is whole, so its last sentence need not wait for what might follow."""
        sentences = SimpleTextAggregator()  # type: ignore[no-untyped-call]
        found = [sentence async for sentence in sentences.aggregate(text)]
        rest = await sentences.flush()
        for sentence in [*found, *([rest] if rest else [])]:
            await self.push_frame(AggregatedTextFrame(sentence.text, sentence.type))
