"""The registry knows the live calls of a process and the agents at their desks."""

from __future__ import annotations

import pytest

from voice_gateway.bridge.bridge import Bridge
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.conversation.events import AgentSaid, CallerHungUp, Event
from voice_gateway.registry import CallRegistry, DuplicateCallError


def test_an_event_reaches_the_call_it_is_meant_for_and_no_other() -> None:
    registry = CallRegistry()
    first: list[Event] = []
    second: list[Event] = []
    registry.add("a", first.append)
    registry.add("b", second.append)

    assert registry.deliver("b", AgentSaid("hello"))

    assert first == []
    assert second == [AgentSaid("hello")]


def test_a_call_that_is_not_here_takes_nothing() -> None:
    registry = CallRegistry()
    registry.add("a", lambda event: None)
    registry.remove("a")
    registry.remove("a")

    assert not registry.deliver("a", CallerHungUp())
    assert "a" not in registry
    assert len(registry) == 0


def test_a_call_that_breaks_does_not_hurt_the_sender() -> None:
    def broken(event: Event) -> None:
        raise RuntimeError("no")

    registry = CallRegistry()
    registry.add("a", broken)

    assert not registry.deliver("a", CallerHungUp())


def test_one_call_cannot_be_registered_twice() -> None:
    registry = CallRegistry()
    registry.add("a", lambda event: None)

    with pytest.raises(DuplicateCallError):
        registry.add("a", lambda event: None)


def test_calls_are_listed_oldest_first_and_may_leave_meanwhile() -> None:
    registry = CallRegistry()
    for call_id in ("a", "b", "c"):
        registry.add(call_id, lambda event: None)

    seen = []
    for call_id in registry:
        seen.append(call_id)
        registry.remove(call_id)

    assert seen == ["a", "b", "c"]
    assert list(registry) == []


def test_an_agent_counts_once_however_many_desks_are_open() -> None:
    registry = CallRegistry()
    registry.agent_joined("Sam")
    registry.agent_joined("Sam")
    registry.agent_joined("Ana")
    assert registry.agents_online == 2

    registry.agent_left("Sam")
    assert registry.agents == {"Sam", "Ana"}

    registry.agent_left("Sam")
    registry.agent_left("Sam")
    registry.agent_left("nobody")
    assert registry.agents == {"Ana"}
    assert registry.agents_online == 1


def test_a_call_can_be_joined_while_it_is_here() -> None:
    registry = CallRegistry()
    bridge = Bridge(None, AgentLegs(), None, print)  # type: ignore[arg-type]
    registry.add("a", lambda event: None, bridge)
    registry.add("b", lambda event: None)
    assert registry.bridge("a") is bridge
    assert registry.bridge("b") is None
    registry.remove("a")
    assert registry.bridge("a") is None
