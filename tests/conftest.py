"""What all tests share: a key for sealed messages, of which everybody can see that it is a test's.

Without it, whatever queues a code or a link would fail and say that WARMLINE_OUTBOX_SECRET is
missing. Tests of the settings take it away again.
"""

from __future__ import annotations

import os

os.environ.setdefault("WARMLINE_OUTBOX_SECRET", "the key of the tests that protects nothing")
