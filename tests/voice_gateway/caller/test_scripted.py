"""The scripted caller, without a server: what it does at each moment of a call it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voice_gateway.caller.audio import CallerAudioError, CallSnapshot
from voice_gateway.caller.client import place_call
from voice_gateway.caller.scripted import (
    Choose,
    HangUp,
    Interrupt,
    Pause,
    Play,
    Press,
    Say,
    Script,
    ScriptedCaller,
    Step,
    Wait,
)
from voice_gateway.transports.line import Audio, CallerIdentity, Line, PlayedMark


class ToneVoice:
    """Says everything as a tenth of a second of tone a word."""

    def __init__(self, tone: Any) -> None:
        self._tone = tone

    def say(self, text: str, sample_rate: int) -> bytes:
        pcm: bytes = self._tone(0.1 * len(text.split()), rate=sample_rate)
        return pcm


LISTENING = CallSnapshot(
    at=1.0, state="listening", state_for_s=0.5, bot_quiet_for_s=0.5, bot_answered=True
)


@pytest.fixture
def caller(tone: Any) -> Any:
    async def make(*steps: Step, **limits: float) -> ScriptedCaller:
        made = ScriptedCaller(Script(*steps, **limits), ToneVoice(tone))
        await made.start(16000)
        return made

    return make


def said(caller: ScriptedCaller, call: CallSnapshot) -> str:
    """What the caller says when the call stays like this until they are silent again."""
    first = caller.frame(call)
    if first.hang_up:
        return "(hangs up)"
    frame = first
    while frame.voiced:
        frame = caller.frame(replace(call, state="thinking", bot_answered=False))
    return first.said if first.voiced else ""


async def test_steps_are_taken_one_for_each_answer_and_the_last_is_to_hang_up(caller: Any) -> None:
    script = await caller(Say("where is my order"), Say("thank you"))
    assert said(script, LISTENING) == "where is my order"
    assert said(script, LISTENING) == "thank you"
    assert said(script, LISTENING) == "(hangs up)"
    assert script.failure is None


@pytest.mark.parametrize(
    "not_yet",
    [
        {"state": "speaking"},
        {"state": "thinking"},
        {"state": "holding"},
        {"state_for_s": 0.48},
        {"bot_quiet_for_s": 0.48},
        {"bot_answered": False},
    ],
)
async def test_the_caller_does_not_speak_before_the_bot_has_answered_and_listens(
    caller: Any, not_yet: dict[str, Any]
) -> None:
    script = await caller(Say("hello"))
    assert said(script, replace(LISTENING, **not_yet)) == ""
    assert said(script, LISTENING) == "hello"


async def test_a_person_is_answered_like_the_bot(caller: Any) -> None:
    script = await caller(Say("hello"))
    assert said(script, replace(LISTENING, state="with_agent")) == "hello"


async def test_a_step_whose_pattern_does_not_match_is_skipped(caller: Any) -> None:
    script = await caller(Say("yes", when="is that right"), Say("four two", when="ORDER number"))
    assert said(script, replace(LISTENING, bot_said="What is your order number?")) == "four two"


async def test_the_first_choice_that_matches_is_taken(caller: Any) -> None:
    choice = Choose((Say("by text", when="text"), Say("by e-mail", when="e-mail")))
    script = await caller(choice, choice)
    assert said(script, replace(LISTENING, bot_said="To your e-mail or not?")) == "by e-mail"
    assert said(script, replace(LISTENING, bot_said="Are you there?")) == "(hangs up)"
    assert script.failure == "the script has no answer to 'Are you there?'"


async def test_an_interruption_waits_for_the_bot_to_speak_for_a_while(caller: Any) -> None:
    script = await caller(Interrupt("stop", after_s=1.0))
    speaking = CallSnapshot(at=1.0, state="speaking", bot_speaking_for_s=0.9)
    assert said(script, speaking) == ""
    assert said(script, replace(speaking, bot_speaking_for_s=1.0)) == "stop"


async def test_what_is_said_at_once_waits_for_nothing(caller: Any) -> None:
    script = await caller(Say("hello", at_once=True), HangUp(at_once=True))
    frames = [script.frame(CallSnapshot(at=0.0)) for _ in range(6)]
    assert [frame.said for frame in frames] == ["hello"] * 5 + [""]
    assert [frame.hang_up for frame in frames] == [False] * 5 + [True]


async def test_keys_are_pressed_one_at_a_time(caller: Any) -> None:
    script = await caller(Press("12#"))
    keys = [script.frame(LISTENING).keys for _ in range(30)]
    assert "".join(keys) == "12#"
    assert [at for at, key in enumerate(keys) if key] == [0, 10, 20]


async def test_a_pause_lasts_as_long_as_it_says(caller: Any) -> None:
    script = await caller(Pause(0.2), HangUp(at_once=True))
    frames = [script.frame(LISTENING) for _ in range(11)]
    assert [frame.hang_up for frame in frames] == [False] * 10 + [True]


async def test_waiting_for_a_person(caller: Any) -> None:
    script = await caller(Wait("with_agent"), Say("hello"))
    assert said(script, replace(LISTENING, state="holding")) == ""
    assert said(script, replace(LISTENING, state="with_agent")) == "hello"


async def test_a_file_is_played_like_speech(caller: Any, tone: Any, tmp_path: Path) -> None:
    path = tmp_path / "order.wav"
    soundfile.write(path, np.frombuffer(tone(0.2), dtype="<i2"), 16000)
    script = await caller(Play(path))
    assert said(script, LISTENING) == "order.wav"


@pytest.mark.parametrize(
    ("step", "patience", "reason"),
    [
        (Say("hello"), 30.0, "to say 'hello'"),
        (Wait("with_agent", timeout_s=5), 5.0, "the line to be 'with_agent'"),
        (Interrupt("stop"), 30.0, "to interrupt it"),
        (HangUp(), 30.0, "to answer and listen"),
    ],
)
async def test_patience_ends_with_a_reason(
    caller: Any, step: Step, patience: float, reason: str
) -> None:
    script = await caller(step)
    stuck = CallSnapshot(at=1.0, state="thinking", bot_said="One moment.")
    assert said(script, stuck) == ""
    assert said(script, replace(stuck, at=0.9 + patience)) == ""
    assert said(script, replace(stuck, at=1.1 + patience)) == "(hangs up)"
    assert script.failure is not None
    assert reason in script.failure
    assert "'thinking'" in script.failure
    assert "One moment." in script.failure


async def test_a_call_that_never_ends_is_ended(caller: Any) -> None:
    script = await caller(*[Say("again")] * 100, max_duration_s=20.0)
    assert said(script, replace(LISTENING, at=19.9)) == "again"
    assert said(script, replace(LISTENING, at=20.1)) == "(hangs up)"
    assert script.failure == "the call lasted longer than 20 seconds"


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (Say("hello", when="("), "regular expression"),
        (Choose(()), "choose"),
        (Choose((Say("hello", when="["),)), "regular expression"),
        (Press("12a"), "keypad"),
        (Wait("asleep"), "no state"),
    ],
)
def test_a_script_that_makes_no_sense_is_refused_before_the_call(step: Step, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Script(step)


async def test_texts_need_a_voice() -> None:
    with pytest.raises(CallerAudioError, match="no voice"):
        await ScriptedCaller(Script.of(["hello"])).start(16000)


async def test_a_script_lived_through_on_a_real_line(serve: Any, tone: Any) -> None:
    """The bot greets, and answers each of the caller's utterances once they are silent."""

    async def answer(line: Line, caller: CallerIdentity) -> None:
        async def speak(text: str) -> None:
            nonlocal turn
            turn += 1
            await line.notify(
                {"type": "turn", "turn_id": str(turn), "speaker": "bot", "text": text}
            )
            await line.notify({"type": "state", "state": "speaking"})
            await line.send_audio(tone(0.2))
            await line.send_mark(turn)

        turn = 0
        heard = False
        await line.notify({"type": "answered", "call_id": "1"})
        await speak("Welcome.")
        async for message in line.received():
            match message:
                case Audio(pcm) if any(pcm):
                    heard = True
                case Audio() if heard:
                    heard = False
                    await speak(f"Answer {turn}.")
                case PlayedMark():
                    await line.notify({"type": "state", "state": "listening"})

    running = await serve(answer)
    script = ScriptedCaller(
        Script(
            Say("first question", when="welcome"),
            Say("never said", when="welcome"),
            Say("second question", when="answer 1"),
        ),
        ToneVoice(tone),
    )
    report = await place_call(running.call_url, running.token(), script)
    assert (report.ok, report.ended) == (True, "caller_hung_up")
    assert [turn.said for turn in report.turns] == ["first question", "second question"]
    assert [turn.text for turn in report.transcript] == ["Welcome.", "Answer 1.", "Answer 2."]
    assert len(report.response_delays) == 2
