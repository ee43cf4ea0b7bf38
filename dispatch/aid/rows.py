"""Whether an incident is open to a station: the condition that row filters share (trust section 3, rule 6).

Judged at each access by the time of the access. The worker ends what has run out; nobody waits for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false

from dispatch.aid.model import Aid
from dispatch.aid.states import AidState
from kit.actor import Actor


def live(at: datetime) -> ColumnElement[bool]:
    """The aids that are open at ``at``."""
    return and_(Aid.state == AidState.ACTIVE, Aid.starts_at <= at, Aid.ends_at > at)


def opened_to(actor: Actor, incident_id: Any) -> ColumnElement[bool]:
    """Whether the actor's station helps with that incident now. Who carries no time is shown nothing by it."""
    if actor.as_of is None or actor.station_id is None:
        return false()
    return exists().where(Aid.incident_id == incident_id, Aid.helping_station_id == actor.station_id, live(actor.as_of))
