"""Two people talking through the line: the delay it adds, gaps and processor time.

Real WebSockets on the loopback, callers at the gateway and agents at the desk's sound. They talk in
turns, as people do, or, as the worst that can be, all at once and without a pause. Each voice
carries chirps; where those lie in what the other side receives tells the delay. Callers and agents
are played by a process of their own, which hears through the jitter buffer that browsers have; all
of it shares two cores.

`python -m benchmarks.bridge`
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Literal, get_args

import numpy as np
import psutil
from numpy.typing import NDArray
from prometheus_client import REGISTRY
from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from agent_desk.web.audio_socket import AUDIO_PATH, audio_routes
from agent_desk.web.server import WebServer
from voice_gateway.bridge.agent_ear import AgentEar
from voice_gateway.bridge.bridge import Bridge, ticks
from voice_gateway.bridge.jitter_buffer import JitterBuffer
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.server import CALL_PATH, VoiceServer
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.listener import Listener
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.rate import RateStream
from voice_gateway.tokens import TokenIssuer, TokenVerifier
from voice_gateway.transports.browser_protocol import SUBPROTOCOL, Hello, Rechunker, serialise
from voice_gateway.transports.line import Audio, CallerIdentity, Line, frame_bytes
from voice_gateway.transports.websocket import GatewayClientConnection

SECRET = "a secret for benchmarks, of thirty-two bytes or more"
SAID = (
    "where is my order it should have been here on monday",
    "let me see i am looking at your order number four eight two nine one three",
    "i have waited for a week now and nobody told me anything",
    "i am sorry about that it will be with you tomorrow before noon",
)
AGENT_RATE = 16000
WARM_UP_S, MEASURED_S = 4, 20
CHIRP_S = 0.05
CHIRP_EVERY_S = 0.5
PAUSE_S = 0.8
# Rooms are not silent: it is below what a recogniser takes for speech, and yet has to be judged.
ROOM_RMS = 40.0
LONGEST_DELAY_S = 0.5
LIMIT_MS = 100.0
CORES = 2
PLAYERS = "players"
# As the server does: with Python's 5 ms, recognisers keep the audio waiting.
SWITCH_INTERVAL_S = 0.0005


Talk = Literal["in turns", "at once"]


@dataclass(frozen=True)
class Scenario:
    """What is measured.

    Args:
        calls: How many at once.
        rate: Of the callers' lines, in hertz.
        talk: How caller and agent speak.
        written_down: Whether recognisers write down both sides meanwhile.
    """

    calls: int
    rate: int
    talk: Talk
    written_down: bool


SCENARIOS = (
    Scenario(1, 16000, "in turns", True),
    Scenario(1, 8000, "in turns", True),
    Scenario(10, 16000, "in turns", False),
    Scenario(10, 16000, "in turns", True),
    Scenario(10, 8000, "in turns", True),
    Scenario(10, 16000, "at once", True),
)


@dataclass(frozen=True)
class Heard:
    """What one side of a call heard.

    Args:
        side: `caller` or `agent`.
        delays_ms: Of each chirp, from being sent to being received.
        lost: Chirps that were not found.
        underruns: Gaps in what a browser would have played.
    """

    side: str
    delays_ms: list[float]
    lost: int
    underruns: int


# -- what is said ------------------------------------------------------------------------------


def chirp(rate: int) -> NDArray[np.float64]:
    """A sweep within a telephone's band, unlike anything in speech."""
    at = np.arange(round(CHIRP_S * rate)) / rate
    sweep = np.sin(2 * np.pi * (500 * at + (3000 - 500) / CHIRP_S * at**2 / 2))
    return np.asarray(12_000 * np.hanning(len(at)) * sweep)


def chirp_at(number: int, rate: int) -> int:
    """The sample at which a chirp begins, each at another place in its frame."""
    return round((number * CHIRP_EVERY_S + 0.0037 * (number % 10)) * rate)


def chirps(from_s: float, to_s: float) -> range:
    """The numbers of the chirps there may be in a stretch of time."""
    return range(round(from_s / CHIRP_EVERY_S), round(to_s / CHIRP_EVERY_S))


