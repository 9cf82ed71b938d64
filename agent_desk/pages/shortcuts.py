"""The keys of the agent's page, as the overlay lists them; the elements themselves bind them."""

from __future__ import annotations

from collections.abc import Sequence

KEYS: Sequence[tuple[str, str]] = (
    ("A", "Accept the caller you are asked for"),
    ("D", "Decline"),
    ("M", "Mute, or be heard again"),
    ("H", "Hold, or take the caller back"),
    ("C", "Consult a colleague; back to the caller"),
    ("3", "Make it a talk of three"),
    ("T", "Transfer to a queue"),
    ("S", "Type a line to be spoken"),
    ("N", "Write notes"),
    ("K", "Open a ticket"),
    ("Ctrl E", "Hang up"),
    ("1-9", "Choose how the call came out"),
    ("U", "Change the summary"),
    ("F", "Write down a follow-up"),
    ("Ctrl Enter", "Clear, and be free for the next"),
    ("B", "Take a break; come back from it"),
    ("Esc", "Leave a field or a window"),
    ("?", "This list"),
)
