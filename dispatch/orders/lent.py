"""What of an order whose person came by mutual aid is shown, and to whom (trust section 3, rule 6). Pure.

The station whose incident it is sees him — name, place, order — from his acceptance to his finish; before and after
only that somebody of the neighbour was asked or has helped. The officer at the scene keeps the name until he has rated.
The station that lends him sees the order while the aid is open, and as long as he is at it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from dispatch.orders.states import LIVE, OrderState
from geo.responders.rules import LABELS, Kind
from kit.actor import Role

#: whoever came by mutual aid, where it does not matter as what
LENT = "邻所人员"


def is_hidden(state: str, *, lent_by: uuid.UUID | None, role: Role, station_id: uuid.UUID | None) -> bool:
    """Whether somebody of ``role`` at ``station_id`` may not know who is behind an order. ``lent_by``: the station
    that lends its person, None: he is the incident's station's own."""
    if lent_by is None or state in LIVE:
        return False
    if role is Role.OFFICER:
        return state != OrderState.COMPLETED
    return station_id != lent_by


def called(
    name: str,
    kind: str,
    states: Iterable[str],
    *,
    own_station_id: uuid.UUID | None,
    host_station_id: uuid.UUID,
    role: Role,
    station_id: uuid.UUID | None,
) -> str:
    """How somebody of ``role`` at ``station_id`` reads of a person with orders in these states for an incident of
    ``host_station_id``: by his name, or as one of a neighbour's where each of them hides it."""
    lent_by = own_station_id if own_station_id != host_station_id else None
    hidden = all(is_hidden(state, lent_by=lent_by, role=role, station_id=station_id) for state in states)
    return nameless(kind) if hidden else name


def without_person(view: dict[str, Any], kind: str) -> dict[str, Any]:
    """The view of an order without the one who got it."""
    return {**view, "responder": {**view["responder"], "name": nameless(kind), "call_sign": None}, "score": {}}


def without_place(view: dict[str, Any]) -> dict[str, Any]:
    """The view of an order without the incident: of that nothing is open any more to those who read it."""
    view = {**view, "target": None}
    if "incident" in view:
        view["incident"] = {**view["incident"], **dict.fromkeys(("summary", "address", "position"))}
        view["instruction"] = None
    return view


def nameless(kind: str) -> str:
    """How somebody of a neighbour is called whose name is not shown."""
    return f"邻所{LABELS[Kind(kind)]}"
