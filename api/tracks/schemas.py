"""A track as it is shown."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.fields import View
from api.points import PointOut
from geo.tracks.repository import TrackPoint
from geo.tracks.service import Track


class TrackPointOut(View):
    """One fix; ``suspect``: he cannot have come there so fast, a mocked or broken receiver."""

    captured_at: datetime
    position: PointOut
    accuracy_m: float | None = Field(examples=[12.5])
    speed_mps: float | None
    heading_deg: float | None
    source: str = Field(examples=["phone"])
    suspect: bool

    @classmethod
    def of(cls, point: TrackPoint) -> TrackPointOut:
        return cls(
            captured_at=point.captured_at,
            position=PointOut.of(point.position),
            accuracy_m=point.accuracy_m,
            speed_mps=point.speed_mps,
            heading_deg=point.heading_deg,
            source=point.source,
            suspect=point.suspect,
        )


class TrackOut(View):
    """Fixes in the order of capture. ``truncated``: there are more; ask for a shorter time."""

    items: list[TrackPointOut]
    truncated: bool

    @classmethod
    def of(cls, track: Track) -> TrackOut:
        return cls(items=[TrackPointOut.of(point) for point in track.points], truncated=track.truncated)
