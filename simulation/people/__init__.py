"""Simulated people who use the public API only."""
