"""Recordings of calls: written as the call runs, kept for as long as configured."""
