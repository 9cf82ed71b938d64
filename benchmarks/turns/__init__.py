"""Does the line let callers finish, and does it notice when they have? On labelled turns."""
