"""Hearing and speaking: recogniser, voice activity, a call's listener, and the synthesiser.

All audio is signed 16-bit mono little-endian PCM. Everything here blocks and belongs in threads;
the heavy parts (Vosk, onnxruntime, the voice-activity network) release Python's global lock.
"""
