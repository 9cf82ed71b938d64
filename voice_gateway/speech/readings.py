"""What a decoder makes of an utterance: readings with scores, and the transcript they add up to."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from voice_gateway.conversation.transcript import Transcript, Word

UNKNOWN = "[unk]"
MAX_ALTERNATIVES = 5
MOST_COMBINED = 10
MOST_SEGMENTS = 3
NEARLY_AS_LIKELY = 3.0  # difference of log-likelihoods


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word of a reading, with times in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a stretch of audio.

    Args:
        words: What was said, `[unk]` where a grammar had no word for it.
        score: Log-likelihood; only differences between readings of the same audio mean anything.
    """

    words: tuple[HeardWord, ...]
    score: float

    @property
    def text(self) -> str:
        """The words joined by spaces, without `[unk]`."""
        return " ".join(word.text for word in self.words if word.text != UNKNOWN)


Segment = Sequence[Reading]
"""The readings of one stretch of audio, best first; never empty."""


def fitting(segments: Sequence[Segment], fits: Callable[[str], bool]) -> list[Segment]:
    """Prefer readings that together are a whole answer, where they are nearly as likely.

    Args:
        segments: The stretches of an utterance in order.
        fits: Tells whether a text is a whole answer.

    Returns:
        The same stretches; if the best readings do not fit, those of the likeliest combination
        that does come first, unless it is over `NEARLY_AS_LIKELY` less likely.
    """
    readings = [segment[:MOST_COMBINED] for segment in segments]
    if not segments or len(segments) > MOST_SEGMENTS or fits(raw_text(segments)):
        return list(segments)
    combined = sorted(
        itertools.product(*readings), key=lambda chosen: -sum(each.score for each in chosen)
    )
    best = sum(segment[0].score for segment in segments)
    for chosen in combined:
        if best - sum(each.score for each in chosen) > NEARLY_AS_LIKELY:
            break
        if fits(raw_text([[each] for each in chosen])):
            return [
                [each, *(other for other in segment if other is not each)]
                for each, segment in zip(chosen, segments, strict=True)
            ]
    return list(segments)


def raw_text(segments: Sequence[Segment]) -> str:
    """Join the best readings, with `[unk]` left in.

    Args:
        segments: The stretches of an utterance in order.

    Returns:
        The words joined by spaces.
    """
    return " ".join(word.text for segment in segments for word in segment[0].words)


def transcript(segments: Sequence[Segment]) -> Transcript:
    """Make the transcript of an utterance.

    A word's confidence is the share of probability of those readings that have the same word at
    the same time. Vosk itself gives either word confidences or alternatives, never both; computed
    from ten alternatives they agree with Vosk's own to about 0.05.

    Args:
        segments: The stretches of the utterance in order.

    Returns:
        The best reading with times and confidences, and up to five others.
    """
    words = tuple(
        word for segment in segments for word in _weighed(segment) if word.text != UNKNOWN
    )
    text = " ".join(word.text for word in words)
    return Transcript(
        text=text,
        words=words,
        confidence=sum(word.confidence for word in words) / len(words) if words else 0.0,
        alternatives=_alternatives(segments, text),
    )


def doubted(heard: Transcript, other: Transcript) -> Transcript:
    """Halve the confidence of every word that another decoding of the same audio does not share.

    Args:
        heard: The transcript to use.
        other: The decoding that was not chosen; its text becomes the first alternative.

    Returns:
        `heard` with the doubts expressed.
    """
    words = tuple(
        word
        if any(_same(word, theirs) for theirs in other.words)
        else replace(word, confidence=word.confidence / 2)
        for word in heard.words
    )
    others = dict.fromkeys((other.text, *heard.alternatives, *other.alternatives))
    return Transcript(
        text=heard.text,
        words=words,
        confidence=sum(word.confidence for word in words) / len(words) if words else 0.0,
        alternatives=tuple(t for t in others if t and t != heard.text)[:MAX_ALTERNATIVES],
    )


def _weighed(segment: Segment) -> list[Word]:
    weights = [math.exp(reading.score - segment[0].score) for reading in segment]
    total = sum(weights)
    return [
        Word(
            word.text,
            word.start,
            word.end,
            min(
                1.0,
                sum(
                    weight
                    for weight, reading in zip(weights, segment, strict=True)
                    if any(_same(word, theirs) for theirs in reading.words)
                )
                / total,
            ),
        )
        for word in segment[0].words
    ]


def _same(word: HeardWord | Word, other: HeardWord | Word) -> bool:
    return word.text == other.text and word.start < other.end and other.start < word.end


def _alternatives(segments: Sequence[Segment], best: str) -> tuple[str, ...]:
    """Vary the least certain two stretches; the others stay at their best reading."""
    by_doubt = sorted(
        (i for i, segment in enumerate(segments) if len(segment) > 1),
        key=lambda i: segments[i][0].score - segments[i][1].score,
    )
    varied = by_doubt[:2]
    scored: dict[str, float] = {}
    for choice in itertools.product(*(range(len(segments[i])) for i in varied)):
        chosen = dict(zip(varied, choice, strict=True))
        readings = [segment[chosen.get(i, 0)] for i, segment in enumerate(segments)]
        text = " ".join(reading.text for reading in readings if reading.text)
        if text and text != best:
            score = sum(reading.score for reading in readings)
            scored[text] = max(score, scored.get(text, -math.inf))
    return tuple(sorted(scored, key=lambda text: -scored[text])[:MAX_ALTERNATIVES])
