"""When a device was last heard of, when its live socket opened, and when it was lost.

Rows are taken in the order of their ids, as whoever acknowledges messages takes them.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, kw_only=True)
class Lost:
    """The last socket, open ``since``, closed ``at``."""

    since: datetime
    at: datetime


_HELD = "(SELECT id FROM devices WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE)"
_CONNECTED = text(
    f"""
    WITH held AS MATERIALIZED {_HELD}
    UPDATE devices d SET connected_at = n.at, lost_at = NULL, reachable_at = greatest(d.reachable_at, n.at)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:ats AS timestamptz[])) AS n (id, at), held
    WHERE d.id = n.id AND held.id = n.id
    """
)
# a socket that opened since, at another process, is not lost with the one before it
_LOST = text(
    f"""
    WITH held AS MATERIALIZED {_HELD}
    UPDATE devices d SET lost_at = n.at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:sinces AS timestamptz[]), CAST(:ats AS timestamptz[])) AS n (id, since, at),
         held
    WHERE d.id = n.id AND held.id = n.id AND d.connected_at <= n.since
    """
)
_HEARD = text(
    f"""
    WITH held AS MATERIALIZED {_HELD}
    UPDATE devices d SET reachable_at = greatest(d.reachable_at, :at) FROM held WHERE d.id = held.id
    """
)


def note_connected(session: Session, opened: Mapping[uuid.UUID, datetime]) -> None:
    """A live socket opened, by device."""
    if opened:
        session.execute(_CONNECTED, {"ids": list(opened), "ats": list(opened.values())})


def note_lost(session: Session, lost: Mapping[uuid.UUID, Lost]) -> None:
    """The last live socket is gone, by device."""
    if lost:
        values = {
            "ids": list(lost),
            "sinces": [one.since for one in lost.values()],
            "ats": [one.at for one in lost.values()],
        }
        session.execute(_LOST, values)


def note_heard(session: Session, device_ids: Collection[uuid.UUID], at: datetime) -> None:
    """They answer."""
    session.execute(_HEARD, {"ids": list(device_ids), "at": at})
