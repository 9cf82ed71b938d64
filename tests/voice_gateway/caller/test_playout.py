from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.caller.playout import Playout

FRAME = 320  # 20 ms at 8 kHz


@given(st.lists(st.integers(1, 500).map(lambda samples: 2 * samples), max_size=20))
def test_all_audio_is_played_in_order_and_marks_come_after_what_is_before_them(
    sizes: list[int],
) -> None:
    playout = Playout(8000)
    sent = b""
    due: dict[int, int] = {}
    for number, size in enumerate(sizes):
        pcm = bytes([number + 1]) * size
        playout.add(pcm)
        playout.mark(number)
        sent += pcm
        due[number] = len(sent)
    played = b""
    reached = []
    while not playout.empty:
        frame = playout.next_frame()
        assert len(frame.pcm) == FRAME
        played += frame.pcm
        for mark in frame.marks:
            assert len(played) >= due[mark]
            reached.append(mark)
    assert played[: len(sent)] == sent
    assert not played[len(sent) :].strip(b"\0")
    assert reached == list(range(len(sizes)))
    assert playout.underruns == 0


def test_nothing_queued_is_silence() -> None:
    frame = Playout(8000).next_frame()
    assert (frame.pcm, frame.sounding, frame.marks) == (bytes(FRAME), False, ())


def test_a_mark_is_reached_only_when_its_audio_has_been_played() -> None:
    playout = Playout(8000)
    playout.add(b"\1\1" * FRAME)
    playout.mark(1)
    assert [playout.next_frame().marks for _ in range(3)] == [(), (), (1,)]


def test_clearing_drops_audio_and_marks() -> None:
    playout = Playout(8000)
    playout.add(b"\1\1" * FRAME)
    playout.mark(1)
    playout.next_frame()
    playout.clear()
    assert playout.empty
    frame = playout.next_frame()
    assert (frame.sounding, frame.marks) == (False, ())


def test_audio_that_comes_too_late_within_an_utterance_is_an_underrun() -> None:
    playout = Playout(8000)
    playout.add(bytes(FRAME))
    for _ in range(3):
        playout.next_frame()
    playout.add(bytes(FRAME))
    assert playout.underruns == 1


def test_a_pause_after_a_mark_or_a_clear_or_of_some_length_is_none() -> None:
    playout = Playout(8000)
    playout.add(bytes(FRAME))
    playout.mark(1)
    playout.next_frame()
    playout.next_frame()
    playout.add(bytes(FRAME))
    playout.next_frame()
    playout.clear()
    playout.next_frame()
    playout.add(bytes(FRAME))
    for _ in range(50):
        playout.next_frame()
    playout.add(bytes(FRAME))
    assert playout.underruns == 0
