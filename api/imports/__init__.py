"""Rosters that come as a file."""
