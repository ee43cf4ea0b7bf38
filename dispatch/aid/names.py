"""The name of a responder where it is read long after he came: of a neighbour's, none (trust section 3, rule 6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case

from dispatch.orders.lent import nameless
from geo.responders.model import Responder
from geo.responders.rules import Kind
from kit.actor import Grant, Reach

#: who reads of his own, or of his own company's people, at whichever station they helped
_OF_ONES_OWN = frozenset({Reach.OWN, Reach.ORGANIZATION, Reach.ANY})


def name_at(host_station_id: Any, grant: Grant | None = None) -> ColumnElement[str]:
    """The name as it stands in the lists of the station whose incident it was."""
    if grant is not None and grant.reach in _OF_ONES_OWN:
        return Responder.name.expression
    anonymous = case(*((Responder.kind == kind, nameless(kind)) for kind in Kind), else_="")
    return case((Responder.station_id == host_station_id, Responder.name), else_=anonymous)
