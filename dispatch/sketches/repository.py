"""Past incidents and posts by an outline that is not stored."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from dispatch.figures.loading import SORTS
from dispatch.figures.scope import Sort
from dispatch.incidents import repository as incidents
from dispatch.incidents.model import Incident
from geo.areas.model import Area
from geo.areas.outline import Outline
from geo.responders.model import Post
from kit.actor import Grant
from kit.reach import rows_within

_POSTS = 50


def list_calls(
    session: Session, grant: Grant, *, outline: Outline, former_id: uuid.UUID | None, since: datetime, sort: Sort
) -> Sequence[Any]:
    """Incidents within the outline or within the stored one, newest first; which of both as ``inside`` and ``was``.

    One event that was called in twice happened once.
    """
    place = cast(Incident.position, Geometry(srid=4326))
    inside = func.ST_Covers(func.ST_GeomFromEWKT(outline.ewkt), place)
    was = exists().where(and_(Area.id == former_id, func.ST_Covers(Area.outline, place)))
    columns = (
        Incident.id, Incident.number, Incident.category, Incident.type, Incident.received_at,
        func.ST_X(place).label("lon"), func.ST_Y(place).label("lat"), inside.label("inside"), was.label("was"),
    )  # fmt: skip
    query = select(*columns).where(
        incidents.visible(grant),
        Incident.received_at >= since,
        Incident.state != "merged",
        SORTS[sort],
        or_(inside, was),
    )
    return session.execute(query.order_by(Incident.received_at.desc(), Incident.id)).all()


def list_posts(session: Session, grant: Grant, outline: Outline) -> list[str]:
    """The names of the posts within it."""
    place = cast(Post.position, Geometry(srid=4326))
    query = select(Post.name).where(
        rows_within(grant, station=Post.station_id, district=Post.district_id),
        func.ST_Covers(func.ST_GeomFromEWKT(outline.ewkt), place),
    )
    return list(session.scalars(query.order_by(Post.name).limit(_POSTS)))
