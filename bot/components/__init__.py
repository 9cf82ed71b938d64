"""Pipeline components of our own: spoken numbers by rule, and a doubt of words without order."""
