"""Many synthetic callers at once: how many calls a machine holds, and for how long."""
