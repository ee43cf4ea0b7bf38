"""Mutual aid as screens read it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.aid import repository
from dispatch.aid.model import Aid
from dispatch.aid.views import show
from dispatch.orders.model import Order
from dispatch.orders.states import COUNTED, LIVE
from kit.actor import Grant
from kit.tenancy import Station


def show_all(session: Session, aids: Sequence[Aid], grant: Grant) -> list[dict[str, Any]]:
    """JSON of each as the asker reads it, with how many people came by it."""
    actor = grant.actor
    views = show(session, aids, station_id=actor.station_id, role=actor.role)
    counts = _count_people(session, [aid.id for aid in aids])
    return [{**view, "people": counts[aid.id]} for aid, view in zip(aids, views, strict=True)]


def get_aid(session: Session, aid_id: uuid.UUID, grant: Grant) -> dict[str, Any]:
    """One of those that the grant reaches; raises NotFound."""
    return show_all(session, [repository.get_visible(session, aid_id, grant)], grant)[0]


def list_neighbours(session: Session, grant: Grant) -> list[tuple[uuid.UUID, str]]:
    """The other stations of the district, by name."""
    query = (
        select(Station.id, Station.name)
        .where(Station.district_id == grant.actor.district_id, Station.id != grant.actor.station_id)
        .order_by(Station.name, Station.id)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def _count_people(session: Session, aid_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    query = (
        select(
            Order.aid_id,
            func.count().label("asked"),
            func.count().filter(Order.state.in_(COUNTED)).label("accepted"),
            func.count().filter(Order.state.in_(LIVE)).label("under_way"),
        )
        .where(Order.aid_id.in_(aid_ids))
        .group_by(Order.aid_id)
    )
    counts = {aid_id: {"asked": 0, "accepted": 0, "under_way": 0} for aid_id in aid_ids}
    for row in session.execute(query):
        counts[row.aid_id] = {"asked": row.asked, "accepted": row.accepted, "under_way": row.under_way}
    return counts
