"""Learning from the log, now and then, so that dispatch reads one row."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.calibrations import repository
from dispatch.matching.experience import write_experience
from dispatch.matching.learning import judge_predictions, learn

#: half a year: older habits are other people's
LOOK_BACK = timedelta(days=180)
LEARN_EVERY = timedelta(hours=1)
#: a station's log is read whole: one in each turn, so that no timer waits for ten
_STATIONS = 1


def refresh(session: Session, station_id: uuid.UUID, *, at: datetime) -> int:
    """Learn from the station's log as it is; from how many orders."""
    since = at - LOOK_BACK
    rows = repository.list_log(session, station_id, since=since)
    repository.put(
        session,
        station_id=station_id,
        made_at=at,
        since=since,
        log_rows=len(rows),
        experience=write_experience(learn(rows)),
        reliability=asdict(judge_predictions(rows)),
    )
    return len(rows)


def refresh_due(session: Session, at: datetime) -> int:
    """Learn for stations whose calibration is old; for how many. Several workers may do it at once."""
    due = repository.list_due(session, before=at - LEARN_EVERY, limit=_STATIONS)
    held = [station_id for station_id in due if repository.try_hold(session, station_id)]
    for station_id in held:
        refresh(session, station_id, at=at)
    return len(held)
