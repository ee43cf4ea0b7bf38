"""What is due by time, and alarms."""

from __future__ import annotations

from dispatch.escalation.alarms import AlarmTaken, acknowledge, raise_alarm

__all__ = ["AlarmTaken", "acknowledge", "raise_alarm"]
