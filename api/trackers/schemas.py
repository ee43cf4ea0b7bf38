"""Tracker apps of one's own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.fields import Name, Schema, View


class TrackerIn(Schema):
    """A name by which its owner knows it."""

    name: Name = Field(examples=["我的华为"])


class TrackerOut(View):
    """A tracker app that may hand over positions of its owner."""

    id: UUID
    name: str
    registered_at: datetime


class TrackerKeyOut(TrackerOut):
    """``key`` is shown this once."""

    key: str = Field(examples=["v1Zk0c2q7nV8R0bJw5mYdA3x"])
    osmand_path: str = Field(
        description="for Traccar Client or OsmAnd: server URL; the key goes in as the device identifier",
        examples=["/ingest/osmand"],
    )
    owntracks_path: str = Field(
        description="for OwnTracks in HTTP mode: URL; the key goes in as the password", examples=["/ingest/owntracks"]
    )
