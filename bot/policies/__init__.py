"""When a call leaves the assistant: pure escalation rules and the Rasa policy around them."""
