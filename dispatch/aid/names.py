"""The name of a responder where it is read before he has accepted, or long after he came: of a neighbour's, none
(trust section 3, rule 6)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, case, cast, select
from sqlalchemy.orm import Session

from dispatch.orders.lent import nameless
from geo.responders.model import Responder
from geo.responders.rules import Kind
from kit.actor import Grant, Reach

#: who reads of his own, or of his own company's people, at whichever station they helped
_OF_ONES_OWN = frozenset({Reach.OWN, Reach.ORGANIZATION, Reach.ANY})


@dataclass(frozen=True, kw_only=True)
class Called:
    """How somebody is called. ``lent``: he is a neighbour's, and has no name here."""

    name: str
    call_sign: str | None
    lent: bool


def list_names(
    session: Session, responder_ids: Collection[uuid.UUID], station_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Called]:
    """By responder, as these stations read of people who have not been asked, or have not answered."""
    query = select(Responder.id, Responder.station_id, Responder.kind, Responder.name, Responder.call_sign).where(
        Responder.id == any_(cast(list(responder_ids), ARRAY(Uuid())))
    )
    return {
        who.id: Called(name=who.name, call_sign=who.call_sign, lent=False)
        if who.station_id in station_ids
        else Called(name=nameless(who.kind), call_sign=None, lent=True)
        for who in session.execute(query)
    }


def name_at(host_station_id: Any, grant: Grant | None = None) -> ColumnElement[str]:
    """The name as it stands in the lists of the station whose incident it was."""
    if grant is not None and grant.reach in _OF_ONES_OWN:
        return Responder.name.expression
    anonymous = case(*((Responder.kind == kind, nameless(kind)) for kind in Kind), else_="")
    return case((Responder.station_id == host_station_id, Responder.name), else_=anonymous)
