"""The conversation core: events and a time go in, commands come out; nothing here does I/O."""
