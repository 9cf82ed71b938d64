"""An agent's voice becomes turns of the transcript, with the real recogniser."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from voice_gateway.bridge.agent_ear import AgentEar
from voice_gateway.conversation.events import AgentSpoke
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.listener import Listener
from voice_gateway.speech.model import SpeechModel

RATE = 16000


@pytest.fixture(scope="module")
def model() -> SpeechModel:
    return SpeechModel.load()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def frames(pcm: bytes) -> list[bytes]:
    size = RATE // 50 * 2
    return [pcm[at : at + size].ljust(size, b"\0") for at in range(0, len(pcm), size)]


@pytest.fixture(scope="module")
def spoken() -> list[bytes]:
    return frames(CallerVoice().say("where is my order", RATE))


async def test_a_turn_is_told_once_the_agent_has_been_silent_for_a_while(
    model: SpeechModel, threads: ThreadPoolExecutor, spoken: list[bytes]
) -> None:
    told: asyncio.Queue[AgentSpoke] = asyncio.Queue()
    ear = AgentEar("sam", Listener(model, RATE), threads, told.put_nowait)
    for frame in [*spoken, *[bytes(640)] * 30]:
        ear.hear(frame)
    turn = await asyncio.wait_for(told.get(), 30)
    assert turn.agent_name == "sam"
    assert "order" in turn.transcript.text
    await ear.close()
    assert told.empty()


async def test_what_is_being_said_when_the_agent_goes_is_told_too(
    model: SpeechModel, threads: ThreadPoolExecutor, spoken: list[bytes]
) -> None:
    told: list[AgentSpoke] = []
    ear = AgentEar("sam", Listener(model, RATE), threads, told.append)
    for frame in spoken:
        ear.hear(frame)
    while not threads._work_queue.empty():
        await asyncio.sleep(0.01)
    await ear.close()
    assert ["order" in turn.transcript.text for turn in told] == [True]


async def test_silence_is_no_turn(model: SpeechModel, threads: ThreadPoolExecutor) -> None:
    told: list[AgentSpoke] = []
    ear = AgentEar("sam", Listener(model, RATE), threads, told.append)
    for _ in range(100):
        ear.hear(bytes(640))
    await ear.close()
    assert told == []
