"""Responders (力量) at the edge."""
