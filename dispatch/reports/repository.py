"""Reports and photos in the database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, defer

from dispatch.escalation.model import Alarm
from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from dispatch.orders.repository import assigned
from dispatch.orders.states import OPEN
from dispatch.reports.model import Photo, Report
from kit.actor import Grant
from kit.errors import NotFound
from kit.reach import rows_within


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


def list_ticked(session: Session, order_id: uuid.UUID) -> set[str]:
    """Keys of the checklist's items that some report of the order, the latest word on each, says are done."""
    ticked: dict[str, bool] = {}
    for report in list_reports(session, [order_id]):
        ticked |= {answer["key"]: answer["done"] for answer in report.checklist}
    return {key for key, done in ticked.items() if done}


def visible(grant: Grant) -> ColumnElement[bool]:
    """Photos that the grant reaches: own uploads; those of one's incidents; those of the station."""
    account_id = grant.actor.account_id
    return rows_within(
        grant,
        own=Photo.account_id,
        assigned=or_(Photo.account_id == account_id, assigned(account_id, Photo.incident_id)),
        station=Photo.incident_id.in_(select(Incident.id).where(Incident.station_id == grant.actor.station_id)),
    )


def get_photo(session: Session, photo_id: uuid.UUID, grant: Grant) -> Photo:
    """With its content; raises NotFound, also when it is not visible."""
    photo = session.scalars(select(Photo).where(Photo.id == photo_id, visible(grant))).one_or_none()
    if photo is None:
        raise NotFound
    return photo


def add_report(session: Session, report: Report) -> None:
    session.add(report)
    session.flush()


def add_photo(session: Session, photo: Photo) -> None:
    session.add(photo)
    session.flush()


def find_open_alarm(session: Session, order_id: uuid.UUID, kind: str) -> Alarm | None:
    """The alarm of that kind from an order that nobody has taken up yet."""
    query = select(Alarm).where(Alarm.order_id == order_id, Alarm.kind == kind, Alarm.acknowledged_at.is_(None))
    return session.scalars(query).one_or_none()


def list_officers_on(session: Session, incident_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Accounts of the police who are on the incident now."""
    query = select(Order.account_id).where(
        Order.incident_id == incident_id, Order.mode == "command", Order.state.in_(OPEN)
    )
    return session.scalars(query.distinct().order_by(Order.account_id)).all()
