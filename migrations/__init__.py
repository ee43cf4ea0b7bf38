"""Numbered sentences: what the database became, in order."""
