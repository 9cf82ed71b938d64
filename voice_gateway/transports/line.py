"""What a call sees of the caller's side, whatever it is connected by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

FRAME_MS = 20
SAMPLE_BYTES = 2


def frame_bytes(sample_rate: int) -> int:
    """How many bytes one 20 ms frame has.

    Args:
        sample_rate: In hertz.

    Returns:
        The size of a frame of signed 16-bit mono samples.
    """
    return sample_rate * FRAME_MS // 1000 * SAMPLE_BYTES


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """Who is calling, as far as the transport knows; it identifies, it never authenticates.

    Args:
        number: The caller's number in E.164 form ("+15550100042"), or None when withheld.
    """

    number: str | None = None


@dataclass(frozen=True, slots=True)
class Audio:
    """One 20 ms frame from the caller: signed 16-bit mono little-endian samples."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class PlayedMark:
    """Everything sent before the mark of that id has been played to the caller."""

    mark_id: int


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the telephone's keypad (DTMF): one of `0`-`9`, `*`, `#`."""

    key: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller's side is gone; nothing follows.

    Args:
        reason: `caller_hung_up`, `connection_lost` or `bad_input`.
    """

    reason: str


Received = Audio | PlayedMark | Key | HungUp


class Line(Protocol):
    """One call's connection to the caller.

    Sending on a line whose far end is gone does nothing: `received()` tells of the end, once.

    Attributes:
        sample_rate: Of both directions, in hertz.
        channel: The kind of line, for example `browser`.
    """

    sample_rate: int
    channel: str

    async def send_audio(self, pcm: bytes) -> None:
        """Send audio to be played after all that was sent before.

        It goes out at once and waits only for a slow network: whoever speaks keeps time.

        Args:
            pcm: Signed 16-bit mono little-endian samples at `sample_rate`, any length.
        """

    async def send_mark(self, mark_id: int) -> None:
        """Ask to be told, by `PlayedMark`, when all audio sent so far has been played.

        Args:
            mark_id: Not negative; unique within the call.
        """

    async def clear(self) -> None:
        """Stop playing at once: audio and marks not yet played are dropped."""

    async def notify(self, message: Mapping[str, Any]) -> None:
        """Tell the caller's page something; a line without a page ignores it.

        Args:
            message: A JSON object with a `type`.
        """

    def received(self) -> AsyncIterator[Received]:
        """What comes from the caller, in order, ending with one `HungUp`; iterate only once."""

    async def close(self, reason: str) -> None:
        """End the call at once, dropping what was not yet played; closing twice is no error.

        Args:
            reason: Why, in one word: `completed`, `silence`, `system_error`, ...
        """
