"""How answers are worded: responses that do not repeat themselves."""
