"""An ended incident played again: who was where while his order lasted. Positions of people, hence with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from dispatch.incidents import queries as incident_queries
from dispatch.incidents import repository as incidents
from dispatch.incidents.views import IncidentView
from dispatch.orders import repository as orders
from dispatch.orders.model import Order
from dispatch.orders.projection import fetch
from dispatch.orders.states import OrderState
from geo.crs import Position
from geo.tracks import service as tracks
from geo.tracks.repository import TrackPoint
from kit import record
from kit.actor import Grant
from kit.errors import Conflict

_ANY = tuple(OrderState)
#: of all its people together
MAX_POINTS = 50_000


class NotOverYet(Conflict):
    """An incident is played again when it has ended; before, it is on the live map."""

    slug, title, hint = "replay-not-yet", "警情尚未结束，不能回放", "请在实时地图上查看；办结后可回放。"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One responder's: his order's milestones, and his fixes from offer to end, within his duty."""

    order: Order
    kind: str
    name: str
    call_sign: str | None
    milestones: Sequence[Row[Any]]
    points: Sequence[TrackPoint]

    @property
    def target(self) -> Position:
        """Where he was sent."""
        return Position.of(self.order.target)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """The whole. ``positions_deleted``: it is so old that tracks of its time are kept no more."""

    incident: IncidentView
    started_at: datetime
    ended_at: datetime
    parts: Sequence[Part]
    truncated: bool
    positions_deleted: bool


def replay(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, reason: str, retention_days: int, at: datetime
) -> Replay:
    """Who saw it stands in the record. Raises NotFound, NotOverYet."""
    incident = incidents.get_visible(session, incident_id, grant)
    if incident.ended_at is None:
        raise NotOverYet
    everybody = orders.list_open(session, incident_id=incident.id, states=_ANY)
    # where a neighbour's people were is shown while they are at it, and not again
    rows = fetch(session, [order.id for order in everybody if order.aid_id is None])
    passed = orders.list_milestones(session, [row.Order.id for row in rows])
    record.write(
        session,
        "incident.replayed",
        actor=grant.actor,
        at=at,
        subject_kind="incident",
        subject_id=incident.id,
        station_id=incident.station_id,
        reason=reason,
        orders=len(rows),
    )
    parts: list[Part] = []
    left = MAX_POINTS
    truncated = False
    for row in sorted(rows, key=lambda row: (row.Order.offered_at, row.Order.id)):
        ended = row.Order.ended_at or incident.ended_at
        track = tracks.read(session, row.Order.responder_id, spans=[(row.Order.offered_at, ended)], limit=left)
        left -= len(track.points)
        truncated = truncated or track.truncated
        parts.append(
            Part(
                order=row.Order,
                kind=row.kind,
                name=row.name,
                call_sign=row.call_sign,
                milestones=passed[row.Order.id],
                points=track.points,
            )
        )
    ends = [part.order.ended_at or incident.ended_at for part in parts]
    return Replay(
        incident=incident_queries.show(session, [incident], role=grant.actor.role)[0],
        started_at=incident.received_at,
        ended_at=max([incident.ended_at, *ends]),
        parts=parts,
        truncated=truncated,
        positions_deleted=incident.received_at < at - timedelta(days=retention_days),
    )
