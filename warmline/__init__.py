"""The `warmline` command: settings, process supervision, training, and the wiring of the rooms.

This is the composition root. It may import every other package; none imports it.
"""
