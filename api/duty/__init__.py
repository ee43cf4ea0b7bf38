"""Duty (勤务) at the edge."""
