"""Recognition alone: our ear beside Vosk as vosk-server uses it, on the same audio.

Time is that of the audio: a block is there when its last sample has been spoken, and work on it
begins when the work before it is done. So delays are those of a live line, without waiting for it.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import jiwer
import psutil
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from benchmarks.peers.comparison import Samples
from benchmarks.peers.lines import ROOT, free_port, require_peers, spawn_environment
from benchmarks.peers.situations import CallerTurn
from voice_gateway.conversation.commands import Expect
from voice_gateway.conversation.endpoint import EndOfTurn
from voice_gateway.conversation.events import PartialTranscript, SpeechStarted, SpeechStopped
from voice_gateway.conversation.timing import Timing
from voice_gateway.languages import load_language
from voice_gateway.speech.listener import Listener
from voice_gateway.speech.model import SHIPPED_MODEL, SpeechModel
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES
from voice_gateway.transports.line import FRAME_MS, frame_bytes

AFTER_S: Final = 3.0
"""So much of the silent line follows each utterance."""
BEFORE_S: Final = 0.5
BLOCK_S: Final = 0.1
"""What clients of vosk-server send at once; its own examples send more."""
_STARTS_WITHIN_S: Final = 30.0
_FRAME_S: Final = FRAME_MS / 1000


@dataclass(frozen=True, slots=True)
class FinalWords:
    """Words that will not change any more.

    Args:
        text: The words.
        at_s: When they were there, in seconds of the audio.
    """

    text: str
    at_s: float


@dataclass
class Clock:
    """The time of a live line on which somebody works."""

    now_s: float = 0.0

    def work(self, arrives_s: float, takes_s: float) -> float:
        """Work on something.

        Args:
            arrives_s: When it is there.
            takes_s: How long the work takes.

        Returns:
            When it is done.
        """
        self.now_s = max(self.now_s, arrives_s) + takes_s
        return self.now_s


Hear = Callable[[bytes], list[FinalWords]]


def measure(hear: Hear, cpu_s: Callable[[], float], turns: Sequence[CallerTurn]) -> Samples:
    """Let utterances be heard one after the other.

    Args:
        hear: Hears a stream of audio from its beginning to its end.
        cpu_s: Tells how much processor time the hearing has taken so far.
        turns: With silences inside or not.

    Returns:
        Delays, word errors and processor time.
    """
    delays: list[float] = []
    references: list[str] = []
    heard: list[str] = []
    audio_s = 0.0
    began = cpu_s()
    for turn in turns:
        pcm = _quiet(turn, BEFORE_S) + turn.pcm + _quiet(turn, AFTER_S)
        audio_s += len(pcm) / SAMPLE_BYTES / LISTENING_RATE
        finals = [final for final in hear(pcm) if final.text]
        last_word_s = BEFORE_S + turn.speech_end_s
        if finals and finals[-1].at_s >= last_word_s:
            delays.append(finals[-1].at_s - last_word_s)
        references.append(turn.text)
        heard.append(" ".join(final.text for final in finals))
    return {
        "final_s": delays,
        "word_errors": [jiwer.wer(references, heard)],
        "unheard": [float(not text) for text in heard],
        "cpu_s_per_audio_minute": [(cpu_s() - began) / (audio_s / 60)],
    }


class OurEar:
    """Our listener with our rule for the end of a turn, where anything may be said."""

    def __init__(self) -> None:
        self._model = SpeechModel.load()
        self._rule = EndOfTurn(load_language(), Timing())

    def hear(self, pcm: bytes) -> list[FinalWords]:
        """Hear a stream; see `Hear`."""
        listener, clock = Listener(self._model, LISTENING_RATE), Clock()
        finals: list[FinalWords] = []
        partial, silent_from_s = "", None
        size = frame_bytes(LISTENING_RATE)
        for number, start in enumerate(range(0, len(pcm), size)):
            arrives_s = (number + 1) * _FRAME_S
            began = time.perf_counter()
            events = listener.hear(pcm[start : start + size])
            now_s = clock.work(arrives_s, time.perf_counter() - began)
            for event in events:
                match event:
                    case PartialTranscript(text):
                        partial = text
                    case SpeechStarted():
                        silent_from_s = None
                    case SpeechStopped(silence):
                        silent_from_s = arrives_s - silence
            if silent_from_s is None or not partial:
                continue
            if arrives_s - silent_from_s >= self._rule.silence_needed(partial, Expect("free")):
                began = time.perf_counter()
                text = listener.finish().transcript.text
                finals.append(FinalWords(text, clock.work(now_s, time.perf_counter() - began)))
                partial, silent_from_s = "", None
        finals.append(FinalWords(listener.finish().transcript.text, clock.now_s))
        return finals


class VoskServer:
    """A connection to `vosk_server.py`, which is a process of its own.

    Args:
        url: Where it listens.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def hear(self, pcm: bytes) -> list[FinalWords]:
        """Hear a stream; see `Hear`."""
        clock = Clock()
        finals: list[FinalWords] = []
        size = round(BLOCK_S * LISTENING_RATE) * SAMPLE_BYTES
        with _connected(self._url) as connection:
            connection.send(json.dumps({"config": {"sample_rate": LISTENING_RATE}}))
            for number, start in enumerate(range(0, len(pcm), size)):
                began = time.perf_counter()
                connection.send(pcm[start : start + size])
                result = json.loads(connection.recv())
                now_s = clock.work((number + 1) * BLOCK_S, time.perf_counter() - began)
                if result.get("text"):
                    finals.append(FinalWords(result["text"], now_s))
            connection.send('{"eof" : 1}')
            finals.append(FinalWords(json.loads(connection.recv()).get("text", ""), clock.now_s))
        return finals


@contextmanager
def vosk_server() -> Iterator[tuple[VoskServer, psutil.Process]]:
    """Start a server with our model, and end it.

    Yields:
        What hears by it, and its process.

    Raises:
        PeersError: The peers are not installed.
        TimeoutError: It does not start.
    """
    port = free_port()
    command = [str(require_peers()), "-m", "benchmarks.peers.vosk_server", str(port)]
    server = subprocess.Popen([*command, str(SHIPPED_MODEL)], cwd=ROOT, env=spawn_environment())
    try:
        url = f"ws://127.0.0.1:{port}"
        _await_server(url)
        yield VoskServer(url), psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait()


def own_cpu_s() -> float:
    """Processor time of this process, all threads."""
    return time.process_time()


def cpu_s_of(process: psutil.Process) -> float:
    """Processor time of another process, all threads."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _connected(url: str) -> ClientConnection:
    return connect(url, compression=None, proxy=None, ping_interval=None)


def _await_server(url: str) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while True:
        try:
            _connected(url).close()
            return
        except (OSError, WebSocketException):
            if time.monotonic() > until:
                raise TimeoutError("vosk-server does not start") from None
            time.sleep(0.1)


def _quiet(turn: CallerTurn, seconds: float) -> bytes:
    size = round(seconds * LISTENING_RATE) * SAMPLE_BYTES
    return (turn.line * (size // len(turn.line) + 1))[:size]
