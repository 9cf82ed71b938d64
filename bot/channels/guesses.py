"""Answers that are worked out while it is not yet sure that the caller has finished.

A guess is worked out once, at most one for a call. If the turn is what was guessed, it becomes the
answer, also while it is still being worked out; anything else that the caller says drops it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from channels.turn_request import TurnRequest

KEPT_S = 30.0
MOST_KEPT = 200

Line = dict[str, Any]
SendLine = Callable[[Line], Awaitable[None]]


@dataclass(frozen=True)
class Ending:
    """What came of a turn.

    Attributes:
        tracker: The call's tracker after it; None if the turn could not be finished.
        error: Why not; None if it could.
    """

    tracker: DialogueStateTracker | None
    error: str | None = None


Work = Callable[[SendLine], Awaitable[Ending]]
DROPPED = Ending(None, "another turn came instead")


class Guess:
    """One answer in the making; whoever follows it hears it from the beginning.

    Args:
        asked: What may be the caller's turn.
        work: Works the answer out and sends its lines; raises nothing.
    """

    def __init__(self, asked: TurnRequest, work: Work) -> None:
        self.asked = asked
        self.lines: list[Line] = []
        self._followers: list[asyncio.Queue[Line | None]] = []
        self._task = asyncio.ensure_future(work(self._add))

    async def follow(self, send_line: SendLine) -> Ending:
        """Pass the answer on, as far as it has come and then as it comes.

        Args:
            send_line: Is given each line.

        Returns:
            What came of it; `DROPPED` if it was dropped meanwhile.
        """
        coming: asyncio.Queue[Line | None] = asyncio.Queue()
        for said in self.lines:
            coming.put_nowait(said)
        self._followers.append(coming)
        self._task.add_done_callback(lambda _: coming.put_nowait(None))
        while (line := await coming.get()) is not None:
            await send_line(line)
        return DROPPED if self._task.cancelled() else self._task.result()

    def drop(self) -> None:
        """Work it out no further; nothing happens if that is done."""
        self._task.cancel()

    async def _add(self, line: Line) -> None:
        self.lines.append(line)
        for follower in self._followers:
            follower.put_nowait(line)


class Guesses:
    """The guesses that may still be right, one for a call at most.

    Args:
        kept_s: For how long a guess is good, in seconds.
        most: How many are kept; beyond that, the oldest is dropped.
        clock: A clock that only goes forward, in seconds.
    """

    def __init__(
        self,
        kept_s: float = KEPT_S,
        most: int = MOST_KEPT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kept_s = kept_s
        self._most = most
        self._clock = clock
        self._kept: dict[str, tuple[Guess, float]] = {}  # the oldest first

    def __len__(self) -> int:
        """How many guesses are kept."""
        return len(self._kept)

    def begin(self, asked: TurnRequest, work: Work) -> Guess:
        """Begin a guess; an earlier one of the same call is dropped.

        Args:
            asked: What may be the caller's turn.
            work: Works the answer out.

        Returns:
            The guess, which is kept as well.
        """
        self._forget(asked.sender)
        guess = Guess(asked, work)
        self._kept[asked.sender] = (guess, self._clock() + self._kept_s)
        for sender in list(self._kept)[: -self._most]:
            self._forget(sender)
        self._forget_outdated()
        return guess

    def take(self, asked: TurnRequest) -> Guess | None:
        """Take out what was guessed of a turn; another guess of the same call is dropped.

        Args:
            asked: The caller's turn.

        Returns:
            The guess, if it was of this very turn.
        """
        self._forget_outdated()
        guess, _ = self._kept.get(asked.sender, (None, 0.0))
        if guess is not None and guess.asked == replace(asked, guess=True):
            del self._kept[asked.sender]
            return guess
        self._forget(asked.sender)
        return None

    def give_up(self, guess: Guess) -> None:
        """Drop a guess that nobody listens to any more, unless a turn has taken it.

        Args:
            guess: As `begin` returned it.
        """
        kept, _ = self._kept.get(guess.asked.sender, (None, 0.0))
        if kept is guess:
            self._forget(guess.asked.sender)

    def _forget_outdated(self) -> None:
        now = self._clock()
        for sender, (_, until) in list(self._kept.items()):
            if until > now:
                break
            self._forget(sender)

    def _forget(self, sender: str) -> None:
        guess, _ = self._kept.pop(sender, (None, 0.0))
        if guess is not None:
            guess.drop()


def going_on(send_line: SendLine, said: Sequence[Line]) -> SendLine:
    """Leave out of an answer what was said of it already, as far as it begins in the same way.

    Args:
        send_line: Is given the rest.
        said: The first lines of an answer that broke off.

    Returns:
        What is given all lines of the answer.
    """
    to_come = deque(said)

    async def send(line: Line) -> None:
        if to_come and line == to_come[0]:
            to_come.popleft()
            return
        to_come.clear()
        await send_line(line)

    return send
