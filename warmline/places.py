"""Where the project's own files are: Warmline runs from its checkout."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BOT = PROJECT / "bot"
NLU_DATA = PROJECT / "nlu_data"
BOT_PYTHON = BOT / ".venv" / "bin" / "python"
