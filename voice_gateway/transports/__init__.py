"""The wire formats: each transport turns one kind of connection into a `Line`."""
