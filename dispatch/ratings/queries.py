"""Ratings to read: one's own with the standing that follows from them, one's people's, the station's."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from dispatch.aid.names import name_at
from dispatch.appeals.model import Appeal
from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from dispatch.ratings.model import Rating
from dispatch.ratings.repository import HELPERS, visible
from dispatch.ratings.score import Standing, standing
from geo.responders.model import Responder
from kit.actor import Actor, Grant, Reach, Role
from kit.paging import After, Slice


@dataclass(frozen=True, kw_only=True)
class RatingRow:
    """A rating with what one needs to know it again, and the appeal against it."""

    rating: Rating
    #: None: a company knows how its man did, not at what
    incident_number: str | None
    responder_name: str
    appeal: Appeal | None


@dataclass(frozen=True, kw_only=True)
class PersonStanding:
    """How one helper stands."""

    responder_id: uuid.UUID
    responder_name: str
    organization_id: uuid.UUID
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class ToRate:
    """A completed helper's order of an incident, rated or not yet."""

    order_id: uuid.UUID
    responder_id: uuid.UUID
    responder_name: str
    kind: str
    rating: Rating | None


def list_ratings(
    session: Session, *, grant: Grant, slice_: Slice, responder_id: uuid.UUID | None = None
) -> tuple[list[RatingRow], After | None]:
    """Those in reach, the newest first."""
    condition = visible(grant)
    if responder_id is not None:
        condition &= Rating.responder_id == responder_id
    rows, after = _list(session, condition, slice_, name=name_at(Rating.station_id, grant))
    if grant.reach is Reach.ORGANIZATION:
        rows = [replace(row, incident_number=None) for row in rows]
    return rows, after


def list_own(session: Session, *, actor: Actor, slice_: Slice) -> tuple[list[RatingRow], After | None, Standing]:
    """What was said of oneself, the newest first, and the standing that follows. Drills do not count in it."""
    rows, after = _list(session, Rating.rated_account_id == actor.account_id, slice_, name=Responder.name.expression)
    row = session.execute(_scores().where(Rating.rated_account_id == actor.account_id)).one()
    return rows, after, standing(row.total or 0, row.n, station_mean=_station_mean(session, actor.station_id))


def _list(
    session: Session, condition: ColumnElement[bool], slice_: Slice, *, name: ColumnElement[str]
) -> tuple[list[RatingRow], After | None]:
    query = (
        select(Rating, Incident.number, name.label("name"), Appeal)
        .join(Incident, Incident.id == Rating.incident_id)
        .join(Responder, Responder.id == Rating.responder_id)
        .outerjoin(Appeal, Appeal.rating_id == Rating.id)
        .where(condition)
    )
    query = slice_.newest_first(query, Rating.made_at, Rating.id)
    rows = session.execute(query).all()
    page = [_row(row) for row in rows[: slice_.limit]]
    more = len(rows) > slice_.limit
    return page, After(at=page[-1].rating.made_at, id=page[-1].rating.id) if more else None


def _row(row: Any) -> RatingRow:
    return RatingRow(rating=row.Rating, incident_number=row.number, responder_name=row.name, appeal=row.Appeal)


def list_standings(session: Session, *, grant: Grant) -> list[PersonStanding]:
    """Everybody in reach who has a score, the best first by the shrunken figure."""
    query = (
        _scores(Responder.id, Responder.name, Responder.organization_id, Responder.station_id)
        .join(Responder, Responder.id == Rating.responder_id)
        # how a neighbour's people stand is the neighbour's to read
        .where(visible(grant), Responder.station_id == Rating.station_id)
        .group_by(Responder.id)
    )
    rows = session.execute(query).all()
    means = {station_id: _station_mean(session, station_id) for station_id in {row.station_id for row in rows}}
    people = [
        PersonStanding(
            responder_id=row.id,
            responder_name=row.name,
            organization_id=row.organization_id,
            standing=standing(row.total, row.n, station_mean=means[row.station_id]),
        )
        for row in rows
    ]
    return sorted(people, key=lambda p: (-(p.standing.shrunken or 0), p.responder_name, str(p.responder_id)))


def list_to_rate(session: Session, incident_id: uuid.UUID, role: Role) -> Sequence[ToRate]:
    """The finished helpers' orders of an incident, for somebody of that role; ``rating`` None: still to be rated."""
    name = name_at(Order.station_id)
    if role is Role.OFFICER:
        # he has to know whom he rates
        name = case((Rating.id.is_(None), Responder.name), else_=name)
    rows = session.execute(
        select(
            Order.id,
            Order.responder_id,
            name.label("name"),
            Responder.kind,
            Rating,
        )
        .join(Responder, Responder.id == Order.responder_id)
        .outerjoin(Rating, Rating.order_id == Order.id)
        .where(Order.incident_id == incident_id, Order.mode == HELPERS, Order.state.in_(("completed", "rated")))
        .order_by(Order.offered_at, Order.id)
    )
    return [
        ToRate(
            order_id=row.id, responder_id=row.responder_id, responder_name=row.name, kind=row.kind, rating=row.Rating
        )
        for row in rows
    ]


def _scores(*columns: Any) -> Any:
    return (
        select(*columns, func.sum(Rating.score).label("total"), func.count(Rating.score).label("n"))
        .join(Incident, Incident.id == Rating.incident_id)
        .where(Rating.outcome == "seen", Incident.drill.is_(False))
    )


def _station_mean(session: Session, station_id: uuid.UUID | None) -> float | None:
    row = session.execute(_scores().where(Rating.station_id == station_id)).one()
    return row.total / row.n if row.n else None
