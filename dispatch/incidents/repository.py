"""Where incidents are fetched from and put to."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from dispatch.aid.rows import opened_to
from dispatch.escalation.model import Alarm
from dispatch.incidents.model import Incident, IncidentMilestone, IncidentNote, WebhookSource
from dispatch.orders.model import Order
from dispatch.scenarios.repository import IN_FORCE, InForce, read_in_force
from geo.areas.model import Area
from geo.crs import Position
from geo.responders.model import Post, Responder, ResponderIndex
from kit.actor import Grant, Role
from kit.database import to_json
from kit.errors import NotFound
from kit.reach import rows_within
from kit.record import RecordEntry
from kit.tenancy import Station

#: an order that still binds somebody to the incident
OPEN_ORDER = ("offered", "received", "shown", "accepted", "en_route", "arrived")
#: an officer who has done his part answers for the incident until it ends
DONE_ORDER = ("completed", "rated")


def _assigned(account_id: uuid.UUID | None, *, police: bool) -> ColumnElement[bool]:
    mine = and_(Order.incident_id == Incident.id, Order.account_id == account_id)
    open_ = exists().where(mine, Order.state.in_(OPEN_ORDER))
    if not police:
        return open_
    return or_(open_, and_(Incident.ended_at.is_(None), exists().where(mine, Order.state.in_(DONE_ORDER))))


def visible(grant: Grant) -> ColumnElement[bool]:
    """The incidents that ``grant`` reaches."""
    actor = grant.actor
    return rows_within(
        grant,
        assigned=lambda: _assigned(actor.account_id, police=actor.role is Role.OFFICER),
        station=Incident.station_id,
        district=Incident.district_id,
        aid=lambda: opened_to(actor, Incident.id),
    )


def get_visible(session: Session, incident_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Incident:
    """The incident, if ``grant`` reaches it; raises NotFound. ``lock`` keeps others from changing it."""
    query = select(Incident).where(Incident.id == incident_id, visible(grant))
    if lock:
        query = query.with_for_update(of=Incident, key_share=True).execution_options(populate_existing=True)
    incident = session.execute(query).scalar_one_or_none()
    if incident is None:
        raise NotFound
    return incident


def get_locked(session: Session, incident_id: uuid.UUID) -> Incident:
    """The incident as it is now, kept from others until the transaction ends; raises NotFound."""
    query = select(Incident).where(Incident.id == incident_id).with_for_update(key_share=True)
    incident = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if incident is None:
        raise NotFound
    return incident


def is_assigned(session: Session, incident_id: uuid.UUID, account_id: uuid.UUID, *, police: bool = True) -> bool:
    """Whether the account has an open order on it or, an officer, has done one, until the incident ended."""
    query = select(Incident.id).where(Incident.id == incident_id, _assigned(account_id, police=police))
    return session.execute(query).first() is not None


def list_open_ids(session: Session, station_id: uuid.UUID) -> list[uuid.UUID]:
    """The station's incidents that have not ended."""
    query = select(Incident.id).where(Incident.station_id == station_id, Incident.ended_at.is_(None))
    return list(session.scalars(query.order_by(Incident.id)))


