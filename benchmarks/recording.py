"""What recording costs: processor, memory, disk and the event loop, with many calls at once.

`python -m benchmarks.recording [SECONDS]`
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import psutil
from rich.console import Console
from rich.table import Table

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.recordings import Recordings
from voice_gateway.recording.call_recording import CallRecording
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.voice import Voice
from voice_gateway.transports.line import FRAME_MS, Audio, HungUp, Line, Received, frame_bytes

CALLS: Final = 20
RATES: Final = (8_000, 16_000)
SECONDS: Final = 30.0
FRAME_S: Final = FRAME_MS / 1000
MIB: Final = 1024 * 1024
CALLER = "i ordered a lamp two weeks ago and it has still not come what are you doing about it"
BOT = "I am sorry about that. Your order is on its way, and it will be with you tomorrow."

How = Literal["off", "flac", "opus"]


class PacedLine:
    """A line on which two people talk in turns, a frame each way every 20 ms.

    Args:
        sample_rate: In hertz.
        caller: What the caller says, again and again.
        frames: How many frames the call has.
    """

    channel = "bench"

    def __init__(self, sample_rate: int, caller: bytes, frames: int) -> None:
        self.sample_rate = sample_rate
        self._caller = caller
        self._frames = frames
        self.latest_s = 0.0

    async def send_audio(self, pcm: bytes) -> None: ...

    async def send_mark(self, mark_id: int) -> None: ...

    async def clear(self) -> None: ...

    async def notify(self, message: Mapping[str, Any]) -> None: ...

    async def close(self, reason: str) -> None: ...

    async def received(self) -> AsyncIterator[Received]:
        begun = time.monotonic()
        for number in range(self._frames):
            wait_s = begun + number * FRAME_S - time.monotonic()
            self.latest_s = max(self.latest_s, -wait_s)
            await asyncio.sleep(max(wait_s, 0.0))
            yield Audio(_frame(self._caller, number, self.sample_rate))
        yield HungUp("caller_hung_up")


@dataclass(frozen=True)
class Cost:
    """What so many calls cost together.

    Args:
        cpu: Processor time in per cent of one core.
        memory: Resident memory that came on top while they ran, in MiB.
        kbits: Of one recording, in thousands of bits a second.
        latest_s: How late the latest frame was, in seconds.
        stopped_s: How long all took to finish at once, in seconds.
    """

    cpu: float
    memory: float
    kbits: float
    latest_s: float
    stopped_s: float


async def measure(how: How, rate: int, seconds: float, folder: Path, db: Database) -> Cost:
    """Record calls, all at once.

    Args:
        how: The format, or `off` for calls that are not recorded.
        rate: In hertz.
        seconds: How long each call is.
        folder: Where the recordings go.
        db: Where is stored what is known of them.

    Returns:
        What it cost.
    """
    voice = Voice.load()
    caller = CallerVoice(voice=voice).say(CALLER, rate)
    bot = CallerVoice(pitch=1.0, pace=1.0, voice=voice).say(BOT, rate)
    # One speaks while the other listens.
    caller, bot = caller + bytes(len(bot)), bytes(len(caller)) + bot
    process = psutil.Process()
    before = process.memory_info().rss
    lines = [PacedLine(rate, caller, round(seconds / FRAME_S)) for _ in range(CALLS)]
    recordings = [
        await _recording(how, number, line, folder, db) for number, line in enumerate(lines)
    ]
    for recording in recordings:
        if how != "off":
            await recording.start()
    clock, cpu = time.monotonic(), time.process_time()
    seen = [before]
    watching = asyncio.create_task(_watch_memory(process, seen))
    await asyncio.gather(*(_call(recording.line, bot) for recording in recordings))
    ran_s = time.monotonic() - clock
    watching.cancel()
    await asyncio.gather(*(recording.stop() for recording in recordings))
    return Cost(
        cpu=100 * (time.process_time() - cpu) / ran_s,
        memory=(max(seen) - before) / MIB,
        kbits=_kbits(folder, how, seconds),
        latest_s=max(line.latest_s for line in lines),
        stopped_s=time.monotonic() - clock - ran_s,
    )


async def _watch_memory(process: psutil.Process, seen: list[int]) -> None:
    while True:
        seen.append(process.memory_info().rss)
        await asyncio.sleep(0.5)


async def _recording(
    how: How, number: int, line: PacedLine, folder: Path, db: Database
) -> CallRecording:
    call_id = f"{how}-{line.sample_rate}-{number}"
    await Calls(db).start(call_id, None, "bench", datetime.now(UTC))
    return CallRecording(call_id, line, Recordings(db), folder, "flac" if how == "flac" else "opus")


async def _call(line: Line, bot: bytes) -> None:
    number = 0
    async for received in line.received():
        if isinstance(received, Audio):
            await line.send_audio(_frame(bot, number, line.sample_rate))
            number += 1


def _frame(pcm: bytes, number: int, rate: int) -> bytes:
    size = frame_bytes(rate)
    at = number % (len(pcm) // size) * size
    return pcm[at : at + size]


def _kbits(folder: Path, how: How, seconds: float) -> float:
    files = list(folder.glob(f"{how}-*"))
    size = sum(file.stat().st_size for file in files)
    for file in files:
        file.unlink()
    return size * 8 / 1000 / seconds / CALLS


async def main(seconds: float) -> None:
    """Measure calls without and with recordings, and print."""
    table = Table(title=f"{CALLS} calls recorded at once")
    for name in (
        "recording",
        "line",
        "% of a core",
        "MiB more",
        "kbit/s each",
        "latest frame, ms",
        "finished in, ms",
    ):
        table.add_column(name, justify="left" if name == "recording" else "right")
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/bench.db")
        await db.migrate()
        kinds: tuple[How, ...] = ("off", "flac", "opus")
        for rate in RATES:
            for how in kinds:
                cost = await measure(how, rate, seconds, Path(folder) / "recordings", db)
                table.add_row(
                    how,
                    f"{rate // 1000} kHz",
                    f"{cost.cpu:.1f}",
                    f"{cost.memory:.1f}",
                    f"{cost.kbits:.1f}",
                    f"{cost.latest_s * 1000:.0f}",
                    f"{cost.stopped_s * 1000:.0f}",
                )
        await db.close()
    Console(width=110).print(table)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
