"""Pipeline components of our own: deterministic recognition of spoken numbers."""
