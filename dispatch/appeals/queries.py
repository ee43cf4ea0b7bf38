"""The leader's list of appeals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.aid.names import name_at
from dispatch.appeals.model import Appeal
from dispatch.ratings.model import Rating
from geo.responders.model import Responder
from kit.actor import Grant
from kit.paging import After, Slice


@dataclass(frozen=True, kw_only=True)
class AppealRow:
    """An appeal with the rating that it is about."""

    appeal: Appeal
    rating: Rating
    responder_name: str


def list_appeals(
    session: Session, *, grant: Grant, slice_: Slice, settled: bool
) -> tuple[Sequence[AppealRow], After | None]:
    """Of the leader's station, the newest first."""
    query = (
        select(Appeal, Rating, name_at(Rating.station_id).label("name"))
        .join(Rating, Rating.id == Appeal.rating_id)
        .join(Responder, Responder.id == Rating.responder_id)
        .where(Appeal.station_id == grant.actor.station_id, Appeal.settled_at.is_not(None) == settled)
    )
    rows = session.execute(slice_.newest_first(query, Appeal.made_at, Appeal.id)).all()
    page = [AppealRow(appeal=r.Appeal, rating=r.Rating, responder_name=r.name) for r in rows[: slice_.limit]]
    more = len(rows) > slice_.limit
    return page, After(at=page[-1].appeal.made_at, id=page[-1].appeal.id) if more else None
