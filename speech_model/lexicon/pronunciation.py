"""What a pronunciation is."""

from __future__ import annotations

Pronunciation = tuple[str, ...]
"""Phones of `speech_model.phones.PHONES`, without stress, in order; never empty."""
