"""How fast hearing and speaking are, and how much memory each caller's ear takes.

`python -m benchmarks.speech_speed`
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.listener import Listener
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.recogniser import Recogniser
from voice_gateway.speech.synthesiser import Synthesiser
from voice_gateway.speech.voice import Voice
from voice_gateway.speech.voice_activity import VoiceActivity

CALLER = (
    "where is my order",
    "my order number is four eight two nine one three",
    "what time do you open on sunday",
    "i want to talk to a person",
)
BOT = (
    "Your order 482913 is on its way.",
    "It will be with you tomorrow before 6:30 PM, and there is nothing that you need to do.",
    "We are open Monday to Friday from 8 AM to 8 PM. Is there anything else?",
)
RATE = 16_000
EARS = 10


def resident_mb() -> float:
    """Memory of this process now."""
    return float(psutil.Process().memory_info().rss) / 1e6


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of processor time."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cpu


def frames(pcm: bytes) -> list[bytes]:
    """Audio in frames of 20 ms."""
    size = RATE // 50 * 2
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]


def hearing(table: Table, model: SpeechModel, line: bytes) -> None:
    """Real-time factors of the parts of an ear."""
    seconds = len(line) / 2 / RATE

    def recognise(grammar: str) -> Callable[[], object]:
        recogniser = Recogniser(model, RATE)
        recogniser.expect(grammar)

        def work() -> object:
            for frame in frames(line):
                recogniser.feed(frame)
            return recogniser.finish()

        return work

    def listen(pcm: bytes) -> Callable[[], object]:
        listener = Listener(model, RATE)

        def work() -> object:
            for frame in frames(pcm):
                listener.hear(frame)
            return listener.finish()

        return work

    activity = VoiceActivity(RATE)
    noise = np.random.default_rng(0).normal(0, 200, len(line) // 2).astype("<i2").tobytes()
    for name, work in (
        ("recogniser, free speech", recognise("free")),
        ("recogniser, digits and free speech", recognise("digits")),
        ("voice activity alone", lambda: [activity.feed(frame) for frame in frames(line)]),
        ("a whole ear, speech with pauses", listen(line)),
        ("a whole ear, a noisy room and no speech", listen(noise)),
        ("a whole ear, a silent line", listen(bytes(len(line)))),
    ):
        clock, cpu = timed(work)
        table.add_row(name, f"{clock / seconds:.3f}", f"{cpu / seconds:.3f}", "")


def speaking(table: Table, voice: Voice) -> None:
    """Real-time factor of synthesis, and the delay of the first audio of what was never said."""
    firsts: list[float] = []
    seconds = clock = cpu = 0.0
    for text in BOT * 4:
        synthesiser = Synthesiser(voice)
        began, began_cpu = time.perf_counter(), time.process_time()
        for number, sentence in enumerate(synthesiser.speak(text, RATE)):
            if number == 0:
                firsts.append(time.perf_counter() - began)
            seconds += len(sentence.pcm) / 2 / RATE
        clock += time.perf_counter() - began
        cpu += time.process_time() - began_cpu
    table.add_row(
        "synthesiser",
        f"{clock / seconds:.3f}",
        f"{cpu / seconds:.3f}",
        f"first audio after {1000 * np.median(firsts):.0f} ms (median), "
        f"{1000 * max(firsts):.0f} ms (worst)",
    )


def main() -> None:
    """Measure and print."""
    table = Table(title="Speech: speed and memory")
    for column in ("part", "real-time factor", "of one core", ""):
        table.add_column(
            column, justify="right" if column in ("real-time factor", "of one core") else "left"
        )
    base = resident_mb()
    loading, _ = timed(SpeechModel.load)
    model, with_model = SpeechModel.load(), resident_mb()
    table.add_row("load the speech model", "", "", f"{loading:.2f} s, {with_model - base:.0f} MB")
    loading, _ = timed(Voice.load)
    voice, with_voice = Voice.load(), resident_mb()
    table.add_row("load the voice", "", "", f"{loading:.2f} s, {with_voice - with_model:.0f} MB")
    caller = CallerVoice(voice=voice)
    line = b"".join(caller.say(text, RATE) + bytes(2 * RATE) for text in CALLER)
    Synthesiser(voice).warm(BOT, RATE)
    Listener(model, RATE).hear(line)

    before = resident_mb()
    ears = [Listener(model, RATE) for _ in range(EARS)]
    idle = (resident_mb() - before) / EARS
    for ear in ears:
        ear.expect("digits")
        for frame in frames(line):
            ear.hear(frame)
    busy = (resident_mb() - before) / EARS
    for ear in ears:
        ear.finish()
    after = (resident_mb() - before) / EARS
    table.add_row(
        "memory of an ear", "", "",
        f"{idle:.1f} MB idle, {busy:.1f} MB in an utterance with a grammar, {after:.1f} MB after",
    )  # fmt: skip
    hearing(table, model, line)
    speaking(table, voice)
    Console(width=None if sys.stdout.isatty() else 132).print(table)


if __name__ == "__main__":
    main()
