"""Decoding graphs for Vosk: what may be said, put together from a lexicon and a language model."""
