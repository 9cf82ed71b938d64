"""What all tests share: a key for sealed messages, of which everybody can see that it is a test's.

Without it, whatever queues a code or a link would fail and say that WARMLINE_OUTBOX_SECRET is
missing. Tests of the settings take it away again. Nothing of ours is imported here: the tests of
the bot run in an environment of their own.
"""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("WARMLINE_OUTBOX_SECRET", "the key of the tests that protects nothing")


@pytest.fixture
def light_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that takes no time, where how it is done is not what is tested."""
    for name, value in (("MEMORY_KIB", 1024), ("PASSES", 1), ("LANES", 1)):
        monkeypatch.setattr(f"contact_center.passwords.{name}", value)
