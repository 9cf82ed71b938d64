from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.data.augment import Augmentation
from speech_model.data.drawing import Source, draw_call, draw_plain_line
from speech_model.data.noise import NoiseKind
from speech_model.data.preparation import Draw

SOURCES = st.builds(
    Source,
    parts=st.integers(1, 10),
    rate=st.sampled_from([8000, 16000, 22050, 48000]),
    pitch=st.just(0.0) | st.floats(70, 350),
    phone_rate=st.just(0.0) | st.floats(3, 25),
)


def many(draw: Draw, source: Source, count: int = 400) -> list[Augmentation]:
    chance = np.random.default_rng(0)
    return [draw(chance, source) for _ in range(count)]


@given(seed=st.integers(0, 10_000), source=SOURCES)
def test_whatever_is_drawn_is_a_voice_of_people_and_a_line_of_this_world(
    seed: int, source: Source
) -> None:
    how = draw_call(np.random.default_rng(seed), source)
    assert 0.5 <= how.pitch <= 1.6
    assert 0.78 <= how.tract <= 1.25
    assert 0.75 <= how.pace <= 1.6
    assert len(how.gaps) == source.parts - 1
    assert all(-0.1 < gap < 0.8 for gap in how.gaps)
    assert 0 <= how.before <= 2.5
    assert 0.1 <= how.after <= 2.7
    assert how.rate == 8000 if source.rate < 16000 else how.rate in (8000, 16000)
    assert how.handset.high_cut < how.rate / 2
    assert how == draw_call(np.random.default_rng(seed), source)


def test_most_calls_come_over_the_telephone() -> None:
    rates = [how.rate for how in many(draw_call, Source(1, 16000, 120.0, 10.0))]
    assert 0.7 < rates.count(8000) / len(rates) < 0.9


def test_children_become_adults() -> None:
    pitches = [300 * how.pitch for how in many(draw_call, Source(1, 16000, 300.0, 8.0))]
    tracts = [how.tract for how in many(draw_call, Source(1, 16000, 300.0, 8.0))]
    assert np.percentile(pitches, 90) < 280
    assert np.median(tracts) < 0.92


def test_adults_become_other_adults() -> None:
    for pitch in (115.0, 205.0):
        calls = many(draw_call, Source(1, 16000, pitch, 11.0))
        assert np.std([np.log(how.tract) for how in calls]) > 0.05
        assert min(how.tract for how in calls) < 0.9
        assert max(how.tract for how in calls) > 1.1
        assert 0.9 < np.median([how.pitch for how in calls]) < 1.1


def test_slow_readers_hurry_up_and_fast_talkers_slow_down() -> None:
    slow, fast = (
        np.median([how.pace for how in many(draw_call, Source(1, 16000, 120.0, rate))])
        for rate in (6.0, 16.0)
    )
    assert slow > 1.1
    assert fast < 0.95


def test_a_telephone_recording_keeps_the_band_of_a_telephone() -> None:
    assert min(how.pitch for how in many(draw_call, Source(1, 8000, 220.0, 9.0))) >= 0.85


def test_gaps_of_a_string_are_alike_but_for_its_groups() -> None:
    strings = [np.array(how.gaps) for how in many(draw_call, Source(10, 8000, 120.0, 9.0))]
    within = np.median([np.std(gaps) for gaps in strings])
    between = np.std([np.median(gaps) for gaps in strings])
    assert within < 0.15
    assert between > 0.04
    assert 0.05 < np.mean(np.concatenate(strings) > 0.25) < 0.35
    assert np.mean(np.concatenate(strings) < 0.03) > 0.1


def test_somebody_who_talks_behind_the_speaker_is_clearly_behind() -> None:
    talking = [
        how.snr
        for how in many(draw_call, Source(1, 16000, 120.0, 10.0))
        if how.noise in (NoiseKind.BABBLE, NoiseKind.VOICE)
    ]
    assert talking
    assert min(talking) >= 12.0


@pytest.mark.parametrize("parts", [1, 6])
def test_a_plain_line_leaves_the_voice_as_it_is(parts: int) -> None:
    for how in many(draw_plain_line, Source(parts, 16000, 300.0, 5.0), 20):
        assert (how.pitch, how.tract, how.pace) == (1.0, 1.0, 1.0)
        assert (how.noise, how.losses, how.decay) == (None, None, 0.0)
        assert how.rate == 8000
        assert len(how.gaps) == parts - 1