def voice(speaker: CallerVoice, side: str, rate: int, talk: Talk) -> bytes:
    """Sentences with a chirp wherever something is said: every other one, or one after another."""
    turns: list[NDArray[np.float64]] = []
    pause = np.zeros(round(PAUSE_S * rate) if talk == "in turns" else 0)
    for number, sentence in enumerate(SAID):
        said = np.frombuffer(speaker.say(sentence, rate), "<i2") * 0.4
        mine = talk == "at once" or number % 2 == (0 if side == "caller" else 1)
        turns += [said if mine else np.zeros_like(said), pause]
    whole = np.resize(np.concatenate(turns), (WARM_UP_S + MEASURED_S + 1) * rate)
    speaks = np.abs(whole) > 0
    length = round(CHIRP_S * rate)
    for number in chirps(0, WARM_UP_S + MEASURED_S):
        at = chirp_at(number, rate)
        if speaks[at : at + length].mean() > 0.5:
            whole[at : at + length] += chirp(rate)
    whole += np.random.default_rng(rate).normal(0, ROOM_RMS, len(whole))
    pcm: bytes = np.clip(whole, -32768, 32767).astype("<i2").tobytes()
    return pcm


def voice_file(side: str, rate: int, talk: str) -> str:
    """Where in the folder a voice is."""
    return f"{talk} {side} {rate}"


# -- callers and agents ------------------------------------------------------------------------


class End:
    """One side of a call: says its voice in real time, plays and keeps what it receives."""

    def __init__(self, connection: ClientConnection, rate: int, said: bytes) -> None:
        size = frame_bytes(rate)
        self.rate = rate
        self.frames = [said[at : at + size] for at in range(0, len(said), size)]
        self.sent: list[float] = []
        self.received: list[tuple[float, bytes]] = []
        self.joined = asyncio.Event()
        self.buffer = JitterBuffer()
        self._connection = connection

    async def talk(self) -> None:
        """Say everything, from when the call is joined."""
        listening = asyncio.create_task(self._listen())
        await self.joined.wait()
        async for now in ticks():
            if len(self.sent) == len(self.frames):
                break
            await self._connection.send(self.frames[len(self.sent)])
            self.sent.append(now)
            self.buffer.pull(now)
        listening.cancel()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        inwards, rechunker = RateStream(self.rate, AGENT_RATE), Rechunker(AGENT_RATE)
        async for message in self._connection:
            now = loop.time()
            if isinstance(message, str):
                if json.loads(message)["type"] == "live":
                    self.joined.set()
                continue
            self.received.append((now, message))
            for frame in rechunker.feed(inwards.feed(message)):
                self.buffer.push(frame, now)


