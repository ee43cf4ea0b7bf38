"""What is kept of oneself."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.fields import View


class KeptOut(View):
    """One sort of data. ``days``: how long it is kept; null: as long as the incident's file."""

    name: str = Field(examples=["positions"])
    count: int
    oldest: datetime | None
    newest: datetime | None
    days: int | None = Field(examples=[30])


class LookOut(View):
    """Somebody looked at where one was, or at one's number, and said why."""

    at: datetime
    action: str = Field(examples=["track.read"])
    who: str | None
    role: str
    reason: str | None


class OwnDataOut(View):
    """Positions are kept only while on duty; the looks are the latest ones."""

    kept: list[KeptOut]
    looks: list[LookOut]
