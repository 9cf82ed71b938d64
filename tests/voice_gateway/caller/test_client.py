"""A real caller on a real server that answers with tones."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voice_gateway.caller.audio import CallerFrame, CallSnapshot, level_dbfs
from voice_gateway.caller.client import CallFailedError, place_call
from voice_gateway.caller.response_delay import MeasuredTurn
from voice_gateway.transports.browser_protocol import Answered, Ended, State, Turn
from voice_gateway.transports.line import Audio, CallerIdentity, HungUp, Key, Line, PlayedMark

SILENCE = bytes(640)


class Frames:
    """A caller who does what a list says, frame by frame, and then hangs up."""

    failure: str | None = None

    def __init__(self, *frames: CallerFrame) -> None:
        self.frames = list(frames)
        self.heard: list[bytes] = []
        self.closed = False

    async def start(self, sample_rate: int) -> None: ...

    def frame(self, call: CallSnapshot) -> CallerFrame:
        return self.frames.pop(0) if self.frames else CallerFrame(SILENCE, hang_up=True)

    def hear(self, pcm: bytes) -> None:
        self.heard.append(pcm)

    async def close(self) -> None:
        self.closed = True


def silence(seconds: float) -> list[CallerFrame]:
    return [CallerFrame(SILENCE)] * round(seconds * 50)


@pytest.fixture
def speech(tone: Any) -> list[CallerFrame]:
    pcm = tone(0.02, hertz=200.0)
    return [CallerFrame(pcm, True, "hello there")] * 15


async def test_a_whole_call_is_lived_recorded_and_measured(
    serve: Any, tone: Any, speech: list[CallerFrame], tmp_path: Path
) -> None:
    received: list[Any] = []

    async def answer(line: Line, caller: CallerIdentity) -> None:
        await line.notify({"type": "answered", "call_id": "c-1"})
        await line.notify({"type": "state", "state": "listening"})
        loud = 0
        async for message in line.received():
            if not isinstance(message, Audio):
                received.append(message)
                continue
            loud = loud + 1 if level_dbfs(message.pcm) > -40 else -abs(loud) and loud
            if loud == len(speech):
                loud += 1
                await line.notify(
                    {"type": "turn", "turn_id": "1", "speaker": "caller", "text": "hello there"}
                )
                await line.notify({"type": "delay", "turn_id": "1", "ms": {"total": 12}})
                await line.notify(
                    {"type": "turn", "turn_id": "2", "speaker": "bot", "text": "good day"}
                )
                await line.send_audio(tone(0.3))
                await line.send_mark(5)
        await line.close("caller_hung_up")

    running = await serve(answer)
    audio = Frames(*silence(0.1), *speech, CallerFrame(SILENCE, keys="4#"), *silence(0.8))
    events: list[Any] = []
    report = await place_call(
        running.call_url,
        running.token(),
        audio,
        lambda event, at: events.append(event),
        recording=tmp_path / "call.wav",
    )
    assert report.ok
    assert (report.call_id, report.ended, report.underruns) == ("c-1", "caller_hung_up", 0)
    assert received == [Key("4"), Key("#"), PlayedMark(5), HungUp("caller_hung_up")]
    assert [(turn.speaker, turn.text) for turn in report.transcript] == [
        ("caller", "hello there"),
        ("bot", "good day"),
    ]
    assert [state for _, state in report.states] == ["listening"]
    assert report.server_delays == {"1": {"total": 12}}
    [turn] = report.turns
    assert turn.said == "hello there"
    assert turn.spoke_from == pytest.approx(0.1)
    assert turn.spoke_until == pytest.approx(0.4)
    assert report.response_delays == (turn.response_delay,)
    assert [type(event) for event in events][:2] == [Answered, State]
    assert {Turn, MeasuredTurn, Ended} <= {type(event) for event in events}
    assert audio.closed

    samples, rate = soundfile.read(tmp_path / "call.wav", dtype="int16")
    assert rate == 16000
    caller, bot = samples[:, 0], samples[:, 1]
    assert caller[1600:6400].any()
    assert not caller[6400:].any()
    first = int(np.argmax(bot != 0))
    assert turn.answered_at == pytest.approx(first / 16000, abs=0.02)
    assert np.count_nonzero(bot) == pytest.approx(4800, abs=30)
    assert b"".join(audio.heard) == bot.astype("<i2").tobytes()[: 2 * 320 * len(audio.heard)]


async def test_what_the_server_takes_back_is_not_played_and_its_marks_are_not_echoed(
    serve: Any, tone: Any
) -> None:
    received: list[Any] = []

    async def answer(line: Line, caller: CallerIdentity) -> None:
        await line.notify({"type": "answered", "call_id": "1"})
        await line.send_audio(tone(10.0))
        await line.send_mark(1)
        await line.clear()
        await line.send_audio(tone(0.1))
        await line.send_mark(2)
        async for message in line.received():
            if isinstance(message, PlayedMark):
                received.append(message)

    running = await serve(answer)
    audio = Frames(*silence(0.5))
    await place_call(running.call_url, running.token(), audio)
    assert received == [PlayedMark(2)]
    assert sum(level_dbfs(pcm) > -40 for pcm in audio.heard) < 12


async def test_the_server_may_end_the_call(serve: Any) -> None:
    async def answer(line: Line, caller: CallerIdentity) -> None:
        await line.notify({"type": "answered", "call_id": "1"})
        await line.close("completed")

    running = await serve(answer)
    audio = Frames(*silence(60))
    report = await place_call(running.call_url, running.token(), audio)
    assert (report.ok, report.ended) == (True, "completed")
    assert audio.closed


async def test_a_call_of_8_khz(serve: Any) -> None:
    async def answer(line: Line, caller: CallerIdentity) -> None:
        await line.notify({"type": "answered", "call_id": str(line.sample_rate)})
        async for message in line.received():
            if isinstance(message, Audio):
                await line.close(str(len(message.pcm)))

    running = await serve(answer)
    audio = Frames(*[CallerFrame(bytes(320))] * 500)
    report = await place_call(running.call_url, running.token(), audio, sample_rate=8000)
    assert (report.call_id, report.ended) == ("8000", "320")


async def test_a_refusal_is_reported_with_the_servers_reason(serve: Any) -> None:
    async def answer(line: Line, caller: CallerIdentity) -> None: ...

    running = await serve(answer)
    audio = Frames(*silence(60))
    report = await place_call(running.call_url, "no token", audio)
    assert report.error is not None
    assert (report.ok, report.ended, report.error.code) == (False, "refused", "token_invalid")


async def test_a_server_that_vanishes_is_reported(serve: Any) -> None:
    async def answer(line: Line, caller: CallerIdentity) -> None:
        await line.notify({"type": "answered", "call_id": "1"})
        line._connection.transport.abort()  # type: ignore[attr-defined]
        await asyncio.sleep(0)

    running = await serve(answer)
    report = await place_call(running.call_url, running.token(), Frames(*silence(60)))
    assert (report.call_id, report.ended) == ("1", "connection_lost")


async def test_nobody_there_is_said_plainly() -> None:
    audio = Frames()
    with pytest.raises(CallFailedError, match="is the server up"):
        await place_call("ws://127.0.0.1:1/v1/call", "token", audio)
    assert audio.closed
