"""The real assistant, asked whether what was heard so far is a whole turn.

It judges by its open question, so one call is brought to each kind of question. A guess leaves no
trace, so all turns may share these calls.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from benchmarks.bench_line import bench_line
from contact_center.seed import DEMO_CUSTOMER
from voice_gateway.assistant import START_OF_CALL, AssistantClient, Understood
from voice_gateway.conversation.commands import Expect
from warmline.private_line import PrivateLine

_WAYS: Final[dict[str, tuple[str, ...]]] = {
    "free": (),
    "digits": ("where is my order",),
    "yes_no": ("where is my order", "four eight two nine one three"),
    "choice": ("i forgot my password",),
}
"""What brings a caller to a question that awaits such an answer."""
_KNOWN: Final = frozenset({"choice"})  # only a caller who is known is offered a choice


class Understanding:
    """Asks the assistant of a line to guess.

    Args:
        line: It runs.
        loop: Where it was begun.
    """

    def __init__(self, line: PrivateLine, loop: asyncio.AbstractEventLoop) -> None:
        settings = line.settings
        self._client = AssistantClient(
            settings.assistant_url, settings.assistant_secret.get_secret_value()
        )
        self._loop = loop
        self._known: dict[tuple[str, str], bool] = {}

    def whole(self, text: str, awaited: Expect) -> bool:
        """Ask about a turn so far.

        Args:
            text: What was heard.
            awaited: What the bot waits for.

        Returns:
            Whether the assistant takes it as something complete.
        """
        key = text, awaited.grammar
        if key not in self._known:
            asked = asyncio.run_coroutine_threadsafe(self._ask(*key), self._loop)
            self._known[key] = asked.result(timeout=30)
        return self._known[key]

    async def prepare(self) -> None:
        """Bring a call to each kind of question."""
        for grammar, said in _WAYS.items():
            for text in (START_OF_CALL, *said):
                async for _ in self._client.turn(_call(grammar), "", text, _about(grammar)):
                    pass

    async def close(self) -> None:
        """Hang up."""
        await self._client.close()

    async def _ask(self, text: str, grammar: str) -> bool:
        about = {**_about(grammar), "guess": True}
        async for answer in self._client.turn(_call(grammar), "", text, about):
            if isinstance(answer, Understood):
                return answer.whole
        return False


@contextmanager
def understanding() -> Iterator[Understanding]:
    """Bring a line up beside the measurement, for its assistant.

    Returns:
        What asks it.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="assistant", daemon=True)
    thread.start()
    line = bench_line()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    asked = Understanding(run(line.__aenter__()), loop)
    try:
        run(asked.prepare())
        yield asked
    finally:
        run(asked.close())
        run(line.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _call(grammar: str) -> str:
    return f"measuring-{grammar.replace('_', '-')}"


def _about(grammar: str) -> dict[str, Any]:
    caller = {"number": None, "customer_id": None, "name": None, "tier": None}
    if grammar in _KNOWN:
        caller |= {"number": DEMO_CUSTOMER.phone, "customer_id": 1}
    return {"caller": caller, "asr": {"confidence": 0.95, "alternatives": []}, "channel": "voice"}
