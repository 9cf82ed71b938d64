"""Calls and turns: nothing that was said is lost, and who was cut off can go on."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contact_center.calls import Calls, TurnRecord, UnknownCall, UnknownTurn
from contact_center.database import Database
from contact_center.handoff_packet import HandoffPacket
from contact_center.handoffs import Handoffs
from contact_center.packet_builder import build_packet
from contact_center.seed import DEMO_CUSTOMER
from tests.taking_calls import take

from .conftest import NOW

NUMBER = "+12025550123"
MINUTE = timedelta(minutes=1)
UNFINISHED = {"active_task": "order_status", "slots": {"order_number": "482913"}}
FINISHED = {"active_task": None, "slots": {}}


def said(turn_id: str, text: str = "where is my order", **changes: Any) -> TurnRecord:
    turn = TurnRecord(
        call_id="c1",
        turn_id=turn_id,
        speaker="caller",
        text=text,
        started_at=NOW,
        confidence=0.91,
        words=[{"word": "where", "start": 0.1, "end": 0.3, "confidence": 0.97}],
        alternatives=("wear is my order",),
        barge_in=True,
        affect=0.2,
    )
    return replace(turn, **changes)


async def test_a_call_knows_whose_number_it_comes_from(seeded: Database) -> None:
    call = await Calls(seeded).start("c1", "(555) 010-0042", "browser", NOW)
    assert call.caller_number == DEMO_CUSTOMER.phone
    assert call.customer is not None
    assert call.customer.name == DEMO_CUSTOMER.name
    assert call.ended_at is None


@pytest.mark.parametrize("number", [None, "", "anonymous", NUMBER])
async def test_a_call_from_an_unknown_number_has_no_customer(
    seeded: Database, number: str | None
) -> None:
    call = await Calls(seeded).start("c1", number, "browser", NOW)
    assert call.customer_id is None


async def test_starting_a_call_twice_keeps_the_first(database: Database) -> None:
    calls = Calls(database)
    await calls.start("c1", NUMBER, "browser", NOW)
    again = await calls.start("c1", None, "browser", NOW + MINUTE)
    assert again.started_at == NOW
    assert again.caller_number == NUMBER


async def test_turns_come_back_as_they_were_said(database: Database) -> None:
    calls = Calls(database)
    await calls.start("c1", NUMBER, "browser", NOW)
    answer = TurnRecord(
        call_id="c1",
        turn_id="t2",
        speaker="bot",
        text="It arrives tomorrow.",
        complete=False,
        started_at=NOW + timedelta(seconds=2),
    )
    await calls.record_turn(answer)
    await calls.record_turn(said("t1"))
    helped = said("t3", speaker="agent", agent_name="Sam", started_at=NOW + timedelta(seconds=4))
    await calls.record_turn(helped)
    assert await calls.transcript("c1") == [said("t1"), answer, helped]
    assert await calls.turn("c1", answer.turn_id) == answer
    assert await calls.turn("c2", answer.turn_id) is None


async def test_recording_a_turn_again_changes_nothing(database: Database) -> None:
    calls = Calls(database)
    await calls.start("c1", NUMBER, "browser", NOW)
    await calls.record_turn(said("t1"))
    await calls.record_turn(said("t1", "something else"))
    assert await calls.transcript("c1") == [said("t1")]


async def test_turns_of_different_calls_may_have_the_same_name(database: Database) -> None:
    calls = Calls(database)
    for call_id in ("c1", "c2"):
        await calls.start(call_id, NUMBER, "browser", NOW)
        await calls.record_turn(said("t1", call_id=call_id))
    assert len(await calls.transcript("c2")) == 1


async def test_a_turn_of_an_unknown_call_is_refused(database: Database) -> None:
    with pytest.raises(UnknownCall):
        await Calls(database).record_turn(said("t1"))


async def test_what_the_caller_heard_is_added_later(database: Database) -> None:
    calls = Calls(database)
    await calls.start("c1", NUMBER, "browser", NOW)
    await calls.record_turn(said("t1", "Your order arrives tomorrow.", speaker="bot"))
    await calls.record_heard("c1", "t1", "Your order", complete=False)
    (turn,) = await calls.transcript("c1")
    assert (turn.heard, turn.complete) == ("Your order", False)
    with pytest.raises(UnknownTurn):
        await calls.record_heard("c1", "t9", "", complete=False)


async def test_the_state_of_the_dialogue_is_kept(database: Database) -> None:
    calls = Calls(database)
    await calls.start("c1", NUMBER, "browser", NOW)
    await calls.store_state("c1", FINISHED, NOW)
    await calls.store_state("c1", UNFINISHED, NOW + MINUTE)
    call = await calls.get("c1")
    assert call is not None
    assert call.state == UNFINISHED
    with pytest.raises(UnknownCall):
        await calls.store_state("c9", FINISHED, NOW)


async def test_the_first_reason_for_the_end_stays(database: Database) -> None:
    calls = Calls(database)
    await calls.start("c1", NUMBER, "browser", NOW)
    await calls.end("c1", "caller_hung_up", NOW + MINUTE)
    await calls.end("c1", "system_error", NOW + 2 * MINUTE)
    call = await calls.get("c1")
    assert call is not None
    assert (call.end_reason, call.ended_at) == ("caller_hung_up", NOW + MINUTE)
    with pytest.raises(UnknownCall):
        await calls.end("c9", "completed", NOW)


async def test_an_unknown_call_is_none(database: Database) -> None:
    assert await Calls(database).get("c9") is None
    assert await Calls(database).transcript("c9") == []


async def requested(db: Database, call_id: str) -> HandoffPacket:
    return await build_packet(
        db,
        call_id=call_id,
        reason="requested",
        details={},
        trigger_turn_id=None,
        state=None,
        wait_seconds=None,
        now=NOW,
    )


class TestGoingOn:
    async def broken(self, db: Database, *, state: dict[str, Any], reason: str | None) -> Calls:
        calls = Calls(db)
        await calls.start("c1", NUMBER, "browser", NOW)
        await calls.record_turn(said("t1"))
        await calls.store_state("c1", state, NOW)
        if reason is not None:
            await calls.end("c1", reason, NOW + MINUTE)
        return calls

    @pytest.mark.parametrize(
        "reason", ["caller_hung_up", "system_error", "draining", "server_lost"]
    )
    async def test_an_unfinished_task_can_be_gone_on_with(
        self, database: Database, reason: str
    ) -> None:
        calls = await self.broken(database, state=UNFINISHED, reason=reason)
        found = await calls.find_resumable("202 555 0123", NOW + 5 * MINUTE)
        assert found is not None
        assert found.call_id == "c1"
        assert found.state == UNFINISHED
        assert found.ended_at == NOW + MINUTE
        assert found.last_caller_text == "where is my order"

    @pytest.mark.parametrize("state", [UNFINISHED, FINISHED])
    async def test_so_can_a_call_whose_server_died(
        self, database: Database, state: dict[str, Any]
    ) -> None:
        calls = await self.broken(database, state=state, reason=None)
        found = await calls.find_resumable(NUMBER, NOW + 5 * MINUTE)
        assert found is not None
        assert found.ended_at == NOW

    @pytest.mark.parametrize(
        ("state", "reason"),
        [
            (UNFINISHED, "completed"),
            (UNFINISHED, "handed_over"),
            (FINISHED, "caller_hung_up"),
            (FINISHED, "system_error"),
        ],
    )
    async def test_a_call_that_ended_well_is_over(
        self, database: Database, state: dict[str, Any], reason: str
    ) -> None:
        calls = await self.broken(database, state=state, reason=reason)
        assert await calls.find_resumable(NUMBER, NOW + 5 * MINUTE) is None

    @pytest.mark.parametrize("reason", ["caller_hung_up", None])
    async def test_after_half_an_hour_it_is_too_late(
        self, database: Database, reason: str | None
    ) -> None:
        calls = await self.broken(database, state=UNFINISHED, reason=reason)
        assert await calls.find_resumable(NUMBER, NOW + 32 * MINUTE) is None
        assert await calls.find_resumable(NUMBER, NOW + 32 * MINUTE, within=60 * MINUTE)

    async def test_other_numbers_are_not_asked(self, database: Database) -> None:
        calls = await self.broken(database, state=UNFINISHED, reason="caller_hung_up")
        assert await calls.find_resumable("+12025550124", NOW + MINUTE) is None
        assert await calls.find_resumable(None, NOW + MINUTE) is None

    async def test_the_new_call_is_not_taken_for_the_old_one(self, database: Database) -> None:
        calls = await self.broken(database, state=UNFINISHED, reason="caller_hung_up")
        await calls.start("c2", NUMBER, "browser", NOW + 5 * MINUTE)
        await calls.store_state("c2", FINISHED, NOW + 5 * MINUTE)
        found = await calls.find_resumable(NUMBER, NOW + 5 * MINUTE)
        assert found is not None
        assert found.call_id == "c1"

    async def test_it_is_offered_only_once(self, database: Database) -> None:
        calls = await self.broken(database, state=UNFINISHED, reason="caller_hung_up")
        await calls.start("c2", NUMBER, "browser", NOW + 5 * MINUTE)
        await calls.mark_resumed("c1", "c2")
        assert await calls.find_resumable(NUMBER, NOW + 5 * MINUTE) is None
        assert await calls.resumed_from("c2") == "c1"
        assert await calls.resumed_from("c1") is None

    async def test_only_the_latest_call_counts(self, database: Database) -> None:
        calls = await self.broken(database, state=UNFINISHED, reason="caller_hung_up")
        await calls.start("c2", NUMBER, "browser", NOW + 5 * MINUTE)
        await calls.record_turn(said("t1", call_id="c2", started_at=NOW + 5 * MINUTE))
        await calls.end("c2", "completed", NOW + 6 * MINUTE)
        assert await calls.find_resumable(NUMBER, NOW + 7 * MINUTE) is None

    async def test_not_when_a_person_had_taken_over(self, database: Database) -> None:
        calls = await self.broken(database, state=UNFINISHED, reason=None)
        handoffs = Handoffs(database)
        handoff = await handoffs.open(await requested(database, "c1"))
        await take(database, handoff.id, "Sam", NOW)
        await calls.end("c1", "caller_hung_up", NOW + MINUTE)
        assert await calls.find_resumable(NUMBER, NOW + 5 * MINUTE) is None

    async def test_it_can_only_be_taken_up_by_a_call(self, database: Database) -> None:
        calls = await self.broken(database, state=UNFINISHED, reason="caller_hung_up")
        with pytest.raises(UnknownCall):
            await calls.mark_resumed("c1", "c9")


class TestOrphans:
    async def test_calls_of_a_dead_server_end_with_their_last_sign_of_life(
        self, database: Database
    ) -> None:
        calls = Calls(database)
        await calls.start("c1", NUMBER, "browser", NOW)
        await calls.record_turn(said("t1", started_at=NOW + 3 * MINUTE))
        await calls.start("c2", NUMBER, "browser", NOW)
        await calls.end("c2", "completed", NOW + MINUTE)
        assert await calls.close_orphans(NOW + 60 * MINUTE) == 1
        orphan, ended = await calls.get("c1"), await calls.get("c2")
        assert orphan is not None
        assert (orphan.end_reason, orphan.ended_at) == ("server_lost", NOW + 3 * MINUTE)
        assert ended is not None
        assert ended.end_reason == "completed"
        assert await calls.close_orphans(NOW + 60 * MINUTE) == 0

    async def test_calls_of_another_server_go_on(self, database: Database) -> None:
        calls = Calls(database)
        await calls.start("c1", NUMBER, "browser", NOW, server="east")
        await calls.start("c2", NUMBER, "browser", NOW, server="west")
        assert await calls.close_orphans(NOW, server="east") == 1
        other = await calls.get("c2")
        assert other is not None
        assert other.ended_at is None

    async def test_nobody_is_kept_waiting_for_a_lost_line(self, database: Database) -> None:
        calls, handoffs = Calls(database), Handoffs(database)
        ids = []
        for call_id in ("c1", "c2"):
            await calls.start(call_id, NUMBER, "browser", NOW)
            packet = await requested(database, call_id)
            ids.append((await handoffs.open(packet)).id)
        await take(database, ids[1], "Sam", NOW)
        await calls.close_orphans(NOW + MINUTE)
        offered, accepted = [await handoffs.get(handoff_id) for handoff_id in ids]
        assert offered.state == "abandoned"
        assert (accepted.state, accepted.disposition) == ("closed", "line_lost")
        assert [change.state for change in accepted.history[-2:]] == ["accepted", "closed"]


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from contact_center.calls import Calls, TurnRecord
from contact_center.database import Database

async def main():
    calls = Calls(Database(sys.argv[1]))
    now = datetime.now(UTC)
    await calls.start("c1", "+12025550123", "browser", now)
    for number in range(100_000):
        await calls.record_turn(
            TurnRecord(
                call_id="c1", turn_id=f"t{number}", speaker="caller", text="x", started_at=now
            )
        )
        print(f"t{number}", flush=True)

asyncio.run(main())
"""


async def test_killing_the_process_loses_no_recorded_turn(database_url: str) -> None:
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITER, database_url),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert writer.stdout is not None
    promised = [(await writer.stdout.readline()).decode().strip() for _ in range(20)]
    with contextlib.suppress(ProcessLookupError):
        writer.kill()
    promised += (await writer.stdout.read()).decode().split()
    await writer.wait()
    db = Database(database_url)
    stored = [turn.turn_id for turn in await Calls(db).transcript("c1")]
    await db.close()
    assert len(promised) >= 20
    assert stored[: len(promised)] == promised
