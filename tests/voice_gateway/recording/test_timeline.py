"""The two directions of a call side by side, whatever the network does to them."""

from __future__ import annotations

import pytest

from contact_center.recordings import ClockMark, Span
from voice_gateway.recording.timeline import (
    LONGEST_STALL_S,
    USUAL_LEAD_S,
    WATCHED_S,
    Block,
    Timeline,
)
from voice_gateway.transports.line import frame_bytes

RATE = 8000
FRAME = frame_bytes(RATE)
CALLER = b"\1\0" * (FRAME // 2)
LINE = b"\2\0" * (FRAME // 2)
SILENCE = bytes(FRAME)


def begun() -> Timeline:
    timeline = Timeline(RATE)
    timeline.begin()
    return timeline


def test_what_is_sent_is_laid_where_it_is_played() -> None:
    timeline = begun()
    assert timeline.hear(CALLER) == [Block(CALLER, SILENCE)]
    assert timeline.send(LINE + LINE) == []
    assert timeline.hear(CALLER) == [Block(CALLER, LINE)]
    assert timeline.hear(CALLER) == [Block(CALLER, LINE)]
    assert timeline.hear(CALLER) == [Block(CALLER, SILENCE)]
    assert timeline.recorded_s == 0.08


def test_what_is_cleared_was_never_heard() -> None:
    timeline = begun()
    timeline.send(LINE * 5)
    assert timeline.hear(CALLER) == [Block(CALLER, LINE)]
    timeline.clear()
    assert timeline.hear(CALLER) == [Block(CALLER, SILENCE)]


def test_audio_that_comes_late_in_one_burst_stays_beside_what_was_played_meanwhile() -> None:
    timeline = begun()
    frames = round(10.0 / 0.02)
    for _ in range(frames):
        assert timeline.send(LINE) == []
    for _ in range(frames):
        assert timeline.hear(CALLER) == [Block(CALLER, LINE)]
    assert timeline.caller_clock == (ClockMark(0.0, 0.0),)


def test_a_caller_whose_audio_stops_coming_does_not_stop_the_recording() -> None:
    timeline = begun()
    blocks = [block for _ in range(3000) for block in timeline.send(LINE)]
    assert blocks
    assert all(
        set(block.caller) == {0} and len(block.line) == len(block.caller) for block in blocks
    )
    assert timeline.recorded_s > 60.0 - LONGEST_STALL_S
    assert timeline.recorded_s == pytest.approx(sum(len(b.line) for b in blocks) / FRAME * 0.02)


def test_audio_of_the_caller_that_is_lost_for_good_becomes_silence() -> None:
    timeline = begun()
    lost = round(2.0 / 0.02)
    for _ in range(lost):
        timeline.send(LINE)
    blocks = []
    for _ in range(2 * round(WATCHED_S / 0.02)):
        timeline.send(LINE)
        blocks += timeline.hear(CALLER)
    (filler,) = [block for block in blocks if block.caller != CALLER]
    assert filler.caller == bytes(len(filler.line))
    assert set(filler.line) == {0, 2}, "what was played meanwhile is in the recording"
    assert len(filler.line) / FRAME * 0.02 == pytest.approx(2.0 - USUAL_LEAD_S, abs=0.021)
    first, after = timeline.caller_clock
    assert first == ClockMark(0.0, 0.0)
    assert after.at - after.heard == pytest.approx(2.0 - USUAL_LEAD_S, abs=0.021)


def test_nothing_comes_of_what_passes_before_the_recording_begins() -> None:
    timeline = Timeline(RATE)
    timeline.send(LINE * 3)
    assert timeline.hear(CALLER) == []
    assert timeline.hear(CALLER) == []
    timeline.begin()
    assert timeline.hear(CALLER) == [Block(CALLER, LINE)], "what was under way is played on"
    assert timeline.caller_clock == (ClockMark(0.04, 0.0),)
    assert timeline.recorded_s == 0.02


def test_a_pause_is_silence_on_both_sides_and_takes_its_time() -> None:
    timeline = begun()
    timeline.hear(CALLER)
    timeline.pause(True)
    timeline.pause(True)
    timeline.send(LINE * 3)
    assert timeline.hear(CALLER) == [Block(SILENCE, SILENCE)]
    assert timeline.paused == (Span(0.02, 0.04),), "an open pause reaches up to now"
    assert timeline.hear(CALLER) == [Block(SILENCE, SILENCE)]
    timeline.pause(False)
    timeline.pause(False)
    assert timeline.hear(CALLER) == [Block(CALLER, LINE)]
    assert timeline.paused == (Span(0.02, 0.06),)


def test_a_pause_without_audio_leaves_no_span() -> None:
    timeline = begun()
    timeline.pause(True)
    timeline.pause(False)
    assert timeline.paused == ()
