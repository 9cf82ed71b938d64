"""The caller's side of the line: places a call, speaks, listens, records and measures."""
