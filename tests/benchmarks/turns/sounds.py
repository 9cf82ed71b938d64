"""Sounds and turns with known bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.turns.turn import Kind, LabelledTurn
from speech_model.evaluation.joining import Sound
from voice_gateway.conversation.commands import Expect
from voice_gateway.speech.pcm import LISTENING_RATE


def tone(seconds: float) -> Sound:
    return np.asarray(np.sin(np.arange(round(seconds * LISTENING_RATE)) * 0.3), np.float32)


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * LISTENING_RATE), np.float32)


def labelled(
    kind: Kind = "whole", end_s: float = 2.0, *, real: bool = False, text: str = "where is it"
) -> LabelledTurn:
    return LabelledTurn(
        name=f"{kind}-000", text=text, kind=kind, awaited=Expect("free"), voice="somebody",
        real=real, pcm=b"", pauses=(), speech_end_s=end_s,
    )  # fmt: skip


@dataclass
class Whistler:
    """Says each text as a tone of half a second, with silence around it."""

    name: str = "whistler"
    told: list[str] = field(default_factory=list)

    def say(self, text: str) -> Sound:
        self.told.append(text)
        return np.concatenate([silence(0.1), tone(0.5), silence(0.2)])
