"""What is kept of a person, for himself: how much, since when, for how long, and who looked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from dispatch.accounts.model import Account
from dispatch.chats.model import ChatLine
from dispatch.orders.model import Order
from dispatch.ratings.model import Rating
from dispatch.reports.model import Photo, Report
from dispatch.sessions.model import LoginSession
from geo.duty.model import Duty
from kit.actor import Actor
from kit.record import RecordEntry
from kit.settings import get_settings
from notifications.devices.model import Device
from notifications.outbox.model import Message

#: the looks at his positions that are listed
MAX_LOOKS = 50
_LOOKS = ("track.read", "incident.replayed", "account_phone.revealed")
_TRACK = text("SELECT count(*), min(captured_at), max(captured_at) FROM tracks WHERE responder_id = :id")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One sort of data. ``days``: how long it is kept; None: as long as the incident's file."""

    name: str
    count: int
    oldest: datetime | None
    newest: datetime | None
    days: int | None


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody looked at where he was, or at his number."""

    at: datetime
    action: str
    who: str | None
    role: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class OwnData:
    """All of it."""

    kept: Sequence[Kept]
    looks: Sequence[Look]


def describe(session: Session, actor: Actor) -> OwnData:
    """What is kept of the one who asks."""
    assert actor.account_id is not None
    settings = get_settings()
    account, responder = actor.account_id, actor.responder_id
    kept = [
        _positions(session, responder, settings.track_retention_days),
        _kept(session, "duties", Duty.started_at, Duty.responder_id == responder),
        _kept(session, "orders", Order.offered_at, Order.account_id == account),
        _kept(session, "reports", Report.at, Report.account_id == account),
        _kept(session, "photos", Photo.at, Photo.account_id == account),
        _kept(session, "chat_lines", ChatLine.at, ChatLine.account_id == account, days=settings.chat_retention_days),
        _kept(session, "ratings", Rating.made_at, Rating.rated_account_id == account),
        _kept(session, "messages", Message.created_at, Message.account_id == account),
        _kept(session, "devices", Device.registered_at, Device.account_id == account),
        _kept(session, "logins", LoginSession.started_at, LoginSession.account_id == account),
    ]
    return OwnData(kept=kept, looks=_looks(session, actor))


def _positions(session: Session, responder_id: uuid.UUID | None, days: int) -> Kept:
    count, oldest, newest = session.execute(_TRACK, {"id": responder_id}).one()
    return Kept(name="positions", count=count, oldest=oldest, newest=newest, days=days)


def _kept(
    session: Session, name: str, at: InstrumentedAttribute[datetime], mine: ColumnElement[bool], days: int | None = None
) -> Kept:
    count, oldest, newest = session.execute(select(func.count(), func.min(at), func.max(at)).where(mine)).one()
    return Kept(name=name, count=count, oldest=oldest, newest=newest, days=days)


def _looks(session: Session, actor: Actor) -> list[Look]:
    """A replay shows everybody who had an order on the incident."""
    mine = select(Order.incident_id).where(Order.account_id == actor.account_id)
    query = (
        select(RecordEntry.at, RecordEntry.action, Account.name, RecordEntry.actor_role, RecordEntry.reason)
        .outerjoin(Account, Account.id == RecordEntry.actor_account_id)
        .where(
            RecordEntry.station_id == actor.station_id,
            RecordEntry.action.in_(_LOOKS),
            RecordEntry.actor_account_id != actor.account_id,
            or_(
                RecordEntry.subject_id.in_([id_ for id_ in (actor.responder_id, actor.account_id) if id_]),
                RecordEntry.subject_id.in_(mine),
            ),
        )
        .order_by(RecordEntry.id.desc())
        .limit(MAX_LOOKS)
    )
    return [
        Look(at=at, action=action, who=name, role=role, reason=reason)
        for at, action, name, role, reason in session.execute(query)
    ]
