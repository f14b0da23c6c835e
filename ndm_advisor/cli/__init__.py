"""The command line: the only part that touches files, terminal, environment and clock."""
