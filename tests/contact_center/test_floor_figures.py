"""Queue tiles and alerts, figured out from what happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from contact_center.floor_figures import (
    HighAbandonment,
    UnansweredComplaint,
    Wait,
    high_abandonment,
    long_waits,
    tile,
    unanswered_complaints,
)
from contact_center.routing.agents import Agent, AgentState
from contact_center.routing.waiting import SAFETY, Waiting

from .conftest import NOW


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def waiting(call_id: str, seconds: float, queue: str = "support", **more: Any) -> Waiting:
    return Waiting(f"h-{call_id}", call_id, ago(seconds), queue=queue, **more)


def answered(after_s: float, queue: str = "support", began_ago_s: float = 600) -> Wait:
    began = ago(began_ago_s)
    return Wait("c", queue, began, answered_at=began + timedelta(seconds=after_s))


def left(after_s: float, queue: str = "support", began_ago_s: float = 600) -> Wait:
    began = ago(began_ago_s)
    return Wait("c", queue, began, left_at=began + timedelta(seconds=after_s))


def agent(name: str, state: AgentState = "available", queue: str = "support", **more: Any) -> Agent:
    return Agent(name, state, NOW, NOW, queues=frozenset({queue}), **more)


class TestATile:
    def test_of_an_empty_queue_knows_no_shares(self) -> None:
        found = tile("support", [], [], [], None, NOW)
        assert (found.waiting, found.longest_s, found.expected_s) == (0, None, None)
        assert (found.service_level, found.abandonment) == (None, None)

    def test_counts_who_waits_here_and_the_longest_of_them(self) -> None:
        line = [waiting("a", 30), waiting("b", 95), waiting("c", 400, "billing")]
        found = tile("support", line, [], [], 60.0, NOW)
        assert (found.waiting, found.longest_s, found.expected_s) == (2, 95.0, 60.0)

    def test_counts_agents_of_the_queue_who_take_calls(self) -> None:
        agents = [
            agent("Sam"),
            agent("Kim", "on_call", calls=1),
            agent("Lee", "break"),
            agent("Ada", queue="billing"),
        ]
        found = tile("support", [], [], agents, None, NOW)
        assert (found.agents, found.free) == (2, 1)

    def test_the_service_level_is_who_was_answered_within_twenty_seconds(self) -> None:
        waits = [answered(5), answered(20), answered(21), left(90)]
        assert tile("support", [], waits, [], None, NOW).service_level == 2 / 4

    def test_who_gives_up_at_once_does_not_count_against_it(self) -> None:
        found = tile("support", [], [answered(5), left(20)], [], None, NOW)
        assert found.service_level == 1.0
        assert (found.left, found.abandonment) == (1, 0.5)

    def test_who_waits_too_long_already_counts_against_it(self) -> None:
        waits = [answered(5), Wait("c", "support", ago(21)), Wait("d", "support", ago(19))]
        found = tile("support", [], waits, [], None, NOW)
        assert found.service_level == 0.5
        assert (found.answered, found.left, found.abandonment) == (1, 0, 0.0)

    def test_a_caller_who_came_back_into_line_was_answered_all_the_same(self) -> None:
        wait = Wait("c", "support", ago(300), answered_at=ago(290), left_at=ago(10))
        found = tile("support", [], [wait], [], None, NOW)
        assert (found.answered, found.left) == (1, 0)

    def test_other_queues_do_not_count(self) -> None:
        waits = [answered(5, "billing"), left(90)]
        found = tile("billing", [], waits, [], None, NOW)
        assert (found.answered, found.left, found.service_level) == (1, 0, 1.0)


class TestLongWaits:
    def test_ten_minutes_are_not_too_long_and_more_is(self) -> None:
        assert long_waits([waiting("a", 600)], [], NOW) == ()
        (alert,) = long_waits([waiting("a", 601)], [], NOW)
        assert (alert.queue, alert.callers, alert.longest_s) == ("support", 1, 601.0)

    def test_one_alert_a_queue_says_how_many_and_who_could_help(self) -> None:
        line = [waiting("a", 700), waiting("b", 900), waiting("c", 800, "billing")]
        agents = [agent("Kim", "break"), agent("Sam", "on_call", calls=1), agent("Lee", "wrap_up")]
        billing, support = long_waits(line, agents, NOW)
        assert (billing.queue, billing.callers, billing.working) == ("billing", 1, 0)
        assert (support.callers, support.longest_s) == (2, 900.0)
        assert (support.on_break, support.working) == (("Kim",), 2)


class TestHighAbandonment:
    def test_more_than_a_fifth_of_five_callers_is_alarming(self) -> None:
        waits = [answered(5), answered(5), answered(5), left(60), left(60)]
        assert high_abandonment(waits, NOW) == (HighAbandonment("support", 2, 5),)

    @pytest.mark.parametrize("left_of_them", [0, 1])
    def test_a_fifth_is_not(self, left_of_them: int) -> None:
        waits = [left(60)] * left_of_them + [answered(5)] * (5 - left_of_them)
        assert high_abandonment(waits, NOW) == ()

    def test_nor_is_a_share_of_fewer_callers(self) -> None:
        assert high_abandonment([left(60)] * 4, NOW) == ()

    def test_what_is_longer_ago_than_an_hour_is_past(self) -> None:
        earlier = [left(60, began_ago_s=3661)] * 5
        assert high_abandonment(earlier, NOW) == ()
        assert len(high_abandonment([left(60, began_ago_s=3659)] * 5, NOW)) == 1

    def test_who_still_waits_has_not_left(self) -> None:
        still = [Wait(f"c{n}", "support", ago(300)) for n in range(5)]
        assert high_abandonment(still, NOW) == ()


class TestUnansweredComplaints:
    def test_a_safety_complaint_in_line_is_one_at_once(self) -> None:
        line = [waiting("a", 3, priority=SAFETY), waiting("b", 30)]
        assert unanswered_complaints(line, []) == (
            UnansweredComplaint("a", ago(3) + timedelta(minutes=15)),
        )

    def test_it_comes_up_once_though_it_has_a_ticket_too(self) -> None:
        line = [waiting("a", 3, priority=SAFETY)]
        ticket = UnansweredComplaint("a", NOW, ticket_id=7)
        assert [alert.ticket_id for alert in unanswered_complaints(line, [ticket])] == [None]

    def test_the_one_that_is_due_first_comes_first(self) -> None:
        tickets = [
            UnansweredComplaint("b", NOW + timedelta(minutes=2), ticket_id=1),
            UnansweredComplaint("c", NOW - timedelta(minutes=2), ticket_id=2),
        ]
        found = unanswered_complaints([waiting("a", 3, priority=SAFETY)], tickets)
        assert [alert.call_id for alert in found] == ["c", "b", "a"]
