"""Who hears whom in a bridged call, and several voices put into one frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from voice_gateway.speech.pcm import bytes_of, samples_of

Role = Literal["caller", "agent", "consulted", "listener", "whisperer"]
"""What somebody is in a call: `consulted` is asked for advice behind the caller's back, `listener`
and `whisperer` are supervisors."""

_HEARD_BY: Final[dict[Role, frozenset[Role]]] = {
    "caller": frozenset({"agent"}),
    "agent": frozenset({"caller", "agent", "consulted", "whisperer"}),
    "consulted": frozenset({"agent", "consulted", "whisperer"}),
    "listener": frozenset({"caller", "agent"}),
    "whisperer": frozenset({"caller", "agent", "consulted", "whisperer"}),
}


def hears(listener: Role, speaker: Role, *, on_hold: bool) -> bool:
    """Tell whether one party of a call hears another one.

    A caller on hold hears nobody and is heard by nobody, so that both sides may talk freely.

    Args:
        listener: Who would hear.
        speaker: Who speaks; somebody else, even where the role is the same.
        on_hold: Whether the caller is on hold.

    Returns:
        True when the voice reaches the listener.
    """
    if on_hold and "caller" in (listener, speaker):
        return False
    return speaker in _HEARD_BY[listener]


def mix(frames: Sequence[bytes]) -> bytes:
    """Put voices on top of each other, clipping what is too loud.

    Args:
        frames: Signed 16-bit mono little-endian samples, all of the same length.

    Returns:
        One frame of that length; nothing when there is nobody to be heard.
    """
    if len(frames) < 2:
        return frames[0] if frames else b""
    return bytes_of(np.sum([samples_of(frame) for frame in frames], axis=0, dtype=np.float64))
