"""Turns with silences in them, and how they are shared out among calls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.peers.measuring import calls_of
from benchmarks.peers.situations import LEAD_TO_NUMBER, Telephone, overlaps, turns
from voice_gateway.caller.audio import level_dbfs
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES

BYTES_A_SECOND = LISTENING_RATE * SAMPLE_BYTES


class Tone:
    """A voice that needs no network: as long as the text, with silence before and after."""

    def say(self, text: str, sample_rate: int) -> bytes:
        count = round(0.05 * len(text) * sample_rate)
        tone = 8000 * np.sin(2 * np.pi * 700 * np.arange(count) / sample_rate)
        return bytes(sample_rate) + tone.astype("<i2").tobytes() + bytes(sample_rate)


def voice() -> Telephone:
    return Telephone(Tone())


def test_a_turn_begins_with_its_first_word_and_ends_with_its_last() -> None:
    turn = voice().turn("name", "pause", ("four eight two", 0.7, "nine one three"))
    assert turn.text == "four eight two nine one three"
    assert turn.speech_end_s == pytest.approx(2 * 0.7 + 0.7, abs=0.1)
    assert level_dbfs(turn.pcm[:3200]) > -40
    end = round(turn.speech_end_s * LISTENING_RATE) * SAMPLE_BYTES
    assert level_dbfs(turn.pcm[end - 3200 : end]) > -40


def test_a_pause_is_as_long_as_it_is_said_to_be_and_as_quiet_as_the_line() -> None:
    turn = voice().turn("name", "pause", ("four eight two", 0.7, "nine one three"))
    middle = round(turn.speech_end_s / 2 * LISTENING_RATE) * SAMPLE_BYTES
    pause = turn.pcm[middle - 8000 : middle + 8000]
    assert level_dbfs(pause) == pytest.approx(level_dbfs(turn.line), abs=1.0)


def test_each_turn_has_a_name_of_its_own() -> None:
    names = [turn.name for turn in [*turns(voice()), *overlaps(voice())]]
    assert len(set(names)) == len(names)


def test_a_turn_that_others_lead_to_has_a_call_of_its_own() -> None:
    plain = voice().turn("plain", "whole", ("hello",))
    number = replace(plain, name="number", leads=LEAD_TO_NUMBER)
    calls = calls_of([plain, number, plain, plain], voice(), a_call=2)
    assert [[step.turn.name for step in call] for call in calls] == [
        ["plain", "plain"],
        ["plain"],
        ["lead: where is my order", "number"],
    ]
