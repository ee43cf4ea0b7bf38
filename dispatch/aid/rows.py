"""Whether an incident is open to a station: the condition that row filters share (trust section 3, rule 6).

Judged at each access by the time of the access. The worker ends what has run out; nobody waits for it.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from dispatch.aid.model import Aid
from dispatch.aid.states import AidState
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN
from kit.actor import Actor, Grant, Reach


def live(at: datetime) -> ColumnElement[bool]:
    """The aids that are open at ``at``."""
    return and_(Aid.state == AidState.ACTIVE, Aid.starts_at <= at, Aid.ends_at > at)


def opened_to(actor: Actor, incident_id: Any) -> ColumnElement[bool]:
    """Whether the actor's station helps with that incident now. Who carries no time is shown nothing by it."""
    if actor.as_of is None or actor.station_id is None:
        return false()
    helps = select(Aid.incident_id).where(Aid.helping_station_id == actor.station_id, live(actor.as_of))
    return _among(incident_id, helps)


def lent_by(station_id: uuid.UUID | None) -> ColumnElement[bool]:
    """The orders by which the station lends somebody to another."""
    return exists().where(Aid.id == Order.aid_id, Aid.helping_station_id == station_id)


def shown_to_lender(actor: Actor) -> ColumnElement[bool]:
    """Those of them that its command room sees now: while the aid is open, and as long as its person is at it."""
    lends = select(Aid.id).where(Aid.helping_station_id == actor.station_id)
    at_it = and_(Order.state.in_(OPEN), _among(Order.aid_id, lends))
    return at_it if actor.as_of is None else or_(at_it, _among(Order.aid_id, lends.where(live(actor.as_of))))


def narrow(session: Session, grant: Grant) -> Grant:
    """The same grant, without what a neighbour might have opened, where none has: a list in the order of time then
    reads one index, as it does on every day but a few."""
    if grant.reach is not Reach.STATION_AND_AID:
        return grant
    lends = select(Aid.id).where(Aid.helping_station_id == grant.actor.station_id)
    helps = exists().where(Aid.helping_station_id == grant.actor.station_id, Aid.state == AidState.ACTIVE)
    at_it = exists().where(Order.state.in_(OPEN), Order.aid_id.is_not(None), _among(Order.aid_id, lends))
    return grant if session.scalar(select(or_(helps, at_it))) else replace(grant, reach=Reach.STATION)


def _among(column: Any, ids: Select[uuid.UUID]) -> ColumnElement[bool]:
    # an array is read once and then looked up by index; an EXISTS beside OR would read the whole table
    found: ColumnElement[bool] = column == any_(func.array(ids.correlate(None).scalar_subquery()))
    return found
