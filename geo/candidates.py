"""Everybody who might be asked, also those who will not be: the matcher states a reason for each."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from geo.crs import Position
from geo.nearest import Near, nearest


def list_candidates(
    session: Session,
    position: Position,
    *,
    kind: str,
    radius_m: float,
    station_ids: Collection[uuid.UUID] | None,
    limit: int,
) -> list[Near]:
    """All active responders of the kind within ``radius_m``, nearest first, at most ``limit``.

    Free or engaged, on duty or not, with a fix of any age. Who is off duty has no position, so he is not
    near anything; a closed safe-house still stands where it stands and is listed.
    """
    return nearest(session, position, kind=kind, k=limit, radius_m=radius_m, station_ids=station_ids, only_free=False)
