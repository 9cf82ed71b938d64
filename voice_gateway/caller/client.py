"""Places a call over a WebSocket and lives through it in real time, as a telephone would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.typing import Subprotocol

from voice_gateway.caller.audio import AUDIBLE_DBFS, CallerAudio, CallSnapshot, level_dbfs
from voice_gateway.caller.playout import Playout
from voice_gateway.caller.recording import StereoRecording
from voice_gateway.caller.response_delay import MeasuredTurn, ResponseMeter
from voice_gateway.transports.browser_protocol import (
    DEFAULT_SAMPLE_RATE,
    MAX_MESSAGE_BYTES,
    SUBPROTOCOL,
    Answered,
    Clear,
    Delay,
    Ended,
    Error,
    Hello,
    Mark,
    Partial,
    ProtocolError,
    State,
    Turn,
    Unknown,
    parse_server_message,
    serialise,
)
from voice_gateway.transports.line import FRAME_MS, Audio, HungUp, Key, PlayedMark
from voice_gateway.transports.websocket import GatewayClientConnection

_FRAME_S = FRAME_MS / 1000
_GOOD_CLOSE_CODES = (1000, 1001, 1005)

CallEvent = Answered | State | Partial | Turn | Delay | Ended | Error | MeasuredTurn
OnEvent = Callable[[CallEvent, float], None]


class CallFailedError(Exception):
    """The server could not be reached; the message says why."""


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn as the server told it.

    Args:
        at: When, in seconds since the call was placed.
        turn_id: Names the turn.
        speaker: `caller`, `bot` or `agent`.
        text: What was said.
    """

    at: float
    turn_id: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class CallReport:
    """How a call went.

    Args:
        call_id: As given by the server; None when it was not answered.
        ended: Why it ended: the server's reason, or `caller_hung_up`, `connection_lost`,
            `refused`.
        error: What the server complained about, if it did.
        failure: Why the caller gave up, if so.
        duration_s: From placing the call to its end.
        turns: The caller's turns with the delay of each answer.
        transcript: All turns in the order in which the server told them.
        server_delays: For each of the caller's turn ids, the milliseconds that the server took,
            by part, as measured by itself.
        states: What the line did and since when.
        underruns: How often the bot's audio was torn because more of it came too late.
        recording: Where the stereo recording is, if one was asked for.
    """

    call_id: str | None
    ended: str
    error: Error | None
    failure: str | None
    duration_s: float
    turns: tuple[MeasuredTurn, ...]
    transcript: tuple[SpokenTurn, ...]
    server_delays: Mapping[str, Mapping[str, float]]
    states: tuple[tuple[float, str], ...]
    underruns: int
    recording: Path | None

    @property
    def ok(self) -> bool:
        """True when the call was answered and neither side had anything to complain about."""
        return self.call_id is not None and self.error is None and self.failure is None

    @property
    def response_delays(self) -> tuple[float, ...]:
        """The delays of all answers, in seconds."""
        return tuple(turn.response_delay for turn in self.turns if turn.response_delay is not None)


async def place_call(
    url: str,
    token: str,
    caller_audio: CallerAudio,
    on_event: OnEvent | None = None,
    *,
    sample_rate: int = DEFAULT_SAMPLE_RATE,
    recording: Path | None = None,
) -> CallReport:
    """Place a call and stay on the line until it ends.

    Args:
        url: Of the server's call path, for example `ws://127.0.0.1:8900/v1/call`.
        token: Of scope `call`.
        caller_audio: What the caller says and does.
        on_event: Told of each event and of when it was, in seconds since the call was placed.
        sample_rate: 16000 or 8000.
        recording: Where to write a stereo WAV file, caller left, bot right.

    Returns:
        How it went.

    Raises:
        CallFailedError: The server could not be reached.
        CallerAudioError: The caller's audio cannot be had.
        OSError: The recording cannot be made.
    """
    client = CallClient(url, token, caller_audio, on_event, sample_rate, recording)
    return await client.run()


