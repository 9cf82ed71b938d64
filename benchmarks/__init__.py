"""Speed, scale and accuracy, measured on this machine. `make bench` runs them all."""
