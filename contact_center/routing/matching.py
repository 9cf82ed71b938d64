"""Which agent is asked for which caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from contact_center.routing.agents import Agent
from contact_center.routing.rules import RoutingRules
from contact_center.routing.waiting import Waiting, in_order


class Fit(IntEnum):
    """How well an agent fits; the smaller is better."""

    KNOWS_THE_MATTER = 0
    """The agent whom the packet prefers; skills and queue do not matter."""
    ALL_SKILLS = 1
    QUEUE = 2
    """Of the queue, but without all the skills."""
    OVERFLOW = 3
    """Of the queue that helps out; skills do not matter."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One hand-off for one agent.

    Args:
        handoff_id: The hand-off.
        call_id: Its call.
        agent_name: Who is asked.
        until: How long they have.
        fit: How well they fit.
    """

    handoff_id: str
    call_id: str
    agent_name: str
    until: datetime
    fit: Fit


class Staffing:
    """Who is there and whom they fit, at one moment.

    Args:
        agents: All agents.
        now: The present instant.
        rules: The figures.
    """

    def __init__(self, agents: Iterable[Agent], now: datetime, rules: RoutingRules) -> None:
        self._there = [agent for agent in agents if agent.is_there]
        self._now = now
        self._rules = rules
        # Many callers want the same; who could help them is looked up once.
        self._known: dict[tuple[str, frozenset[str], str, str], Fit] = {}

    def loosest(self, waiting: Waiting) -> Fit:
        """Say how far the caller's wishes are relaxed by now.

        All skills are asked for until `skills_relaxed_after_s` (of a safety complaint until
        `safety_skills_relaxed_after_s`), the queue until `overflow_after_s`;
        either at once is let go while nobody who has it is signed in. The language never is.

        Args:
            waiting: The caller.

        Returns:
            The worst fit that will do.
        """
        waited_s = waiting.waited_s(self._now)
        skills_s, queue_s = self._rules.relaxed_after_s(waiting.priority)
        if waited_s >= queue_s:
            return Fit.OVERFLOW
        needed = self._at_once(waiting)
        if waited_s >= skills_s:
            return max(needed, Fit.QUEUE)
        return needed

    def fit(self, agent: Agent, waiting: Waiting) -> Fit | None:
        """Say how well an agent fits a caller now.

        Args:
            agent: The agent.
            waiting: The caller.

        Returns:
            The fit; None when the caller is not for this agent, or not yet.
        """
        if not self._reaches(agent, waiting):
            return None
        if (
            agent.name == waiting.preferred_agent
            and waiting.waited_s(self._now) < self._rules.preferred_for_s
        ):
            return Fit.KNOWS_THE_MATTER
        fit = self._fit_by_wishes(agent, waiting)
        return fit if fit is not None and fit <= self.loosest(waiting) else None

    def could_take(self, waiting: Waiting) -> list[Agent]:
        """List the agents who are there and fit the caller now, free or not.

        Args:
            waiting: The caller.

        Returns:
            The agents, as they were given.
        """
        return [agent for agent in self._there if self.fit(agent, waiting) is not None]

    def _reaches(self, agent: Agent, waiting: Waiting) -> bool:
        return waiting.language in agent.languages and (
            self._rules.across_servers or agent.server == waiting.server
        )

    def _fit_by_wishes(self, agent: Agent, waiting: Waiting) -> Fit | None:
        if waiting.queue in agent.queues:
            return Fit.ALL_SKILLS if waiting.skills <= agent.skills else Fit.QUEUE
        if self._rules.overflow_of(waiting.queue) in agent.queues:
            return Fit.OVERFLOW
        return None

    def _at_once(self, waiting: Waiting) -> Fit:
        wishes = (waiting.queue, waiting.skills, waiting.language, waiting.server)
        if wishes not in self._known:
            fits = [
                self._fit_by_wishes(agent, waiting)
                for agent in self._there
                if self._reaches(agent, waiting)
            ]
            self._known[wishes] = min(
                (fit for fit in fits if fit is not None), default=Fit.OVERFLOW
            )
        return self._known[wishes]


def assign(
    waiting: Iterable[Waiting], agents: Sequence[Agent], now: datetime, rules: RoutingRules
) -> list[Offer]:
    """Decide who is asked for whom.

    Callers are served in their order, and each gets the best of the agents who are free and fit:
    who has not turned this caller down, then the better fit, then the fewest conversations, then
    the longest idle. Who has turned the caller down is asked again after `again_after_s`, if
    nobody else is free. So no agent is left idle while somebody waits whom they may take.

    Args:
        waiting: All who wait; those who are being offered keep their offer.
        agents: All agents.
        now: The present instant.
        rules: The figures.

    Returns:
        The new offers, in the order of the callers; the same for the same arguments, in whatever
        order they are given.
    """
    free = {agent.name: agent for agent in agents if agent.is_free}
    if not free:
        return []
    staffing = Staffing(agents, now, rules)
    again_after = timedelta(seconds=rules.again_after_s)
    until = now + timedelta(seconds=rules.offer_s)
    offers: list[Offer] = []
    for caller in in_order((w for w in waiting if w.offered_to is None), rules):
        best: tuple[bool, Fit, int, datetime, str] | None = None
        for agent in free.values():
            refused_at = caller.refused.get(agent.name)
            if refused_at is not None and now < refused_at + again_after:
                continue
            fit = staffing.fit(agent, caller)
            if fit is None:
                continue
            rank = (refused_at is not None, fit, agent.calls, agent.idle_since, agent.name)
            if best is None or rank < best:
                best = rank
        if best is not None:
            _, fit, _, _, name = best
            offers.append(Offer(caller.handoff_id, caller.call_id, name, until, fit))
            del free[name]
            if not free:
                break
    return offers


def look_again_at(
    waiting: Iterable[Waiting], now: datetime, rules: RoutingRules
) -> datetime | None:
    """Say when time alone may make `assign` decide differently, or end an offer.

    Args:
        waiting: All who wait.
        now: The present instant.
        rules: The figures.

    Returns:
        The next such instant; None when there is none.
    """
    instants: list[datetime] = []
    for caller in waiting:
        if caller.offered_until is not None:
            instants.append(caller.offered_until)
            continue
        instants += [
            caller.since + timedelta(seconds=step_s)
            for step_s in rules.relaxed_after_s(caller.priority)
        ]
        instants += [
            refused_at + timedelta(seconds=rules.again_after_s)
            for refused_at in caller.refused.values()
        ]
    return min((instant for instant in instants if instant > now), default=None)


def offered(waiting: Waiting, offer: Offer) -> Waiting:
    """Note on a caller who is being asked.

    Args:
        waiting: The caller.
        offer: The offer.

    Returns:
        The caller, offered.
    """
    return replace(waiting, offered_to=offer.agent_name, offered_until=offer.until)