class CallClient:
    """One call from the caller's side; see `place_call` for the arguments.

    Every 20 ms, by one clock: a frame of the caller's is sent, a frame of the bot's is played,
    the marks reached by it are echoed, and both frames are recorded.
    """

    def __init__(
        self,
        url: str,
        token: str,
        caller_audio: CallerAudio,
        on_event: OnEvent | None = None,
        sample_rate: int = DEFAULT_SAMPLE_RATE,
        recording: Path | None = None,
    ) -> None:
        self._url = url
        self._token = token
        self._audio = caller_audio
        self._on_event = on_event
        self._sample_rate = sample_rate
        self._recording_path = recording
        self._playout = Playout(sample_rate)
        self._meter = ResponseMeter()
        self._call_id: str | None = None
        self._ended: str | None = None
        self._error: Error | None = None
        self._turns: list[MeasuredTurn] = []
        self._transcript: list[SpokenTurn] = []
        self._server_delays: dict[str, Mapping[str, float]] = {}
        self._states: list[tuple[float, str]] = []
        self._bot_said: list[str] = []
        self._bot_answered = False
        self._bot_spoke_from: float | None = None
        self._bot_quiet_from = 0.0
        self._started = 0.0

    async def run(self) -> CallReport:
        """Place the call and stay on the line until it ends; call it once."""
        await self._audio.start(self._sample_rate)
        recording = (
            StereoRecording(self._recording_path, self._sample_rate)
            if self._recording_path
            else None
        )
        try:
            connection = await self._connect()
            async with connection:
                await self._live_through(connection, recording)
            duration = self._now()
        finally:
            await self._audio.close()
            if recording is not None:
                recording.close()
        if (unanswered := self._meter.finish()) is not None:
            self._turns.append(unanswered)
        return CallReport(
            call_id=self._call_id,
            ended=self._ended or "connection_lost",
            error=self._error,
            failure=self._audio.failure,
            duration_s=duration,
            turns=tuple(self._turns),
            transcript=tuple(self._transcript),
            server_delays=dict(self._server_delays),
            states=tuple(self._states),
            underruns=self._playout.underruns,
            recording=self._recording_path,
        )

    async def _connect(self) -> ClientConnection:
        try:
            return await connect(
                self._url,
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                create_connection=GatewayClientConnection,
                proxy=None,  # the line is one's own machine or network
                max_size=MAX_MESSAGE_BYTES,
                open_timeout=10,
                ping_interval=8,
                ping_timeout=7,
                close_timeout=3,
            )
        except (OSError, InvalidHandshake, InvalidURI) as error:
            raise CallFailedError(
                f"cannot reach {self._url}: {error or type(error).__name__}; is the server up?"
            ) from error

    async def _live_through(
        self, connection: ClientConnection, recording: StereoRecording | None
    ) -> None:
        self._started = asyncio.get_running_loop().time()
        reader = asyncio.create_task(self._read(connection), name="call reader")
        try:
            await connection.send(serialise(Hello(self._token, self._sample_rate)))
            await self._keep_time(connection, reader, recording)
            await asyncio.wait([reader], timeout=3)
        except ConnectionClosed:
            await reader  # it knows what the server said last
        finally:
            reader.cancel()
            await asyncio.wait([reader])
        if not reader.cancelled():
            reader.result()

    async def _keep_time(
        self,
        connection: ClientConnection,
        reader: asyncio.Task[None],
        recording: StereoRecording | None,
    ) -> None:
        frames = 0
        was_voiced = False
        while not reader.done():
            # Always yields, so that a late clock catches up without keeping others from running.
            await asyncio.sleep(frames * _FRAME_S - self._now())
            at = frames * _FRAME_S
            caller = self._audio.frame(self._snapshot(at))
            played = self._playout.next_frame()
            audible = played.sounding and level_dbfs(played.pcm) > AUDIBLE_DBFS
            self._watch_bot(at, played.sounding, audible)
            if caller.voiced:
                self._bot_answered = False
                if not was_voiced:
                    self._bot_said.clear()
            was_voiced = caller.voiced
            answered = self._meter.frame(
                at,
                caller_voiced=caller.voiced,
                bot_sounding=played.sounding,
                bot_audible=audible,
                said=caller.said,
            )
            if answered is not None:
                self._turns.append(answered)
                self._tell(answered)
            if recording is not None:
                recording.write(caller.pcm, played.pcm)
            self._audio.hear(played.pcm)
            await connection.send(caller.pcm)
            for mark_id in played.marks:
                await connection.send(serialise(PlayedMark(mark_id)))
            for key in caller.keys:
                await connection.send(serialise(Key(key)))
            if caller.hang_up:
                self._ended = "caller_hung_up"
                await connection.send(serialise(HungUp("caller_hung_up")))
                return
            frames += 1

    def _watch_bot(self, at: float, sounding: bool, audible: bool) -> None:
        if audible:
            self._bot_answered = True
            if self._bot_spoke_from is None:
                self._bot_spoke_from = at
        if sounding:
            self._bot_quiet_from = at + _FRAME_S
        else:
            self._bot_spoke_from = None

    def _snapshot(self, at: float) -> CallSnapshot:
        since, state = self._states[-1] if self._states else (0.0, "connecting")
        return CallSnapshot(
            at=at,
            state=state,
            state_for_s=max(0.0, at - since),
            bot_quiet_for_s=max(0.0, at - self._bot_quiet_from) if self._playout.empty else 0.0,
            bot_answered=self._bot_answered,
            bot_speaking_for_s=0.0 if self._bot_spoke_from is None else at - self._bot_spoke_from,
            bot_said=" ".join(self._bot_said),
        )

    async def _read(self, connection: ClientConnection) -> None:
        try:
            async for data in connection:
                self._take(data)
                if self._ended is not None and self._ended != "caller_hung_up":
                    return
        except ConnectionClosed as closed:
            # Explained by the server's error message, if there was one.
            code = closed.rcvd.code if closed.rcvd else None
            if self._error is None and code is not None and code not in _GOOD_CLOSE_CODES:
                reason = closed.rcvd.reason if closed.rcvd else ""
                self._fail(Error("closed", f"the server closed the connection: {reason} ({code})"))
        except ProtocolError as error:
            self._fail(Error(error.code, f"the server broke the protocol: {error.message}"))

    def _take(self, data: str | bytes) -> None:
        message = parse_server_message(data)
        match message:
            case Audio(pcm):
                self._playout.add(pcm)
                return
            case Mark(mark_id):
                self._playout.mark(mark_id)
                return
            case Clear():
                self._playout.clear()
                self._meter.cleared()
                return
            case Unknown():
                return
            case Error():
                self._fail(message)
                return
            case Answered(call_id):
                self._call_id = call_id
            case State(state):
                self._states.append((self._now(), state))
            case Turn(turn_id, speaker, text):
                self._transcript.append(SpokenTurn(self._now(), turn_id, speaker, text))
                if speaker != "caller":
                    self._bot_said.append(text)
            case Ended(reason):
                # Who hung up is known better here than from the server's echo of it.
                self._ended = self._ended or reason
            case Delay(turn_id, ms):
                self._server_delays[turn_id] = ms
            case Partial():
                pass
        self._tell(message)

    def _fail(self, error: Error) -> None:
        self._error = error
        self._ended = self._ended or ("refused" if self._call_id is None else "connection_lost")
        self._tell(error)

    def _tell(self, event: CallEvent) -> None:
        if self._on_event is not None:
            self._on_event(event, self._now())

    def _now(self) -> float:
        return asyncio.get_running_loop().time() - self._started
