"""Rehearsals: written conversations played against the real assistant, and what came of them."""
