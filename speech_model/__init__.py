"""The speech model: `en_us/` is the one that Warmline ships, `catalogue.py` finds others.

How `en_us/` was made is told in its README. Another Vosk model is a folder of the same kind:
`warmline models add NAME` fetches one of its publisher's, `warmline models use NAME` chooses it.
"""
