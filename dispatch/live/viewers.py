"""Which streams a person's screen shows, and whether he may still see them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.access.table import ACCESS, Permission
from dispatch.sessions import repository
from dispatch.sessions.repository import Fingerprint
from kit.actor import Actor, Grant, Reach
from kit.feed import account_audience, station_audience
from notifications.live.socket import Viewer


def streams_of(grant: Grant) -> dict[str, str]:
    """Stream name → audience: everybody has his own, a console its station's too."""
    actor = grant.actor
    assert actor.account_id is not None
    streams = {"account": account_audience(actor.account_id)}
    if grant.reach is Reach.STATION and actor.station_id is not None:
        streams["station"] = station_audience(actor.station_id)
    return streams


def make_viewer(grant: Grant) -> Viewer:
    """The viewer behind a grant of Permission.LIVE."""
    actor = grant.actor
    assert actor.account_id is not None and actor.session_id is not None and actor.device_id is not None
    streams = streams_of(grant)
    whose_places = ACCESS[Permission.POSITION_LIVE].get(actor.role)
    return Viewer(
        account_id=actor.account_id,
        session_id=actor.session_id,
        device_id=actor.device_id,
        station_id=actor.station_id,
        streams=streams,
        rights=_rights_of(actor),
        console="station" in streams and whose_places in (Reach.STATION, Reach.STATION_AND_AID),
        lent=whose_places is Reach.STATION_AND_AID,
        officer=whose_places is Reach.ASSIGNED,
    )


def list_rights(session: Session, session_ids: Collection[uuid.UUID], at: datetime) -> Mapping[uuid.UUID, Fingerprint]:
    """Rights now behind each login that is still good."""
    return repository.list_good(session, session_ids, at)


def _rights_of(actor: Actor) -> Fingerprint:
    return Fingerprint(str(actor.role), _text(actor.station_id), _text(actor.organization_id))


def _text(id_: uuid.UUID | None) -> str | None:
    return None if id_ is None else str(id_)
