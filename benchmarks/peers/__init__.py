"""Warmline beside its peers: the same callers, the same machine, the same run."""
