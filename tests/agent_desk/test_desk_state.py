"""The messages of the server add up to what a desk shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from agent_desk.desk_protocol import (
    Accepted,
    CallEnded,
    Closed,
    Conversation,
    NotesKept,
    Offered,
    Place,
    Queue,
    Released,
    ServerMessage,
    Snapshot,
    Status,
    Taken,
    Turn,
    Waiting,
    Withdrawn,
)
from agent_desk.desk_state import DeskState
from contact_center.handoff_packet import HandoffPacket

NOW = datetime(2026, 3, 15, 14, 30, tzinfo=UTC)


@pytest.fixture
def state() -> DeskState:
    return DeskState()


@pytest.fixture
def waiting(packet: Callable[..., HandoffPacket]) -> Callable[[str], Waiting]:
    def make(handoff_id: str) -> Waiting:
        return Waiting(
            handoff_id=handoff_id,
            call_id=f"c-{handoff_id}",
            waiting_s=0,
            packet=packet(),
            since=NOW,
        )

    return make


@pytest.fixture
def offered(waiting: Callable[[str], Waiting]) -> Offered:
    return Offered(**{**dict(waiting("h1")), "offer_until": NOW + timedelta(seconds=20)})


@pytest.fixture
def accepted(packet: Callable[..., HandoffPacket]) -> Accepted:
    return Accepted(handoff_id="h1", call_id="c1", packet=packet(), turns=(turn("t1", "hello"),))


def turn(turn_id: str, text: str, call_id: str = "c1") -> Turn:
    return Turn(
        call_id=call_id, turn_id=turn_id, speaker="bot", text=text, started_at=datetime.now(UTC)
    )


def queue(*places: tuple[str, str | None], new: tuple[Waiting, ...] = ()) -> Queue:
    return Queue(
        places=tuple(Place(handoff_id=one, offered_to=asked) for one, asked in places), new=new
    )


def test_the_line_is_kept_in_its_order_with_who_is_asked(
    state: DeskState, waiting: Callable[[str], Waiting]
) -> None:
    state.apply(Snapshot(agent_name="Sam", waiting=(waiting("h1"), waiting("h2"))))
    state.apply(queue(("h3", "Kim"), ("h1", None), new=(waiting("h3"),)))

    assert [(key, item.offered_to) for key, item in state.waiting.items()] == [
        ("h3", "Kim"),
        ("h1", None),
    ]

    state.apply(queue(("unknown", None), ("h1", "Sam")))
    assert [(key, item.offered_to) for key, item in state.waiting.items()] == [("h1", "Sam")]


@pytest.mark.parametrize(
    "end",
    [
        Withdrawn(handoff_id="h1", outcome="timed_out"),
        Taken(handoff_id="h1", why="expired"),
        Snapshot(agent_name="Sam"),
    ],
    ids=lambda message: message.type,
)
def test_an_offer_ends(state: DeskState, offered: Offered, end: ServerMessage) -> None:
    state.apply(offered)
    state.apply(Withdrawn(handoff_id="h2", outcome="timed_out"))
    assert state.offer == offered

    state.apply(end)
    assert state.offer is None


def test_what_the_agent_does_is_known_with_since_when(state: DeskState) -> None:
    state.apply(Status(agent_state="break", since=NOW, break_reason="lunch"))

    assert (state.agent_state, state.since, state.break_reason) == ("break", NOW, "lunch")


@pytest.mark.parametrize(
    "end",
    [
        Closed(handoff_id="h1", disposition="resolved"),
        Released(handoff_id="h1", why="passed_on"),
    ],
    ids=lambda message: message.type,
)
def test_nothing_of_a_conversation_is_left_for_the_next(
    state: DeskState, accepted: Accepted, end: ServerMessage
) -> None:
    state.apply(accepted)
    state.apply(Conversation(on_hold=True, muted=True, consulting="Kim", three_way=True))
    state.apply(NotesKept(text="a lamp"))
    assert (state.on_hold, state.muted, state.consulting, state.three_way, state.notes) == (
        True,
        True,
        "Kim",
        True,
        "a lamp",
    )

    state.apply(end)
    assert (state.on_hold, state.muted, state.consulting, state.three_way, state.notes) == (
        False,
        False,
        None,
        False,
        "",
    )
    assert state.active is None


def test_told_again_it_is_the_same_state(
    state: DeskState,
    accepted: Accepted,
    offered: Offered,
    waiting: Callable[[str], Waiting],
) -> None:
    for message in (
        Snapshot(agent_name="Sam", waiting=(waiting("h2"),)),
        Status(agent_state="wrap_up", since=NOW),
        accepted,
        offered.model_copy(update={"handoff_id": "h3"}),
        turn("t2", "hello"),
        Conversation(consulting="Kim"),
        NotesKept(text="a lamp"),
        CallEnded(call_id="c1", reason="caller_hung_up"),
    ):
        state.apply(message)
    again = DeskState()
    told = state.told(NOW + timedelta(seconds=30))
    for message in told:
        again.apply(message)

    assert isinstance(told[0], Snapshot)
    assert told[0].waiting[0].waiting_s == 30
    assert again.active is not None
    assert again.active.resumed
    seen = ("agent_name", "agent_state", "since", "turns", "consulting", "notes", "call_ended")
    for name in seen:
        assert getattr(again, name) == getattr(state, name)
    assert again.offer is not None
    assert (again.offer.handoff_id, list(again.waiting)) == ("h3", ["h2"])


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
