"""`python -m warmline` is the `warmline` command."""

from __future__ import annotations

from warmline.cli import app

app()
