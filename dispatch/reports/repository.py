"""Reports and photos in the database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer

from dispatch.orders.model import Order
from dispatch.reports.model import Photo, Report
from kit.actor import Grant, Reach
from kit.errors import NotFound


def count_photos(session: Session, order_id: uuid.UUID) -> int:
    """How many photos belong to an order."""
    return session.scalar(select(func.count()).select_from(Photo).where(Photo.order_id == order_id)) or 0


def count_reports(session: Session, order_id: uuid.UUID) -> int:
    """How many reports were written for an order."""
    return session.scalar(select(func.count()).select_from(Report).where(Report.order_id == order_id)) or 0


def find_photo_by_digest(session: Session, order_id: uuid.UUID, sha256: bytes) -> Photo | None:
    """The same picture of the same order, without its content."""
    statement = select(Photo).options(defer(Photo.content)).where(Photo.order_id == order_id, Photo.sha256 == sha256)
    return session.scalars(statement).one_or_none()


def list_reports(session: Session, order_ids: Sequence[uuid.UUID]) -> Sequence[Report]:
    """All reports of the orders, oldest first."""
    return session.scalars(select(Report).where(Report.order_id.in_(order_ids)).order_by(Report.at, Report.id)).all()


def list_photos(session: Session, order_ids: Sequence[uuid.UUID]) -> Sequence[Photo]:
    """All photos of the orders without their content, oldest first."""
    return session.scalars(
        select(Photo).options(defer(Photo.content)).where(Photo.order_id.in_(order_ids)).order_by(Photo.at, Photo.id)
    ).all()


def visible(grant: Grant) -> ColumnElement[bool]:
    """Photos that the grant reaches: own uploads; those of one's incidents; those of the station."""
    actor = grant.actor
    station = Photo.incident_id.in_(select(Order.incident_id).where(Order.station_id == actor.station_id))
    if grant.reach is Reach.OWN:
        return Photo.account_id == actor.account_id
    if grant.reach is Reach.ASSIGNED:
        mine = select(Order.incident_id).where(Order.account_id == actor.account_id, Order.mode == "command")
        return station & Photo.incident_id.in_(mine)
    return station


def get_photo(session: Session, photo_id: uuid.UUID, grant: Grant) -> Photo:
    """With its content; raises NotFound, also when it is not visible."""
    photo = session.scalars(select(Photo).where(Photo.id == photo_id, visible(grant))).one_or_none()
    if photo is None:
        raise NotFound
    return photo
