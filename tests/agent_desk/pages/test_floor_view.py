"""The floor in words: what a supervisor reads of queues, agents, calls and alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent_desk.pages.floor_view import FloorView, floor_view
from agent_desk.supervision import Refusal, Supervised
from contact_center.floor import AgentOnFloor, LiveCall, View
from contact_center.floor_figures import (
    Alert,
    HighAbandonment,
    LongWait,
    QueueTile,
    UnansweredComplaint,
)
from contact_center.routing.agents import NO_ANSWER, Agent

NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")


def live_call(**changes: Any) -> LiveCall:
    facts: dict[str, Any] = {
        "call_id": "c1",
        "server": "",
        "started_at": NOW - timedelta(minutes=3),
        "phase": "agent",
        "since": NOW - timedelta(minutes=1),
        "agent_name": "Sam",
        "queue": "support",
        "reason": "emotion",
        "priority": 3,
        "caller_number": "+15550100042",
        "customer_name": "Maria Delgado",
        "tier": "standard",
        "upset": 0.8,
        "mood": "rising",
    }
    return LiveCall(**{**facts, **changes})


def tile(**changes: Any) -> QueueTile:
    facts: dict[str, Any] = {
        "queue": "order_help",
        "waiting": 2,
        "longest_s": 75.0,
        "expected_s": 61.0,
        "agents": 2,
        "free": 1,
        "answered": 9,
        "left": 1,
        "service_level": 0.85,
        "abandonment": 0.1,
    }
    return QueueTile(**{**facts, **changes})


def shown(
    *,
    tiles: tuple[QueueTile, ...] = (),
    agents: tuple[AgentOnFloor, ...] = (),
    calls: tuple[LiveCall, ...] = (),
    alerts: tuple[Alert, ...] = (),
    joined: Supervised | None = None,
    refusal: Refusal | None = None,
) -> FloorView:
    view = View(NOW, tiles, agents, calls, alerts)
    return floor_view(view, joined, lambda call_id: refusal, ZONE)


class TestQueues:
    def test_a_queue_is_named_and_counted(self) -> None:
        (view,) = shown(tiles=(tile(),))["tiles"]
        assert (view["name"], view["waiting"], view["agents"]) == (
            "Order help",
            2,
            "1 of 2 agents free",
        )
        assert view["since"] == (NOW - timedelta(seconds=75)).timestamp() * 1000
        assert (view["service"], view["service_kind"], view["abandonment"]) == (
            "85 %",
            "good",
            "10 %",
        )

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(None, "\N{EN DASH}"), (4.0, "< 1 min"), (60.0, "1 min"), (61.0, "2 min")],
    )
    def test_the_expected_wait_is_in_whole_minutes_upwards(
        self, seconds: float | None, words: str
    ) -> None:
        assert shown(tiles=(tile(expected_s=seconds),))["tiles"][0]["expected"] == words

    @pytest.mark.parametrize(
        ("service", "kind"), [(None, ""), (0.8, "good"), (0.6, "fair"), (0.59, "bad")]
    )
    def test_bad_service_stands_out(self, service: float | None, kind: str) -> None:
        assert shown(tiles=(tile(service_level=service),))["tiles"][0]["service_kind"] == kind


class TestAgents:
    def agent(self, *calls: LiveCall, **changes: Any) -> Any:
        agent = Agent(**{"name": "Sam", "state": "on_call", "since": NOW, "idle_since": NOW,
                         **changes})  # fmt: skip
        return shown(agents=(AgentOnFloor(agent, calls),))["agents"][0]

    def test_with_the_caller_they_have(self) -> None:
        view = self.agent(live_call(), calls=1)
        assert (view["label"], view["detail"], view["call_id"]) == (
            "On a call",
            "Maria Delgado",
            "c1",
        )

    def test_on_a_break_with_its_reason(self) -> None:
        view = self.agent(state="break", break_reason="lunch")
        assert (view["label"], view["detail"]) == ("On a break", "Lunch")

    def test_who_did_not_answer(self) -> None:
        assert self.agent(state="break", break_reason=NO_ANSWER)["detail"] == "Did not answer"


class TestCalls:
    def call(self, refusal: Refusal | None = None, **changes: Any) -> Any:
        return shown(calls=(live_call(**changes),), refusal=refusal)["calls"][0]

    def test_of_the_number_only_the_end_is_shown(self) -> None:
        assert self.call()["number"] == "ends in 0042"
        assert self.call(caller_number=None)["number"] == "number withheld"

    def test_a_caller_nobody_knows(self) -> None:
        assert self.call(customer_name=None)["caller"] == "Unknown caller"

    @pytest.mark.parametrize(
        ("phase", "words"),
        [
            ("bot", "With the bot"),
            ("waiting", "Waits for support"),
            ("asked", "Sam is being asked"),
            ("agent", "With Sam"),
        ],
    )
    def test_where_it_is(self, phase: str, words: str) -> None:
        assert self.call(phase=phase)["phase_label"] == words

    def test_how_the_caller_sounds(self) -> None:
        view = self.call()
        assert (view["mood"], view["trend"], view["mood_kind"]) == ("Very upset", "rising", "upset")
        silent = self.call(upset=None, mood="unknown")
        assert (silent["mood"], silent["trend"], silent["mood_kind"]) == ("\N{EN DASH}", "", "")

    def test_tier_and_safety(self) -> None:
        view = self.call(tier="vip", priority=1)
        assert (view["tier_label"], view["safety"]) == ("VIP", True)
        assert self.call()["tier_label"] == ""

    @pytest.mark.parametrize(
        ("changes", "refusal", "words"),
        [
            ({}, None, ""),
            ({}, "no_voice", ""),
            ({"server": "two"}, "elsewhere", "On server two"),
            ({"phase": "bot", "agent_name": None}, "no_agent", "No agent yet"),
            ({}, "no_agent", "No voice in it"),
        ],
    )
    def test_why_it_cannot_be_joined(
        self, changes: dict[str, Any], refusal: Refusal | None, words: str
    ) -> None:
        assert self.call(refusal, **changes)["why_not"] == words

    def test_the_call_that_the_supervisor_is_in(self) -> None:
        view = shown(calls=(live_call(),), joined=Supervised("c1", "whisper"))
        assert view["calls"][0]["joined"] == "whisper"
        assert view["doing"] == "You are whispering in Maria Delgado with Sam"


class TestAlerts:
    def alert(self, alert: Alert) -> Any:
        return shown(alerts=(alert,))["alerts"][0]

    def test_a_complaint_on_the_line(self) -> None:
        view = self.alert(UnansweredComplaint("c1", NOW + timedelta(minutes=9)))
        assert view["title"] == "Safety complaint waits: answer by 15:09"
        assert (view["kind"], view["address"]) == ("alarm", "/desk/calls/c1")

    def test_a_complaint_on_file_that_is_late(self) -> None:
        view = self.alert(UnansweredComplaint(None, NOW - timedelta(minutes=9), ticket_id=7))
        assert view["title"] == "Safety complaint, ticket 7: was due at 14:51"
        assert view["advice"] == "Nobody owns it: ask an agent to call the customer back now."
        assert view["address"] == ""

    def test_a_complaint_that_is_somebodys(self) -> None:
        view = self.alert(UnansweredComplaint("c1", NOW, ticket_id=7, owner="Sam"))
        assert view["advice"] == "It is Sam's: see that they call the customer back now."

    @pytest.mark.parametrize(
        ("on_break", "working", "advice"),
        [
            (("Ada", "Ben"), 1, "On a break: Ada, Ben. Ask them to come back."),
            ((), 0, "Nobody takes this queue. Ask an agent of another one to help."),
            ((), 1, "Its only agent is busy. Ask an agent of another queue to help."),
            ((), 3, "All 3 of its agents are busy. Ask an agent of another queue."),
        ],
    )
    def test_a_long_wait_says_who_could_help(
        self, on_break: tuple[str, ...], working: int, advice: str
    ) -> None:
        view = self.alert(LongWait("billing", 1, 659.0, on_break, working))
        assert view["title"] == "Billing: a caller has waited 10 minutes"
        assert view["advice"] == advice

    def test_what_is_read_out_changes_once_a_minute(self) -> None:
        now, then = (self.alert(LongWait("billing", 2, s, (), 1))["title"] for s in (661, 719))
        assert now == then == "Billing: 2 callers have waited over 10 minutes, up to 11"

    def test_callers_who_leave(self) -> None:
        view = self.alert(HighAbandonment("support", 2, 8))
        assert view["title"] == "Support: 25 % of the last hour's callers left"


def test_texts_from_outside_are_made_plain() -> None:
    view = shown(calls=(live_call(customer_name="Maria\x1b[31m\u202e Delgado"),))
    assert view["calls"][0]["caller"] == "Maria Delgado"
