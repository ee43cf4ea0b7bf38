"""Lines as screens read them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from dispatch.chats import repository
from dispatch.chats.model import ChatLine
from dispatch.chats.projection import gather
from kit.actor import Grant
from kit.paging import After, Slice, next_after


def list_lines(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, part: Slice
) -> tuple[list[dict[str, Any]], After | None]:
    """Newest first, and where the next page starts. Raises NotFound."""
    incident = repository.get_incident(session, incident_id, grant)
    rows = repository.list_lines(session, incident.id, grant, part)
    return show(session, rows[: part.limit], grant), next_after(rows, limit=part.limit, at="at")


def show(session: Session, lines: Sequence[ChatLine], grant: Grant) -> list[dict[str, Any]]:
    """JSON of these lines as the asker may see them."""
    actor = grant.actor
    return [said.view(actor.role, actor.station_id, actor.account_id) for said in gather(session, lines)]
