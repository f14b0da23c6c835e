"""The pure decision: no files, clock, terminal, randomness or global state."""
