"""Who may see where somebody went: he himself, and a leader for the time of one incident, with a reason."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.incidents import repository as incidents
from dispatch.tracks import repository
from geo.responders import repository as responders
from geo.tracks import service as tracks
from geo.tracks.service import Track
from kit import record
from kit.actor import Grant, Reach
from kit.errors import Fault, Invalid, NotFound

MAX_SPAN = timedelta(days=7)


class TrackSpanTooLong(Invalid):
    """A track is read for seven days at most."""

    slug, title, hint = "limit-exceeded", "查询时间过长", "请将时间范围缩短到 7 天以内。"


class TrackReasonRequired(Invalid):
    """A track of somebody else is read for one incident and for a reason."""

    slug, title, hint = "reason-required", "请说明查看轨迹的警情和事由", "请选择相关警情并填写查看事由，系统将留痕。"


def read_track(
    session: Session,
    *,
    grant: Grant,
    responder_id: uuid.UUID,
    start: datetime | None,
    end: datetime | None,
    incident_id: uuid.UUID | None,
    reason: str | None,
    at: datetime,
) -> Track:
    """The fixes of a responder, in the order of capture.

    His own: from ``start`` (default: a day before ``end``) until before ``end`` (default: now). A leader's:
    only while the orders of ``incident_id`` lasted, within start and end where given; written to the record.
    Raises NotFound, TrackReasonRequired, TrackSpanTooLong.
    """
    if grant.reach is Reach.OWN:
        if responder_id != grant.actor.responder_id:
            raise NotFound
        until = end or at
        since = start or until - timedelta(days=1)
        if until - since > MAX_SPAN:
            raise TrackSpanTooLong
        return tracks.read(session, responder_id, spans=[(since, until)])
    responder = responders.get_visible(session, responder_id, grant)
    missing = [
        Fault(pointer=f"/query/{name}", code="missing", message="此项必填")
        for name, value in (("incident_id", incident_id), ("reason", reason))
        if not value
    ]
    if missing or incident_id is None:
        raise TrackReasonRequired(faults=tuple(missing))
    incident = incidents.get_visible(session, incident_id, grant)
    times = repository.list_order_times(session, incident_id=incident.id, responder_id=responder.id)
    if not times:
        raise NotFound
    spans = [(max(offered, start or offered), min(ended or at, end or at)) for offered, ended in times]
    record.write(
        session,
        "track.read",
        actor=grant.actor,
        at=at,
        subject_kind="responder",
        subject_id=responder.id,
        station_id=responder.station_id,
        reason=reason,
        incident_id=str(incident.id),
    )
    return tracks.read(session, responder.id, spans=spans)
