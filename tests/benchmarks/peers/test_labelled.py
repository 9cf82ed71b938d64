"""The labelled set as what callers say to a live line."""

from __future__ import annotations

from benchmarks.peers.labelled import of
from benchmarks.peers.situations import LEAD_TO_NUMBER
from benchmarks.turns.labelled import LabelledSet
from benchmarks.turns.turn import Kind, LabelledTurn
from voice_gateway.conversation.commands import Expect


def turn(name: str, kind: Kind, text: str, awaited: Expect | None = None) -> LabelledTurn:
    expect = awaited or Expect("free")
    return LabelledTurn(name, text, kind, expect, "somebody", False, bytes(32000), (), 0.5)


FOUND = LabelledSet(
    turns=(
        turn("whole", "whole", "where is my order"),
        turn("number", "pause_in_number", "four eight two nine one three", Expect("digits")),
        turn("choice", "whole", "email", Expect("choice", ("email",))),
        turn("murmur", "back_channel", "mm hmm"),
        turn("door", "noise", "door"),
    ),
    opening=turn("opening", "whole", "where is my order"),
    notes=(),
)


def test_what_wants_an_answer_and_what_does_not_are_kept_apart() -> None:
    taken = of(FOUND)
    assert [each.name for each in taken.turns] == ["whole", "number"]
    assert {each.kind for each in taken.overlaps} == {"barge_in", "back_channel", "noise"}


def test_a_number_is_led_to_and_a_free_turn_is_not() -> None:
    whole, number = of(FOUND).turns
    assert number.leads == LEAD_TO_NUMBER
    assert whole.leads == ()


def test_an_answer_to_a_choice_is_left_out() -> None:
    assert "choice" not in [each.name for each in of(FOUND).turns]


def test_the_audio_and_its_label_stay_as_they_are() -> None:
    taken, original = of(FOUND).turns[0], FOUND.turns[0]
    assert taken.pcm == original.pcm
    assert taken.speech_end_s == original.speech_end_s
    assert taken.line == original.line
