"""What of a desk's state is on the screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent_desk.desk_protocol import CallEnded, Released, Status, Taken, Withdrawn
from agent_desk.pages import desk_view
from contact_center.routing.agents import Agent
from tests.agent_desk.pages.fake_desk import (
    AGENT,
    FakeWorkplace,
    caller_packet,
    offered,
    stranger,
    turn,
    upset_parent,
    waiting,
)

NOW = datetime.now(UTC)


def test_the_middle_of_the_page_goes_from_an_offer_to_the_wrap_up() -> None:
    place = FakeWorkplace()
    assert desk_view.phase_of(place.state) == "idle"
    place.tell(offered(caller_packet()))
    assert desk_view.phase_of(place.state) == "offer"
    place.begin_call(caller_packet())
    assert desk_view.phase_of(place.state) == "call"
    place.end_call()
    assert desk_view.phase_of(place.state) == "wrap_up"


def test_the_list_of_those_who_wait() -> None:
    items = (
        waiting(upset_parent(), 31, "Ana Ruiz"),
        waiting(caller_packet(), 42, AGENT),
        waiting(stranger("h3", "low_confidence", "+15550100088"), 185),
    )
    first, second, third = desk_view.waiting_views(items, AGENT, desk_view.WaitingSince(), NOW)
    assert (first.who, first.reason, first.asked) == (
        "Jonas Berg",
        "Has a complaint",
        "Ana Ruiz is asked",
    )
    assert second.asked == "You are asked"
    assert (third.who, third.reason, third.asked) == (
        "+15550100088",
        "Was hard to understand",
        "",
    )


def test_a_long_line_is_cut() -> None:
    items = [waiting(caller_packet(f"h{number}"), number) for number in range(30)]
    shown = desk_view.waiting_views(items, AGENT, desk_view.WaitingSince(), NOW)
    assert len(shown) == desk_view.MOST_WAITING


def test_the_clock_of_a_caller_does_not_jump_when_the_list_changes() -> None:
    since = desk_view.WaitingSince()
    item = waiting(caller_packet(), 40).model_copy(update={"since": None})
    first = since.of(item, NOW)
    later = item.model_copy(update={"waiting_s": 60.4})
    assert since.of(later, NOW + timedelta(seconds=20)) == first
    since.forget_others([])
    assert since.of(item, NOW + timedelta(seconds=90)) != first


def test_the_mood_goes_on_from_the_packet_into_the_call() -> None:
    turns = [
        turn(5, "caller", "now", affect=0.8),
        turn(6, "bot", "sorry"),
        turn(8, "caller", "fine", affect=0.3),
    ]
    assert desk_view.scores(caller_packet(), turns) == (0.2, 0.35, 0.8, 0.3)


def test_a_mood_of_which_only_the_end_is_known() -> None:
    packet = caller_packet(emotion={"direction": "unknown", "latest": 0.6})
    assert desk_view.scores(packet, []) == (0.6,)


def agent(name: str, state: str, *queues: str) -> Agent:
    return Agent(name, state, NOW, NOW, frozenset(queues or {"support"}))  # type: ignore[arg-type]


def test_colleagues_who_are_free_come_first_and_oneself_not_at_all() -> None:
    agents = [agent("Zoe", "available"), agent("Ben", "break"), agent(AGENT, "on_call")]
    assert [(each.name, each.free) for each in desk_view.colleagues(agents, AGENT)] == [
        ("Zoe", True),
        ("Ben", False),
    ]


def test_a_caller_can_be_given_to_the_queues_that_somebody_takes() -> None:
    agents = [agent("Zoe", "available", "returns", "support"), agent("Ben", "break", "billing")]
    assert desk_view.queues(agents, "support") == ("billing", "returns", "support")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (Taken(handoff_id="h1", why="taken"), "A colleague was faster."),
        (Withdrawn(handoff_id="h1", outcome="timed_out"), "did not answer in time"),
        (Withdrawn(handoff_id="h1", outcome="abandoned"), "hung up before"),
        (Released(handoff_id="h1", why="lost"), "connection was lost"),
        (CallEnded(call_id="c1", reason="caller_hung_up"), "The caller hung up."),
    ],
)
def test_what_happened_is_said(message: object, said: str) -> None:
    news = desk_view.news(message)  # type: ignore[arg-type]
    assert news is not None
    assert said in news[0]


@pytest.mark.parametrize(
    "message",
    [
        Withdrawn(handoff_id="h1", outcome="declined"),
        Status(agent_state="available", since=NOW),
        CallEnded(call_id="c1", reason="agent_hung_up"),
    ],
)
def test_what_the_page_shows_anyway_is_not_said(message: object) -> None:
    assert desk_view.news(message) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "waiting_callers", "head"),
    [
        ("available", 0, "All quiet"),
        ("available", 2, "The next caller comes to you"),
        ("break", 2, "You are on a break"),
        ("offline", 0, "You are not signed in to the queue"),
    ],
)
def test_what_an_agent_without_a_call_reads(state: str, waiting_callers: int, head: str) -> None:
    assert desk_view.idle_words(state, waiting_callers)[0] == head