def heard(side: str, listener: End, speaker: End) -> Heard:
    """Find the speaker's chirps in what the listener received."""
    said = np.frombuffer(b"".join(speaker.frames), "<i2").astype(np.float64)
    stream = np.frombuffer(b"".join(pcm for _, pcm in listener.received), "<i2").astype(np.float64)
    times = np.array([at for at, _ in listener.received])
    in_frame, out_frame = speaker.rate // 50, listener.rate // 50
    own, pattern = chirp(speaker.rate), chirp(listener.rate)
    delays: list[float] = []
    lost = 0
    for number in chirps(WARM_UP_S, WARM_UP_S + MEASURED_S):
        at = chirp_at(number, speaker.rate)
        if said[at : at + len(own)] @ own < 0.5 * (own @ own):
            continue
        lost += 1
        sent_at = speaker.sent[at // in_frame] + at % in_frame / speaker.rate
        first = int(np.searchsorted(times, sent_at - 0.02)) * out_frame
        piece = stream[first : first + round(LONGEST_DELAY_S * listener.rate)]
        if len(piece) < len(pattern):
            continue
        match = np.correlate(piece, pattern, "valid") / float(pattern @ pattern)
        if match.max() < 0.5:
            continue
        lost -= 1
        place = first + int(np.argmax(match))
        received_at = times[place // out_frame] + place % out_frame / listener.rate
        delays.append(1000 * float(received_at - sent_at))
    return Heard(side, delays, lost, listener.buffer.underruns)


async def play_call(
    number: int, rate: int, talk: str, gateway: str, desk: str, folder: Path
) -> tuple[End, End]:
    """Play both sides of one call; agents go by the number of their caller."""
    caller_number = f"+155501000{number:02}"
    token = TokenIssuer(SECRET).issue("call", caller=caller_number, now=datetime.now(UTC))
    async with (
        connect(
            desk, compression=None, proxy=None, additional_headers={"Agent": caller_number}
        ) as headset,
        connect(
            gateway,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            proxy=None,
            create_connection=GatewayClientConnection,
        ) as line,
    ):
        # The desk answers a ping once the headset is there to be joined.
        await (await headset.ping())
        await line.send(serialise(Hello(token, rate)))
        caller = End(line, rate, (folder / voice_file("caller", rate, talk)).read_bytes())
        said = (folder / voice_file("agent", AGENT_RATE, talk)).read_bytes()
        agent = End(headset, AGENT_RATE, said)
        await asyncio.gather(caller.talk(), agent.talk())
        return caller, agent


async def play(calls: int, rate: int, talk: str, gateway: str, desk: str, folder: Path) -> None:
    """Play all calls, not quite in step, and write what was heard to standard output."""

    async def one(number: int) -> tuple[End, End]:
        await asyncio.sleep(0.0137 * number)
        return await play_call(number, rate, talk, gateway, desk, folder)

    both_sides = await asyncio.gather(*(one(number) for number in range(calls)))
    told = [
        asdict(heard(*who))
        for caller, agent in both_sides
        for who in (("agent", agent, caller), ("caller", caller, agent))
    ]
    print(json.dumps(told))


# -- the line ----------------------------------------------------------------------------------


class BridgedLine:
    """A server whose calls are bridged to their agents at once.

    Args:
        model: What writes down; None to write down nothing.
        threads: Where it does.
    """

    def __init__(self, model: SpeechModel | None, threads: Executor) -> None:
        self._model = model
        self._threads = threads
        self.legs = AgentLegs()
        self.joined = asyncio.Event()
        self.turns = 0

    async def answer(self, line: Line, caller: CallerIdentity) -> None:
        """Join a caller and the agent who goes by the same number."""
        name = str(caller.number)
        bridge = Bridge(line, self.legs, self._transcriber if self._model else None, self._turn)
        bridge.start()
        if not bridge.join(name, "agent"):
            raise RuntimeError("the agent has no headset")
        self.joined.set()
        # What ends a caller's turn costs next to nothing beside hearing it: any ear will do.
        ear = self._ear_of(name, line.sample_rate) if self._model else None
        async for received in line.received():
            if isinstance(received, Audio):
                bridge.hear_caller(received.pcm)
                if ear:
                    ear.hear(received.pcm)
        await bridge.stop()
        if ear:
            await ear.close()

    def _transcriber(self, name: str, report: object) -> AgentEar:
        return self._ear_of(name, AGENT_RATE)

    def _ear_of(self, name: str, rate: int) -> AgentEar:
        assert self._model is not None
        return AgentEar(name, Listener(self._model, rate), self._threads, self._turn)

    def _turn(self, _: object) -> None:
        self.turns += 1


@dataclass(frozen=True)
class Processor:
    """What the machine's processors did while people talked.

    Args:
        share: What this process took, of one core.
        stolen: The most that the host of a virtual machine took away in a second, of all cores.
    """

    share: float
    stolen: float


async def watch_processor(joined: asyncio.Event) -> Processor:
    """Watch the processors while people talk."""
    await joined.wait()
    await asyncio.sleep(WARM_UP_S)
    process, loop = psutil.Process(), asyncio.get_running_loop()
    before, began, stolen = process.cpu_times(), loop.time(), 0.0
    psutil.cpu_times_percent()
    for _ in range(MEASURED_S - 1):
        await asyncio.sleep(1)
        stolen = max(stolen, getattr(psutil.cpu_times_percent(), "steal", 0.0) / 100)
    after = process.cpu_times()
    took = after.user + after.system - before.user - before.system
    return Processor(took / (loop.time() - began), stolen)


def torn() -> float:
    """How many gaps the bridges have had to conceal so far."""
    name = "warmline_bridge_frames_total"
    return sum(
        REGISTRY.get_sample_value(name, {"side": side, "trouble": "torn"}) or 0.0
        for side in ("caller", "agent")
    )


async def measure(
    scenario: Scenario, model: SpeechModel, folder: Path
) -> tuple[list[Heard], Processor, float, int]:
    """Play one scenario.

    Returns:
        What all sides heard, the processors' work, the gaps in the bridges, and the turns that
        were written down.
    """
    torn_before = torn()
    with ThreadPoolExecutor(CORES) as threads:
        line = BridgedLine(model if scenario.written_down else None, threads)
        app = Starlette(routes=audio_routes(line.legs, agent_named))
        async with (
            VoiceServer(line.answer, TokenVerifier(SECRET), port=0) as gateway,
            WebServer(app, host="127.0.0.1", port=0) as desk,
        ):
            arguments = [
                str(scenario.calls),
                str(scenario.rate),
                scenario.talk,
                f"ws://127.0.0.1:{gateway.port}{CALL_PATH}",
                f"ws://127.0.0.1:{desk.port}{AUDIO_PATH}",
                str(folder),
            ]
            command = [sys.executable, "-m", "benchmarks.bridge", PLAYERS, *arguments]
            players = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
            watching = asyncio.create_task(watch_processor(line.joined))
            output, _ = await players.communicate()
            if players.returncode:
                raise SystemExit("the callers and agents failed; their words are above")
            processor = await watching
    sides = [Heard(**side) for side in json.loads(output)]
    return sides, processor, torn() - torn_before, line.turns


def agent_named(socket: WebSocket) -> str | None:
    """Who a headset says it is."""
    return socket.headers.get("agent")


def p50_p95(values: list[float]) -> tuple[float, float]:
    """The middle and the 95th percentile."""
    cuts = quantiles(values, n=20)
    return cuts[9], cuts[18]


def main() -> None:
    """Measure and print; exits with 1 when people who talk in turns hear gaps, or hear too late."""
    if sys.argv[1:2] == [PLAYERS]:
        calls, line_rate, talk, gateway, desk, voices = sys.argv[2:]
        asyncio.run(play(int(calls), int(line_rate), talk, gateway, desk, Path(voices)))
        return
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    load = os.getloadavg()[0]
    table = Table(title="Bridged calls: added delay in ms, gaps, processor")
    for column in (
        "calls", "rate", "they talk", "written down", "to agent p50", "p95", "to caller p50", "p95",
        "lost chirps", "gaps at ends", "gaps in bridge", "of one core", "stolen", "turns",
    ):  # fmt: skip
        table.add_column(column, justify="right")
    good = True
    model, speaker = SpeechModel.load(), CallerVoice()
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as name:
        folder = Path(name)
        for side, rate in (("caller", 8000), ("caller", 16000), ("agent", AGENT_RATE)):
            for talk in get_args(Talk):
                said = voice(speaker, side, rate, talk)
                (folder / voice_file(side, rate, talk)).write_bytes(said)
        for scenario in SCENARIOS:
            sides, processor, gaps, turns = asyncio.run(measure(scenario, model, folder))
            cells: list[str] = []
            for side in ("agent", "caller"):
                delays = [ms for each in sides if each.side == side for ms in each.delays_ms]
                middle, most = p50_p95(delays)
                good = good and (most <= LIMIT_MS or scenario.talk == "at once")
                cells += [f"{middle:.0f}", f"{most:.0f}"]
            underruns = sum(each.underruns for each in sides)
            good = good and (not (underruns or gaps) or scenario.talk == "at once")
            table.add_row(
                str(scenario.calls),
                str(scenario.rate),
                scenario.talk,
                "yes" if scenario.written_down else "no",
                *cells,
                str(sum(each.lost for each in sides)),
                str(underruns),
                f"{gaps:.0f}",
                f"{processor.share:.0%}",
                f"{processor.stolen:.0%}",
                str(turns),
            )
    table.caption = f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after"
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    if not good:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
