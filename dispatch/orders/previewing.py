"""Whom the machine would ask, before anybody is asked."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.matching import repository
from dispatch.matching import service as matching
from dispatch.matching.model import Recommendation
from dispatch.orders import dispatching
from dispatch.orders.needs import open_needs
from kit.actor import Grant
from kit.errors import NotFound


def preview(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, need_id: uuid.UUID | None = None, at: datetime
) -> list[Recommendation]:
    """A fresh recommendation for every need of the incident, or for that one; nobody is told of it.

    Raises NotFound, IncidentNotWorkable.
    """
    incident = dispatching.lock_workable(session, incident_id, grant)
    needs = open_needs(session, incident, at=at)
    if need_id is not None:
        needs = [need for need in needs if need.id == need_id]
        if not needs:
            raise NotFound
    advices = matching.recommend_all(session, incident, needs, at=at, made_by=grant.actor.account_id)
    return repository.list_by_ids(session, [advice.recommendation_id for advice in advices])
