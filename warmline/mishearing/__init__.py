"""Training data as the recogniser mishears it, so that the assistant still knows what was meant."""
