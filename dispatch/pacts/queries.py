"""Pacts as screens read them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.aid.repository import names_of
from dispatch.pacts.labels import LABELS
from dispatch.pacts.model import Pact
from dispatch.pacts.service import limits_of
from dispatch.pacts.states import PactState
from kit.actor import Grant, Role


def show(session: Session, pacts: Sequence[Pact], grant: Grant) -> list[dict[str, Any]]:
    """JSON of each, in the order given; a signature with the name of who gave it."""
    session.flush()
    names = names_of(session, {id_ for p in pacts for id_ in (p.proposed_by_station_id, p.other_station_id)})
    people = _names(session, {id_ for p in pacts for id_ in (p.proposed_by, p.signed_by) if id_ is not None})
    return [_view(pact, names, people, grant) for pact in pacts]


def _view(pact: Pact, names: dict[uuid.UUID, str], people: dict[uuid.UUID, str], grant: Grant) -> dict[str, Any]:
    proposing, other, leader = LABELS[PactState(pact.state)]
    mine = grant.actor.station_id == pact.proposed_by_station_id
    return {
        "id": pact.id,
        "state": pact.state,
        "label": leader if grant.actor.role is not Role.DISPATCHER else proposing if mine else other,
        "proposed_by_station": {"id": pact.proposed_by_station_id, "name": names[pact.proposed_by_station_id]},
        "other_station": {"id": pact.other_station_id, "name": names[pact.other_station_id]},
        "limits": limits_of(pact).model_dump(mode="json"),
        "proposed_by": people[pact.proposed_by],
        "proposed_at": pact.proposed_at,
        "signed_by": people[pact.signed_by] if pact.signed_by else None,
        "signed_at": pact.signed_at,
        "revoked_at": pact.revoked_at,
        "reason": pact.reason,
        "version": pact.version,
    }


def _names(session: Session, account_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    query = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return {row.id: row.name for row in session.execute(query)}
