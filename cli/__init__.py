"""The one command: a verb a file."""
