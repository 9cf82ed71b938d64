"""Which of an agent's windows is heard, and which conversation an agent is in."""

from __future__ import annotations

from voice_gateway.bridge.leg import AgentLegs

from .conftest import MemoryLeg


def test_an_agent_with_two_windows_is_heard_in_the_one_opened_last() -> None:
    legs, first, second = AgentLegs(), MemoryLeg("sam"), MemoryLeg("sam")
    legs.connect(first)
    legs.connect(second)
    assert legs.get("sam") is second
    legs.disconnect(second)
    assert legs.get("sam") is first
    legs.disconnect(first)
    assert legs.get("sam") is None
    assert legs.names == frozenset()


def test_a_leg_that_is_not_connected_may_be_disconnected() -> None:
    legs, leg = AgentLegs(), MemoryLeg("sam")
    legs.disconnect(leg)
    legs.connect(leg)
    legs.disconnect(MemoryLeg("sam"))
    assert legs.names == {"sam"}


def test_an_agent_is_in_one_conversation_at_a_time() -> None:
    legs, first, second = AgentLegs(), object(), object()
    legs.claim("sam", first)
    legs.claim("sam", second)
    assert not legs.is_claimed_by("sam", first)
    legs.release("sam", first)
    assert legs.is_claimed_by("sam", second)
    legs.release("sam", second)
    assert not legs.is_claimed_by("sam", second)
