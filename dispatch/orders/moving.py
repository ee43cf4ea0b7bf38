"""The scene turns out to be somewhere else while people are on their way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident
from dispatch.orders import claiming, repository, telling
from dispatch.orders.firing import ENTITY
from dispatch.orders.model import Order
from geo.crs import Position
from geo.standoff import stand_off_point
from kit import feed, record
from kit.actor import Actor


def follow_scene(session: Session, incident: Incident, *, by: Actor, at: datetime) -> list[Order]:
    """Send everybody with an open order to where the incident is now, before it where he is to stand off.

    Each is told. Who had arrived arrived at the other place: that stays as it was measured. The caller holds
    the incident.
    """
    scene = Position.of(incident.position)
    moved = repository.list_open(session, incident_id=incident.id, lock=True)
    for order in moved:
        who = claiming.find_who(session, order.responder_id)
        helper = Position(who.lon, who.lat) if who is not None and who.lon is not None else None
        target = stand_off_point(session, scene=scene, helper=helper, stand_off_m=order.stand_off_m)
        order.target = target.ewkt  # type: ignore[assignment]
        # he was about to count as arrived at the other place
        order.arrival_seen_at = None
        order.version += 1
        session.flush()
        session.refresh(order, ["target"])
        record.write(
            session,
            "order.moved",
            actor=by,
            at=at,
            subject_kind=ENTITY,
            subject_id=order.id,
            station_id=order.station_id,
            state=order.state,
            incident_id=str(incident.id),
        )
        telling.tell_of_change(session, order, at=at)
        feed.changed(session, ENTITY, order.id, under=order.incident_id)
    return moved
