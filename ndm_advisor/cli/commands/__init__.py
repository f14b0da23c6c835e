"""One module per command. Heavy imports stand inside the commands: each pays for its own only."""
