"""Quiet callers are brought to one level before they are heard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.speech.gain_control import MOST_DB, TARGET_DBFS, GainControl
from voice_gateway.speech.pcm import LISTENING_RATE, Samples

BLOCK = LISTENING_RATE // 10


def sound(dbfs: float, blocks: int, seed: int = 1) -> list[Samples]:
    """Noise of a level, in blocks."""
    noise = np.random.default_rng(seed).normal(0.0, 1.0, (blocks, BLOCK))
    loudness = 32_768.0 * 10 ** (dbfs / 20)
    return list(np.clip(noise * loudness, -32_768, 32_767).astype(np.int16))


def level(blocks: list[np.ndarray]) -> float:
    return float(20 * np.log10(np.sqrt(np.square(np.concatenate(blocks).astype(float)).mean()) / 32_768.0))


def levelled(blocks: list[Samples], gain: GainControl | None = None) -> list[np.ndarray]:
    gain = gain or GainControl()
    return [*(out for block in blocks for out in gain.feed(block)), *gain.drain()]


@pytest.mark.parametrize("dbfs", [-46.0, -40.0, -30.0, -22.0])
def test_quiet_speech_is_raised_to_the_level_that_is_heard_best(dbfs: float) -> None:
    assert level(levelled(sound(dbfs, 20))) == pytest.approx(TARGET_DBFS, abs=1.0)


def test_loud_speech_stays_as_it_is() -> None:
    loud = sound(-12.0, 20)
    assert np.array_equal(np.concatenate(levelled(loud)), np.concatenate(loud))


def test_silence_is_raised_by_so_much_and_no_more() -> None:
    assert level(levelled(sound(-70.0, 20))) == pytest.approx(-70.0 + MOST_DB, abs=0.5)


def test_the_first_words_have_their_level_from_the_beginning() -> None:
    before, spoken = sound(-75.0, 3), sound(-40.0, 12)
    heard = levelled([*before, *spoken])
    assert level(heard[3:5]) == pytest.approx(TARGET_DBFS, abs=1.0)


def test_a_pause_does_not_raise_the_noise_of_the_line() -> None:
    heard = levelled([*sound(-30.0, 10), *sound(-65.0, 15)])
    assert level(heard[10:]) == pytest.approx(-65.0 + TARGET_DBFS + 30.0, abs=1.0)


def test_who_is_suddenly_loud_is_not_raised_by_what_was_before() -> None:
    loud = sound(-12.0, 5)
    assert level(levelled([*sound(-50.0, 20), *loud])[20:]) < level(loud) + 3.0  # 32 before


def test_a_click_does_not_make_the_words_after_it_quiet() -> None:
    heard = levelled([*sound(-40.0, 10), *sound(-12.0, 1), *sound(-40.0, 10)])
    assert level(heard[12:]) == pytest.approx(TARGET_DBFS, abs=1.0)


def test_the_next_utterance_is_not_waited_for() -> None:
    gain = GainControl()
    levelled(sound(-40.0, 10), gain)
    assert level(gain.feed(sound(-40.0, 1)[0])) == pytest.approx(TARGET_DBFS, abs=1.0)


@given(st.lists(st.floats(-96.0, -1.0), max_size=40))
def test_nothing_is_lost_and_nothing_gets_quieter(levels: list[float]) -> None:
    blocks = [sound(dbfs, 1, seed)[0] for seed, dbfs in enumerate(levels)]
    heard = levelled(blocks)
    assert len(heard) == len(blocks)
    assert all((np.abs(out) >= np.abs(block)).all() for out, block in zip(heard, blocks, strict=True))
