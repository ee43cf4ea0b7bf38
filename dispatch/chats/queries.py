"""Lines as screens read them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.chats import repository
from dispatch.chats.model import ChatLine
from dispatch.chats.projection import Said, for_helper
from kit.actor import Grant, Role
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
    people = repository.list_people(session, {line.incident_id for line in lines})
    receipts = repository.list_receipts(session, [line.id for line in lines])
    wanted = {line.account_id for line in lines}
    authors = {row.id: row for row in session.scalars(select(Account).where(Account.id.in_(wanted)))}
    shown = []
    for line in lines:
        author = authors[line.account_id]
        said = Said(
            line=line,
            author=author.name,
            role=author.role,
            receipts=receipts[line.id],
            people=people[line.incident_id],
        )
        room = said.view(grant.actor.role, grant.actor.station_id)
        helper = grant.actor.role in (Role.GUARD, Role.KEEPER) and grant.actor.account_id is not None
        shown.append(for_helper(room, grant.actor.account_id) if helper else room)  # type: ignore[arg-type]
    return shown
