"""What hearing takes of a machine: memory of the model and of each recogniser.

Measured in a process of its own (`python -m speech_model.evaluation.resources`), because memory
that other work has left behind would hide what is asked for.
"""

from __future__ import annotations

import ctypes
import gc
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil

from speech_model.evaluation.recordings import EvaluationError
from speech_model.evaluation.run import Line
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import SAMPLE_BYTES
from voice_gateway.speech.recogniser import Recogniser

_RECOGNISERS: Final = 8
_GRAMMAR: Final = "digits"
_TIMEOUT_S: Final = 300


@dataclass(frozen=True, slots=True)
class Resources:
    """What a model takes.

    Args:
        load_s: Seconds until it is loaded.
        model_mb: Resident memory of the model (10^6 bytes), after it has heard an utterance.
        recogniser_mb: Resident memory of each of several recognisers at the end of an utterance,
            while anything may be said.
        narrowed_recogniser_mb: The same while digits are awaited, with both its decoders.
    """

    load_s: float
    model_mb: float
    recogniser_mb: float
    narrowed_recogniser_mb: float


def resources(model: Path, line: Line) -> Resources:
    """Measure a model in a fresh process.

    Args:
        model: Its folder.
        line: An utterance to hear, best one of several seconds.

    Returns:
        What it takes.

    Raises:
        EvaluationError: The process failed.
    """
    command = [sys.executable, "-m", __spec__.name, str(model), str(line.rate)]
    try:
        done = subprocess.run(
            command, input=line.pcm, capture_output=True, timeout=_TIMEOUT_S, check=True
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise EvaluationError(f"Could not measure memory: {said[-1] if said else error}") from error
    except subprocess.TimeoutExpired as error:
        raise EvaluationError(f"Measuring memory took over {_TIMEOUT_S} s.") from error
    return Resources(**json.loads(done.stdout.splitlines()[-1]))


def measure_here(folder: Path, line: Line) -> Resources:
    """Measure a model in this process, which should have done nothing else.

    Args:
        folder: The model's folder.
        line: An utterance to hear.

    Returns:
        What it takes.
    """
    before = _resident_mb()
    began = time.perf_counter()
    model = SpeechModel.load(folder)
    loaded = time.perf_counter() - began
    _listening(model, line, "free").finish()
    with_model = _resident_mb()
    each = []
    for grammar in ("free", _GRAMMAR):
        already = _resident_mb()
        recognisers = [_listening(model, line, grammar) for _ in range(_RECOGNISERS)]
        each.append((_resident_mb() - already) / _RECOGNISERS)
        del recognisers
    return Resources(loaded, with_model - before, *each)


def _listening(model: SpeechModel, line: Line, grammar: str) -> Recogniser:
    recogniser = Recogniser(model, line.rate)
    recogniser.expect(grammar)
    frame = line.rate // 50 * SAMPLE_BYTES
    for at in range(0, len(line.pcm), frame):
        recogniser.feed(line.pcm[at : at + frame])
    return recogniser


def _resident_mb() -> float:
    gc.collect()
    if sys.platform == "linux":
        # Freed memory that the C library keeps would be counted otherwise.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
    return float(psutil.Process().memory_info().rss) / 1e6


def _main() -> None:
    folder, rate = sys.argv[1:]
    print(json.dumps(asdict(measure_here(Path(folder), Line(sys.stdin.buffer.read(), int(rate))))))


if __name__ == "__main__":
    _main()
