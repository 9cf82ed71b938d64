"""One call: carries out the conversation core's commands and feeds it what happens."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TextIO

import structlog

from contact_center import events as domain
from contact_center.calls import Call as CallRecord
from contact_center.calls import Calls, ResumableCall, TurnRecord
from contact_center.database import Database, StorageError
from contact_center.one_time_codes import OneTimeCodes
from contact_center.recordings import RecordingFormat, Recordings
from contact_center.routing.line import Line as QueueLine
from contact_center.settings import ContactCenterSettings
from voice_gateway import metrics
from voice_gateway.asking import Asking
from voice_gateway.assistant import AssistantClient
from voice_gateway.bridge.agent_ear import AgentEar
from voice_gateway.bridge.bridge import Bridge
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.conversation import commands as cmd
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.core import Conversation
from voice_gateway.conversation.event_log import encode
from voice_gateway.conversation.language import Language
from voice_gateway.conversation.timing import Timing
from voice_gateway.ear import Ear, Heard
from voice_gateway.handover import HandOver
from voice_gateway.playout import Playout
from voice_gateway.recording.call_recording import CallRecording
from voice_gateway.registry import CallRegistry
from voice_gateway.secret_entry import SecretEntry
from voice_gateway.speech.listener import Listener
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import LISTENING_RATE
from voice_gateway.speech.synthesiser import Synthesiser
from voice_gateway.stopwatch import Stopwatch
from voice_gateway.transports.line import Audio, CallerIdentity, HungUp, Key, Line, PlayedMark

log = structlog.get_logger(__name__)

# The longest that a caller is kept on a line that cannot go on.
APOLOGY_S = 10.0


@dataclass(frozen=True)
class RecordingOptions:
    """How calls are recorded.

    Args:
        mode: After saying so, or if the caller agrees when asked.
        folder: Where the recordings are kept.
        format: How they are written.
    """

    mode: Literal["announce", "ask"]
    folder: Path
    format: RecordingFormat = "opus"


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
        queue_line: Where callers wait for a person.
        language: The words turn-taking needs.
        greeting: What the line says first to a new caller.
        legs: The agents who can be talked to.
        recording: How calls are recorded; None records none.
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
    queue_line: QueueLine
    language: Language
    greeting: str
    legs: AgentLegs = field(default_factory=AgentLegs)
    recording: RecordingOptions | None = None
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
        self._recording = _recording_of(self.call_id, exchange, line)
        self._line = line = self._recording.line if self._recording else line
        self._caller = caller
        self._calls = Calls(exchange.database)
        self._log = log.bind(call_id=self.call_id)
        self._conversation = Conversation(exchange.language, exchange.timing)
        self._events: asyncio.Queue[ev.Event] = asyncio.Queue()
        self._ear = Ear(
            Listener(exchange.model, line.sample_rate), exchange.hearing, self._on_heard
        )
        self._playout = Playout(
            line, exchange.synthesiser, exchange.speaking, self._on_played, self._on_first_audio
        )
        self._bridge = Bridge(line, exchange.legs, self._write_down, self._happen)
        self._handover = HandOver(
            self.call_id,
            exchange.database,
            exchange.queue_line,
            self._bridge,
            exchange.business,
            limit_s=exchange.timing.handoff_wait,
            happen=self._happen,
            publish=self._publish,
            now=exchange.now,
            server=exchange.server,
        )
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._secret = SecretEntry(exchange.language)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopwatch = Stopwatch()
        self._asking = Asking(
            exchange.assistant,
            self._calls,
            OneTimeCodes(exchange.database, exchange.business),
            self._secret,
            self._stopwatch,
            self._happen,
            self._playout.prepare,
            exchange.now,
        )
        self._record: CallRecord | None = None
        self._resumable: ResumableCall | None = None
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
        self._x.registry.add(self.call_id, self._happen, self._bridge)
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
        await self._greet()

    async def _greet(self) -> None:
        mode = self._x.recording.mode if self._x.recording and self._recording else None
        phrases = self._x.language.phrases
        greeting = phrases.welcome_back[0] if self._resumable else self._x.greeting
        if mode == "announce":
            # A question stays last.
            parts = [greeting, phrases.recording_notice[0]]
            greeting = " ".join(reversed(parts) if self._resumable else parts)
            await self._start_recording()
        self._happen(ev.CallStarted(greeting, bool(self._resumable), mode == "ask"))

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
        self._asking.drop_guess()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._handover.close()
        try:
            await self._record_last_words()
            if self._record:
                await self._store_end(reason)
        except StorageError as error:
            self._log.error("end_not_stored", reason=reason, error=str(error))
        finally:
            # Not earlier: an agent who is asked would see a caller who is neither here nor gone.
            self._x.registry.remove(self.call_id)
            if self._event_log:
                self._event_log.close()
            self._log.info("call_ended", reason=reason)
            await self._line.close(reason)
            if self._recording:
                await self._recording.stop()

    async def _record_last_words(self) -> None:
        """What an agent said last is recognised when nobody converses any more."""
        while not self._events.empty():
            event = self._events.get_nowait()
            if isinstance(event, ev.AgentSpoke):
                now = asyncio.get_running_loop().time()
                for command in self._conversation.receive(event, now):
                    if isinstance(command, cmd.RecordTurn):
                        await self._record_turn(command)

    async def _store_end(self, reason: str) -> None:
        await self._handover.withdraw("abandoned")
        now = self._x.now()
        await self._calls.end(self.call_id, reason, now)
        await self._publish(domain.CallEnded(call_id=self.call_id, at=now, reason=reason))

    async def _apologise_and_stop(self) -> None:
        """The call cannot go on, for example because a turn could not be stored: say so."""
        await self._playout.stop()
        self._say(0, self._x.language.phrases.draining[0])
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
                        self._handover.hear_caller(pcm)
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
            case ev.SpeechStopped(silence, said):
                self._stopwatch.last_word(now - silence)
                heard = ev.SpeechStopped(silence, said and self._secret.pause(said))
            case ev.PartialTranscript(text, level_db):
                heard = ev.PartialTranscript(self._secret.partial(text), level_db)
                self._spawn(self._line.notify({"type": "partial", "text": heard.text}))
            case ev.FinalTranscript(transcript):
                heard = ev.FinalTranscript(self._secret.final(transcript))
        self._happen(heard)

    def _on_played(self, event: ev.PlayoutMark | ev.SpeechFailed) -> None:
        if isinstance(event, ev.SpeechFailed) or event.finished:
            self._handover.bot_speaks(False)
        self._happen(event)

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
                self._say(utterance_id, text)
            case cmd.StopSpeaking():
                metrics.BARGE_INS.inc()
                await self._playout.stop()
                self._handover.bot_speaks(False)
            case cmd.PauseSpeaking():
                await self._playout.pause()
            case cmd.ResumeSpeaking():
                self._playout.resume()
            case cmd.FinishUtterance():
                self._stopwatch.turn_ended(asyncio.get_running_loop().time())
                self._ear.finish()
            case cmd.AskAssistant():
                assert self._record is not None
                self._spawn(self._asking.ask(self._record, self._resumable, command))
            case cmd.GuessAnswer(ask):
                assert self._record is not None
                self._asking.guess(self._record, ask)
            case cmd.DropGuess():
                self._asking.drop_guess()
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
                await self._handover.offer(command)
            case cmd.WithdrawHandoff(why):
                await self._handover.withdraw(why)
            case cmd.PlayHold(on):
                self._playout.hold(on)
                if not on:
                    await self._playout.stop()
            case cmd.Bridge(agent_name, voice):
                self._secret.with_person = self._ear.unhurried = True
                self._handover.connect(agent_name, voice=voice)
            case cmd.Unbridge():
                self._secret.with_person = self._ear.unhurried = False
                self._handover.disconnect()
            case cmd.HoldCaller(on):
                self._handover.hold(on)
            case cmd.Record(on):
                self._log.info("recording_asked", agreed=on)
                if on:
                    await self._start_recording()
            case cmd.PauseRecording(on):
                if self._recording:
                    self._recording.pause(on)

    def _say(self, utterance_id: int, text: str) -> None:
        self._handover.bot_speaks(True)
        self._playout.say(utterance_id, text)

    async def _start_recording(self) -> None:
        if self._recording:
            await self._recording.start()

    def _write_down(self, agent_name: str, report: Callable[[ev.AgentSpoke], None]) -> AgentEar:
        listener = Listener(self._x.model, LISTENING_RATE)
        return AgentEar(agent_name, listener, self._x.hearing, report)

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
                complete=heard is not None,
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
                agent_name=turn.agent_name,
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
                agent_name=turn.agent_name,
            )
        )

    async def _publish(self, event: domain.DomainEvent) -> None:
        """Others learn of it if they can; a call does not depend on them."""
        try:
            await self._x.events.publish(event)
        except Exception:
            self._log.exception("event_not_published", event_type=type(event).__name__)


def _recording_of(call_id: str, exchange: Exchange, line: Line) -> CallRecording | None:
    options = exchange.recording
    if options is None:
        return None
    try:
        recordings = Recordings(exchange.database)
        return CallRecording(
            call_id, line, recordings, options.folder, options.format, exchange.now
        )
    except Exception:  # a call that cannot be recorded is a call all the same
        log.exception("recording_failed", call_id=call_id)
        return None
