"""Reading without leaving a trace, for answers that are worked out before they are asked for.

Whatever an answer does for a caller is a write to the database, so refusing those is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_only_reading: ContextVar[bool] = ContextVar("only_reading", default=False)


class WriteRefused(RuntimeError):
    """What may only read was about to write, or to look up what its outcome must not tell."""


@contextmanager
def only_reading() -> Iterator[None]:
    """Refuse in here whatever would leave a trace or tell a secret.

    It holds for the task that enters it and for those which that one starts, and for no other.
    """
    before = _only_reading.set(True)
    try:
        yield
    finally:
        _only_reading.reset(before)


def refuse_if_only_reading(what: str) -> None:
    """Stop where only reading is allowed.

    Args:
        what: What would be done next, for the message.

    Raises:
        WriteRefused: This runs in `only_reading`.
    """
    if _only_reading.get():
        raise WriteRefused(f"only reading is allowed: {what}")
