"""The messages of the server add up to what a desk shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agent_desk.desk_protocol import (
    Accepted,
    CallEnded,
    Closed,
    Offered,
    Snapshot,
    Taken,
    Turn,
    Waiting,
    Withdrawn,
)
from agent_desk.desk_state import DeskState
from contact_center.handoff_packet import HandoffPacket


@pytest.fixture
def state() -> DeskState:
    return DeskState()


@pytest.fixture
def offered(packet: Callable[..., HandoffPacket]) -> Callable[[str], Offered]:
    def make(handoff_id: str) -> Offered:
        return Offered(
            handoff_id=handoff_id, call_id=f"c-{handoff_id}", waiting_s=0, packet=packet()
        )

    return make


@pytest.fixture
def accepted(packet: Callable[..., HandoffPacket]) -> Accepted:
    return Accepted(handoff_id="h1", call_id="c1", packet=packet(), turns=(turn("t1", "hello"),))


def turn(turn_id: str, text: str, call_id: str = "c1") -> Turn:
    return Turn(
        call_id=call_id, turn_id=turn_id, speaker="bot", text=text, started_at=datetime.now(UTC)
    )


def ids(state: DeskState) -> dict[int, str]:
    return {number: item.handoff_id for number, item in state.waiting.items()}


def test_numbers_are_given_once_and_never_move(
    state: DeskState, offered: Callable[[str], Offered]
) -> None:
    for handoff_id in ("h1", "h2", "h3"):
        state.apply(offered(handoff_id))
    state.apply(Withdrawn(handoff_id="h1", outcome="timed_out"))
    state.apply(Taken(handoff_id="h2"))
    state.apply(offered("h4"))
    state.apply(offered("h3"))

    assert ids(state) == {3: "h3", 4: "h4"}


def test_a_new_snapshot_keeps_the_numbers_of_what_still_waits(
    state: DeskState, offered: Callable[[str], Offered]
) -> None:
    state.apply(offered("h1"))
    state.apply(offered("h2"))
    waiting = tuple(
        Waiting(**offered(handoff_id).model_dump(exclude={"type"})) for handoff_id in ("h3", "h2")
    )

    state.apply(Snapshot(agent_name="Sam", waiting=waiting))

    assert ids(state) == {3: "h3", 2: "h2"}


def test_turns_of_the_call_are_kept_once_each(state: DeskState, accepted: Accepted) -> None:
    state.apply(accepted)
    state.apply(turn("t2", "how can"))
    state.apply(turn("t2", "how can I help"))
    state.apply(turn("t3", "somebody else", call_id="c2"))

    assert [item.text for item in state.turns.values()] == ["hello", "how can I help"]


def test_a_call_that_ended_stays_until_it_is_closed(state: DeskState, accepted: Accepted) -> None:
    state.apply(accepted)
    state.apply(CallEnded(call_id="another", reason="completed"))
    assert not state.call_ended

    state.apply(CallEnded(call_id="c1", reason="caller_hung_up"))
    assert state.call_ended
    assert state.active == accepted

    state.apply(Closed(handoff_id="h1", disposition="resolved"))
    assert state.active is None
    assert not state.call_ended
    assert state.turns == {}


def test_a_snapshot_says_whether_the_conversation_goes_on(
    state: DeskState, accepted: Accepted
) -> None:
    state.apply(accepted)
    state.apply(Snapshot(agent_name="Sam", handoff_id="h1"))
    assert (state.resuming, state.active) == ("h1", accepted)

    state.apply(Snapshot(agent_name="Sam"))
    assert (state.resuming, state.active) == (None, None)
