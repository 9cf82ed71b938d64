"""Who is asked for whom: by example, and whatever the agents and callers are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.routing.agents import NO_ANSWER, Agent
from contact_center.routing.matching import Fit, Offer, assign, look_again_at, offered
from contact_center.routing.rules import RoutingRules
from contact_center.routing.waiting import Waiting

from ..conftest import NOW
from .simulated_day import goes_first

RULES = RoutingRules()
SECOND = timedelta(seconds=1)


def agent(name: str, idle_s: float = 0, **known: object) -> Agent:
    since = NOW - idle_s * SECOND
    return replace(Agent(name, "available", since, since), **known)  # type: ignore[arg-type]


def caller(handoff_id: str = "h1", waited_s: float = 0, **known: object) -> Waiting:
    waiting = Waiting(handoff_id, f"call {handoff_id}", NOW - waited_s * SECOND)
    return replace(waiting, **known)  # type: ignore[arg-type]


def skilled(*skills: str) -> frozenset[str]:
    return frozenset(skills)


def asked(line: list[Waiting], agents: list[Agent], rules: RoutingRules = RULES) -> dict[str, str]:
    return {offer.handoff_id: offer.agent_name for offer in assign(line, agents, NOW, rules)}


def fit_of(line: list[Waiting], agents: list[Agent]) -> Fit | None:
    offers = assign(line, agents, NOW, RULES)
    return offers[0].fit if offers else None


def test_the_longest_idle_is_asked_and_has_twenty_seconds() -> None:
    agents = [agent("Ada", 10), agent("Kim", 30), agent("Sam", 20)]
    assert assign([caller()], agents, NOW, RULES) == [
        Offer("h1", "call h1", "Kim", NOW + 20 * SECOND, Fit.ALL_SKILLS)
    ]


def test_callers_are_served_in_their_order() -> None:
    line = [caller("late", 5), caller("early", 9), caller("vip", 1, priority=2)]
    assert asked(line, [agent("Ada", 10), agent("Kim", 30)]) == {"vip": "Kim", "early": "Ada"}


def test_skills_come_before_idle_time() -> None:
    agents = [agent("Kim", 30), agent("Sam", 1, skills=skilled("returns", "safety"))]
    assert asked([caller(skills=skilled("returns"))], agents) == {"h1": "Sam"}


def test_missing_skills_will_do_after_a_minute() -> None:
    busy = agent("Sam", skills=skilled("returns"), state="on_call", calls=1)
    wish = {"skills": skilled("returns")}
    assert asked([caller("h1", 59, **wish)], [agent("Kim"), busy]) == {}
    assert asked([caller("h1", 60, **wish)], [agent("Kim"), busy]) == {"h1": "Kim"}
    assert fit_of([caller("h1", 60, **wish)], [agent("Kim"), busy]) is Fit.QUEUE


def test_with_the_skill_is_still_better_after_a_minute() -> None:
    agents = [agent("Kim", 30), agent("Sam", 1, skills=skilled("returns"))]
    assert asked([caller("h1", 90, skills=skilled("returns"))], agents) == {"h1": "Sam"}


def test_a_safety_complaint_does_not_wait_for_a_skill() -> None:
    line = [caller(priority=1, skills=skilled("safety"))]
    skilled_one = agent("Sam", 1, skills=skilled("safety"))
    assert asked(line, [agent("Kim", 30), skilled_one]) == {"h1": "Sam"}
    busy = replace(skilled_one, state="on_call", calls=1)
    assert asked(line, [agent("Kim", 30), busy]) == {"h1": "Kim"}


def test_another_queue_helps_after_two_minutes() -> None:
    busy = agent("Sam", queues=frozenset({"billing"}), state="wrap_up", calls=1)
    for waited_s, helped in ((119, {}), (120, {"h1": "Kim"})):
        line = [caller("h1", waited_s, queue="billing")]
        assert asked(line, [agent("Kim"), busy]) == helped
    other = agent("Kim", queues=frozenset({"orders"}))
    assert asked([caller("h1", 9999, queue="billing")], [other, busy]) == {}


@pytest.mark.parametrize(
    "absent",
    [
        {"state": "offline"},
        {"state": "break", "break_reason": NO_ANSWER},
        {"languages": frozenset({"es"})},
        {"server": "another"},
    ],
    ids=["signed_out", "does_not_answer", "speaks_another_language", "at_another_server"],
)
def test_what_nobody_there_has_is_not_waited_for(absent: dict[str, object]) -> None:
    sam = agent("Sam", queues=frozenset({"billing"}), skills=skilled("disputes"), **absent)
    assert asked([caller(queue="billing")], [agent("Kim"), sam]) == {"h1": "Kim"}
    support = replace(sam, queues=frozenset({"support"}))
    assert asked([caller(skills=skilled("disputes"))], [agent("Kim"), support]) == {"h1": "Kim"}


def test_who_is_at_lunch_is_waited_for() -> None:
    sam = agent("Sam", queues=frozenset({"billing"}), state="break", break_reason="lunch")
    assert asked([caller(queue="billing")], [agent("Kim"), sam]) == {}


def test_the_language_is_never_let_go() -> None:
    line = [caller("h1", 9999, language="es")]
    assert asked(line, [agent("Kim")]) == {}
    assert asked(line, [agent("Kim"), agent("Sol", languages=frozenset({"en", "es"}))]) == {
        "h1": "Sol"
    }


def test_who_knows_the_matter_is_asked_first_for_a_while() -> None:
    agents = [agent("Kim", 30), agent("Sam", 1, queues=frozenset({"billing"}))]
    assert asked([caller("h1", 59, preferred_agent="Sam")], agents) == {"h1": "Sam"}
    assert asked([caller("h1", 60, preferred_agent="Sam")], agents) == {"h1": "Kim"}


def test_who_knows_the_matter_but_is_busy_is_not_waited_for() -> None:
    agents = [agent("Kim"), agent("Sam", state="on_call", calls=1)]
    assert asked([caller(preferred_agent="Sam")], agents) == {"h1": "Kim"}


def test_who_turned_a_caller_down_is_not_asked_again_while_others_fit() -> None:
    long_ago, just_now = NOW - 60 * SECOND, NOW - 5 * SECOND
    agents = [agent("Kim", 99), agent("Sam", 1)]
    assert asked([caller(refused={"Kim": long_ago})], agents) == {"h1": "Sam"}
    assert asked([caller(refused={"Kim": long_ago})], agents[:1]) == {"h1": "Kim"}
    assert asked([caller(refused={"Kim": just_now})], agents[:1]) == {}


def test_a_second_conversation_goes_to_whoever_has_none_first() -> None:
    both = agent("Kim", 99, capacity=2, state="on_call", calls=1)
    assert asked([caller("h1", 9), caller("h2")], [both, agent("Sam")]) == {
        "h1": "Sam",
        "h2": "Kim",
    }


def test_servers_that_can_pass_calls_to_each_other_share_their_agents() -> None:
    line, agents = [caller(server="one")], [agent("Kim", server="two")]
    assert asked(line, agents) == {}
    assert asked(line, agents, RoutingRules(across_servers=True)) == {"h1": "Kim"}


def test_when_to_look_again() -> None:
    assert look_again_at([], NOW, RULES) is None
    fresh = caller("h1", 10)
    assert look_again_at([fresh], NOW, RULES) == NOW + 50 * SECOND
    assert look_again_at([caller("h1", 70)], NOW, RULES) == NOW + 50 * SECOND
    assert look_again_at([caller("h1", 500)], NOW, RULES) is None
    refused = caller("h1", 500, refused={"Kim": NOW - 10 * SECOND})
    assert look_again_at([refused], NOW, RULES) == NOW + 20 * SECOND
    (offer,) = assign([fresh], [agent("Kim")], NOW, RULES)
    assert look_again_at([offered(fresh, offer)], NOW, RULES) == NOW + 20 * SECOND


QUEUES = st.frozensets(st.sampled_from(("support", "billing", "orders")), min_size=1)
SKILLS = st.frozensets(st.sampled_from(("returns", "disputes", "safety")))
LANGUAGES = st.frozensets(st.sampled_from(("en", "es")), min_size=1)
NAMES = [f"agent {number}" for number in range(6)]
TIMES = st.integers(0, 400).map(lambda seconds: NOW - seconds * SECOND)
AGENT_STATES = st.sampled_from(
    ("available", "available", "available", "on_call", "offered", "wrap_up", "break", "offline")
)


@st.composite
def staffs(draw: st.DrawFn) -> list[Agent]:
    agents = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        state = draw(AGENT_STATES)
        capacity = draw(st.integers(1, 2))
        agents.append(
            Agent(
                name,
                state,
                NOW,
                draw(TIMES),
                draw(QUEUES),
                draw(SKILLS),
                draw(LANGUAGES),
                capacity,
                calls=draw(st.integers(1, capacity)) if state in ("on_call", "wrap_up") else 0,
                break_reason=draw(st.sampled_from(("lunch", NO_ANSWER)))
                if state == "break"
                else None,
                server=draw(st.sampled_from(("", "", "", "other"))),
            )
        )
    return agents


@st.composite
def lines(draw: st.DrawFn) -> list[Waiting]:
    return [
        Waiting(
            f"h{number}",
            f"c{number}",
            draw(TIMES),
            draw(st.sampled_from((1, 2, 3))),
            draw(st.sampled_from(("support", "billing", "orders"))),
            draw(SKILLS),
            draw(st.sampled_from(("en", "en", "es"))),
            draw(st.none() | st.sampled_from(NAMES)),
            draw(st.booleans()),
            refused=draw(st.dictionaries(st.sampled_from(NAMES), TIMES, max_size=3)),
            offered_to=draw(st.sampled_from((None, None, None, "somebody"))),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


def may_take(agent: Agent, waiting: Waiting, agents: list[Agent]) -> bool:
    """The rules in words, without regard to how they are worked out."""

    def speaks(somebody: Agent) -> bool:
        return waiting.language in somebody.languages and somebody.server == waiting.server

    def serves(somebody: Agent) -> bool:
        return waiting.queue in somebody.queues

    refused_at = waiting.refused.get(agent.name)
    if refused_at is not None and (NOW - refused_at).total_seconds() < RULES.again_after_s:
        return False
    if not speaks(agent):
        return False
    waited_s = waiting.waited_s(NOW)
    if agent.name == waiting.preferred_agent and waited_s < RULES.preferred_for_s:
        return True
    there = [somebody for somebody in agents if somebody.is_there and speaks(somebody)]
    if serves(agent):
        nobody_skilled = not any(
            serves(somebody) and waiting.skills <= somebody.skills for somebody in there
        )
        return (
            waiting.skills <= agent.skills
            or waiting.priority == 1
            or waited_s >= min(RULES.skills_relaxed_after_s, RULES.overflow_after_s)
            or nobody_skilled
        )
    return (
        waiting.queue != "support"
        and "support" in agent.queues
        and (waited_s >= RULES.overflow_after_s or not any(map(serves, there)))
    )


@settings(max_examples=60)
@given(lines(), staffs())
def test_no_agent_and_no_caller_is_in_two_offers(line: list[Waiting], agents: list[Agent]) -> None:
    offers = assign(line, agents, NOW, RULES)
    assert len({offer.agent_name for offer in offers}) == len(offers)
    assert len({offer.handoff_id for offer in offers}) == len(offers)
    unasked = {waiting.handoff_id for waiting in line if waiting.offered_to is None}
    assert {offer.handoff_id for offer in offers} <= unasked


@settings(max_examples=60)
@given(lines(), staffs())
def test_nobody_gets_more_than_they_may_have(line: list[Waiting], agents: list[Agent]) -> None:
    by_name = {agent.name: agent for agent in agents}
    for offer in assign(line, agents, NOW, RULES):
        chosen = by_name[offer.agent_name]
        assert chosen.state in ("available", "on_call")
        assert chosen.calls + 1 <= chosen.capacity


@settings(max_examples=150)
@given(lines(), staffs())
def test_only_who_fits_is_asked_and_nobody_is_idle_while_one_waits_who_fits(
    line: list[Waiting], agents: list[Agent]
) -> None:
    by_name = {agent.name: agent for agent in agents}
    by_id = {waiting.handoff_id: waiting for waiting in line}
    offers = assign(line, agents, NOW, RULES)
    for offer in offers:
        assert may_take(by_name[offer.agent_name], by_id[offer.handoff_id], agents)
    asked_agents = {offer.agent_name for offer in offers}
    served = {offer.handoff_id for offer in offers}
    for waiting in line:
        for agent in agents:
            if waiting.offered_to or waiting.handoff_id in served or agent.name in asked_agents:
                continue
            assert not (agent.is_free and may_take(agent, waiting, agents))


@settings(max_examples=150)
@given(lines(), staffs())
def test_nobody_is_passed_over_for_somebody_behind_them(
    line: list[Waiting], agents: list[Agent]
) -> None:
    by_name = {agent.name: agent for agent in agents}
    by_id = {waiting.handoff_id: waiting for waiting in line}
    offers = assign(line, agents, NOW, RULES)
    served = {offer.handoff_id for offer in offers}
    left = [w for w in line if w.handoff_id not in served and w.offered_to is None]
    for offer in offers:
        for waiting in left:
            if goes_first(waiting, by_id[offer.handoff_id], RULES):
                assert not may_take(by_name[offer.agent_name], waiting, agents)


@settings(max_examples=60)
@given(lines(), staffs(), st.integers(0, 2**32))
def test_the_same_is_decided_in_whatever_order_it_is_asked(
    line: list[Waiting], agents: list[Agent], seed: int
) -> None:
    offers = assign(line, agents, NOW, RULES)
    Random(seed).shuffle(line)
    Random(seed).shuffle(agents)
    assert assign(line, agents, NOW, RULES) == offers


@given(st.lists(st.integers(0, 400), min_size=1, max_size=8), st.integers(1, 8))
def test_of_agents_alike_the_longest_idle_takes_the_first_in_line(
    idle: list[int], callers: int
) -> None:
    agents = [agent(f"agent {number}", seconds) for number, seconds in enumerate(idle)]
    line = [caller(f"h{number}", 50 - number) for number in range(callers)]
    offers = assign(line, agents, NOW, RULES)
    by_idle = sorted(agents, key=lambda somebody: (somebody.idle_since, somebody.name))
    assert [offer.agent_name for offer in offers] == [a.name for a in by_idle][:callers]
    assert [offer.handoff_id for offer in offers] == [w.handoff_id for w in line][: len(idle)]
