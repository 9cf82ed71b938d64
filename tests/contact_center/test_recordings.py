"""What is known of recordings, and where in them each turn begins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from contact_center.calls import Calls, Speaker, TurnRecord
from contact_center.database import Database
from contact_center.handoffs import Handoffs
from contact_center.packet_builder import build_packet
from contact_center.recordings import (
    ClockMark,
    Recording,
    Recordings,
    Span,
    UnknownRecording,
    turn_offsets,
)
from contact_center.settings import ContactCenterSettings
from tests.taking_calls import take

from .conftest import NOW


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def start_calls(database: Database, *call_ids: str) -> Recordings:
    for call_id in call_ids:
        await Calls(database).start(call_id, None, "browser", NOW)
    return Recordings(database)


async def test_a_recording_from_its_beginning_to_its_end(database: Database) -> None:
    recordings = await start_calls(database, "c1")
    assert await recordings.of_call("c1") is None
    await recordings.begin("c1", "c1.opus", "opus", NOW, heard_s=3.5)
    begun = await recordings.of_call("c1")
    assert begun == Recording(
        call_id="c1",
        file="c1.opus",
        format="opus",
        started_at=NOW,
        caller_clock=(ClockMark(3.5, 0.0),),
    )
    assert not begun.playable
    clock = (ClockMark(3.5, 0.0), ClockMark(9.0, 7.0))
    await recordings.finish(
        "c1", 60.5, 300_000, [Span(10.0, 15.5)], later(61), caller_clock=clock, broken="full"
    )
    assert await recordings.of_call("c1") == Recording(
        call_id="c1",
        file="c1.opus",
        format="opus",
        started_at=NOW,
        finished_at=later(61),
        seconds=60.5,
        size=300_000,
        paused=(Span(10.0, 15.5),),
        caller_clock=clock,
        broken="full",
    )


def test_what_a_browser_plays_it_as() -> None:
    opus = Recording(call_id="c1", file="c1.opus", format="opus", started_at=NOW)
    flac = Recording(call_id="c1", file="c1.flac", format="flac", started_at=NOW)
    assert (opus.media_type, flac.media_type) == ("audio/ogg", "audio/flac")


async def test_a_call_is_recorded_once_and_must_be_known(database: Database) -> None:
    recordings = await start_calls(database, "c1")
    await recordings.begin("c1", "c1.opus", "opus", NOW)
    for call_id in ("c1", "no such call"):
        with pytest.raises(IntegrityError):
            await recordings.begin(call_id, "again.opus", "opus", NOW)
    with pytest.raises(UnknownRecording):
        await recordings.finish("no such call", 1.0, 1, (), NOW)
    with pytest.raises(UnknownRecording):
        await recordings.mark_deleted("no such call", NOW)


async def test_old_recordings_are_found_until_they_are_deleted(database: Database) -> None:
    recordings = await start_calls(database, "c1", "c2", "c3")
    for number in (1, 2, 3):
        await recordings.begin(f"c{number}", f"c{number}.flac", "flac", later(number))
        await recordings.finish(f"c{number}", 1.0, 1, (), later(number))

    async def found(**options: int) -> list[str]:
        return [each.call_id for each in await recordings.older_than(later(3), **options)]

    assert await found() == ["c1", "c2"]
    assert await found(limit=1) == ["c1"]
    assert await found(skip=1) == ["c2"]
    await recordings.mark_deleted("c1", later(10))
    await recordings.mark_deleted("c1", later(20))
    assert await found() == ["c2"]
    gone = await recordings.of_call("c1")
    assert gone is not None
    assert (gone.deleted_at, gone.playable) == (later(10), False)
    assert await recordings.kept_files(["c1.flac", "c2.flac", "other.flac"]) == {"c2.flac"}


async def test_recordings_without_an_end_are_found(database: Database) -> None:
    recordings = await start_calls(database, "c1", "c2", "c3")
    for number in (1, 2, 3):
        await recordings.begin(f"c{number}", f"c{number}.opus", "opus", later(number))
    await recordings.finish("c1", 1.0, 1, (), NOW)
    assert [each.call_id for each in await recordings.unfinished(later(3))] == ["c2"]


async def test_agents_had_the_calls_that_they_accepted(
    database: Database, settings: ContactCenterSettings
) -> None:
    recordings = await start_calls(database, "c1")
    packet = await build_packet(
        database,
        call_id="c1",
        reason="requested",
        details={},
        trigger_turn_id=None,
        state={},
        wait_seconds=None,
        now=NOW,
        settings=settings,
    )
    handoff = await Handoffs(database).open(packet)
    assert not await recordings.had_call("c1", "Ada")
    await take(database, handoff.id, "Ada", NOW)
    assert await recordings.had_call("c1", "Ada")
    assert not await recordings.had_call("c1", "Bob")
    assert not await recordings.had_call("c2", "Ada")


def turn(
    turn_id: str, speaker: Speaker, seconds: float, words: Iterable[tuple[float, float]] = ()
) -> TurnRecord:
    return TurnRecord(
        call_id="c1",
        turn_id=turn_id,
        speaker=speaker,
        text="",
        started_at=later(seconds),
        words=[{"text": "", "start": start, "end": end, "confidence": 1.0} for start, end in words]
        or None,
    )


def recording(*clock: ClockMark, begun: float = 0.0, seconds: float | None = 60.0) -> Recording:
    return Recording(
        call_id="c1",
        file="",
        format="opus",
        started_at=later(begun),
        seconds=seconds,
        caller_clock=clock or (ClockMark(0.0, 0.0),),
    )


def test_the_bots_turns_begin_when_it_said_so() -> None:
    assert turn_offsets(recording(), [turn("b1", "bot", 4.5)]) == {"b1": 4.5}


def test_a_callers_turns_begin_with_their_first_word() -> None:
    said = turn("u1", "caller", 12.0, [(8.2, 8.6), (8.7, 9.4)])
    assert turn_offsets(recording(), [said]) == {"u1": 8.2}


def test_a_callers_turn_without_words_begins_when_it_was_stored() -> None:
    assert turn_offsets(recording(), [turn("u1", "caller", 12.0)]) == {"u1": 12.0}


def test_what_an_agent_said_began_before_it_was_stored() -> None:
    said = turn("a1", "agent", 20.0, [(3.0, 3.4), (3.5, 5.0)])
    assert turn_offsets(recording(), [said])["a1"] == pytest.approx(17.3)
    assert turn_offsets(recording(), [turn("a2", "agent", 20.0)]) == {"a2": 20.0}


def test_a_recording_that_began_later_than_the_call() -> None:
    late = recording(ClockMark(10.0, 0.0), begun=10.0)
    turns = [
        turn("b1", "bot", 1.0),
        turn("u1", "caller", 9.0, [(5.0, 6.0)]),
        turn("b2", "bot", 9.5),
        turn("u2", "caller", 16.0, [(12.5, 14.0)]),
    ]
    assert turn_offsets(late, turns) == {"b2": 0.0, "u2": 2.5}


def test_lost_audio_of_the_caller_is_counted_in() -> None:
    gap = recording(ClockMark(0.0, 0.0), ClockMark(20.0, 25.0))
    turns = [turn("u1", "caller", 0, [(19.0, 19.5)]), turn("u2", "caller", 0, [(21.0, 22.0)])]
    assert turn_offsets(gap, turns) == {"u1": 19.0, "u2": 26.0}


def test_turns_after_the_end_of_the_recording_are_left_out() -> None:
    turns = [turn("b1", "bot", 59.0), turn("b2", "bot", 61.0)]
    assert turn_offsets(recording(), turns) == {"b1": 59.0}
    assert turn_offsets(recording(seconds=None), turns) == {"b1": 59.0, "b2": 61.0}
