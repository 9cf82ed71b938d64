"""Serves calls: `.tools/peers/bin/python -m benchmarks.peers.pipecat_line --port PORT ...`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
import vosk
from fastapi import FastAPI, Response, WebSocket, WebSocketDisconnect
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.transports.websocket.fastapi import (
    FastAPIWebsocketParams,
    FastAPIWebsocketTransport,
)
from pipecat.turns.user_start import MinWordsUserTurnStartStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from benchmarks.peers.pipecat_line.answering import START_OF_CALL, Assistant, AssistantProcessor
from benchmarks.peers.pipecat_line.hearing import VoskSTTService
from benchmarks.peers.pipecat_line.protocol import CallSerializer, Narrator
from benchmarks.peers.pipecat_line.speaking import PiperTTSService, Voice
from voice_gateway.transports.browser_protocol import (
    DEFAULT_SAMPLE_RATE,
    SUBPROTOCOL,
    Answered,
    Ended,
    Hello,
    parse_client_message,
    serialise,
)

# Under the name by which a swarm of callers asks every line.
CALLS: Final = Gauge("warmline_calls_active", "Calls being handled now.")


@dataclass(frozen=True)
class Shared:
    """What all calls have in common.

    Args:
        model: What hears.
        voice: What speaks.
        assistant: What answers.
        threads: Where hearing and speaking block.
        greeting: What a caller hears first.
        min_words: How many words it takes to interrupt the bot; 0: voice is enough.
    """

    model: vosk.Model
    voice: Voice
    assistant: Assistant
    threads: ThreadPoolExecutor
    greeting: str
    min_words: int


def turn_taking(min_words: int) -> LLMUserAggregatorParams:
    """Configure whose turn it is, by pipecat's own strategies and their own defaults.

    Args:
        min_words: 0 for what pipecat does by default: any voice interrupts the bot. Otherwise what
            it has against back-channels: so many words do.

    Returns:
        With Silero for voice activity; the local smart-turn model finds the end of a turn, which
        is pipecat's default as well.
    """
    strategies = UserTurnStrategies()
    if min_words:
        strategies.start = [MinWordsUserTurnStartStrategy(min_words=min_words)]
    return LLMUserAggregatorParams(
        user_turn_strategies=strategies, vad_analyzer=SileroVADAnalyzer()
    )


async def converse(websocket: WebSocket, sample_rate: int, shared: Shared) -> None:
    """Handle one call to its end.

    Args:
        websocket: Whose hello has been read.
        sample_rate: Of both directions, in hertz.
        shared: What it has in common with the others.
    """
    call_id = uuid.uuid4().hex
    # Loading the two networks must not keep the other calls waiting.
    taking_turns = await asyncio.to_thread(turn_taking, shared.min_words)

    async def hang_up() -> None:
        await websocket.send_text(str(serialise(Ended("caller_hung_up"))))
        await worker.cancel()

    transport = FastAPIWebsocketTransport(
        websocket,
        FastAPIWebsocketParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            serializer=CallSerializer(sample_rate, hang_up),
        ),
    )
    hearing = VoskSTTService(shared.model, shared.threads)
    context = LLMContextAggregatorPair(LLMContext(), user_params=taking_turns)
    worker = PipelineWorker(
        Pipeline(
            [
                transport.input(),
                hearing,
                context.user(),
                AssistantProcessor(shared.assistant, call_id, lambda: hearing.confidence),
                PiperTTSService(shared.voice, shared.threads),
                Narrator(),
                transport.output(),
                context.assistant(),
            ]
        ),
        params=PipelineParams(audio_in_sample_rate=sample_rate, audio_out_sample_rate=sample_rate),
        # What a telephone call has no use for.
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
    )

    @transport.event_handler("on_client_connected")  # type: ignore[untyped-decorator]
    async def greet(_transport: object, _websocket: object) -> None:
        await worker.queue_frames([TTSSpeakFrame(shared.greeting)])
        async for text in shared.assistant.turn(call_id, START_OF_CALL, 1.0):
            await worker.queue_frames([TTSSpeakFrame(text)])

    @transport.event_handler("on_client_disconnected")  # type: ignore[untyped-decorator]
    async def leave(_transport: object, _websocket: object) -> None:
        await worker.cancel()

    await websocket.send_text(str(serialise(Answered(call_id))))
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def line(shared: Shared) -> FastAPI:
    """Make the server.

    Args:
        shared: What all calls have in common.

    Returns:
        With our call path, and figures for Prometheus.
    """
    app = FastAPI()

    @app.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @app.websocket("/v1/call")
    async def call(websocket: WebSocket) -> None:
        await websocket.accept(subprotocol=SUBPROTOCOL)
        try:
            hello = parse_client_message(await websocket.receive_text(), DEFAULT_SAMPLE_RATE)
            assert isinstance(hello, Hello)
            with CALLS.track_inprogress():
                await converse(websocket, hello.sample_rate, shared)
        except WebSocketDisconnect:
            return

    return app


def main() -> None:
    """Load everything, say what will be said often, and serve."""
    parser = argparse.ArgumentParser(prog="benchmarks.peers.pipecat_line", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--assistant", required=True, help="the assistant's address")
    parser.add_argument("--model", type=Path, required=True, help="a Vosk model's folder")
    parser.add_argument("--phrases", type=Path, required=True, help="JSON: the greeting and others")
    parser.add_argument("--caller", required=True, help="JSON: what is known of every caller")
    parser.add_argument("--min-words", type=int, default=0, help="to interrupt the bot")
    told = parser.parse_args()

    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    vosk.SetLogLevel(-1)
    phrases = json.loads(told.phrases.read_text(encoding="utf-8"))
    shared = Shared(
        model=vosk.Model(str(told.model)),
        voice=Voice(),
        assistant=Assistant(
            told.assistant, os.environ["WARMLINE_ASSISTANT_SECRET"], json.loads(told.caller)
        ),
        threads=ThreadPoolExecutor(2 * (os.cpu_count() or 1)),
        greeting=phrases[0],
        min_words=told.min_words,
    )
    shared.voice.warm(phrases, DEFAULT_SAMPLE_RATE)
    uvicorn.run(line(shared), host="127.0.0.1", port=told.port, log_level="warning")


if __name__ == "__main__":
    main()
