"""The server process: wires the rooms together and runs until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import takewhile
from typing import Any

import structlog

from agent_desk.desk_protocol import PATH as DESK_PATH
from agent_desk.desk_socket import DeskSocket
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.delivery.worker import DeliveryWorker
from contact_center.events import open_events
from contact_center.routing.line import Line
from contact_center.sealing import Seal
from voice_gateway.admission import LIMITS, NO_LIMITS, Admission
from voice_gateway.assistant import AssistantClient
from voice_gateway.bridge.hold_music import hold_music
from voice_gateway.busy_notice import BusyNotice
from voice_gateway.call import Exchange, RecordingOptions
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.timing import Timing
from voice_gateway.languages import load_language
from voice_gateway.load_meter import LoadMeter, TimedThreads
from voice_gateway.registry import CallRegistry
from voice_gateway.server import VoiceServer
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.synthesiser import Synthesiser
from voice_gateway.speech.voice import Voice
from voice_gateway.tokens import TokenIssuer, TokenVerifier
from voice_gateway.transports.line import CallerIdentity
from voice_gateway.transports.line import Line as CallerLine
from voice_gateway.watched_line import WatchedLine
from warmline.clock import clock_of
from warmline.desk_room import open_desk
from warmline.fixed_answers import fixed_answers
from warmline.places import NLU_DATA
from warmline.senders import senders_of
from warmline.settings import Settings

log = structlog.get_logger(__name__)

BROWSER_SAMPLE_RATE = 16000
LINE_RATES = (8000, 16000)
# Recognition and voice detection hold the interpreter for long stretches, and bridged audio is due
# every 20 ms: with Python's own 5 ms a frame waits ten times longer for its turn.
SWITCH_INTERVAL_S = 0.0005


def configure_logging(level: str) -> None:
    """Log one readable line an event to standard error.

    Args:
        level: `debug`, `info`, `warning` or `error`.
    """
    number = getattr(logging, level.upper())
    logging.basicConfig(level=number, format="%(message)s")
    for chatty in ("aiosqlite", "alembic", "httpcore", "httpx", "python_multipart", "websockets"):
        logging.getLogger(chatty).setLevel(max(number, logging.WARNING))
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(bool_as_flag=False),
        ],
    )


async def serve(settings: Settings, *, ready: asyncio.Event | None = None) -> None:
    """Run the server until SIGTERM or SIGINT.

    Args:
        settings: As `load_settings` gives them.
        ready: Set once calls can be taken.

    Raises:
        SpeechModelError: The speech model cannot be loaded.
        StorageError: The database cannot be used.
        OSError: A port cannot be had.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        hearing, speaking = _threads("hearing", stack), _threads("speaking", stack)
        exchange = await _build_exchange(settings, hearing, speaking, stack)
        calls_lost = await Calls(exchange.database).close_orphans(
            exchange.now(), server=exchange.server
        )
        if calls_lost:
            log.warning("calls_lost_by_last_server", calls=calls_lost)
        tokens = TokenVerifier(settings.token_secret.get_secret_value())
        desk = await open_desk(settings, exchange, stack)
        admission = _admission(settings)
        busy_notice = BusyNotice(settings.busy_notices)
        server = _build_server(settings, exchange, tokens, admission, busy_notice)
        server.route(DESK_PATH, DeskSocket(desk, tokens).handle)
        await stack.enter_async_context(
            DeliveryWorker(exchange.database, senders_of(settings), clock=clock_of(settings))
        )
        await server.start()
        stack.push_async_callback(server.close)
        await stack.enter_async_context(
            LoadMeter(admission, lambda: server.active_calls, hearing, speaking)
        )
        if ready:
            ready.set()
        warming = loop.run_in_executor(
            speaking, _warm, exchange, busy_notice, settings.company_name, stop
        )
        await stop.wait()
        warming.cancel()
        for call_id in exchange.registry:
            exchange.registry.deliver(call_id, ev.ServerDraining())
        await server.drain(settings.drain_seconds)


def _threads(name: str, stack: AsyncExitStack) -> TimedThreads:
    threads = stack.enter_context(ThreadPoolExecutor(os.cpu_count() or 1, name))
    # Threads that still decode must not hold up the stop.
    stack.callback(threads.shutdown, wait=False, cancel_futures=True)
    return TimedThreads(threads)


async def _build_exchange(
    settings: Settings, hearing: Executor, speaking: Executor, stack: AsyncExitStack
) -> Exchange:
    database = Database(settings.database_url, seal=Seal.of(settings))
    stack.push_async_callback(database.close)
    await database.migrate()
    events = open_events(settings.redis_url)
    stack.push_async_callback(events.close)
    assistant = AssistantClient(
        settings.assistant_url, settings.assistant_secret.get_secret_value()
    )
    stack.push_async_callback(assistant.close)
    language = load_language()
    welcome = settings.greeting or language.phrases.welcome[0]
    return Exchange(
        model=SpeechModel.load(settings.speech_model_path),
        synthesiser=Synthesiser(Voice.load(), settings.data_dir / "speech_cache"),
        hearing=hearing,
        speaking=speaking,
        assistant=assistant,
        database=database,
        events=events,
        registry=CallRegistry(),
        queue_line=Line(database, settings.routing),
        language=language,
        greeting=welcome.replace("{company}", settings.company_name),
        timing=replace(Timing(), handoff_wait=settings.handoff_wait_s),
        business=settings,
        resume_within=timedelta(minutes=settings.resume_within_minutes),
        event_log_dir=settings.event_log_dir,
        recording=_recording(settings),
    )


def _recording(settings: Settings) -> RecordingOptions | None:
    if settings.recording == "off":
        return None
    return RecordingOptions(settings.recording, settings.recordings_dir, settings.recording_format)


def _admission(settings: Settings) -> Admission:
    return Admission(settings.max_calls, LIMITS if settings.admission == "load" else NO_LIMITS)


def _build_server(
    settings: Settings,
    exchange: Exchange,
    tokens: TokenVerifier,
    admission: Admission,
    busy_notice: BusyNotice,
) -> VoiceServer:
    async def answer(line: CallerLine, caller: CallerIdentity) -> None:
        await exchange.answer(WatchedLine(line), caller)

    async def health() -> Mapping[str, Any]:
        return {
            "agents": exchange.registry.agents_online,
            "strained_by": admission.strained_by,
        }

    issuer = TokenIssuer(settings.token_secret.get_secret_value())
    return VoiceServer(
        answer,
        tokens,
        host=settings.host,
        port=settings.port,
        admission=admission,
        busy_notice=busy_notice,
        development_tokens=issuer if settings.development_tokens else None,
        allowed_hosts=settings.allowed_hosts,
        embed_origins=settings.embed_origins,
        health=health,
    )


def _warm(exchange: Exchange, busy_notice: BusyNotice, company: str, stop: asyncio.Event) -> None:
    """Make ahead what many callers hear, the greeting first, until the server is to stop."""
    for rate in LINE_RATES:
        hold_music(rate)
    phrases = exchange.language.phrases
    exchange.synthesiser.warm([exchange.greeting], BROWSER_SAMPLE_RATE)
    busy_notice.prepare(exchange.synthesiser, phrases.busy, LINE_RATES)
    fixed = [exchange.greeting, *phrases.all(), *fixed_answers(NLU_DATA / "responses", company)]
    wanted = takewhile(lambda _: not stop.is_set(), fixed)
    exchange.synthesiser.warm(wanted, BROWSER_SAMPLE_RATE)
