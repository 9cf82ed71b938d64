"""The media plane: it answers calls, hears callers, speaks to them, and runs the turn-taking.

`conversation/` decides (pure, no I/O), `speech/` hears and speaks, `transports/` know the wire
formats, `assistant.py` asks the bot, `call.py` wires one call together and `server.py` listens.
"""
