"""One Vosk recogniser behind a small interface: blocks of audio in, segments with readings out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import vosk

from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES
from voice_gateway.speech.readings import HeardWord, Reading, Segment, raw_text

ALTERNATIVES = 10


class Decoder:
    """Decodes one utterance at 16 kHz, freely or by a grammar.

    Vosk closes a segment whenever it finds a pause; all are kept until `finish`. A decoder serves a
    single utterance: making one takes about a millisecond, what it hears does not depend on what
    came before, its memory goes with it, and no grammar is ever changed in a running Vosk
    recogniser (which would abort the whole process).

    Args:
        model: The speech model.
        phrases: The grammar, as Vosk takes it; None for free speech.
    """

    def __init__(self, model: SpeechModel, phrases: Sequence[str] | None = None) -> None:
        arguments: list[Any] = [model.handle, float(LISTENING_RATE)]
        if phrases is not None:
            arguments.append(json.dumps(list(phrases)))
        self._vosk = vosk.KaldiRecognizer(*arguments)
        self._vosk.SetMaxAlternatives(ALTERNATIVES)
        self._vosk.SetWords(True)
        self._decoded_s = 0.0  # Vosk's clock, which runs over all the audio it ever got
        self._shift = 0.0  # from Vosk's clock to the call's
        self._segments: list[Segment] = []
        self._partial = ""

    def seek(self, offset: float) -> None:
        """Close the current segment; the next block begins `offset` seconds into the call.

        Args:
            offset: Seconds from the start of the call's audio.
        """
        self._flush()
        self._shift = offset - self._decoded_s

    def accept(self, block: bytes) -> None:
        """Decode a block.

        Args:
            block: Mono PCM at 16 kHz.
        """
        self._decoded_s += len(block) / SAMPLE_BYTES / LISTENING_RATE
        if self._vosk.AcceptWaveform(block):
            self._keep(self._vosk.Result())
            self._partial = ""
        else:
            self._partial = json.loads(self._vosk.PartialResult())["partial"]

    @property
    def text(self) -> str:
        """All that was understood so far, `[unk]` included."""
        return " ".join(part for part in (raw_text(self._segments), self._partial) if part)

    def finish(self) -> list[Segment]:
        """Close the utterance.

        Returns:
            Its segments.
        """
        self._flush()
        return self._segments

    def _flush(self) -> None:
        self._keep(self._vosk.FinalResult())
        self._partial = ""

    def _keep(self, result: str) -> None:
        readings = [
            Reading(
                tuple(
                    HeardWord(
                        word["word"],
                        round(word["start"] + self._shift, 3),
                        round(word["end"] + self._shift, 3),
                    )
                    for word in alternative.get("result", ())
                ),
                float(alternative.get("confidence", 0.0)),
            )
            for alternative in json.loads(result).get("alternatives", ())
        ]
        if readings and any(reading.words for reading in readings):
            self._segments.append(readings)
