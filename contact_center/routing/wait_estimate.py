"""Where a caller stands, how long it will take, and what to tell them of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, quantiles
from typing import Literal

from contact_center.routing.agents import Agent
from contact_center.routing.matching import Staffing
from contact_center.routing.rules import RoutingRules
from contact_center.routing.waiting import SAFETY, Waiting, place

THIRD_QUARTILE = 0.6744897501960817
"""How many standard deviations above the mean the third quartile of a normal distribution lies."""
ANNOUNCED_STEP_S = 60
LATELY = timedelta(hours=4)
"""What is longer ago says little about now."""
FEWEST_SAMPLES = 3
"""Of fewer there is no estimate."""

CallbackReason = Literal["nobody_there", "long_wait", "waited_long"]


@dataclass(frozen=True, slots=True)
class Recent:
    """How it went lately.

    Args:
        answered_in: Seconds from asking an agent to their acceptance.
        handled_in: Seconds from acceptance to the end of the wrap-up.
        gave_up_per_s: Callers who hung up, by second that callers waited.
    """

    answered_in: tuple[float, ...] = ()
    handled_in: tuple[float, ...] = ()
    gave_up_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A caller's place.

    Args:
        position: 1 when nobody goes before them.
        agents: How many agents who take calls now could take this one.
        waited_s: Seconds waited.
        expected_s: Seconds still to wait, such that three of four callers wait no longer; None
            when too little is known to be honest about it.
        anybody_there: Whether an agent is signed in who could take it, on a break or not.
    """

    position: int
    agents: int
    waited_s: float
    expected_s: float | None
    anybody_there: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller is told.

    Args:
        position: Their place in line.
        expected_s: Seconds they will wait, in whole minutes upwards; None when it is not known.
        callback: Why a call-back is offered; None when it is not.
    """

    position: int
    expected_s: int | None
    callback: CallbackReason | None


def standing(
    waiting: Waiting,
    line: Iterable[Waiting],
    agents: Sequence[Agent],
    recent: Recent,
    now: datetime,
    rules: RoutingRules,
) -> Standing:
    """Say where a caller stands.

    The position counts who goes first in the same queue and language, whatever their other wishes,
    so that it rises for one reason only: somebody came who is put before them, a safety complaint,
    a VIP, or a caller whose agent was lost. They cannot be foreseen and are not in the estimate.

    Args:
        waiting: The caller, in the line or about to join it.
        line: All who wait.
        agents: All agents.
        recent: How it went lately with those who take such calls.
        now: The present instant.
        rules: The figures.

    Returns:
        Their place and expected wait.
    """
    here = place(waiting, rules)
    ahead = [
        other
        for other in line
        if other.handoff_id != waiting.handoff_id and place(other, rules) < here
    ]
    waited_s = waiting.waited_s(now)
    mine = Staffing(agents, now, rules).could_take(waiting)
    expected: list[float] = []
    # With each wish that is let go more agents will do, but not before.
    for step_s in (0.0, *rules.relaxed_after_s(waiting.priority)):
        in_s = max(0.0, step_s - waited_s)
        staffing = Staffing(agents, now + timedelta(seconds=in_s), rules)
        with_these_s = _with(staffing, waiting, ahead, recent)
        if with_these_s is not None:
            expected.append(max(in_s, with_these_s))
    return Standing(
        position=1
        + sum(
            (other.queue, other.language, other.server)
            == (waiting.queue, waiting.language, waiting.server)
            for other in ahead
        ),
        agents=sum(agent.works for agent in mine),
        waited_s=waited_s,
        expected_s=min(expected, default=None),
        anybody_there=bool(mine),
    )


def _with(
    staffing: Staffing, waiting: Waiting, ahead: Iterable[Waiting], recent: Recent
) -> float | None:
    """Estimate the wait with the agents who would do at one moment."""
    working = {agent.name: agent for agent in staffing.could_take(waiting) if agent.works}
    unasked = sum(
        other.offered_to is None
        and any(agent.name in working for agent in staffing.could_take(other))
        for other in ahead
    )
    free = sum(agent.is_free for agent in working.values())
    return expected_s(
        recent,
        slots=sum(agent.capacity for agent in working.values()),
        to_end=0 if waiting.offered_to is not None else max(0, unasked - free + 1),
        leaving=unasked,
    )


def expected_s(recent: Recent, *, slots: int, to_end: int, leaving: int) -> float | None:
    """Estimate a wait.

    The line moves when a conversation ends, or somebody ahead gives up. With handling and patience
    taken as exponential, the wait is a sum of independent steps, each at its own rate; its third
    quartile is that of a gamma distribution with the same mean and variance (Wilson and Hilferty,
    The distribution of chi-square, 1931).

    Args:
        recent: How it went lately.
        slots: How many conversations can go on at once.
        to_end: How many steps the line has to move.
        leaving: How many of those ahead may give up.

    Returns:
        Seconds that three of four callers do not wait longer than; None when too little is known.
    """
    if slots < 1 or len(recent.answered_in) < FEWEST_SAMPLES:
        return None
    answer_s = quantiles(recent.answered_in, n=4, method="inclusive")[2]
    if not to_end:
        return answer_s
    if len(recent.handled_in) < FEWEST_SAMPLES:
        return None
    handling_s = fmean(recent.handled_in)
    if handling_s <= 0:
        return answer_s
    mean = variance = 0.0
    for step in range(to_end):
        rate = slots / handling_s + (leaving - step) * recent.gave_up_per_s
        mean += 1 / rate
        variance += 1 / rate**2
    shape = mean**2 / variance
    spread = 1 / (9 * shape)
    return answer_s + mean * (1 - spread + THIRD_QUARTILE * math.sqrt(spread)) ** 3


def told(found: Standing, priority: int, rules: RoutingRules) -> Told:
    """Decide what a caller is told, and whether they are offered a call-back.

    A safety complaint is asked to stay on the line as long as there is anybody.

    Args:
        found: Where they stand.
        priority: 1 for a safety complaint, 2 for a VIP, 3 for the others.
        rules: The figures.

    Returns:
        Place, wait and call-back.
    """
    callback: CallbackReason | None = None
    if not found.anybody_there:
        callback = "nobody_there"
    elif priority != SAFETY:
        if found.expected_s is not None:
            if found.expected_s > rules.callback_expected_s:
                callback = "long_wait"
        elif found.waited_s >= rules.callback_waited_s:
            callback = "waited_long"
    expected = found.expected_s
    if expected is not None:
        expected = math.ceil(expected / ANNOUNCED_STEP_S) * ANNOUNCED_STEP_S
    return Told(found.position, expected, callback)


def is_news(before: Told, after: Told, told_ago_s: float, rules: RoutingRules) -> bool:
    """Decide whether a caller should be told again.

    Args:
        before: What they were told last.
        after: What would be told now.
        told_ago_s: Seconds since then.
        rules: The figures.

    Returns:
        True when it is different, and was not told just now; the offer of a call-back is never
        kept waiting.
    """
    if after.callback is not None and before.callback is None:
        return True
    return told_ago_s >= rules.update_every_s and before != after
