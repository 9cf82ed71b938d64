"""Frames over networks of all kinds; time is made up, so a call of minutes takes no time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from voice_gateway.bridge.jitter_buffer import (
    FRAME_S,
    LONGEST_S,
    PAUSE_S,
    SHORTEST_S,
    JitterBuffer,
)

SAMPLES = 320


def frame(number: int) -> bytes:
    """A frame of one value, which tells it from all others, as loud as a voice."""
    return np.full(SAMPLES, 1000 + number % 20_000, "<i2").tobytes()


@dataclass
class Journey:
    """What came of a stream of frames.

    Args:
        buffer: What it went through.
        delays: From coming to being heard, of each frame heard.
        ages: From being sent to being heard.
        heard: The numbers of the frames heard.
        pulled: All that was given out.
    """

    buffer: JitterBuffer
    delays: list[float]
    ages: list[float]
    heard: list[int]
    pulled: list[bytes | None]


def send(
    network_s: Callable[[int], float], frames: int = 500, phase_s: float = 0.007, pace: float = 1.0
) -> Journey:
    """Send a frame every 20 ms over a network that delays each and keeps the order."""
    arrivals: list[float] = []
    for number in range(frames):
        came = number * FRAME_S * pace + network_s(number)
        arrivals.append(max(came, arrivals[-1] if arrivals else 0.0))
    buffer = JitterBuffer()
    journey = Journey(buffer, [], [], [], [])
    pushed = 0
    for tick in range(frames + 100):
        now = tick * FRAME_S + phase_s
        while pushed < frames and arrivals[pushed] <= now:
            buffer.push(frame(pushed), arrivals[pushed])
            pushed += 1
        pulled = buffer.pull(now)
        journey.pulled.append(pulled)
        # The last sample is not touched by a fade in; a fade out ends in silence.
        last = 0 if pulled is None else int(np.frombuffer(pulled, "<i2")[-1])
        if last >= 1000:
            journey.heard.append(last - 1000)
            journey.delays.append(now - arrivals[last - 1000])
            journey.ages.append(now - (last - 1000) * FRAME_S * pace)
    return journey


@given(st.floats(0, FRAME_S), st.floats(0, 0.3))
@settings(max_examples=25)
def test_a_steady_network_costs_one_frame_and_its_place_between_ticks(
    phase_s: float, delay_s: float
) -> None:
    between_ticks_s = (delay_s - phase_s) % FRAME_S
    assume(0.0001 < between_ticks_s < FRAME_S - 0.0001)
    journey = send(lambda _: delay_s, frames=1200, phase_s=phase_s)
    assert all(delay < SHORTEST_S + 2 * FRAME_S for delay in journey.delays)
    assert all(SHORTEST_S <= delay < SHORTEST_S + FRAME_S for delay in journey.delays[-100:])
    # At first it is careful; the frame that this costs is left out once that proves needless.
    buffer = journey.buffer
    assert (buffer.underruns, buffer.late, buffer.dropped) == (0, 0, 1)
    assert len(journey.heard) == 1199


@given(st.integers(0, 2**32), st.floats(0, 0.25))
@settings(max_examples=25)
def test_whatever_the_network_does_the_delay_stays_bounded_and_the_order_kept(
    seed: int, jitter_s: float
) -> None:
    rng = random.Random(seed)
    journey = send(lambda _: rng.random() * jitter_s)
    assert journey.heard == sorted(set(journey.heard))
    assert max(journey.delays) <= LONGEST_S + FRAME_S + 1e-9
    buffer = journey.buffer
    assert len(journey.heard) + buffer.dropped + buffer.waiting == 500
    assert SHORTEST_S <= buffer.delay_s <= LONGEST_S
    assert {len(pulled) for pulled in journey.pulled if pulled is not None} == {2 * SAMPLES}


@given(st.integers(0, 2**32), st.floats(0, 0.035))
@settings(max_examples=25)
def test_it_learns_a_jitter_that_it_can_even_out(seed: int, jitter_s: float) -> None:
    rng = random.Random(seed)
    journey = send(lambda _: rng.random() * jitter_s, frames=1500)
    assert journey.buffer.underruns <= 3
    assert journey.buffer.dropped <= 3


def test_it_waits_longer_on_an_uneven_network_and_less_once_that_is_over() -> None:
    rng = random.Random(4)
    journey = send(lambda n: 0.045 * rng.random() if n < 500 else 0.0, frames=4000)
    assert np.mean(journey.ages[300:500]) >= np.mean(journey.ages[-500:]) + 0.9 * FRAME_S
    assert journey.delays[-1] <= SHORTEST_S + FRAME_S + 1e-9


@pytest.mark.parametrize("stall", [3, 10, 14])
def test_after_a_stall_what_piled_up_is_dropped(stall: int) -> None:
    journey = send(lambda n: max(0.0, (200 + stall - n) * FRAME_S) if n >= 200 else 0.0)
    buffer = journey.buffer
    assert buffer.underruns == 1
    assert buffer.late > 0
    assert buffer.dropped > 0
    assert journey.heard[-1] == 499
    assert max(journey.delays[-100:]) <= LONGEST_S + FRAME_S + 1e-9


def test_a_pause_is_no_gap() -> None:
    journey = send(lambda n: 0.0 if n < 250 else PAUSE_S + 0.2)
    assert journey.buffer.underruns == journey.buffer.late == 0
    assert journey.heard[-1] == 499


@pytest.mark.parametrize("pace", [0.999, 1.001])
def test_a_clock_that_goes_wrong_by_one_in_a_thousand_costs_a_frame_now_and_then(
    pace: float,
) -> None:
    journey = send(lambda _: 0.01, frames=6000, pace=pace)
    assert journey.buffer.underruns + journey.buffer.dropped <= 8
    assert max(journey.delays) <= SHORTEST_S + 2 * FRAME_S + 1e-9


def test_a_missing_frame_is_the_last_one_fading_without_a_click() -> None:
    time = np.arange(SAMPLES * 40) / 16000
    wave = (8000 * np.sin(2 * np.pi * 300 * time)).astype("<i2").tobytes()
    cut = [wave[at : at + 2 * SAMPLES] for at in range(0, len(wave), 2 * SAMPLES)]
    buffer = JitterBuffer()
    heard: list[bytes] = []
    for tick, piece in enumerate(cut):
        if tick not in range(20, 24):
            buffer.push(piece, tick * FRAME_S)
        if pulled := buffer.pull(tick * FRAME_S + 0.001):
            heard.append(pulled)
    samples = np.frombuffer(b"".join(heard), "<i2").astype(int)
    steepest = 8000 * 2 * np.pi * 300 / 16000
    assert np.abs(np.diff(samples)).max() <= 1.5 * steepest
    assert buffer.underruns == 1
