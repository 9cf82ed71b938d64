"""A telephone line made of pipecat, with our model, our voice and our assistant.

It runs in the peers' own environment (`scripts/setup-peers`) and speaks our browser call protocol,
so that the callers who call us can call it.
"""
