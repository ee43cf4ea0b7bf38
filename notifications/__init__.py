"""Telling: outbox, relay, devices, channels, the live socket's log."""
