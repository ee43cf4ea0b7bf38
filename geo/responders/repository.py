"""Where responders and their index rows are fetched from and put to."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.duty.model import Duty
from geo.responders.model import Responder, ResponderIndex
from kit.actor import Grant
from kit.errors import NotFound
from kit.reach import rows_within
from kit.tenancy import Organization

#: what goes with the end of a duty: where he was, and how that was known
NO_POSITION: dict[str, Any] = {
    **dict.fromkeys(
        (
            "position",
            "captured_at",
            "received_at",
            "accuracy_m",
            "speed_mps",
            "heading_deg",
            "source",
            "battery_pct",
        )
    ),
    "suspect_fixes": 0,
}


def visible(grant: Grant) -> ColumnElement[bool]:
    """The responders that ``grant`` reaches."""
    return rows_within(
        grant,
        own=Responder.account_id,
        organization=Responder.organization_id,
        station=Responder.station_id,
        district=Responder.district_id,
    )


def reachable_organization(grant: Grant) -> ColumnElement[bool]:
    """The organizations for which ``grant`` may register people and posts."""
    return rows_within(grant, organization=Organization.id, station=Organization.station_id)


def get_visible(session: Session, responder_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Responder:
    """The responder, if ``grant`` reaches it; raises NotFound. ``lock`` keeps others from changing it."""
    query = select(Responder).where(Responder.id == responder_id, visible(grant))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def find_organization(session: Session, organization_id: uuid.UUID, grant: Grant) -> Organization | None:
    """An active organization that ``grant`` may register for."""
    query = select(Organization).where(
        Organization.id == organization_id, Organization.active, reachable_organization(grant)
    )
    return session.execute(query).scalar_one_or_none()


def get_organization(session: Session, organization_id: uuid.UUID) -> Organization:
    """Raises NotFound."""
    found = session.get(Organization, organization_id)
    if found is None:
        raise NotFound
    return found


def find_index(
    session: Session, responder_id: uuid.UUID, *, lock: bool = False, skip_locked: bool = False
) -> ResponderIndex | None:
    """The index row; None for an inactive responder. With ``lock`` no position and no duty comes in between.

    ``skip_locked``: None also when another holds it, for work that can be done at the next tick.
    """
    query = select(ResponderIndex).where(ResponderIndex.responder_id == responder_id)
    if lock:
        query = query.with_for_update(skip_locked=skip_locked)
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def put_index(session: Session, responder: Responder, *, values: dict[str, Any]) -> None:
    """Add the index row or bring it up to date with the responder."""
    row = find_index(session, responder.id, lock=True)
    if row is None:
        row = ResponderIndex(responder_id=responder.id, on_duty=False, engaged=False, kind=responder.kind)
        session.add(row)
    row.district_id, row.station_id = responder.district_id, responder.station_id
    row.organization_id, row.post_id = responder.organization_id, responder.post_id
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def drop_index(session: Session, row: ResponderIndex) -> None:
    """Take it out of every search."""
    session.delete(row)
    session.flush()


_ENGAGE = text(
    "UPDATE responder_index SET engaged = :engaged WHERE responder_id IN ("
    "SELECT responder_id FROM responder_index WHERE responder_id = ANY(:ids) ORDER BY responder_id FOR NO KEY UPDATE)"
    " RETURNING responder_id"
)


def engage(session: Session, responder_ids: Collection[uuid.UUID], *, engaged: bool) -> list[uuid.UUID]:
    """Change the index rows, taken by id as everywhere; the ids of those that there are."""
    return list(session.scalars(_ENGAGE, {"ids": list(responder_ids), "engaged": engaged}))


def has_open_duty(session: Session, responder_id: uuid.UUID) -> bool:
    query = select(Duty.id).where(Duty.responder_id == responder_id, Duty.ended_at.is_(None))
    return session.execute(query).first() is not None


def list_safe_houses(session: Session) -> Sequence[tuple[uuid.UUID, dict[str, Any], bool]]:
    """(id, opening hours, is on duty in the index) of every active safe-house."""
    query = (
        select(Responder.id, Responder.opening_hours, ResponderIndex.on_duty)
        .join(ResponderIndex, ResponderIndex.responder_id == Responder.id)
        .where(Responder.kind == "safe_house", Responder.active)
        .order_by(Responder.id)
    )
    return cast(Sequence[tuple[uuid.UUID, dict[str, Any], bool]], session.execute(query).all())


def find_fixed_position(session: Session, responder_id: uuid.UUID) -> Position | None:
    """Where a safe-house stands, in use or not."""
    own = select(Responder.position).where(Responder.id == responder_id)
    indexed = select(ResponderIndex.position).where(ResponderIndex.responder_id == responder_id, ResponderIndex.fixed)
    for query in (own, indexed):
        element = session.execute(query).scalar_one_or_none()
        if element is not None:
            return Position.of(element)
    return None
