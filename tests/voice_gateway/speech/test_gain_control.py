"""Quiet callers are raised to an ordinary level before they are heard."""

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
    return float(
        20 * np.log10(np.sqrt(np.square(np.concatenate(blocks).astype(float)).mean()) / 32_768.0)
    )


def levelled(blocks: list[Samples], gain: GainControl | None = None) -> list[np.ndarray]:
    gain = gain or GainControl()
    return [*(out for block in blocks for out in gain.feed(block.tobytes())), *gain.drain()]


@pytest.mark.parametrize("dbfs", [-46.0, -42.0, -38.0])
def test_quiet_speech_is_raised_to_an_ordinary_level(dbfs: float) -> None:
    heard = levelled([*sound(-75.0, 3), *sound(dbfs, 12)])
    assert level(heard[3:]) == pytest.approx(TARGET_DBFS, abs=1.0)


@pytest.mark.parametrize("dbfs", [-34.0, -22.0, -12.0])
def test_ordinary_and_loud_speech_stays_as_it_is(dbfs: float) -> None:
    said = [*sound(-75.0, 3), *sound(dbfs, 12)]
    assert np.array_equal(np.concatenate(levelled(said)), np.concatenate(said))


def test_whispering_is_raised_by_so_much_and_no_more() -> None:
    heard = levelled([*sound(-90.0, 3), *sound(-70.0, 12)])
    assert level(heard[3:]) == pytest.approx(-70.0 + MOST_DB, abs=0.5)


def test_noise_alone_is_not_taken_for_a_quiet_caller() -> None:
    noise = sound(-60.0, 40)
    assert np.array_equal(np.concatenate(levelled(noise)), np.concatenate(noise))


def test_what_is_before_the_first_word_is_held_back_for_a_while() -> None:
    gain = GainControl()
    ready = [len(gain.feed(block.tobytes())) for block in sound(-60.0, 14)]
    assert ready == [0] * 11 + [12, 1, 1]


def test_the_gain_stays_the_same_through_pauses_and_softer_words() -> None:
    said = [*sound(-75.0, 3), *sound(-42.0, 12), *sound(-75.0, 20), *sound(-48.0, 10)]
    heard = levelled(said)
    gains = [level([out]) - level([block]) for out, block in zip(heard, said, strict=True)]
    assert max(gains) - min(gains) < 1.0


def test_who_is_suddenly_loud_is_not_raised_by_what_was_before() -> None:
    loud = sound(-12.0, 5)
    heard = levelled([*sound(-75.0, 3), *sound(-50.0, 20), *loud])
    assert level(heard[23:]) < level(loud) + 3.0  # 28 before


def test_a_click_does_not_make_the_words_after_it_quiet() -> None:
    heard = levelled([*sound(-75.0, 3), *sound(-40.0, 10), *sound(-12.0, 1), *sound(-40.0, 10)])
    assert level(heard[14:]) == pytest.approx(TARGET_DBFS, abs=1.0)


def test_the_next_utterance_is_not_waited_for() -> None:
    gain = GainControl()
    levelled([*sound(-75.0, 3), *sound(-40.0, 10)], gain)
    assert level(gain.feed(sound(-40.0, 1)[0].tobytes())) == pytest.approx(TARGET_DBFS, abs=1.0)


@given(st.lists(st.floats(-96.0, -1.0), max_size=40))
def test_nothing_is_lost_and_nothing_gets_quieter(levels: list[float]) -> None:
    blocks = [sound(dbfs, 1, seed)[0] for seed, dbfs in enumerate(levels)]
    heard = levelled(blocks)
    assert len(heard) == len(blocks)
    assert all(
        (np.abs(out) >= np.abs(block)).all() for out, block in zip(heard, blocks, strict=True)
    )
