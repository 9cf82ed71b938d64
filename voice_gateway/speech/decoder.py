"""One Vosk recogniser behind a small interface: blocks of audio in, segments with readings out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import vosk

from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES
from voice_gateway.speech.readings import HeardWord, Reading, Segment, raw_text

ALTERNATIVES = 10
MOST_REPEATED_S: Final = 6.0
"""A longer segment is not decoded again because of a pause in it: that would take too long."""


class Decoder:
    """Decodes one utterance at 16 kHz, freely or by a grammar.

    Vosk closes a segment whenever it finds a pause of half a second; all are kept until `finish`.
    Shorter pauses may be looked into by `peek`. Vosk can only do that by closing the segment, and
    words between two short pauses are heard badly when each is a segment of its own: so whoever
    goes on is decoded again from the beginning of the segment. A decoder serves a
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
        self._blocks: list[bytes] = []  # of the current segment
        self._peeked: list[Segment] | None = None

    def seek(self, offset: float) -> None:
        """Close the current segment; the next block begins `offset` seconds into the call.

        Args:
            offset: Seconds from the start of the call's audio.
        """
        self._segments = self.peek()
        self._begin_segment()
        self._shift = offset - self._decoded_s

    def accept(self, block: bytes) -> None:
        """Decode a block.

        Args:
            block: Mono PCM at 16 kHz.
        """
        if self._peeked is not None:
            self._go_on()
        self._decode(block)

    @property
    def text(self) -> str:
        """All that was understood so far, `[unk]` included."""
        if self._peeked is not None:
            return raw_text(self._peeked)
        return " ".join(part for part in (raw_text(self._segments), self._partial) if part)

    def peek(self) -> list[Segment]:
        """Decode what was accepted to its end, as in a pause; the utterance may go on.

        Returns:
            Its segments so far.
        """
        if self._peeked is None:
            self._peeked = [*self._segments, *self._read(self._vosk.FinalResult())]
        return self._peeked

    def _go_on(self) -> None:
        """Open again the segment that was closed to peek, unless it is too long for that."""
        blocks = self._blocks
        seconds = sum(map(len, blocks)) / SAMPLE_BYTES / LISTENING_RATE
        if seconds > MOST_REPEATED_S:
            self._segments = self.peek()
            self._begin_segment()
            return
        self._begin_segment()
        self._shift -= seconds
        for block in blocks:
            self._decode(block)

    def _decode(self, block: bytes) -> None:
        self._decoded_s += len(block) / SAMPLE_BYTES / LISTENING_RATE
        self._blocks.append(block)
        if self._vosk.AcceptWaveform(block):
            self._segments += self._read(self._vosk.Result())
            self._begin_segment()
        else:
            self._partial = json.loads(self._vosk.PartialResult())["partial"]

    def _begin_segment(self) -> None:
        self._blocks, self._peeked, self._partial = [], None, ""

    def _read(self, result: str) -> list[Segment]:
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
        return [readings] if any(reading.words for reading in readings) else []