def find_by_number(session: Session, district_id: uuid.UUID, number: str, *, lock: bool = False) -> Incident | None:
    """The incident that carries this 接警单编号 in the district."""
    query = select(Incident).where(Incident.district_id == district_id, Incident.number == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


_LOCK_NUMBER = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_TAKE_NUMBER = text(
    "SELECT nextval('incident_numbers') - base FROM incident_number_days"
    " WHERE district_id = :district_id AND day = :day"
)
_BEGIN_DAY = text(
    "INSERT INTO incident_number_days (district_id, day, base)"
    " VALUES (:district_id, :day, nextval('incident_numbers')) ON CONFLICT DO NOTHING"
)


def lock_number(session: Session, district_id: uuid.UUID, number: str) -> None:
    """Let nobody else put in an incident of this number until the transaction ends."""
    session.execute(_LOCK_NUMBER, {"name": f"incident-number:{district_id}:{number}"})


def take_number(session: Session, district_id: uuid.UUID, day: date) -> int:
    """The next of the district's numbers of that day, from 1, rising, with gaps.

    A sequence gives it out, so that two calls of one moment do not wait for each other's commit.
    """
    key = {"district_id": district_id, "day": day}
    number = session.execute(_TAKE_NUMBER, key).scalar_one_or_none()
    if number is None:
        session.execute(_BEGIN_DAY, key)
        number = session.execute(_TAKE_NUMBER, key).scalar_one()
    return int(number)


def add(session: Session, incident: Incident, position: Position) -> Incident:
    """Insert it, there."""
    incident.position = position.ewkt  # type: ignore[assignment]
    session.add(incident)
    session.flush()
    # what was written as text is a point from here on, without reading it back
    set_committed_value(incident, "position", position.element)
    return incident


def add_note(session: Session, note: IncidentNote) -> IncidentNote:
    session.add(note)
    session.flush()
    return note


def find_webhook_source(session: Session, name: str, *, active: bool = True) -> WebhookSource | None:
    """The source of that name; with ``active`` only if it may still sign."""
    query = select(WebhookSource).where(WebhookSource.name == name)
    if active:
        query = query.where(WebhookSource.active)
    return session.execute(query).scalar_one_or_none()


def add_webhook_source(session: Session, source: WebhookSource) -> WebhookSource:
    session.add(source)
    session.flush()
    return source


def find_last_fingerprints(session: Session, incident_id: uuid.UUID) -> dict[str, str]:
    """The keyed digests of the last message that a source sent about the incident; empty when none has."""
    query = (
        select(RecordEntry.detail)
        .where(RecordEntry.subject_id == incident_id, RecordEntry.detail.has_key("fingerprints"))
        .order_by(RecordEntry.id.desc())
        .limit(1)
    )
    detail = session.execute(query).scalar_one_or_none()
    return dict(detail["fingerprints"]) if detail else {}


class CalledStation(NamedTuple):
    """What a call needs to know of a station."""

    id: uuid.UUID
    district_id: uuid.UUID
    name: str
    demo: bool
    #: as ``take_number`` gives it, where one was asked for and the day has begun
    number: int | None
    #: in force, by key; or that one of them which was asked for
    scenarios: list[InForce]


_STATION = text(
    f"""
    SELECT id, district_id, name, demo,
           (SELECT nextval('incident_numbers') - d.base FROM incident_number_days d
            WHERE d.district_id = s.district_id AND d.day = CAST(:day AS date)) AS number, {IN_FORCE} AS scenarios
    FROM stations s WHERE id = :id
    """
)


def find_station(
    session: Session, station_id: uuid.UUID, *, number_of: date | None = None, scenario_key: str | None = None
) -> CalledStation | None:
    """``number_of``: with the next number of that day."""
    row = session.execute(_STATION, {"id": station_id, "day": number_of, "key": scenario_key}).one_or_none()
    if row is None:
        return None
    in_force = read_in_force(row.scenarios)
    return CalledStation(row.id, row.district_id, row.name, row.demo, row.number, in_force)


def find_station_by_code(session: Session, district_id: uuid.UUID, code: str) -> Station | None:
    """The station of that 单位代码 in the district."""
    query = select(Station).where(Station.district_id == district_id, Station.code == code)
    return session.execute(query).scalar_one_or_none()


def find_station_named(session: Session, word: str) -> Station | None:
    """The station of that name or code, in whatever district."""
    return session.execute(select(Station).where(or_(Station.name == word, Station.code == word))).scalar_one_or_none()


def has_jurisdictions(session: Session, district_id: uuid.UUID) -> bool:
    """Whether anybody has drawn station areas in the district."""
    return bool(session.scalar(select(exists().where(Area.district_id == district_id, Area.kind == "jurisdiction"))))


def find_last_position(session: Session, responder_id: uuid.UUID) -> tuple[Position, datetime | None] | None:
    """Where the responder was last, and when; a safe-house has no time."""
    query = select(ResponderIndex.position, ResponderIndex.captured_at).where(
        ResponderIndex.responder_id == responder_id, ResponderIndex.position.is_not(None)
    )
    row = session.execute(query).one_or_none()
    return (Position.of(row.position), row.captured_at) if row is not None and row.position is not None else None


def find_post(session: Session, responder_id: uuid.UUID) -> Position | None:
    """Where the guard's own gate is; None without one."""
    query = select(Post.position).join(Responder, Responder.post_id == Post.id).where(Responder.id == responder_id)
    position = session.execute(query).scalar_one_or_none()
    return Position.of(position) if position is not None else None


def find_open_panic(session: Session, account_id: uuid.UUID) -> Incident | None:
    """The incident that this person opened with the panic button and that has not ended."""
    query = (
        select(Incident)
        .where(Incident.made_by == account_id, Incident.source == "panic", Incident.ended_at.is_(None))
        .order_by(Incident.received_at.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def was_short(session: Session, incident_id: uuid.UUID) -> bool:
    """Whether somebody has acknowledged an alarm that people are missing."""
    query = select(Alarm.id).where(
        Alarm.incident_id == incident_id,
        Alarm.kind.in_(("helpers_short", "police_short", "undispatched")),
        Alarm.acknowledged_at.is_not(None),
    )
    return session.execute(query).first() is not None


_ADD_MILESTONE = text(
    "INSERT INTO incident_milestones (incident_id, round, name, at, how, evidence)"
    " VALUES (:incident_id, :round, :name, :at, :how, CAST(:evidence AS jsonb)) ON CONFLICT DO NOTHING"
)


def add_milestone(
    session: Session, incident: Incident, name: str, *, at: datetime, how: str, evidence: dict[str, Any] | None = None
) -> None:
    """Write a milestone of the present round, after the change of the incident; one that was passed before stays."""
    session.flush()
    values = {
        "incident_id": incident.id,
        "round": incident.reopened,
        "name": name,
        "at": at,
        "how": how,
        "evidence": to_json(evidence or {}),
    }
    session.execute(_ADD_MILESTONE, values)


def list_milestones(session: Session, incident_id: uuid.UUID) -> list[IncidentMilestone]:
    """All milestones, oldest first."""
    query = (
        select(IncidentMilestone)
        .where(IncidentMilestone.incident_id == incident_id)
        .order_by(IncidentMilestone.round, IncidentMilestone.at, IncidentMilestone.name)
    )
    return list(session.execute(query).scalars())


def list_notes(session: Session, incident_id: uuid.UUID) -> list[IncidentNote]:
    """All notes, oldest first."""
    query = select(IncidentNote).where(IncidentNote.incident_id == incident_id)
    return list(session.execute(query.order_by(IncidentNote.at, IncidentNote.id)).scalars())


def list_accounts_on(session: Session, incident_id: uuid.UUID) -> list[uuid.UUID]:
    """The accounts with an open order on the incident."""
    query = select(Order.account_id).where(Order.incident_id == incident_id, Order.state.in_(OPEN_ORDER))
    return sorted(set(session.execute(query).scalars()))
