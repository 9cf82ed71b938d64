"""A call's side of the assistant: sends the caller's turns and passes on what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from contact_center.calls import Call, Calls, ResumableCall
from contact_center.database import StorageError
from contact_center.one_time_codes import OneTimeCodes
from voice_gateway import metrics
from voice_gateway.assistant import (
    ENTER_CODE,
    START_OF_CALL,
    AssistantClient,
    DialogueState,
    Understood,
)
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.commands import AskAssistant
from voice_gateway.conversation.transcript import MASK
from voice_gateway.secret_entry import Entry, SecretEntry
from voice_gateway.stopwatch import Stopwatch

log = structlog.get_logger(__name__)


class Asking:
    """Asks the assistant about one call's turns, one after the other.

    Args:
        assistant: What understands and decides.
        calls: Where its state is stored.
        codes: Checks codes, of which the assistant learns no digit.
        secret: Where the digits of a code are kept.
        stopwatch: Is told when an answer comes.
        happen: Takes the answers.
        prepare: Gets a text ready to be said.
        now: The wall clock, aware.
    """

    def __init__(
        self,
        assistant: AssistantClient,
        calls: Calls,
        codes: OneTimeCodes,
        secret: SecretEntry,
        stopwatch: Stopwatch,
        happen: Callable[[ev.Event], None],
        prepare: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self._assistant = assistant
        self._calls = calls
        self._codes = codes
        self._secret = secret
        self._stopwatch = stopwatch
        self._happen = happen
        self._prepare = prepare
        self._now = now
        self._one_at_a_time = asyncio.Lock()
        self._guess: asyncio.Task[None] | None = None
        self._guessed: AskAssistant | None = None

    def ask(
        self, call: Call, broken_off: ResumableCall | None, turn: AskAssistant
    ) -> Coroutine[Any, Any, None]:
        """Begin to ask about a turn.

        Args:
            call: The call.
            broken_off: The earlier call with which it may go on.
            turn: The turn.

        Returns:
            The rest, to be awaited: it ends when the assistant has answered.
        """
        self._stopwatch.asked(turn.turn_id, asyncio.get_running_loop().time())
        if self._guessed != replace(turn, turn_id=""):
            self.drop_guess()
        about = _about(call, turn)
        about["resume"] = broken_off.state if broken_off and turn.text == START_OF_CALL else None
        # What was said beside a code goes to the assistant as it is; a code alone is tried first.
        words = " ".join(word for word in turn.text.split() if word != MASK)
        if words:
            return self._ask(call.call_id, turn.turn_id, words, about)
        entry = self._secret.take() if self._secret.asked else None
        return self._ask_about_code(call.call_id, turn.turn_id, entry, about)

    def guess(self, call: Call, turn: AskAssistant) -> None:
        """Begin to find out what the assistant would answer, without any effect.

        If the turn is asked about afterwards, the assistant answers from the guess.

        Args:
            call: The call.
            turn: What would be asked.
        """
        self.drop_guess()
        self._guessed = turn
        self._guess = asyncio.create_task(self._foresee(call, turn), name="guess")

    def drop_guess(self) -> None:
        """Forget what was guessed, or is being."""
        if self._guess:
            self._guess.cancel()
        self._guess = self._guessed = None

    async def _foresee(self, call: Call, turn: AskAssistant) -> None:
        about = {**_about(call, turn), "resume": None, "guess": True}
        first = True
        async for answer in self._assistant.turn(call.call_id, "", turn.text, about):
            match answer:
                case Understood(whole):
                    self._happen(ev.AnswerGuessed(turn.text, whole))
                case ev.AssistantMessage(_, text) if first:
                    first = False
                    self._prepare(text)

    async def _ask_about_code(
        self, call_id: str, turn_id: str, entry: Entry | None, about: dict[str, Any]
    ) -> None:
        try:
            result = await self._try_code(call_id, entry)
        except StorageError as error:
            await self._on_answer(call_id, turn_id, ev.AssistantFailed(turn_id, str(error)))
        else:
            await self._ask(call_id, turn_id, ENTER_CODE, {**about, "code": result})
        finally:
            self._secret.settled()

    async def _try_code(self, call_id: str, entry: Entry | None) -> dict[str, Any]:
        if entry is None:
            return {"outcome": "none_sent", "tries_left": 0}
        if entry.missing:
            return {"outcome": "incomplete", "missing": entry.missing}
        tried = await self._codes.try_code(call_id, entry.code, self._now())
        return {"outcome": tried.outcome, "tries_left": tried.tries_left}

    async def _ask(self, call_id: str, turn_id: str, text: str, about: dict[str, Any]) -> None:
        async with self._one_at_a_time:
            async for answer in self._assistant.turn(call_id, turn_id, text, about):
                await self._on_answer(call_id, turn_id, answer)

    async def _on_answer(self, call_id: str, turn_id: str, answer: Any) -> None:
        match answer:
            case DialogueState(state):
                await self._calls.store_state(call_id, state, self._now())
                return
            case Understood():
                return
            case ev.AssistantMessage():
                self._stopwatch.answered(turn_id, asyncio.get_running_loop().time())
            case ev.AssistantFailed(_, error):
                metrics.ASSISTANT_FAILURES.inc()
                log.error("assistant_failed", call_id=call_id, turn_id=turn_id, error=error)
        self._happen(answer)


def _about(call: Call, turn: AskAssistant) -> dict[str, Any]:
    return {
        "caller": _about_caller(call),
        "asr": {
            "confidence": turn.transcript.confidence,
            "alternatives": list(turn.transcript.alternatives),
        },
        "affect": dict(turn.affect),
        "channel": "voice",
        "barge_in": turn.barge_in,
    }


def _about_caller(call: Call) -> dict[str, Any]:
    customer = call.customer
    return {
        "number": call.caller_number,
        "customer_id": customer.id if customer else None,
        "name": customer.name if customer else None,
        "tier": customer.tier if customer else None,
    }
