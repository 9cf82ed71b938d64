"""How calls reach the assistant: the streaming voice channel, and what makes failures heard."""
