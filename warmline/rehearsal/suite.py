"""Many conversations, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from warmline.rehearsal.conversation_file import Conversation
from warmline.rehearsal.ears import Ear
from warmline.rehearsal.judgement import Verdict, judge
from warmline.rehearsal.rehearse import rehearse
from warmline.rehearsal.stage import Stage

OnDone = Callable[[Verdict], None]


async def play_all(
    conversations: Sequence[Conversation],
    stage: Stage,
    ear: Ear,
    *,
    at_once: int = 3,
    on_done: OnDone | None = None,
) -> list[Verdict]:
    """Play conversations and judge them.

    Args:
        conversations: Which ones.
        stage: Where.
        ear: How the callers are heard.
        at_once: How many go on beside each other.
        on_done: Is given each verdict as soon as it is there.

    Returns:
        The verdicts, in the order of the conversations.
    """
    seats = asyncio.Semaphore(at_once)

    async def play(conversation: Conversation) -> Verdict:
        async with seats:
            verdict = judge(await rehearse(conversation, stage, ear))
        if on_done is not None:
            on_done(verdict)
        return verdict

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(play(each)) for each in conversations]
    return [task.result() for task in tasks]
