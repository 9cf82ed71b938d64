"""Whether hearing a minute of a call takes as much work late in the call as at its beginning.

`python -m benchmarks.decode_work [--minutes M]`: one ear hears the same minute again and again, as
fast as it can, and its processor time is taken for each.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Final

from benchmarks.growth import Growth, growth
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.listener import Listener
from voice_gateway.speech.model import SpeechModel
from voice_gateway.transports.line import SAMPLE_BYTES, frame_bytes
from warmline.swarm.swarm import SCRIPTS

MINUTES: Final = 20
RATE: Final = 8_000
# About as long as the bot's answer, in which the caller is silent.
_LISTENS_S: Final = 3.0
_MINUTE_BYTES: Final = 60 * RATE * SAMPLE_BYTES


def decode_work(minutes: int, progress: Callable[[int], None] = lambda minute: None) -> list[float]:
    """Let one ear hear a long call.

    Args:
        minutes: How long the call is; each minute is heard alike.
        progress: Told of each minute that was heard.

    Returns:
        The seconds of processor time that each minute took.
    """
    utterances = _a_minute(CallerVoice())
    ear = Listener(SpeechModel.load(), RATE)
    size = frame_bytes(RATE)
    taken = []
    for minute in range(minutes):
        before = time.thread_time()
        for pcm in utterances:
            for at in range(0, len(pcm), size):
                ear.hear(pcm[at : at + size])
            ear.finish()
        taken.append(time.thread_time() - before)
        progress(minute + 1)
    return taken


def growth_of(taken: list[float]) -> Growth | None:
    """Tell whether the work grows with the length of the call.

    Args:
        taken: Seconds for each minute of the call.

    Returns:
        The growth by the hour; None when the call was too short to tell.
    """
    # The first minute also pays for what is made once.
    return growth([60.0 * minute for minute in range(1, len(taken))], taken[1:])


def _a_minute(voice: CallerVoice) -> list[bytes]:
    """Utterances with the silence after each, a minute in all."""
    silence = bytes(round(_LISTENS_S * RATE) * SAMPLE_BYTES)
    spoken = [voice.say(text, RATE) + silence for script in SCRIPTS for text in script]
    minute: list[bytes] = []
    left = _MINUTE_BYTES
    while left:
        pcm = spoken[len(minute) % len(spoken)][:left]
        minute.append(pcm)
        left -= len(pcm)
    return minute


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decode_work", description=__doc__)
    parser.add_argument("--minutes", type=int, default=MINUTES, help="how long the call is")
    taken = decode_work(parser.parse_args().minutes)
    for minute, seconds in enumerate(taken, 1):
        print(f"minute {minute:3}: {1000 * seconds:.0f} ms of processor time")
    grows = growth_of(taken)
    if grows is not None:
        print(
            f"by the hour: {100 * grows.share:+.1f} % "
            f"({100 * grows.low / grows.mean:+.1f} to {100 * grows.high / grows.mean:+.1f} %)"
        )


if __name__ == "__main__":
    main()
