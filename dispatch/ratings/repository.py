"""Ratings in the database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from dispatch.orders.model import Order
from dispatch.orders.repository import assigned
from dispatch.orders.states import LIVE, OrderState
from dispatch.ratings.model import Rating
from kit.actor import Grant
from kit.errors import NotFound
from kit.reach import rows_within

#: the mode of helpers' orders; police work on command and are not rated
HELPERS = "offer"


def visible(grant: Grant) -> ColumnElement[bool]:
    """Ratings that the grant reaches: one's own; those given or on one's incidents; one's people's; the station's."""
    account_id = grant.actor.account_id
    return rows_within(
        grant,
        own=Rating.rated_account_id,
        assigned=or_(Rating.officer_id == account_id, assigned(account_id, Rating.incident_id)),
        organization=Rating.organization_id,
        station=Rating.station_id,
    )


def get_visible(session: Session, rating_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Rating:
    """Raises NotFound, also when the grant does not reach it."""
    query = select(Rating).where(Rating.id == rating_id, visible(grant))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    rating = session.scalars(query).one_or_none()
    if rating is None:
        raise NotFound
    return rating


def get_locked(session: Session, rating_id: uuid.UUID) -> Rating:
    """The rating as it is now, held until the end of the transaction."""
    query = select(Rating).where(Rating.id == rating_id).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def find_of_order(session: Session, order_id: uuid.UUID) -> Rating | None:
    """The rating of an order."""
    return session.scalars(select(Rating).where(Rating.order_id == order_id)).one_or_none()


def list_unrated(session: Session, incident_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Helpers' orders of the incident that are completed and still wait for a rating."""
    return session.scalars(_helpers(incident_id).where(Order.state == OrderState.COMPLETED)).all()


def list_live(session: Session, incident_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Helpers' orders of the incident at which somebody still works."""
    return session.scalars(_helpers(incident_id).where(Order.state.in_(LIVE))).all()


def _helpers(incident_id: uuid.UUID) -> Select[uuid.UUID]:
    return (
        select(Order.id)
        .where(Order.incident_id == incident_id, Order.mode == HELPERS)
        .order_by(Order.offered_at, Order.id)
    )


def add(session: Session, rating: Rating) -> None:
    session.add(rating)
    session.flush()
