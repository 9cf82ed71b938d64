"""A day at the desk, played event by event with the real decisions and without waiting.

Every decision is checked as it is made, against the order of the rules as `goes_first` writes it
down a second time.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

from contact_center.routing import agents as desk
from contact_center.routing.agents import Agent
from contact_center.routing.matching import Staffing, assign, look_again_at, offered
from contact_center.routing.rules import RoutingRules
from contact_center.routing.wait_estimate import Recent, standing
from contact_center.routing.waiting import Waiting

OPENING = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
SAMPLES = 50

Ending = Literal["answered", "abandoned", "in line"]


@dataclass(frozen=True, slots=True)
class Habits:
    """What callers and agents are like; all times are means of exponential distributions.

    Args:
        calls_per_s: Arrivals by the second of the day.
        most_calls_per_s: The most that `calls_per_s` ever says.
        handling_s: Length of a conversation, in seconds.
        patience_s: Seconds after which a waiting caller hangs up.
        wrap_up_s: Seconds between a conversation and the next.
        answer_s: Seconds in which an agent answers an offer.
        declined: The share of offers that an agent turns down.
        unanswered: The share of offers that nobody answers.
        desk_lost: The share of conversations in which the agent's desk dies.
        break_every_s: Seconds between an agent's breaks; infinity for none.
        break_s: How long a break is.
        endless_patience: The share of callers who never hang up; what they were told is checked.
    """

    calls_per_s: Callable[[float], float]
    most_calls_per_s: float
    handling_s: float
    patience_s: float
    wrap_up_s: float = 0.0
    answer_s: float = 0.0
    declined: float = 0.0
    unanswered: float = 0.0
    desk_lost: float = 0.0
    break_every_s: float = math.inf
    break_s: float = 900.0
    endless_patience: float = 0.0


@dataclass(slots=True)
class Caller:
    """What became of one caller; times are seconds of the day.

    Args:
        waiting: As they joined the line.
        came: When.
        endless_patience: Whether they never hang up.
        told_s: The wait they were told, if it was looked up and known.
        ended: How their wait ended, first of all.
        waited_s: How long it was until then.
        asked: Who was asked, in order.
        returns: How often an agent was lost while they spoke.
    """

    waiting: Waiting
    came: float
    endless_patience: bool = False
    told_s: float | None = None
    ended: Ending = "in line"
    waited_s: float = 0.0
    asked: list[str] = field(default_factory=list)
    returns: int = 0


Draw = Callable[[Random, str, datetime], Waiting]


def everybody_alike(random: Random, handoff_id: str, now: datetime) -> Waiting:
    """A caller whom any agent can take.

    Args:
        random: Not used.
        handoff_id: Names them.
        now: The present instant.
    """
    return Waiting(handoff_id, f"call-{handoff_id}", now)


def goes_first(one: Waiting, other: Waiting, rules: RoutingRules) -> bool:
    """The order of callers as the rules say it in words.

    Args:
        one: A caller.
        other: Another one.
        rules: The figures.

    Returns:
        Whether the one must be served before the other.
    """
    if (one.priority == 1) != (other.priority == 1):
        return one.priority == 1
    if one.returned != other.returned:
        return one.returned
    head_start = timedelta(seconds=rules.vip_ahead_s)
    if one.priority == 2 and other.priority == 3 and not one.returned:
        return one.since - other.since <= head_start
    if one.priority == 3 and other.priority == 2 and not one.returned:
        return other.since - one.since > head_start
    return one.since < other.since


class SimulatedDay:
    """One day; `run` plays it and leaves `callers`, `offers` and `problems`.

    Args:
        staff: The agents, signed in.
        habits: What everybody is like.
        rules: The figures.
        seed: Makes the day the same each time.
        draw: Makes the callers.
    """

    def __init__(
        self,
        staff: tuple[Agent, ...],
        habits: Habits,
        rules: RoutingRules,
        seed: int,
        draw: Draw = everybody_alike,
    ) -> None:
        self.callers: dict[str, Caller] = {}
        self.problems: list[str] = []
        self.offers = 0
        self._staff = {agent.name: agent for agent in staff}
        self._line: dict[str, Waiting] = {}
        self._habits = habits
        self._rules = rules
        self._random = Random(seed)
        self._draw = draw
        self._events: list[tuple[float, int, Callable[..., None], tuple[str, ...]]] = []
        self._numbers = itertools.count()
        self._t = 0.0
        self._looks_at = math.inf
        self._break_due: set[str] = set()
        self._answered_in: deque[float] = deque(maxlen=SAMPLES)
        self._handled_in: deque[float] = deque(maxlen=SAMPLES)
        self._handled_s = 0.0
        self._handled = 0
        self._waited_s = 0.0
        self._gave_up = 0
        # Who holds which hand-off since when, and whether the caller is still there.
        self._held: dict[str, tuple[str, float, bool]] = {}

    def run(self, hours: float) -> SimulatedDay:
        """Play the day.

        Args:
            hours: How long it is; who waits then stays in line.

        Returns:
            The day itself.
        """
        end = hours * 3600
        self._next_arrival()
        for name in self._staff:
            self._next_break(name)
        while self._events and self._events[0][0] <= end:
            self._t, _, happen, about = heapq.heappop(self._events)
            happen(*about)
            self._dispatch()
        for handoff_id in self._line:
            caller = self.callers[handoff_id]
            if caller.ended == "in line":
                caller.waited_s = end - caller.came
        return self

    @property
    def mean_handling_s(self) -> float:
        """How long conversations were on this day, wrap-up included, in seconds."""
        return self._handled_s / self._handled

    # -- the clock -----------------------------------------------------------------------------

    @property
    def _now(self) -> datetime:
        return OPENING + timedelta(seconds=self._t)

    def _later(self, seconds: float, happen: Callable[..., None], *about: str) -> None:
        if seconds < math.inf:
            event = (self._t + seconds, next(self._numbers), happen, about)
            heapq.heappush(self._events, event)

    def _about(self, mean_s: float) -> float:
        return self._random.expovariate(1 / mean_s) if 0 < mean_s < math.inf else mean_s

    # -- callers -------------------------------------------------------------------------------

    def _next_arrival(self) -> None:
        self._later(self._about(1 / self._habits.most_calls_per_s), self._arrive)

    def _arrive(self) -> None:
        self._next_arrival()
        habits = self._habits
        share = habits.calls_per_s(self._t) / habits.most_calls_per_s
        if share < 1 and self._random.random() >= share:
            return
        handoff_id = f"h{len(self.callers):06d}"
        waiting = self._draw(self._random, handoff_id, self._now)
        caller = self.callers[handoff_id] = Caller(waiting, self._t)
        if self._random.random() < habits.endless_patience:
            caller.endless_patience = True
            caller.told_s = self._told(waiting)
        else:
            self._later(self._about(habits.patience_s), self._give_up, handoff_id)
        self._line[handoff_id] = waiting

    def _told(self, waiting: Waiting) -> float | None:
        recent = Recent(
            tuple(self._answered_in),
            tuple(self._handled_in),
            self._gave_up / self._waited_s if self._waited_s else 0.0,
        )
        found = standing(
            waiting,
            self._line.values(),
            tuple(self._staff.values()),
            recent,
            self._now,
            self._rules,
        )
        return found.expected_s

    def _give_up(self, handoff_id: str) -> None:
        waiting = self._line.get(handoff_id)
        if waiting is None or waiting.returned:
            return
        del self._line[handoff_id]
        self._wait_over(handoff_id, "abandoned")
        self._gave_up += 1
        if waiting.offered_to is not None:
            self._set(desk.unring(self._staff[waiting.offered_to], self._now))

    def _wait_over(self, handoff_id: str, ending: Ending) -> None:
        caller = self.callers[handoff_id]
        if caller.ended == "in line":
            caller.ended = ending
            caller.waited_s = self._t - caller.came
            self._waited_s += caller.waited_s

    # -- agents --------------------------------------------------------------------------------

    def _set(self, agent: Agent) -> None:
        self._staff[agent.name] = agent
        if agent.state == "available" and agent.name in self._break_due:
            self._rest(agent.name)

    def _next_break(self, name: str) -> None:
        self._later(self._about(self._habits.break_every_s), self._want_break, name)

    def _want_break(self, name: str) -> None:
        self._break_due.add(name)
        self._set(self._staff[name])

    def _rest(self, name: str) -> None:
        self._break_due.discard(name)
        self._set(desk.move(self._staff[name], "break", self._now, "coffee"))
        self._later(self._about(self._habits.break_s), self._back, name)
        self._next_break(name)

    def _back(self, name: str) -> None:
        self._set(desk.move(self._staff[name], "available", self._now))

    def _answer(self, handoff_id: str, name: str, asked: str) -> None:
        if not self._still_asked(handoff_id, name, asked):
            return
        waiting = self._line.pop(handoff_id)
        self._wait_over(handoff_id, "answered")
        self._answered_in.append(self._t - float(asked))
        self._set(desk.take(self._staff[name], self._now))
        self._held[handoff_id] = (name, self._t, True)
        which = (handoff_id, repr(self._t))
        if not waiting.returned and self._random.random() < self._habits.desk_lost:
            self._later(self._about(self._habits.handling_s / 2), self._lose, *which)
        else:
            self._later(self._about(self._habits.handling_s), self._hang_up, *which)

    def _turn_down(self, handoff_id: str, name: str, asked: str) -> None:
        if self._still_asked(handoff_id, name, asked):
            self._refused(handoff_id, name)
            self._set(desk.unring(self._staff[name], self._now))

    def _miss(self, handoff_id: str, name: str, asked: str) -> None:
        if self._still_asked(handoff_id, name, asked):
            self._refused(handoff_id, name)
            self._set(desk.miss(self._staff[name], self._now))
            if self._staff[name].state == "break":
                self._later(self._about(180.0), self._back, name)

    def _still_asked(self, handoff_id: str, name: str, asked: str) -> bool:
        waiting = self._line.get(handoff_id)
        return (
            waiting is not None
            and waiting.offered_to == name
            and self._staff[name].since == OPENING + timedelta(seconds=float(asked))
        )

    def _refused(self, handoff_id: str, name: str) -> None:
        waiting = self._line[handoff_id]
        self._line[handoff_id] = replace(
            waiting,
            offered_to=None,
            offered_until=None,
            refused={**waiting.refused, name: self._now},
        )

    def _still_held(self, handoff_id: str, accepted: str) -> bool:
        return handoff_id in self._held and self._held[handoff_id][1] == float(accepted)

    def _lose(self, handoff_id: str, accepted: str) -> None:
        """The desk dies: all who spoke there are first in line, who was offered is in its place."""
        if not self._still_held(handoff_id, accepted):
            return
        name = self._held[handoff_id][0]
        for held, (holder, _, talks) in list(self._held.items()):
            if holder == name:
                del self._held[held]
                if talks:
                    caller = self.callers[held]
                    caller.returns += 1
                    self._line[held] = replace(caller.waiting, since=self._now, returned=True)
        for waiting in list(self._line.values()):
            if waiting.offered_to == name:
                self._line[waiting.handoff_id] = replace(
                    waiting, offered_to=None, offered_until=None
                )
        self._set(desk.leave(self._staff[name], self._now))
        self._later(120.0, self._back, name)

    def _hang_up(self, handoff_id: str, accepted: str) -> None:
        if self._still_held(handoff_id, accepted):
            name = self._held[handoff_id][0]
            self._held[handoff_id] = (name, float(accepted), False)
            self._set(desk.hang_up(self._staff[name], self._now))
            self._later(self._about(self._habits.wrap_up_s), self._finish, handoff_id, accepted)

    def _finish(self, handoff_id: str, accepted: str) -> None:
        if self._still_held(handoff_id, accepted):
            name, since, _ = self._held.pop(handoff_id)
            self._handled_in.append(self._t - since)
            self._handled_s += self._t - since
            self._handled += 1
            self._set(desk.finish(self._staff[name], self._now))

    # -- decisions -----------------------------------------------------------------------------

    def _dispatch(self) -> None:
        now = self._now
        if self._line and any(agent.is_free for agent in self._staff.values()):
            before = dict(self._staff)
            offers = assign(self._line.values(), tuple(self._staff.values()), now, self._rules)
            for offer in offers:
                waiting, agent = self._line[offer.handoff_id], self._staff[offer.agent_name]
                if waiting.offered_to is not None:
                    self.problems.append(f"{offer.handoff_id} was offered twice at once")
                self._line[offer.handoff_id] = offered(waiting, offer)
                self.callers[offer.handoff_id].asked.append(agent.name)
                self._staff[agent.name] = desk.ring(agent, now)
                self.offers += 1
                self._let_answer(offer.handoff_id, agent.name)
            self._check([(self._line[o.handoff_id], before[o.agent_name]) for o in offers])
        self._look_again()

    def _let_answer(self, handoff_id: str, name: str) -> None:
        habits, asked = self._habits, repr(self._t)
        chance = self._random.random()
        answers_in = self._about(habits.answer_s)
        if chance < habits.unanswered or answers_in >= self._rules.offer_s:
            self._later(self._rules.offer_s, self._miss, handoff_id, name, asked)
        elif chance < habits.unanswered + habits.declined:
            self._later(answers_in, self._turn_down, handoff_id, name, asked)
        else:
            self._later(answers_in, self._answer, handoff_id, name, asked)

    def _look_again(self) -> None:
        """Time alone may relax a wish; who is asked answers by an event of their own."""
        line = [waiting for waiting in self._line.values() if waiting.offered_to is None]
        at = look_again_at(line, self._now, self._rules)
        seconds = (at - OPENING).total_seconds() if at is not None else math.inf
        if seconds < self._looks_at or self._looks_at <= self._t:
            self._looks_at = seconds
            # A microsecond later, because instants are kept to the microsecond.
            self._later(seconds - self._t + 1e-6, lambda: None)

    def _check(self, offers: list[tuple[Waiting, Agent]]) -> None:
        staffing = Staffing(self._staff.values(), self._now, self._rules)
        idle = [agent for agent in self._staff.values() if agent.is_free]
        left = [waiting for waiting in self._line.values() if waiting.offered_to is None]
        for served, agent in offers:
            others = (other for other in idle if other.name not in served.refused)
            if agent.name in served.refused and any(
                self._may_take(staffing, other, served) for other in others
            ):
                self.problems.append(f"{agent.name} was asked again for {served.handoff_id}")
        for waiting in left:
            for agent in idle:
                if self._may_take(staffing, agent, waiting):
                    self.problems.append(f"{agent.name} is idle while {waiting.handoff_id} waits")
            for served, agent in offers:
                if goes_first(waiting, served, self._rules) and self._may_take(
                    staffing, agent, waiting
                ):
                    self.problems.append(f"{served.handoff_id} overtook {waiting.handoff_id}")

    def _may_take(self, staffing: Staffing, agent: Agent, waiting: Waiting) -> bool:
        refused_at = waiting.refused.get(agent.name)
        resting = refused_at is not None and self._now < refused_at + timedelta(
            seconds=self._rules.again_after_s
        )
        return not resting and staffing.fit(agent, waiting) is not None


def available(name: str, idle_s: float = 0.0, **abilities: object) -> Agent:
    """An agent who is free when the day begins.

    Args:
        name: Names them.
        idle_s: Seconds since when they are idle.
        abilities: Whatever else is known of them.

    Returns:
        The agent.
    """
    since = OPENING - timedelta(seconds=idle_s)
    agent = Agent(name, "available", since, since)
    return replace(agent, **abilities)  # type: ignore[arg-type]


def alike(agents: int) -> tuple[Agent, ...]:
    """Agents who can do the same.

    Args:
        agents: How many.

    Returns:
        The agents.
    """
    return tuple(available(f"agent {number:02d}", agents - number) for number in range(agents))


def steady_load(agents: int, load: float, handling_s: float, patience_s: float) -> Habits:
    """The load of Erlang's models.

    Args:
        agents: How many there are.
        load: Arriving work by the work that all agents can do.
        handling_s: Mean length of a conversation, in seconds.
        patience_s: Mean patience, in seconds.

    Returns:
        The habits.
    """
    rate = load * agents / handling_s
    return Habits(lambda _t: rate, rate, handling_s, patience_s)


def mixed_staff() -> tuple[Agent, ...]:
    """Fifty agents of three queues, with several skills and two languages.

    Returns:
        The agents.
    """
    staff = []
    for number in range(50):
        queues = {"support"} if number < 32 else {"billing"} if number < 44 else {"orders"}
        if number % 7 == 0:
            queues.add("orders")
        skills = {
            skill
            for skill, every in (("returns", 2), ("technical", 3), ("disputes", 4), ("safety", 5))
            if number % every == 0
        }
        languages = {"en", "es"} if number % 6 == 0 else {"en"}
        staff.append(
            available(
                f"agent {number:02d}",
                50 - number,
                queues=frozenset(queues),
                skills=frozenset(skills),
                languages=frozenset(languages),
                capacity=2 if number == 49 else 1,
            )
        )
    return tuple(staff)


def mixed_caller(random: Random, handoff_id: str, now: datetime) -> Waiting:
    """A caller of a real day.

    Args:
        random: Draws them.
        handoff_id: Names them.
        now: The present instant.

    Returns:
        The caller.
    """
    queue = random.choices(("support", "billing", "orders"), (70, 20, 10))[0]
    wished = {"support": ("returns", "technical"), "billing": ("disputes",), "orders": ("returns",)}
    skills = {skill for skill in wished[queue] if random.random() < 0.3}
    priority = random.choices((1, 2, 3), (2, 10, 88))[0]
    if priority == 1:
        skills = {"safety"}
    return Waiting(
        handoff_id,
        f"call-{handoff_id}",
        now,
        priority=priority,
        queue=queue,
        skills=frozenset(skills),
        language="es" if random.random() < 0.05 else "en",
        preferred_agent=f"agent {random.randrange(50):02d}" if random.random() < 0.05 else None,
    )


def mixed_day(busy: float = 1.0) -> Habits:
    """A day with a peak before noon, breaks, and offers that are not taken.

    Args:
        busy: How many callers there are, by those of the usual day.

    Returns:
        The habits.
    """
    peak = 0.155 * busy

    def calls_per_s(t: float) -> float:
        return peak * (0.55 + 0.45 * math.exp(-(((t - 10_800) / 5_400) ** 2)))

    return Habits(
        calls_per_s,
        peak,
        handling_s=240,
        patience_s=180,
        wrap_up_s=45,
        answer_s=4,
        declined=0.03,
        unanswered=0.02,
        desk_lost=0.005,
        break_every_s=7_200,
        break_s=900,
        endless_patience=0.05,
    )
