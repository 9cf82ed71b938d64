"""What a supervisor is told of each queue, and what they are warned of: pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contact_center.complaints import deadlines
from contact_center.routing.agents import Agent
from contact_center.routing.waiting import SAFETY, Waiting

ANSWERED_WITHIN = timedelta(seconds=20)
"""Who is answered so soon counts for the service level; who gives up so soon counts for nothing."""
LONG_WAIT = timedelta(minutes=10)
HIGH_ABANDONMENT = 0.2
ABANDONMENT_OVER = timedelta(hours=1)
FEWEST_CALLERS = 5
"""Of how many callers, at least, a share can be alarming."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How one caller's first wait for an agent went.

    Args:
        call_id: The call.
        queue: Where they waited.
        began: When they began to wait.
        answered_at: When an agent took them.
        left_at: When they stopped waiting without having spoken to one.
    """

    call_id: str
    queue: str
    began: datetime
    answered_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def left(self) -> bool:
        """Whether they stopped waiting and were never answered."""
        return self.answered_at is None and self.left_at is not None


@dataclass(frozen=True, slots=True)
class QueueTile:
    """One queue at one moment.

    Args:
        queue: Its name.
        waiting: How many callers wait.
        longest_s: Seconds that the longest of them has waited; None when nobody waits.
        expected_s: Seconds that somebody who joined now would wait; None when it is not known.
        agents: How many agents take its calls, now or when the one they have is over.
        free: How many of them are free.
        answered: How many callers were answered today.
        left: How many stopped waiting today without having spoken to an agent.
        service_level: Which share of today's callers was answered within `ANSWERED_WITHIN`; None
            when there was none yet.
        abandonment: Which share of today's callers left; None when there was none yet.
    """

    queue: str
    waiting: int
    longest_s: float | None
    expected_s: float | None
    agents: int
    free: int
    answered: int
    left: int
    service_level: float | None
    abandonment: float | None


@dataclass(frozen=True, slots=True)
class LongWait:
    """Callers of a queue who have waited longer than `LONG_WAIT`.

    Args:
        queue: The queue.
        callers: How many they are.
        longest_s: Seconds that the longest of them has waited.
        on_break: Agents of the queue who are on a break.
        working: How many agents take its calls.
    """

    queue: str
    callers: int
    longest_s: float
    on_break: tuple[str, ...]
    working: int


@dataclass(frozen=True, slots=True)
class HighAbandonment:
    """A queue that too many callers of the last hour left.

    Args:
        queue: The queue.
        left: How many left.
        callers: Of how many whose wait ended.
    """

    queue: str
    left: int
    callers: int


@dataclass(frozen=True, slots=True)
class UnansweredComplaint:
    """A safety complaint that no person has answered yet.

    Args:
        call_id: The call in which it was made, if there is one.
        respond_by: By when a person has to.
        ticket_id: Its ticket, when the caller does not wait on the line.
        owner: The agent whose ticket it is.
    """

    call_id: str | None
    respond_by: datetime
    ticket_id: int | None = None
    owner: str | None = None


Alert = UnansweredComplaint | LongWait | HighAbandonment


def tile(
    queue: str,
    line: Iterable[Waiting],
    today: Iterable[Wait],
    agents: Iterable[Agent],
    expected_s: float | None,
    now: datetime,
) -> QueueTile:
    """Add up one queue.

    The service level is the share answered in time among all who were answered, who gave up later
    than that, and who wait longer than that already.

    Args:
        queue: Its name.
        line: All who wait.
        today: All waits that began today.
        agents: Everybody who is signed in.
        expected_s: Seconds that somebody who joined now would wait.
        now: The present instant.

    Returns:
        The tile.
    """
    longest_s = [caller.waited_s(now) for caller in line if caller.queue == queue]
    takes = [agent for agent in agents if queue in agent.queues and agent.works]
    waits = [wait for wait in today if wait.queue == queue]
    answered = in_time = left = late = 0
    for wait in waits:
        ended = wait.answered_at or wait.left_at
        soon = (ended or now) - wait.began <= ANSWERED_WITHIN
        if wait.answered_at is not None:
            answered += 1
            in_time += soon
        else:
            left += wait.left
            late += not soon
    return QueueTile(
        queue=queue,
        waiting=len(longest_s),
        longest_s=max(longest_s, default=None),
        expected_s=expected_s,
        agents=len(takes),
        free=sum(agent.is_free for agent in takes),
        answered=answered,
        left=left,
        service_level=in_time / (answered + late) if answered + late else None,
        abandonment=left / (answered + left) if answered + left else None,
    )


def long_waits(
    line: Iterable[Waiting], agents: Sequence[Agent], now: datetime
) -> tuple[LongWait, ...]:
    """Find the queues in which somebody has waited too long.

    Args:
        line: All who wait.
        agents: Everybody who is signed in.
        now: The present instant.

    Returns:
        One alert a queue, by name.
    """
    by_queue: dict[str, list[float]] = {}
    for caller in line:
        if now - caller.since > LONG_WAIT:
            by_queue.setdefault(caller.queue, []).append(caller.waited_s(now))
    return tuple(
        LongWait(
            queue,
            callers=len(waited),
            longest_s=max(waited),
            on_break=tuple(
                agent.name for agent in agents if queue in agent.queues and agent.state == "break"
            ),
            working=sum(queue in agent.queues and agent.works for agent in agents),
        )
        for queue, waited in sorted(by_queue.items())
    )


def high_abandonment(waits: Iterable[Wait], now: datetime) -> tuple[HighAbandonment, ...]:
    """Find the queues that too many callers leave.

    Args:
        waits: How callers waited lately.
        now: The present instant.

    Returns:
        One alert a queue, by name.
    """
    callers: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for wait in waits:
        ended = wait.answered_at or wait.left_at
        if ended is not None and now - ended <= ABANDONMENT_OVER:
            callers[wait.queue] += 1
            left[wait.queue] += wait.left
    return tuple(
        HighAbandonment(queue, left[queue], count)
        for queue, count in sorted(callers.items())
        if count >= FEWEST_CALLERS and left[queue] / count > HIGH_ABANDONMENT
    )


def unanswered_complaints(
    line: Iterable[Waiting], tickets: Iterable[UnansweredComplaint]
) -> tuple[UnansweredComplaint, ...]:
    """Find the safety complaints that nobody sees to.

    Args:
        line: All who wait.
        tickets: The open tickets of safety complaints that nobody has answered.

    Returns:
        One alert a complaint, the most pressing first; who is on the line comes up once, however
        many tickets they have.
    """
    waiting = {
        caller.call_id: UnansweredComplaint(caller.call_id, deadlines(1, caller.since).respond_by)
        for caller in line
        if caller.priority == SAFETY
    }
    others = (ticket for ticket in tickets if ticket.call_id not in waiting)
    return tuple(sorted([*waiting.values(), *others], key=lambda alert: alert.respond_by))
