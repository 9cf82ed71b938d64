"""Past calls in words, and turns laid beside their recording."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from agent_desk.pages.call_views import address, call_line, player_view, wanted
from contact_center.call_list import CallFilter, KeptCall, ListedCall
from contact_center.calls import Call, Speaker, TurnRecord
from contact_center.recordings import Recording, Span

NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")


class TestWhatIsAskedFor:
    def test_an_empty_address_asks_for_everything(self) -> None:
        assert wanted({}) == (CallFilter(), 1)
        assert address(CallFilter()) == "/desk/calls"

    def test_an_address_is_read_as_it_was_written(self) -> None:
        asked = CallFilter(
            date(2026, 3, 1), date(2026, 3, 4), "Sam & Co", "42", "emotion", "resolved"
        )
        query = address(asked, 3).partition("?")[2]
        assert wanted(dict(parse_qsl(query))) == (asked, 3)

    @pytest.mark.parametrize(
        "query",
        [
            {"from": "yesterday"},
            {"to": "2026-13-01"},
            {"reason": "bored"},
            {"ending": "abc%"},
            {"agent": "  "},
            {"page": "-1"},
            {"page": "\N{SUPERSCRIPT TWO}"},
            {"page": "9" * 400},
        ],
    )
    def test_what_makes_no_sense_is_left_out(self, query: dict[str, str]) -> None:
        assert wanted(query) == (CallFilter(), 1)


class TestALine:
    def line(self, **changes: Any) -> Any:
        facts: dict[str, Any] = {
            "call_id": "c1",
            "started_at": NOW - timedelta(minutes=10),
            "ended_at": NOW - timedelta(minutes=6, seconds=55),
            "end_reason": "caller_hung_up",
            "caller_number": "+15550100042",
            "customer_name": "Maria Delgado",
            "tier": "gold",
            "agent_name": "Sam",
            "reason": "emotion",
            "disposition": "resolved",
        }
        return call_line(ListedCall(**{**facts, **changes}), ZONE, NOW)

    def test_says_who_when_and_how_it_came_out(self) -> None:
        line = self.line()
        assert (line.when, line.lasted, line.address) == ("14:50", "3:05", "/desk/calls/c1")
        assert (line.caller, line.number, line.tier_label) == (
            "Maria Delgado",
            "ends in 0042",
            "Gold",
        )
        assert (line.reason, line.agent, line.outcome) == ("Is upset", "Sam", "Resolved")

    def test_a_call_that_the_bot_kept(self) -> None:
        line = self.line(agent_name=None, reason=None, disposition=None)
        assert (line.agent, line.reason, line.outcome) == ("Bot", "", "Caller hung up")

    def test_a_call_that_nobody_took(self) -> None:
        assert self.line(agent_name=None, disposition=None).agent == "Nobody"

    def test_a_call_that_goes_on(self) -> None:
        line = self.line(ended_at=None, end_reason=None, disposition=None)
        assert (line.lasted, line.outcome) == ("going on", "Going on")

    def test_an_older_call_has_its_day(self) -> None:
        assert self.line(started_at=NOW - timedelta(days=1)).when == "Tue Mar 3, 15:00"


class TestThePlayer:
    def view(self, recording: Recording | None, *turns: TurnRecord) -> Any:
        call = Call("c1", None, "browser", None, started_at=NOW, ended_at=NOW)
        return player_view(KeptCall(call, turns, (), ()), recording, ZONE)

    def turn(self, after_s: float, speaker: Speaker = "caller", **more: Any) -> TurnRecord:
        return TurnRecord(
            call_id="c1",
            turn_id=f"t{after_s}",
            speaker=speaker,
            text="so it is",
            started_at=NOW + timedelta(seconds=after_s),
            **more,
        )

    def recording(self, **changes: Any) -> Recording:
        facts: dict[str, Any] = {
            "call_id": "c1",
            "file": "c1.flac",
            "format": "flac",
            "started_at": NOW,
            "finished_at": NOW,
            "seconds": 60.0,
            "size": 1,
        }
        return Recording(**{**facts, **changes})

    def test_turns_have_their_place_in_the_recording(self) -> None:
        view = self.view(self.recording(), self.turn(1, "bot"), self.turn(12))
        assert [(turn["start"], turn["at"]) for turn in view["turns"]] == [
            (1.0, "0:01"),
            (12.0, "0:12"),
        ]
        assert (view["source"], view["seconds"], view["note"]) == (
            "/desk/recordings/c1",
            60.0,
            "",
        )

    def test_a_turn_beyond_the_recording_keeps_its_place_in_the_transcript(self) -> None:
        view = self.view(self.recording(seconds=20.0), self.turn(12), self.turn(30))
        assert [turn["start"] for turn in view["turns"]] == [12.0, None]

    def test_turns_are_in_the_order_in_which_they_are_heard(self) -> None:
        # What an agent says is stored when they have ended.
        words = [{"text": "so", "start": 0.0, "end": 9.3, "confidence": 1.0}]
        view = self.view(self.recording(), self.turn(10), self.turn(14, "agent", words=words))
        assert [turn["speaker"] for turn in view["turns"]] == ["agent", "caller"]

    def test_pauses(self) -> None:
        view = self.view(self.recording(paused=(Span(3.0, 7.5),)))
        assert view["paused"] == [{"start": 3.0, "end": 7.5}]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            (None, "was not recorded"),
            ({"deleted_at": NOW}, "has been deleted"),
            ({"finished_at": None, "seconds": None}, "is being recorded"),
            ({"seconds": 0.0}, "is empty"),
        ],
    )
    def test_without_a_recording_it_says_why(
        self, changes: dict[str, Any] | None, words: str
    ) -> None:
        view = self.view(None if changes is None else self.recording(**changes), self.turn(1))
        assert words in view["note"]
        assert (view["source"], view["turns"][0]["start"]) == ("", None)
        assert view["turns"][0]["at"] == "15:00:01"

    def test_a_recording_that_broke_off_is_played_as_far_as_it_goes(self) -> None:
        view = self.view(self.recording(broken="The disk is full."))
        assert view["source"]
        assert "broke off" in view["note"]
