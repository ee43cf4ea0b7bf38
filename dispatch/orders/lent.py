"""What of an order whose person came by mutual aid is shown, and to whom (trust section 3, rule 6). Pure.

The station whose incident it is sees him — name, place, order — from his acceptance to his finish; before and after
only that somebody of the neighbour was asked or has helped. The officer at the scene keeps the name until he has rated.
The station that lends him sees the order while the aid is open, and as long as he is at it.
"""

from __future__ import annotations

import uuid
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
