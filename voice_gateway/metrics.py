"""Every name under which the gateway tells monitoring about itself (Prometheus)."""

from __future__ import annotations

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_DELAYS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.5, 2.0, 3.0, 5.0)

# Calls
CALLS_ACTIVE: Final = Gauge("warmline_calls_active", "Calls being handled now.")
CALLS: Final = Counter(
    "warmline_calls",
    "Calls that ended, by outcome: finished, failed (an error of ours), lost (cut off by a stop).",
    ["outcome"],
)
CALLS_REFUSED: Final = Counter(
    "warmline_calls_refused",
    "Connections refused, by error code: busy, draining, token_expired, ...",
    ["code"],
)
CALLS_TURNED_AWAY: Final = Counter(
    "warmline_calls_turned_away",
    "Callers who were told in words that all lines are busy, by what spoke against another call: "
    "max_calls, carried, or a measure of warmline_load.",
    ["reason"],
)
CALLS_CARRIED: Final = Gauge(
    "warmline_calls_carried", "How many calls the machine carries, as far as admission knows."
)
LOAD: Final = Gauge(
    "warmline_load",
    "How hard the server works, by measure: loop, hearing, speaking, answers (seconds), "
    "torn (share of frames).",
    ["measure"],
)
BAD_INPUT: Final = Counter(
    "warmline_bad_input", "Calls ended because the client broke the protocol, by code.", ["code"]
)

# Audio
AUDIO_RECEIVED: Final = Counter(
    "warmline_audio_received_seconds", "Audio received from callers, in seconds."
)
AUDIO_SENT: Final = Counter("warmline_audio_sent_seconds", "Audio sent to callers, in seconds.")
VOICE_TORN: Final = Counter(
    "warmline_voice_torn", "Times the line's own voice was torn: its next audio was sent too late."
)

# Turns
TURNS: Final = Counter(
    "warmline_turns", "Turns taken, by speaker: caller, bot or agent.", ["speaker"]
)
BARGE_INS: Final = Counter("warmline_barge_ins", "Times a caller interrupted the bot.")
RESPONSE_DELAY: Final = Histogram(
    "warmline_response_delay_seconds",
    "From the caller's last word to the first audio of the answer, by part: "
    "endpoint, recognition, assistant, synthesis, total.",
    ["part"],
    buckets=_DELAYS,
)
ASSISTANT_FAILURES: Final = Counter(
    "warmline_assistant_failures", "Turns that the assistant could not answer."
)

# Speech
SPEECH_CACHE: Final = Counter(
    "warmline_speech_cache", "Sentences spoken, by result: hit or miss of the cache.", ["result"]
)

# Hand-offs
HANDOFFS: Final = Counter("warmline_handoffs", "Hand-offs offered, by reason.", ["reason"])
HANDOFFS_CLOSED: Final = Counter(
    "warmline_handoffs_closed",
    "Hand-offs settled, by outcome: accepted, timed_out, callback, abandoned, after_hours.",
    ["outcome"],
)
HANDOFF_WAIT: Final = Histogram(
    "warmline_handoff_wait_seconds",
    "From the offer of a hand-off to an agent's acceptance.",
    buckets=(1, 2, 5, 10, 20, 30, 45, 60, 90, 120),
)

# Bridged calls
BRIDGES: Final = Gauge("warmline_bridges", "Calls in which an agent and the caller talk now.")
BRIDGE_FRAMES: Final = Counter(
    "warmline_bridge_frames",
    "20 ms frames of bridged calls that were not heard as they were said, by side (caller, agent) "
    "and trouble: torn (a gap before it), late, dropped.",
    ["side", "trouble"],
)


def reading(metric: Collector, suffix: str, **labels: str) -> float:
    """Say what a metric stands at.

    Args:
        metric: One of the above.
        suffix: Of the sample's name: `_total` of a counter, `_count` or `_sum` of a histogram.
        labels: Only samples with these labels count.

    Returns:
        The sum of the samples.
    """
    return sum(
        sample.value
        for family in metric.collect()
        for sample in family.samples
        if sample.name.endswith(suffix) and labels.items() <= sample.labels.items()
    )


def exposition() -> bytes:
    """Write all metrics in the Prometheus text format.

    Returns:
        The body of an answer of type `CONTENT_TYPE`.
    """
    return generate_latest()
