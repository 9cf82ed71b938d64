"""What the assistant does: the action server, one module a skill, working on `contact_center`."""
