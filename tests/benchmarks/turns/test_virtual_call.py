from __future__ import annotations

import pytest

from benchmarks.turns.labelled import on_the_line, spoken
from benchmarks.turns.measuring import Bench
from benchmarks.turns.scripts import FREE, NUMBER, Script
from benchmarks.turns.speakers import Cast
from benchmarks.turns.turn import Kind, LabelledTurn
from benchmarks.turns.virtual_call import Assistant, NotUnderstoodError, VirtualCall
from voice_gateway.conversation import commands as cmd
from voice_gateway.conversation.commands import Expect
from voice_gateway.languages import load_language
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES

ENGLISH = load_language("en_us")
SECOND = bytes(LISTENING_RATE * SAMPLE_BYTES)


def said(
    *parts: str, pauses: tuple[float, ...] = (), awaited: Expect = FREE, kind: Kind = "whole"
) -> LabelledTurn:
    told = Script(" ".join(parts), kind, awaited, parts, pauses)
    return on_the_line(spoken(told, Cast({}, ()).usual()), real=False)


@pytest.fixture(scope="module")
def model() -> SpeechModel:
    return SpeechModel.load()


@pytest.fixture(scope="module")
def opening() -> LabelledTurn:
    return said("where is my order")


@pytest.fixture
def call(model: SpeechModel, opening: LabelledTurn) -> VirtualCall:
    return VirtualCall(model, ENGLISH, opening.line)


@pytest.fixture
def bench(model: SpeechModel, opening: LabelledTurn) -> Bench:
    return Bench(model, ENGLISH, opening)


def test_a_call_begins_with_a_turn_that_is_being_answered(
    call: VirtualCall, opening: LabelledTurn
) -> None:
    call.begin(opening.speech, Assistant("What is your order number?", NUMBER))
    assert [text for _, text in call.asked()] == ["where is my order"]
    assert call.bot_speaks
    says = [c.text for _, c in call.commands if isinstance(c, cmd.Say)]
    assert says[-1] == "What is your order number?"
    assert NUMBER in [c for _, c in call.commands]


def test_time_is_what_was_heard(call: VirtualCall) -> None:
    call.hear(SECOND)
    call.wait(2.0)
    assert call.heard_s == call.now == pytest.approx(3.0)


def test_an_utterance_is_over_when_it_has_been_played(
    call: VirtualCall, opening: LabelledTurn
) -> None:
    call.begin(opening.speech, Assistant("It is on its way."))
    assert call.wait_until(lambda: not call.bot_speaks, 5.0)
    assert any(isinstance(c, cmd.RecordHeard) and c.complete for _, c in call.commands)


def test_a_call_in_which_nobody_speaks_cannot_begin(call: VirtualCall) -> None:
    with pytest.raises(NotUnderstoodError):
        call.begin(SECOND, Assistant())


def test_a_whole_turn_is_taken_once_and_soon(bench: Bench) -> None:
    taken = bench.take(said("four eight two nine one three", awaited=NUMBER))
    assert taken.heard == ("four eight two nine one three",)
    assert (taken.cut_in, taken.missed) == (False, False)


def test_a_number_may_have_a_pause(bench: Bench) -> None:
    turn = said("four eight two", "nine one three", pauses=(0.8,), awaited=NUMBER)
    taken = bench.take(turn)
    assert taken.heard == ("four eight two nine one three",)
    assert not taken.cut_in


def test_who_pauses_too_long_is_cut_in_upon(bench: Bench) -> None:
    turn = said("i forgot my password", "and i want to cancel my order", pauses=(2.4,))
    taken = bench.take(turn)
    assert taken.cut_in
    assert taken.talked_over
    assert not taken.missed


def test_a_sentence_over_the_bot_stops_it(bench: Bench) -> None:
    heard = bench.over_bot(said("what time do you close on saturday"))
    assert heard.stopped
    assert heard.silent_s is not None
    assert heard.heard == ("what time do you close on saturday",)


def test_a_back_channel_does_not_stop_the_bot(bench: Bench) -> None:
    heard = bench.over_bot(said("okay", kind="back_channel"))
    assert not heard.stopped
    assert heard.heard == ()


def test_the_assistant_is_asked_about_words_so_far(
    model: SpeechModel, opening: LabelledTurn
) -> None:
    asked_about: list[str] = []

    def whole(text: str, awaited: Expect) -> bool:
        asked_about.append(text)
        return False

    Bench(model, ENGLISH, opening, Assistant(whole=whole)).take(said("i forgot my password"))
    assert "i forgot my password" in asked_about
