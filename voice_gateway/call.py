"""One call: carries out the conversation core's commands and feeds it what happens."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import structlog

from contact_center import events as domain
from contact_center.calls import Call as CallRecord
from contact_center.calls import Calls, ResumableCall, TurnRecord
from contact_center.database import Database, StorageError
from contact_center.expected_wait import expected_wait
from contact_center.handoff_packet import HANDOFF_REASONS, HandoffPacket, HandoffReason
from contact_center.handoffs import Handoff, Handoffs
from contact_center.one_time_codes import OneTimeCodes
from contact_center.opening_hours import OpeningHours
from contact_center.packet_builder import build_packet
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Tickets, callback_promise
from voice_gateway import metrics
from voice_gateway.assistant import ENTER_CODE, START_OF_CALL, AssistantClient, DialogueState
from voice_gateway.conversation import commands as cmd
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.core import Conversation
from voice_gateway.conversation.event_log import encode
from voice_gateway.conversation.language import Language
from voice_gateway.conversation.timing import Timing
from voice_gateway.conversation.transcript import MASK
from voice_gateway.ear import Ear, Heard
from voice_gateway.playout import Playout
from voice_gateway.registry import CallRegistry
from voice_gateway.secret_entry import Entry, SecretEntry
from voice_gateway.speech.listener import Listener
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.synthesiser import Synthesiser
from voice_gateway.stopwatch import Stopwatch
from voice_gateway.transports.line import Audio, CallerIdentity, HungUp, Key, Line, PlayedMark

log = structlog.get_logger(__name__)

# The longest that a caller is kept on a line that cannot go on.
APOLOGY_S = 10.0


@dataclass(frozen=True)
class Exchange:
    """Everything the calls of one server share.

    Args:
        model: What hears.
        synthesiser: What speaks.
        hearing: Threads for recognition.
        speaking: Threads for synthesis.
        assistant: What understands and decides.
        database: What remembers.
        events: Where others learn what happens.
        registry: The live calls, and the agents at their desks.
        language: The words turn-taking needs.
        greeting: What the line says first to a new caller.
        timing: How patient the line is.
        business: The company's own facts: time zone, holidays, promises.
        resume_within: How long after a broken call its caller is asked whether to go on.
        event_log_dir: Where each call's events are written for replay; None writes none.
        server: The name of this server, where there are several.
        now: The wall clock, aware.
    """

    model: SpeechModel
    synthesiser: Synthesiser
    hearing: Executor
    speaking: Executor
    assistant: AssistantClient
    database: Database
    events: domain.EventBus
    registry: CallRegistry
    language: Language
    greeting: str
    timing: Timing = field(default_factory=Timing)
    business: ContactCenterSettings = field(default_factory=ContactCenterSettings)
    resume_within: timedelta = timedelta(minutes=30)
    event_log_dir: Path | None = None
    server: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def answer(self, line: Line, caller: CallerIdentity) -> None:
        """Handle one call from greeting to hang-up.

        Args:
            line: The connection to the caller.
            caller: Who it seems to be.
        """
        await Call(self, line, caller).run()


class Call:
    """One call in progress.

    Args:
        exchange: What it shares with the other calls.
        line: The connection to the caller.
        caller: Who it seems to be.
    """

    def __init__(self, exchange: Exchange, line: Line, caller: CallerIdentity) -> None:
        self.call_id = uuid.uuid4().hex
        self._x = exchange
        self._line = line
        self._caller = caller
        self._calls = Calls(exchange.database)
        self._handoffs = Handoffs(exchange.database)
        self._codes = OneTimeCodes(exchange.database, exchange.business)
        self._log = log.bind(call_id=self.call_id)
        self._conversation = Conversation(exchange.language, exchange.timing)
        self._events: asyncio.Queue[ev.Event] = asyncio.Queue()
        self._ear = Ear(
            Listener(exchange.model, line.sample_rate), exchange.hearing, self._on_heard
        )
        self._playout = Playout(
            line, exchange.synthesiser, exchange.speaking, self._happen, self._on_first_audio
        )
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._secret = SecretEntry(exchange.language)
        self._asking = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopwatch = Stopwatch()
        self._record: CallRecord | None = None
        self._resumable: ResumableCall | None = None
        self._state: Mapping[str, Any] = {}
        self._handoff: Handoff | None = None
        self._shown_state = ""
        self._event_log: TextIO | None = None

    async def run(self) -> None:
        """Handle the call to its end; whatever happens, the line is closed and the call ended."""
        reason = "system_error"
        try:
            await self._start()
            reason = await self._converse()
        except Exception:
            self._log.exception("call_failed")
            await self._apologise_and_stop()
        finally:
            await self._end(reason)

    # -- start and end -------------------------------------------------------------------------

    async def _start(self) -> None:
        now = self._x.now()
        resumable = await self._calls.find_resumable(
            self._caller.number, now, self._x.resume_within
        )
        if resumable and resumable.call_id not in self._x.registry:
            self._resumable = resumable
        self._record = await self._calls.start(
            self.call_id, self._caller.number, self._line.channel, now, server=self._x.server
        )
        self._x.registry.add(self.call_id, self._happen)
        if self._resumable:
            await self._calls.mark_resumed(self._resumable.call_id, self.call_id)
        await self._publish(
            domain.CallStarted(
                call_id=self.call_id,
                at=now,
                caller_number=self._record.caller_number,
                customer_id=self._record.customer_id,
            )
        )
        if self._x.event_log_dir:
            self._x.event_log_dir.mkdir(parents=True, exist_ok=True)
            path = self._x.event_log_dir / f"{self.call_id}.jsonl"
            self._event_log = path.open("w", encoding="utf-8")
        await self._line.notify({"type": "answered", "call_id": self.call_id})
        if self._resumable:
            welcome_back = self._x.language.phrases.welcome_back[0]
            self._happen(ev.CallStarted(welcome_back, resumable=True))
        else:
            self._happen(ev.CallStarted(self._x.greeting))

    async def _converse(self) -> str:
        """Returns why the call ended."""
        self._spawn(self._receive())
        self._spawn(self._ear.run())
        loop = asyncio.get_running_loop()
        while True:
            event = await self._events.get()
            now = loop.time()
            if self._event_log:
                self._event_log.write(encode(event, now) + "\n")
            for command in self._conversation.receive(event, now):
                if isinstance(command, cmd.HangUp):
                    return command.reason
                await self._carry_out(command)
            await self._show_state()

    async def _end(self, reason: str) -> None:
        for handle in self._timers.values():
            handle.cancel()
        await self._playout.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._x.registry.remove(self.call_id)
        try:
            if self._record:
                await self._store_end(reason)
        except StorageError as error:
            self._log.error("end_not_stored", reason=reason, error=str(error))
        finally:
            if self._event_log:
                self._event_log.close()
            self._log.info("call_ended", reason=reason)
            await self._line.close(reason)

    async def _store_end(self, reason: str) -> None:
        now = self._x.now()
        if self._handoff and await self._handoffs.withdraw(self._handoff.id, "abandoned", now):
            await self._store_callback(self._handoff, "abandoned")
            await self._publish_handoff_closed("abandoned")
        await self._calls.end(self.call_id, reason, now)
        await self._publish(domain.CallEnded(call_id=self.call_id, at=now, reason=reason))

    async def _apologise_and_stop(self) -> None:
        """The call cannot go on, for example because a turn could not be stored: say so."""
        await self._playout.stop()
        self._playout.say(0, self._x.language.phrases.draining[0])
        with suppress(TimeoutError):
            async with asyncio.timeout(APOLOGY_S):
                while True:
                    match await self._events.get():
                        case ev.PlayoutMark(utterance_id=0, finished=True):
                            return
                        case ev.SpeechFailed() | ev.CallerHungUp():
                            return

    # -- what happens --------------------------------------------------------------------------

    def _happen(self, event: ev.Event) -> None:
        self._events.put_nowait(event)

    async def _receive(self) -> None:
        try:
            async for received in self._line.received():
                match received:
                    case Audio(pcm):
                        self._ear.hear(pcm)
                    case PlayedMark(mark_id):
                        self._playout.played(mark_id)
                    case Key(key):
                        for passed_on in self._secret.key(key):
                            self._happen(ev.Digit(passed_on))
                    case HungUp():
                        break
        finally:
            self._happen(ev.CallerHungUp())

    def _on_heard(self, heard: Heard) -> None:
        """Codes and passwords go no further than here."""
        now = asyncio.get_running_loop().time()
        match heard:
            case ev.SpeechStarted():
                self._secret.speech_started()
            case ev.SpeechStopped(silence):
                self._stopwatch.last_word(now - silence)
            case ev.PartialTranscript(text):
                heard = ev.PartialTranscript(self._secret.partial(text))
                self._spawn(self._line.notify({"type": "partial", "text": heard.text}))
            case ev.FinalTranscript(transcript):
                heard = ev.FinalTranscript(self._secret.final(transcript))
        self._happen(heard)

    def _on_first_audio(self, utterance_id: int) -> None:
        delay = self._stopwatch.first_audio(asyncio.get_running_loop().time())
        if not delay:
            return
        parts = {
            "endpoint": delay.endpoint,
            "recognition": delay.recognition,
            "assistant": delay.assistant,
            "synthesis": delay.synthesis,
            "total": delay.total,
        }
        for part, seconds in parts.items():
            metrics.RESPONSE_DELAY.labels(part).observe(seconds)
        milliseconds = {part: round(seconds * 1000) for part, seconds in parts.items()}
        self._spawn(
            self._line.notify({"type": "delay", "turn_id": delay.turn_id, "ms": milliseconds})
        )

    async def _show_state(self) -> None:
        state = self._conversation.state
        if state != self._shown_state:
            self._shown_state = state
            await self._line.notify({"type": "state", "state": state})

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._log.error("task_failed", exc_info=error)

    # -- what to do ----------------------------------------------------------------------------

    async def _carry_out(self, command: cmd.Command) -> None:
        match command:
            case cmd.RecordTurn():
                await self._record_turn(command)
            case cmd.RecordHeard(turn_id, heard, complete):
                await self._calls.record_heard(self.call_id, turn_id, heard, complete)
            case cmd.Say(utterance_id, text):
                self._playout.say(utterance_id, text)
            case cmd.StopSpeaking():
                metrics.BARGE_INS.inc()
                await self._playout.stop()
            case cmd.FinishUtterance():
                self._stopwatch.turn_ended(asyncio.get_running_loop().time())
                self._ear.finish()
            case cmd.AskAssistant():
                self._stopwatch.asked(command.turn_id, asyncio.get_running_loop().time())
                self._ask_assistant(command)
            case cmd.Expect():
                self._secret.expect(command)
                self._ear.expect(command)
            case cmd.SetPace(pace):
                self._playout.pace = pace
            case cmd.SetTimer(name, generation, at):
                self._set_timer(name, generation, at)
            case cmd.CancelTimer(name):
                if name in self._timers:
                    self._timers.pop(name).cancel()
            case cmd.OfferHandoff():
                await self._offer_handoff(command)
            case cmd.WithdrawHandoff():
                await self._withdraw_handoff("timed_out")
            case cmd.PlayHold(on):
                self._playout.hold(on)
                if not on:
                    await self._playout.stop()
            case cmd.Bridge(agent_name):
                self._log.info("agent_connected", agent=agent_name)
                metrics.HANDOFFS_CLOSED.labels("accepted").inc()

    def _set_timer(self, name: str, generation: int, at: float) -> None:
        if name in self._timers:
            self._timers[name].cancel()
        fired = ev.TimerFired(name, generation)
        loop = asyncio.get_running_loop()
        self._timers[name] = loop.call_at(at, self._happen, fired)

    async def _record_turn(self, turn: cmd.RecordTurn) -> None:
        now = self._x.now()
        heard = turn.transcript
        await self._calls.record_turn(
            TurnRecord(
                call_id=self.call_id,
                turn_id=turn.turn_id,
                speaker=turn.speaker,
                text=turn.text,
                complete=turn.speaker == "caller",
                started_at=now,
                confidence=heard.confidence if heard else None,
                words=[
                    {"text": w.text, "start": w.start, "end": w.end, "confidence": w.confidence}
                    for w in heard.words
                ]
                if heard
                else None,
                alternatives=heard.alternatives if heard else (),
                barge_in=turn.barge_in,
                affect=turn.affect,
            )
        )
        metrics.TURNS.labels(turn.speaker).inc()
        confidence = heard.confidence if heard else None
        await self._line.notify(
            {
                "type": "turn",
                "turn_id": turn.turn_id,
                "speaker": turn.speaker,
                "text": turn.text,
                "confidence": confidence,
            }
        )
        await self._publish(
            domain.TurnRecorded(
                call_id=self.call_id,
                at=now,
                turn_id=turn.turn_id,
                speaker=turn.speaker,
                text=turn.text,
                confidence=confidence,
            )
        )

    # -- the assistant -------------------------------------------------------------------------

    def _about_caller(self) -> dict[str, Any]:
        customer = self._record.customer if self._record else None
        return {
            "number": self._record.caller_number if self._record else None,
            "customer_id": customer.id if customer else None,
            "name": customer.name if customer else None,
            "tier": customer.tier if customer else None,
        }

    def _ask_assistant(self, ask: cmd.AskAssistant) -> None:
        # What was said beside a code goes to the assistant as it is; a code alone is tried first.
        words = " ".join(word for word in ask.text.split() if word != MASK)
        if words:
            self._spawn(self._ask(ask, words))
        else:
            entry = self._secret.take() if self._secret.asked else None
            self._spawn(self._ask_about_code(ask, entry))

    async def _ask_about_code(self, ask: cmd.AskAssistant, entry: Entry | None) -> None:
        try:
            result = await self._try_code(entry)
        except StorageError as error:
            await self._on_answer(ask.turn_id, ev.AssistantFailed(ask.turn_id, str(error)))
        else:
            await self._ask(ask, ENTER_CODE, code=result)
        finally:
            self._secret.settled()

    async def _try_code(self, entry: Entry | None) -> dict[str, Any]:
        if entry is None:
            return {"outcome": "none_sent", "tries_left": 0}
        if entry.missing:
            return {"outcome": "incomplete", "missing": entry.missing}
        tried = await self._codes.try_code(self.call_id, entry.code, self._x.now())
        return {"outcome": tried.outcome, "tries_left": tried.tries_left}

    async def _ask(self, ask: cmd.AskAssistant, text: str, **more: Any) -> None:
        broken_off = self._resumable if text == START_OF_CALL else None
        metadata = {
            "caller": self._about_caller(),
            "asr": {
                "confidence": ask.transcript.confidence,
                "alternatives": list(ask.transcript.alternatives),
            },
            "affect": dict(ask.affect),
            "channel": "voice",
            "barge_in": ask.barge_in,
            "resume": broken_off.state if broken_off else None,
            **more,
        }
        async with self._asking:
            async for answer in self._x.assistant.turn(self.call_id, ask.turn_id, text, metadata):
                await self._on_answer(ask.turn_id, answer)

    async def _on_answer(self, turn_id: str, answer: Any) -> None:
        match answer:
            case DialogueState(state):
                self._state = state
                await self._calls.store_state(self.call_id, state, self._x.now())
                return
            case ev.AssistantMessage():
                self._stopwatch.answered(turn_id, asyncio.get_running_loop().time())
            case ev.AssistantFailed(_, error):
                metrics.ASSISTANT_FAILURES.inc()
                self._log.error("assistant_failed", turn_id=turn_id, error=error)
        self._happen(answer)

    # -- hand-over -----------------------------------------------------------------------------

    async def _offer_handoff(self, offer: cmd.OfferHandoff) -> None:
        now = self._x.now()
        packet = await build_packet(
            self._x.database,
            call_id=self.call_id,
            reason=_known_reason(offer.reason),
            details=offer.details,
            trigger_turn_id=offer.trigger_turn_id,
            state=self._state,
            wait_seconds=None,
            now=now,
            settings=self._x.business,
        )
        wait = await expected_wait(
            self._x.database, self._x.registry.agents, packet.routing.priority, now
        )
        packet = _with_wait(packet, wait, self._x.timing.handoff_wait)
        self._handoff = await self._handoffs.open(packet)
        metrics.HANDOFFS.labels(packet.reason).inc()
        hours = OpeningHours(self._x.database, self._x.business)
        if not self._x.registry.agents_online and not await hours.is_open(now, "support"):
            await self._withdraw_handoff("after_hours")
            return
        await self._publish(
            domain.HandoffOffered(
                call_id=self.call_id,
                at=now,
                handoff_id=self._handoff.id,
                reason=packet.reason,
                priority=packet.routing.priority,
            )
        )
        if wait is not None:
            self._happen(ev.WaitEstimated(wait))

    async def _withdraw_handoff(self, outcome: Any) -> None:
        """An agent who accepted a moment before has it; then their `AgentAccepted` follows."""
        handoff = self._handoff
        if not handoff or not await self._handoffs.withdraw(handoff.id, outcome, self._x.now()):
            return
        promise = await self._store_callback(handoff, outcome)
        await self._publish_handoff_closed(outcome)
        self._happen(ev.HandoffUnavailable(promise))

    async def _store_callback(self, handoff: Handoff, why: str) -> str:
        now = self._x.now()
        ticket = await Tickets(self._x.database, self._x.business).open_callback(
            self.call_id,
            handoff.id,
            self._record.customer_id if self._record else None,
            self._record.caller_number if self._record else None,
            why,
            now,
        )
        return callback_promise(ticket, now, self._x.business.time_zone)

    async def _publish_handoff_closed(self, outcome: str) -> None:
        assert self._handoff is not None
        metrics.HANDOFFS_CLOSED.labels(outcome).inc()
        await self._publish(
            domain.HandoffClosed(
                call_id=self.call_id,
                at=self._x.now(),
                handoff_id=self._handoff.id,
                outcome=outcome,
            )
        )

    async def _publish(self, event: domain.DomainEvent) -> None:
        """Others learn of it if they can; a call does not depend on them."""
        try:
            await self._x.events.publish(event)
        except Exception:
            self._log.exception("event_not_published", event_type=type(event).__name__)


def _known_reason(reason: str) -> HandoffReason:
    """An assistant may be newer than this server; a hand-off never fails for its reason."""
    return next((known for known in HANDOFF_REASONS if known == reason), "requested")


def _with_wait(packet: HandoffPacket, wait: float | None, limit: float) -> HandoffPacket:
    """Note the wait that the caller is told, which is never longer than they are left waiting."""
    if wait is None:
        return packet
    told = {"wait_told_seconds": round(min(wait, limit))}
    return packet.model_copy(update={"routing": packet.routing.model_copy(update=told)})
