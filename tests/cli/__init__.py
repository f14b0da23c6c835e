"""The command line: commands, statuses, settings, files, terminals."""
