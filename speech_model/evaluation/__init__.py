"""How well a Vosk model hears telephone callers: sets, word errors, confidence, speed and memory.

The real recogniser of the voice gateway does the hearing, so this is what a caller gets.
`python -m speech_model.evaluation MODEL` prints the figures.
"""
